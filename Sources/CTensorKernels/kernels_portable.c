// The plain kernels: any CPU. They are the fallback, and what the others are tested against.
// On AArch64, where every CPU has fused multiply-add and 32 vector registers, they are the NEON kernels.
#define AGK_NAME(x) x##_portable
#if defined(__aarch64__)
#include <arm_neon.h>
#define AGK_FMA 1
#define AGK_TILE_ROWS 6
#else
#if defined(__x86_64__)
#include <emmintrin.h>
#endif
#define AGK_FMA 0
#define AGK_TILE_ROWS 2
#endif
#define AGK_PANEL_VECTORS 1
#define AGK_REGISTER_LANES 4
#define AGK_BF16 0
#define AGK_VNNI 0
#define AGK_TILES "tiles.inc.h"
#include "kernels.inc.h"
