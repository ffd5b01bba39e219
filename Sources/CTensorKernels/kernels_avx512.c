#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), \
                             apply_to = function)
#define AGK_NAME(x) x##_avx512
#define AGK_FMA 1
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
