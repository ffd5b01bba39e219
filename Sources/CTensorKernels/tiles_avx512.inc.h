// The tiles of AVX-512 in assembly: fourteen rows by thirty-two columns, twenty-eight sums in zmm4 to zmm31. See
// tiles_avx2.inc.h for why assembly, and tiles.inc.h for what a tile is.

#define PANEL_COLUMNS 32

// The address of the current step of row r: a is row 0, d, e, f and g are rows 3, 6, 9 and 12, l the distance of two rows.
#define AT_0(o) o "(%[a])"
#define AT_1(o) o "(%[a],%[l])"
#define AT_2(o) o "(%[a],%[l],2)"
#define AT_3(o) o "(%[d])"
#define AT_4(o) o "(%[d],%[l])"
#define AT_5(o) o "(%[d],%[l],2)"
#define AT_6(o) o "(%[e])"
#define AT_7(o) o "(%[e],%[l])"
#define AT_8(o) o "(%[e],%[l],2)"
#define AT_9(o) o "(%[f])"
#define AT_10(o) o "(%[f],%[l])"
#define AT_11(o) o "(%[f],%[l],2)"
#define AT_12(o) o "(%[g])"
#define AT_13(o) o "(%[g],%[l])"
#define ADVANCE(bytes) \
  "add $" bytes ", %[a]\n add $" bytes ", %[d]\n add $" bytes ", %[e]\n add $" bytes ", %[f]\n add $" bytes ", %[g]\n"

// X(row, its two sums)
#define ROWS_1(X) X(0, "4", "5")
#define ROWS_2(X) ROWS_1(X) X(1, "6", "7")
#define ROWS_3(X) ROWS_2(X) X(2, "8", "9")
#define ROWS_4(X) ROWS_3(X) X(3, "10", "11")
#define ROWS_5(X) ROWS_4(X) X(4, "12", "13")
#define ROWS_6(X) ROWS_5(X) X(5, "14", "15")
#define ROWS_7(X) ROWS_6(X) X(6, "16", "17")
#define ROWS_8(X) ROWS_7(X) X(7, "18", "19")
#define ROWS_9(X) ROWS_8(X) X(8, "20", "21")
#define ROWS_10(X) ROWS_9(X) X(9, "22", "23")
#define ROWS_11(X) ROWS_10(X) X(10, "24", "25")
#define ROWS_12(X) ROWS_11(X) X(11, "26", "27")
#define ROWS_13(X) ROWS_12(X) X(12, "28", "29")
#define ROWS_14(X) ROWS_13(X) X(13, "30", "31")

// Rows take turns with two registers for their element, which is broadcast once for both columns: as an operand of each
// multiplication it would be loaded twice, and loads are then as many as the two load ports carry.
#define SPARE_0 "%%zmm2"
#define SPARE_1 "%%zmm3"
#define SPARE_2 "%%zmm2"
#define SPARE_3 "%%zmm3"
#define SPARE_4 "%%zmm2"
#define SPARE_5 "%%zmm3"
#define SPARE_6 "%%zmm2"
#define SPARE_7 "%%zmm3"
#define SPARE_8 "%%zmm2"
#define SPARE_9 "%%zmm3"
#define SPARE_10 "%%zmm2"
#define SPARE_11 "%%zmm3"
#define SPARE_12 "%%zmm2"
#define SPARE_13 "%%zmm3"

// One instruction adds a step's products to a sum: of one float, two bfloat16 or four int8, all four bytes a column.
#define ROW(load, multiply, r, o, x, y)                                                           \
  load " " AT_##r(o) ", " SPARE_##r "\n"                                                          \
  multiply " %%zmm0, " SPARE_##r ", %%zmm" x "\n" multiply " %%zmm1, " SPARE_##r ", %%zmm" y "\n"
#define FLOAT32_ROW(r, o, x, y) ROW("vbroadcastss", "vfmadd231ps", r, o, x, y)
#define FLOAT32_ROW_0(r, x, y) FLOAT32_ROW(r, "0", x, y)
#define FLOAT32_ROW_1(r, x, y) FLOAT32_ROW(r, "4", x, y)
#define FLOAT32_ROW_2(r, x, y) FLOAT32_ROW(r, "8", x, y)
#define FLOAT32_ROW_3(r, x, y) FLOAT32_ROW(r, "12", x, y)
#define BFLOAT16_ROW(r, o, x, y) ROW("vpbroadcastd", "vdpbf16ps", r, o, x, y)
#define BFLOAT16_ROW_0(r, x, y) BFLOAT16_ROW(r, "0", x, y)
#define BFLOAT16_ROW_1(r, x, y) BFLOAT16_ROW(r, "4", x, y)
#define BFLOAT16_ROW_2(r, x, y) BFLOAT16_ROW(r, "8", x, y)
#define BFLOAT16_ROW_3(r, x, y) BFLOAT16_ROW(r, "12", x, y)

// Unsigned bytes of a by signed ones of b.
#if AGK_VNNI
#define INT8_ROW(r, o, x, y) ROW("vpbroadcastd", "vpdpbusd", r, o, x, y)
#else
// As AVX2 does it: pairs in 16 bits, then pairs of pairs in 32, multiplied on the way. (m: the group's multipliers.)
#define INT8_ROW(r, o, x, y)                                                        \
  "vpbroadcastd " AT_##r(o) ", %%zmm2\n"                                            \
  "vpmaddubsw %%zmm0, %%zmm2, %%zmm3\n vpmaddubsw %%zmm1, %%zmm2, %%zmm2\n"         \
  "vpmaddwd (%[m]), %%zmm3, %%zmm3\n vpmaddwd 64(%[m]), %%zmm2, %%zmm2\n"           \
  "vpaddd %%zmm3, %%zmm" x ", %%zmm" x "\n vpaddd %%zmm2, %%zmm" y ", %%zmm" y "\n"
#endif
#define INT8_ROW_0(r, x, y) INT8_ROW(r, "0", x, y)
#define INT8_ROW_1(r, x, y) INT8_ROW(r, "4", x, y)
#define INT8_ROW_2(r, x, y) INT8_ROW(r, "8", x, y)
#define INT8_ROW_3(r, x, y) INT8_ROW(r, "12", x, y)

// Signed pairs.
#if AGK_VNNI
#define INT16_ROW(r, o, x, y) ROW("vpbroadcastd", "vpdpwssd", r, o, x, y)
#else
#define INT16_ROW(r, o, x, y)                                                       \
  "vpbroadcastd " AT_##r(o) ", %%zmm2\n"                                            \
  "vpmaddwd %%zmm0, %%zmm2, %%zmm3\n vpmaddwd %%zmm1, %%zmm2, %%zmm2\n"             \
  "vpaddd %%zmm3, %%zmm" x ", %%zmm" x "\n vpaddd %%zmm2, %%zmm" y ", %%zmm" y "\n"
#endif
#define INT16_ROW_0(r, x, y) INT16_ROW(r, "0", x, y)
#define INT16_ROW_1(r, x, y) INT16_ROW(r, "4", x, y)
#define INT16_ROW_2(r, x, y) INT16_ROW(r, "8", x, y)
#define INT16_ROW_3(r, x, y) INT16_ROW(r, "12", x, y)

#define STEP(rows, row, o) "vmovaps " o "(%[b]), %%zmm0\n vmovaps 64+" o "(%[b]), %%zmm1\n" rows(row)
#define STEPS_4(rows, format) \
  STEP(rows, format##_ROW_0, "0") STEP(rows, format##_ROW_1, "128") STEP(rows, format##_ROW_2, "256") \
  STEP(rows, format##_ROW_3, "384")

#define FETCH "prefetcht0 (%[next])\n add %[stride], %[next]\n"

#define CLEAR(r, x, y) \
  "vpxord %%zmm" x ", %%zmm" x ", %%zmm" x "\n vpxord %%zmm" y ", %%zmm" y ", %%zmm" y "\n"
#define STORE(r, x, y) "vmovups %%zmm" x ", (%[c])\n vmovups %%zmm" y ", 64(%[c])\n add %[ldc], %[c]\n"
#define ADD_FLOAT(r, x, y)                                                             \
  "vaddps (%[c]), %%zmm" x ", %%zmm" x "\n vaddps 64(%[c]), %%zmm" y ", %%zmm" y "\n"   \
  STORE(r, x, y)
#define ADD_INT(r, x, y)                                                               \
  "vpaddd (%[c]), %%zmm" x ", %%zmm" x "\n vpaddd 64(%[c]), %%zmm" y ", %%zmm" y "\n"   \
  STORE(r, x, y)
#define TO_MEMORY(n, add)                                        \
  "cmpl $0, %[accumulate]\n je 8f\n" ROWS_##n(add) "jmp 9f\n"     \
  "8:\n" ROWS_##n(STORE) "9:\n"
#define VECTOR_REGISTERS                                                                               \
  "zmm0", "zmm1", "zmm2", "zmm3", "zmm4", "zmm5", "zmm6", "zmm7", "zmm8", "zmm9", "zmm10", "zmm11",    \
      "zmm12", "zmm13", "zmm14", "zmm15", "zmm16", "zmm17", "zmm18", "zmm19", "zmm20", "zmm21",        \
      "zmm22", "zmm23", "zmm24", "zmm25", "zmm26", "zmm27", "zmm28", "zmm29", "zmm30", "zmm31"
#define ROW_POINTERS const char *d = a + 3 * lda, *e = d + 3 * lda, *f = e + 3 * lda, *g = f + 3 * lda

// Four steps at a time, then one at a time, then the sums to memory.
#define DEFINE_TILE(format, FORMAT, add, n)                                                                 \
  DECLARE_TILE(format, n) {                                                                             \
    ROW_POINTERS;                                                                                      \
    size_t whole = steps / 4, rest = steps % 4;                                                        \
    const uint32_t adds = accumulate;                                                                  \
    __asm__ volatile(ROWS_##n(CLEAR)                                                                   \
        "test %[whole], %[whole]\n jz 2f\n .p2align 6\n"                                               \
        "1:\n" FETCH STEPS_4(ROWS_##n, FORMAT) ADVANCE("16") "add $512, %[b]\n dec %[whole]\n jnz 1b\n" \
        "2:\n test %[rest], %[rest]\n jz 4f\n"                                                         \
        "3:\n" STEP(ROWS_##n, FORMAT##_ROW_0, "0") ADVANCE("4") "add $128, %[b]\n dec %[rest]\n jnz 3b\n"  \
        "4:\n" TO_MEMORY(n, add) "vzeroupper\n"                                                  \
        : [a] "+&r"(a), [d] "+&r"(d), [e] "+&r"(e), [f] "+&r"(f), [g] "+&r"(g), [b] "+&r"(b),           \
          [whole] "+&r"(whole), [rest] "+&r"(rest), [c] "+&r"(c), [next] "+&r"(next)                   \
        : [l] "r"(lda), [ldc] "m"(ldc), [accumulate] "m"(adds), [stride] "m"(stride)                   \
        : "memory", "cc", VECTOR_REGISTERS);                                                           \
  }

// Group by group, each a line of multipliers and up to 16 steps: four at a time, then one at a time.
#if AGK_VNNI
// VNNI has no room for multipliers between its products: a group's sums are multiplied when they are complete and join those
// in memory. That is done row by row amid the first products of the next group, so that the multipliers' work overlaps.
#define CLEAR_MEMORY(r, x, y) "vmovups %%zmm2, (%[c])\n vmovups %%zmm2, 64(%[c])\n add %[ldc], %[c]\n"
#define JOIN(r, x, y)                                                                           \
  "vpmulld (%[m]), %%zmm" x ", %%zmm" x "\n vpmulld 64(%[m]), %%zmm" y ", %%zmm" y "\n" ADD_INT(r, x, y)
#define JOIN_ROW(r, x, y) JOIN(r, x, y) CLEAR(r, x, y) INT8_ROW(r, "0", x, y)
#define DEFINE_INT8_TILE(n)                                                                            \
  DECLARE_TILE(int8, n) {                                                                              \
    ROW_POINTERS;                                                                                      \
    char *const first = c;                                                                             \
    const char *m = b;                                                                                 \
    size_t here = 0;                                                                                   \
    const uint32_t adds = accumulate;                                                                  \
    __asm__ volatile(                                                                                  \
        "cmpl $0, %[accumulate]\n jne 1f\n vpxord %%zmm2, %%zmm2, %%zmm2\n" ROWS_##n(CLEAR_MEMORY)     \
        "1:\n" ROWS_##n(CLEAR) "add $128, %[b]\n mov $16, %k[here]\n"                                  \
        "cmp %[here], %[steps]\n cmovb %[steps], %[here]\n sub %[here], %[steps]\n jmp 3f\n"           \
        ".p2align 6\n"                                                                                 \
        "2:\n" FETCH STEPS_4(ROWS_##n, INT8) ADVANCE("16") "add $512, %[b]\n"                          \
        "3:\n sub $4, %[here]\n jae 2b\n add $4, %[here]\n jz 5f\n"                                    \
        "4:\n" STEP(ROWS_##n, INT8_ROW_0, "0") ADVANCE("4") "add $128, %[b]\n dec %[here]\n jnz 4b\n"  \
        "5:\n mov %[first], %[c]\n test %[steps], %[steps]\n jz 7f\n"                                  \
        "mov $16, %k[here]\n cmp %[here], %[steps]\n cmovb %[steps], %[here]\n sub %[here], %[steps]\n"  \
        STEP(ROWS_##n, JOIN_ROW, "128") ADVANCE("4") "mov %[b], %[m]\n add $256, %[b]\n dec %[here]\n"   \
        "sub $3, %[here]\n jb 6f\n"                                                                    \
        FETCH STEP(ROWS_##n, INT8_ROW_0, "0") STEP(ROWS_##n, INT8_ROW_1, "128")                        \
        STEP(ROWS_##n, INT8_ROW_2, "256") ADVANCE("12") "add $384, %[b]\n jmp 3b\n"                     \
        "6:\n add $3, %[here]\n jz 5b\n jmp 4b\n"                                                      \
        "7:\n" ROWS_##n(JOIN) "vzeroupper\n"                                                           \
        : [a] "+&r"(a), [d] "+&r"(d), [e] "+&r"(e), [f] "+&r"(f), [g] "+&r"(g), [b] "+&r"(b),          \
          [m] "+&r"(m), [here] "+&r"(here), [steps] "+&r"(steps), [c] "+&r"(c), [next] "+&r"(next)     \
        : [l] "r"(lda), [ldc] "m"(ldc), [first] "m"(first), [accumulate] "m"(adds), [stride] "m"(stride)  \
        : "memory", "cc", VECTOR_REGISTERS);                                                           \
  }
#else
#define DEFINE_INT8_TILE(n)                                                                            \
  DECLARE_TILE(int8, n) {                                                                              \
    ROW_POINTERS;                                                                                      \
    const char *m = b;                                                                                 \
    const uint32_t adds = accumulate;                                                                  \
    size_t here = 0;                                                                                   \
    __asm__ volatile(ROWS_##n(CLEAR)                                                                   \
        ".p2align 6\n"                                                                                 \
        "1:\n mov %[b], %[m]\n add $128, %[b]\n mov $16, %k[here]\n"                                   \
        "cmp %[here], %[steps]\n cmovb %[steps], %[here]\n sub %[here], %[steps]\n"                    \
        "sub $4, %[here]\n jb 3f\n"                                                                    \
        "2:\n" FETCH STEPS_4(ROWS_##n, INT8) ADVANCE("16") "add $512, %[b]\n sub $4, %[here]\n jae 2b\n"  \
        "3:\n add $4, %[here]\n jz 5f\n"                                                               \
        "4:\n" STEP(ROWS_##n, INT8_ROW_0, "0") ADVANCE("4") "add $128, %[b]\n dec %[here]\n jnz 4b\n"  \
        "5:\n test %[steps], %[steps]\n jnz 1b\n" TO_MEMORY(n, ADD_INT) "vzeroupper\n"                 \
        : [a] "+&r"(a), [d] "+&r"(d), [e] "+&r"(e), [f] "+&r"(f), [g] "+&r"(g), [b] "+&r"(b),          \
          [m] "+&r"(m), [here] "+&r"(here), [steps] "+&r"(steps), [c] "+&r"(c), [next] "+&r"(next)     \
        : [l] "r"(lda), [ldc] "m"(ldc), [accumulate] "m"(adds), [stride] "m"(stride)                   \
        : "memory", "cc", VECTOR_REGISTERS);                                                           \
  }
#endif

#define EACH_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#define FLOAT32_TILE(n) DEFINE_TILE(float32, FLOAT32, ADD_FLOAT, n)
EACH_COUNT(FLOAT32_TILE)
EACH_COUNT(DEFINE_INT8_TILE)
#define FLOAT32_ENTRY(n) AGK_NAME(tile_float32_##n),
#define INT8_ENTRY(n) AGK_NAME(tile_int8_##n),
#if AGK_BF16
#define BFLOAT16_TILE(n) DEFINE_TILE(bfloat16, BFLOAT16, ADD_FLOAT, n)
EACH_COUNT(BFLOAT16_TILE)
#define BFLOAT16_ENTRY(n) AGK_NAME(tile_bfloat16_##n),
#endif
#define INT16_TILE(n) DEFINE_TILE(int16, INT16, ADD_INT, n)
EACH_COUNT(INT16_TILE)
#define INT16_ENTRY(n) AGK_NAME(tile_int16_##n),
static tile_function *const AGK_NAME(tiles)[4][14] = {
    [agk_float32] = {EACH_COUNT(FLOAT32_ENTRY)},
#if AGK_BF16
    [agk_bfloat16] = {EACH_COUNT(BFLOAT16_ENTRY)},
#endif
    [agk_int8] = {EACH_COUNT(INT8_ENTRY)},
    [TILE_INT16] = {EACH_COUNT(INT16_ENTRY)}};
