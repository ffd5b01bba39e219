// The tiles of AVX2 in assembly: six rows by sixteen columns, twelve sums in ymm4 to ymm15. In assembly because
// the three loops below are nearly all of a network's time, a compiler's register allocation decides their
// speed, and so they run at full speed in a debug build too. See tiles.inc.h for what a tile is.

#define PANEL_COLUMNS 16

// The address of the current step of row r: a is row 0, d row 3, l the distance of two rows.
#define AT_0(o) o "(%[a])"
#define AT_1(o) o "(%[a],%[l])"
#define AT_2(o) o "(%[a],%[l],2)"
#define AT_3(o) o "(%[d])"
#define AT_4(o) o "(%[d],%[l])"
#define AT_5(o) o "(%[d],%[l],2)"

// X(row, its two sums)
#define ROWS_1(X) X(0, "4", "5")
#define ROWS_2(X) ROWS_1(X) X(1, "6", "7")
#define ROWS_3(X) ROWS_2(X) X(2, "8", "9")
#define ROWS_4(X) ROWS_3(X) X(3, "10", "11")
#define ROWS_5(X) ROWS_4(X) X(4, "12", "13")
#define ROWS_6(X) ROWS_5(X) X(5, "14", "15")

// Rows take turns with two registers for their element: with one, the loop is 5 % slower.
#define SPARE_0 "%%ymm2"
#define SPARE_1 "%%ymm3"
#define SPARE_2 "%%ymm2"
#define SPARE_3 "%%ymm3"
#define SPARE_4 "%%ymm2"
#define SPARE_5 "%%ymm3"
#define FLOAT_ROW(r, o, spare, x, y)                                                   \
  "vbroadcastss " AT_##r(o) ", " spare "\n"                                           \
  "vfmadd231ps %%ymm0, " spare ", %%ymm" x "\n vfmadd231ps %%ymm1, " spare ", %%ymm" y "\n"
#define FLOAT32_ROW_0(r, x, y) FLOAT_ROW(r, "0", SPARE_##r, x, y)
#define FLOAT32_ROW_1(r, x, y) FLOAT_ROW(r, "4", SPARE_##r, x, y)
#define FLOAT32_ROW_2(r, x, y) FLOAT_ROW(r, "8", SPARE_##r, x, y)
#define FLOAT32_ROW_3(r, x, y) FLOAT_ROW(r, "12", SPARE_##r, x, y)
#define STEP(rows, row, o) "vmovaps " o "(%[b]), %%ymm0\n vmovaps 32+" o "(%[b]), %%ymm1\n" rows(row)
#define STEPS_4(rows, format) \
  STEP(rows, format##_ROW_0, "0") STEP(rows, format##_ROW_1, "64") STEP(rows, format##_ROW_2, "128") \
  STEP(rows, format##_ROW_3, "192")

// Unsigned bytes of a by signed ones of b: pairs in 16 bits (see `row_quantizer` for why they fit), then pairs of
// pairs in 32, multiplied on the way. (m: the line of the group's multipliers.)
#define INT8_ROW(r, o, x, y)                                                                  \
  "vpbroadcastd " AT_##r(o) ", %%ymm2\n"                                                      \
  "vpmaddubsw %%ymm0, %%ymm2, %%ymm3\n vpmaddubsw %%ymm1, %%ymm2, %%ymm2\n"                   \
  "vpmaddwd (%[m]), %%ymm3, %%ymm3\n vpmaddwd 32(%[m]), %%ymm2, %%ymm2\n"                     \
  "vpaddd %%ymm3, %%ymm" x ", %%ymm" x "\n vpaddd %%ymm2, %%ymm" y ", %%ymm" y "\n"
#define INT8_ROW_0(r, x, y) INT8_ROW(r, "0", x, y)
#define INT8_ROW_1(r, x, y) INT8_ROW(r, "4", x, y)
#define INT8_ROW_2(r, x, y) INT8_ROW(r, "8", x, y)
#define INT8_ROW_3(r, x, y) INT8_ROW(r, "12", x, y)
// Signed pairs.
#define INT16_ROW(r, o, x, y)                                                                 \
  "vpbroadcastd " AT_##r(o) ", %%ymm2\n"                                                      \
  "vpmaddwd %%ymm0, %%ymm2, %%ymm3\n vpmaddwd %%ymm1, %%ymm2, %%ymm2\n"                       \
  "vpaddd %%ymm3, %%ymm" x ", %%ymm" x "\n vpaddd %%ymm2, %%ymm" y ", %%ymm" y "\n"
#define INT16_ROW_0(r, x, y) INT16_ROW(r, "0", x, y)
#define INT16_ROW_1(r, x, y) INT16_ROW(r, "4", x, y)
#define INT16_ROW_2(r, x, y) INT16_ROW(r, "8", x, y)
#define INT16_ROW_3(r, x, y) INT16_ROW(r, "12", x, y)

#define FETCH "prefetcht0 (%[next])\n add %[stride], %[next]\n"

#define CLEAR(r, x, y) \
  "vpxor %%xmm" x ", %%xmm" x ", %%xmm" x "\n vpxor %%xmm" y ", %%xmm" y ", %%xmm" y "\n"
#define NEXT_ROW "add %[ldc], %[c]\n"
#define STORE(r, x, y) "vmovups %%ymm" x ", (%[c])\n vmovups %%ymm" y ", 32(%[c])\n" NEXT_ROW
#define ADD_FLOAT(r, x, y)                                                           \
  "vaddps (%[c]), %%ymm" x ", %%ymm" x "\n vaddps 32(%[c]), %%ymm" y ", %%ymm" y "\n" \
  STORE(r, x, y)
#define ADD_INT(r, x, y)                                                             \
  "vpaddd (%[c]), %%ymm" x ", %%ymm" x "\n vpaddd 32(%[c]), %%ymm" y ", %%ymm" y "\n" \
  STORE(r, x, y)

#define TO_MEMORY(n, add)                                                                              \
  "cmpl $0, %[accumulate]\n je 8f\n" ROWS_##n(add)                                                     \
  "jmp 9f\n"                                                                                          \
  "8:\n" ROWS_##n(STORE)                                                                              \
  "9:\n vzeroupper\n"
#define VECTOR_REGISTERS                                                                               \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",    \
      "xmm12", "xmm13", "xmm14", "xmm15"

// Four steps at a time, then one at a time, then the sums to memory.
#define DEFINE_TILE(format, FORMAT, add, n)                                                            \
  DECLARE_TILE(format, n) {                                                                            \
    const char *d = a + 3 * lda;                                                                       \
    size_t whole = steps / 4, rest = steps % 4;                                                        \
    const uint32_t adds = accumulate;                                                                  \
    __asm__ volatile(ROWS_##n(CLEAR)                                                                   \
        "test %[whole], %[whole]\n jz 2f\n .p2align 6\n"                                               \
        "1:\n" FETCH STEPS_4(ROWS_##n, FORMAT)                                                               \
        "add $16, %[a]\n add $16, %[d]\n add $256, %[b]\n dec %[whole]\n jnz 1b\n"                     \
        "2:\n test %[rest], %[rest]\n jz 4f\n"                                                         \
        "3:\n" STEP(ROWS_##n, FORMAT##_ROW_0, "0")                                                            \
        "add $4, %[a]\n add $4, %[d]\n add $64, %[b]\n dec %[rest]\n jnz 3b\n"                         \
        "4:\n" TO_MEMORY(n, add)                                                                 \
        : [a] "+&r"(a), [d] "+&r"(d), [b] "+&r"(b), [whole] "+&r"(whole), [rest] "+&r"(rest), [c] "+&r"(c),  \
          [next] "+&r"(next)                                                                           \
        : [l] "r"(lda), [ldc] "r"(ldc), [accumulate] "m"(adds), [stride] "m"(stride)   \
        : "memory", "cc", VECTOR_REGISTERS);                                                           \
  }

// Group by group, each a line of multipliers and up to 16 steps: four at a time, then one at a time.
#define DEFINE_INT8_TILE(n)                                                                            \
  DECLARE_TILE(int8, n) {                                                                              \
    const char *d = a + 3 * lda, *m = b;                                                               \
    size_t here = 0;                                                                                   \
    const uint32_t adds = accumulate;                                                                  \
    __asm__ volatile(ROWS_##n(CLEAR)                                                                   \
        ".p2align 6\n"                                                                                 \
        "1:\n mov %[b], %[m]\n add $64, %[b]\n mov $16, %k[here]\n"                                    \
        "cmp %[here], %[steps]\n cmovb %[steps], %[here]\n sub %[here], %[steps]\n"                    \
        "sub $4, %[here]\n jb 3f\n"                                                                    \
        "2:\n" FETCH STEPS_4(ROWS_##n, INT8)                                                                  \
        "add $16, %[a]\n add $16, %[d]\n add $256, %[b]\n sub $4, %[here]\n jae 2b\n"                   \
        "3:\n add $4, %[here]\n jz 5f\n"                                                               \
        "4:\n" STEP(ROWS_##n, INT8_ROW_0, "0")                                                                  \
        "add $4, %[a]\n add $4, %[d]\n add $64, %[b]\n dec %[here]\n jnz 4b\n"                         \
        "5:\n test %[steps], %[steps]\n jnz 1b\n" TO_MEMORY(n, ADD_INT)                                \
        : [a] "+&r"(a), [d] "+&r"(d), [b] "+&r"(b), [m] "+&r"(m), [here] "+&r"(here), [steps] "+&r"(steps),  \
          [c] "+&r"(c), [next] "+&r"(next)                                                             \
        : [l] "r"(lda), [ldc] "r"(ldc), [accumulate] "m"(adds), [stride] "m"(stride)                   \
        : "memory", "cc", VECTOR_REGISTERS);                                                           \
  }
#define EACH_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define FLOAT32_TILE(n) DEFINE_TILE(float32, FLOAT32, ADD_FLOAT, n)
#define INT16_TILE(n) DEFINE_TILE(int16, INT16, ADD_INT, n)
EACH_COUNT(FLOAT32_TILE)
EACH_COUNT(DEFINE_INT8_TILE)
EACH_COUNT(INT16_TILE)
#define FLOAT32_ENTRY(n) AGK_NAME(tile_float32_##n),
#define INT8_ENTRY(n) AGK_NAME(tile_int8_##n),
#define INT16_ENTRY(n) AGK_NAME(tile_int16_##n),
static tile_function *const AGK_NAME(tiles)[4][6] = {
    [agk_float32] = {EACH_COUNT(FLOAT32_ENTRY)},
    [agk_int8] = {EACH_COUNT(INT8_ENTRY)},
    [TILE_INT16] = {EACH_COUNT(INT16_ENTRY)}};
