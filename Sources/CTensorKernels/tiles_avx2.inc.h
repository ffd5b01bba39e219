// The tiles of AVX2: six rows by sixteen columns, twelve sums in ymm4 to ymm15. See tiles_assembly.inc.h.

#define PANEL_COLUMNS 16
#define VECTOR "ymm"
#define BYTES "32"
#define LINE_1 "64"
#define LINE_2 "128"
#define LINE_3 "192"
#define LINE_4 "256"

#define ROW_POINTERS const char *d = a + 3 * lda
#define ROW_OPERANDS [a] "+&r"(a), [d] "+&r"(d)
#define ADVANCE(bytes) "add $" bytes ", %[a]\n add $" bytes ", %[d]\n"
#define CLEAR(r, x, y) \
  "vpxor %%xmm" x ", %%xmm" x ", %%xmm" x "\n vpxor %%xmm" y ", %%xmm" y ", %%xmm" y "\n"
#define VECTOR_REGISTERS                                                                               \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",    \
      "xmm12", "xmm13", "xmm14", "xmm15"

#include "tiles_assembly.inc.h"

#define EACH_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6)
EACH_COUNT(FLOAT32_TILE)
EACH_COUNT(INT8_TILE)
EACH_COUNT(INT16_TILE)
static tile_function *const AGK_NAME(tiles)[4][6] = {
    [agk_float32] = {EACH_COUNT(FLOAT32_ENTRY)},
    [agk_int8] = {EACH_COUNT(INT8_ENTRY)},
    [TILE_INT16] = {EACH_COUNT(INT16_ENTRY)}};
