// The NEON kernels for CPUs with 8-bit dot products (optional from ARMv8.2 on): the same integers as without, sooner.
#if defined(__aarch64__)
#include <arm_neon.h>
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define AGK_NAME(x) x##_dotprod
#define AGK_FMA 1
#define AGK_REGISTER_LANES 4
#define AGK_TILE_ROWS 6
#define AGK_PANEL_VECTORS 1
#define AGK_DOTPROD 1
#define AGK_BF16 0
#define AGK_VNNI 0
#define AGK_TILES "tiles.inc.h"
#include "kernels.inc.h"
#pragma clang attribute pop
#endif
