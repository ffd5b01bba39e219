#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define AGK_NAME(x) x##_avx2
#define AGK_FMA 1
#define AGK_REGISTER_LANES 8
#define AGK_TILE_ROWS 6
#define AGK_BF16 0
#define AGK_VNNI 0
#define AGK_TILES "tiles_avx2.inc.h"
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
