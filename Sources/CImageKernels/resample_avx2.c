#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "resample.h"

#define CIK_NAME(x) x##_avx2
#define CIK_LANES 8
#include "horizontal_x86.inc.h"
#include "vertical.inc.h"

const cik_kernels cik_kernels_avx2 = {horizontal_avx2, vertical_avx2};
#pragma clang attribute pop
#endif
