#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's loop, in the runtime that `-sanitize=fuzzer` links.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *bytes, size_t count));
