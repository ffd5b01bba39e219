#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define AGK_NAME(x) x##_avx512
#define AGK_FMA 1
#define AGK_REGISTER_LANES 16
#define AGK_TILE_ROWS 14
#define AGK_VNNI 0
#define AGK_BF16 0
#define AGK_TILES "tiles_avx512.inc.h"
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
