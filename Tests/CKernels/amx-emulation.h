// AMX's registers and instructions, as Intel's Software Developer's Manual describes them, for an emulator that lacks them. It
// refuses shapes that a CPU refuses, so that a test which passes here has asked for nothing that faults there.
#pragma once

#include <stdint.h>

// Reads a general register of the emulated CPU, numbered as instructions encode it.
typedef uint64_t amx_register(unsigned number);

// Carries out the instruction at `code`, if it is one of AMX's, and returns its length; 0 if it is another one, or if the CPU
// would refuse it, and then `*refusal` says why.
unsigned amx_execute(const uint8_t *code, amx_register *reg, const char **refusal);
