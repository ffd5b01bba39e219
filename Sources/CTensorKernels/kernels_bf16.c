#if defined(__x86_64__)
#include <immintrin.h>
// The level of AMX is in here too: but for two products it has the same kernels, and no compiler makes AMX of what is not asked for.
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,avx512vnni,avx512bf16,amx-tile,amx-int8,amx-bf16"))), \
    apply_to = function)
#define AGK_NAME(x) x##_bf16
#define AGK_FMA 1
#define AGK_REGISTER_LANES 16
#define AGK_TILE_ROWS 14
#define AGK_VNNI 1
#define AGK_BF16 1
#define AGK_TILES "tiles_avx512.inc.h"
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
