#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2"))), apply_to = function)
#include "resample.h"

#define CIK_NAME(x) x##_avx512
#define CIK_LANES 16
#include "horizontal_x86.inc.h"
#include "vertical.inc.h"

const cik_kernels cik_kernels_avx512 = {horizontal_avx512, vertical_avx512};
#pragma clang attribute pop
#endif
