// The tiles of AVX-512: fourteen rows by thirty-two columns, twenty-eight sums in zmm4 to zmm31. See tiles_assembly.inc.h.

#define PANEL_COLUMNS 32
#define VECTOR "zmm"
#define BYTES "64"
#define LINE_1 "128"
#define LINE_2 "256"
#define LINE_3 "384"
#define LINE_4 "512"

// Rows 6, 9 and 12 have pointers too.
#define AT_6(o) o "(%[e])"
#define AT_7(o) o "(%[e],%[l])"
#define AT_8(o) o "(%[e],%[l],2)"
#define AT_9(o) o "(%[f])"
#define AT_10(o) o "(%[f],%[l])"
#define AT_11(o) o "(%[f],%[l],2)"
#define AT_12(o) o "(%[g])"
#define AT_13(o) o "(%[g],%[l])"
#define ROW_POINTERS const char *d = a + 3 * lda, *e = d + 3 * lda, *f = e + 3 * lda, *g = f + 3 * lda
#define ROW_OPERANDS [a] "+&r"(a), [d] "+&r"(d), [e] "+&r"(e), [f] "+&r"(f), [g] "+&r"(g)
#define ADVANCE(bytes) \
  "add $" bytes ", %[a]\n add $" bytes ", %[d]\n add $" bytes ", %[e]\n add $" bytes ", %[f]\n add $" bytes ", %[g]\n"

#define ROWS_7(X) ROWS_6(X) X(6, "16", "17")
#define ROWS_8(X) ROWS_7(X) X(7, "18", "19")
#define ROWS_9(X) ROWS_8(X) X(8, "20", "21")
#define ROWS_10(X) ROWS_9(X) X(9, "22", "23")
#define ROWS_11(X) ROWS_10(X) X(10, "24", "25")
#define ROWS_12(X) ROWS_11(X) X(11, "26", "27")
#define ROWS_13(X) ROWS_12(X) X(12, "28", "29")
#define ROWS_14(X) ROWS_13(X) X(13, "30", "31")

#define SPARE_6 "2"
#define SPARE_7 "3"
#define SPARE_8 "2"
#define SPARE_9 "3"
#define SPARE_10 "2"
#define SPARE_11 "3"
#define SPARE_12 "2"
#define SPARE_13 "3"

#define CLEAR(r, x, y) \
  "vpxord %%zmm" x ", %%zmm" x ", %%zmm" x "\n vpxord %%zmm" y ", %%zmm" y ", %%zmm" y "\n"
#define VECTOR_REGISTERS                                                                               \
  "zmm0", "zmm1", "zmm2", "zmm3", "zmm4", "zmm5", "zmm6", "zmm7", "zmm8", "zmm9", "zmm10", "zmm11",    \
      "zmm12", "zmm13", "zmm14", "zmm15", "zmm16", "zmm17", "zmm18", "zmm19", "zmm20", "zmm21",        \
      "zmm22", "zmm23", "zmm24", "zmm25", "zmm26", "zmm27", "zmm28", "zmm29", "zmm30", "zmm31"

#include "tiles_assembly.inc.h"

#define EACH_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)

#if AGK_VNNI
// VNNI has no room for multipliers between its products: a group's sums are multiplied when they are complete, and added to totals,
// which would go to memory and back with each group if they had no registers. So these tiles have half the rows: sums in zmm4 to
// zmm17, totals in those that are rows 7 to 13 of other tiles.
#define INT8_TILE_ROWS 7
#define EACH_INT8_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define TOTALS_1(X) X(7, "18", "19")
#define TOTALS_2(X) TOTALS_1(X) X(8, "20", "21")
#define TOTALS_3(X) TOTALS_2(X) X(9, "22", "23")
#define TOTALS_4(X) TOTALS_3(X) X(10, "24", "25")
#define TOTALS_5(X) TOTALS_4(X) X(11, "26", "27")
#define TOTALS_6(X) TOTALS_5(X) X(12, "28", "29")
#define TOTALS_7(X) TOTALS_6(X) X(13, "30", "31")
#define COLLECT(x, y, total_x, total_y)                                                                \
  "vpmulld (%[m]), %%zmm" x ", %%zmm" x "\n vpmulld 64(%[m]), %%zmm" y ", %%zmm" y "\n"                \
  "vpaddd %%zmm" x ", %%zmm" total_x ", %%zmm" total_x "\n"                                            \
  "vpaddd %%zmm" y ", %%zmm" total_y ", %%zmm" total_y "\n" CLEAR(, x, y)
#define COLLECT_1 COLLECT("4", "5", "18", "19")
#define COLLECT_2 COLLECT_1 COLLECT("6", "7", "20", "21")
#define COLLECT_3 COLLECT_2 COLLECT("8", "9", "22", "23")
#define COLLECT_4 COLLECT_3 COLLECT("10", "11", "24", "25")
#define COLLECT_5 COLLECT_4 COLLECT("12", "13", "26", "27")
#define COLLECT_6 COLLECT_5 COLLECT("14", "15", "28", "29")
#define COLLECT_7 COLLECT_6 COLLECT("16", "17", "30", "31")
#define INT8_TILE(n) DEFINE_INT8_TILE(n, ROWS_##n(CLEAR) TOTALS_##n(CLEAR), COLLECT_##n, TOTALS_##n)
#endif

EACH_COUNT(FLOAT32_TILE)
EACH_INT8_COUNT(INT8_TILE)
EACH_COUNT(INT16_TILE)
#if AGK_BF16
#define BFLOAT16_ROW(r, o, x, y) ROW("vpbroadcastd", "vdpbf16ps", r, o, x, y)
#define BFLOAT16_ROW_0(r, x, y) BFLOAT16_ROW(r, "0", x, y)
#define BFLOAT16_ROW_1(r, x, y) BFLOAT16_ROW(r, "4", x, y)
#define BFLOAT16_ROW_2(r, x, y) BFLOAT16_ROW(r, "8", x, y)
#define BFLOAT16_ROW_3(r, x, y) BFLOAT16_ROW(r, "12", x, y)
#define BFLOAT16_TILE(n) DEFINE_TILE(bfloat16, BFLOAT16, ADD_FLOAT, n)
#define BFLOAT16_ENTRY(n) AGK_NAME(tile_bfloat16_##n),
EACH_COUNT(BFLOAT16_TILE)
#endif
static tile_function *const AGK_NAME(tiles)[4][14] = {
    [agk_float32] = {EACH_COUNT(FLOAT32_ENTRY)},
#if AGK_BF16
    [agk_bfloat16] = {EACH_COUNT(BFLOAT16_ENTRY)},
#endif
    [agk_int8] = {EACH_INT8_COUNT(INT8_ENTRY)},
    [TILE_INT16] = {EACH_COUNT(INT16_ENTRY)}};
