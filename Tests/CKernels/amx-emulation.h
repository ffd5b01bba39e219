// AMX's registers and instructions, as Intel's Software Developer's Manual describes them (volume 2, July 2025), for emulators
// that lack them. Stricter than a CPU in nothing, and in what it allows as strict: shapes that do not fit are refused.
#pragma once

#include <stdint.h>

// Reads a general register of the emulated CPU, numbered as instructions encode it.
typedef uint64_t amx_register(unsigned number);

// Carries out the instruction at `code`, if it is one of AMX's, and returns its length; 0 if it is another one, or if the CPU
// would refuse it, and then `*refusal` says why.
unsigned amx_execute(const uint8_t *code, amx_register *reg, const char **refusal);
