// What the tiles of AVX2 and AVX-512 share. In assembly because their loops are nearly all of a network's time, a compiler's
// register allocation decides their speed, and so they run at full speed in a debug build too. See tiles.inc.h for what a
// tile is.
//
// The file that includes this one has said: VECTOR, the name of its registers; BYTES, of one; LINE_1 to LINE_4, the bytes of
// one to four lines of a panel; CLEAR(row, its two sums); and of the rows' pointers ROW_POINTERS, which declares all but a,
// ROW_OPERANDS and ADVANCE(bytes).

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

// Rows take turns with two registers for their element: with one, AVX2's loop is 5 % slower. It is broadcast once for both
// columns: as an operand of each multiplication it would be loaded twice, and loads are then as many as two load ports carry.
#define SPARE_0 "2"
#define SPARE_1 "3"
#define SPARE_2 "2"
#define SPARE_3 "3"
#define SPARE_4 "2"
#define SPARE_5 "3"

#define REGISTER(number) "%%" VECTOR number

// One instruction adds a step's products to a sum.
#define ROW(load, multiply, r, o, x, y)                                          \
  load " " AT_##r(o) ", " REGISTER(SPARE_##r) "\n"                               \
  multiply " " REGISTER("0") ", " REGISTER(SPARE_##r) ", " REGISTER(x) "\n"      \
  multiply " " REGISTER("1") ", " REGISTER(SPARE_##r) ", " REGISTER(y) "\n"
#define FLOAT32_ROW(r, o, x, y) ROW("vbroadcastss", "vfmadd231ps", r, o, x, y)

#define ADD_BOTH(x, y)                                                           \
  "vpaddd " REGISTER("3") ", " REGISTER(x) ", " REGISTER(x) "\n"                 \
  "vpaddd " REGISTER("2") ", " REGISTER(y) ", " REGISTER(y) "\n"
#if AGK_VNNI
#define INT8_ROW(r, o, x, y) ROW("vpbroadcastd", "vpdpbusd", r, o, x, y)
#define INT16_ROW(r, o, x, y) ROW("vpbroadcastd", "vpdpwssd", r, o, x, y)
#else
// Unsigned bytes of a by signed ones of b: pairs in 16 bits (see `row_quantizer` for why they fit), then pairs of
// pairs in 32, multiplied on the way. (m: the line of the group's multipliers.)
#define INT8_ROW(r, o, x, y)                                                     \
  "vpbroadcastd " AT_##r(o) ", " REGISTER("2") "\n"                              \
  "vpmaddubsw " REGISTER("0") ", " REGISTER("2") ", " REGISTER("3") "\n"         \
  "vpmaddubsw " REGISTER("1") ", " REGISTER("2") ", " REGISTER("2") "\n"         \
  "vpmaddwd (%[m]), " REGISTER("3") ", " REGISTER("3") "\n"                      \
  "vpmaddwd " BYTES "(%[m]), " REGISTER("2") ", " REGISTER("2") "\n" ADD_BOTH(x, y)
// Signed pairs.
#define INT16_ROW(r, o, x, y)                                                    \
  "vpbroadcastd " AT_##r(o) ", " REGISTER("2") "\n"                              \
  "vpmaddwd " REGISTER("0") ", " REGISTER("2") ", " REGISTER("3") "\n"           \
  "vpmaddwd " REGISTER("1") ", " REGISTER("2") ", " REGISTER("2") "\n" ADD_BOTH(x, y)
#endif

#define FLOAT32_ROW_0(r, x, y) FLOAT32_ROW(r, "0", x, y)
#define FLOAT32_ROW_1(r, x, y) FLOAT32_ROW(r, "4", x, y)
#define FLOAT32_ROW_2(r, x, y) FLOAT32_ROW(r, "8", x, y)
#define FLOAT32_ROW_3(r, x, y) FLOAT32_ROW(r, "12", x, y)
#define INT8_ROW_0(r, x, y) INT8_ROW(r, "0", x, y)
#define INT8_ROW_1(r, x, y) INT8_ROW(r, "4", x, y)
#define INT8_ROW_2(r, x, y) INT8_ROW(r, "8", x, y)
#define INT8_ROW_3(r, x, y) INT8_ROW(r, "12", x, y)
#define INT16_ROW_0(r, x, y) INT16_ROW(r, "0", x, y)
#define INT16_ROW_1(r, x, y) INT16_ROW(r, "4", x, y)
#define INT16_ROW_2(r, x, y) INT16_ROW(r, "8", x, y)
#define INT16_ROW_3(r, x, y) INT16_ROW(r, "12", x, y)

#define STEP(rows, row, o) \
  "vmovaps " o "(%[b]), " REGISTER("0") "\n vmovaps " BYTES "+" o "(%[b]), " REGISTER("1") "\n" rows(row)
#define STEPS_4(rows, format) \
  STEP(rows, format##_ROW_0, "0") STEP(rows, format##_ROW_1, LINE_1) STEP(rows, format##_ROW_2, LINE_2) \
  STEP(rows, format##_ROW_3, LINE_3)

#define FETCH "prefetcht0 (%[next])\n add %[stride], %[next]\n"

#define STORE(r, x, y) \
  "vmovups " REGISTER(x) ", (%[c])\n vmovups " REGISTER(y) ", " BYTES "(%[c])\n add %[ldc], %[c]\n"
#define ADD_TO_MEMORY(add, r, x, y)                                              \
  add " (%[c]), " REGISTER(x) ", " REGISTER(x) "\n"                              \
  add " " BYTES "(%[c]), " REGISTER(y) ", " REGISTER(y) "\n" STORE(r, x, y)
#define ADD_FLOAT(r, x, y) ADD_TO_MEMORY("vaddps", r, x, y)
#define ADD_INT(r, x, y) ADD_TO_MEMORY("vpaddd", r, x, y)
#define TO_MEMORY(rows, add)                                    \
  "cmpl $0, %[accumulate]\n je 8f\n" rows(add) "jmp 9f\n"       \
  "8:\n" rows(STORE) "9:\n"

// Four steps at a time, then one at a time, then the sums to memory.
#define DEFINE_TILE(format, FORMAT, add, n)                                                            \
  DECLARE_TILE(format, n) {                                                                            \
    ROW_POINTERS;                                                                                      \
    size_t whole = steps / 4, rest = steps % 4;                                                        \
    const uint32_t adds = accumulate;                                                                  \
    __asm__ volatile(ROWS_##n(CLEAR)                                                                   \
        "test %[whole], %[whole]\n jz 2f\n .p2align 6\n"                                               \
        "1:\n" FETCH STEPS_4(ROWS_##n, FORMAT) ADVANCE("16")                                           \
        "add $" LINE_4 ", %[b]\n dec %[whole]\n jnz 1b\n"                                              \
        "2:\n test %[rest], %[rest]\n jz 4f\n"                                                         \
        "3:\n" STEP(ROWS_##n, FORMAT##_ROW_0, "0") ADVANCE("4")                                        \
        "add $" LINE_1 ", %[b]\n dec %[rest]\n jnz 3b\n"                                               \
        "4:\n" TO_MEMORY(ROWS_##n, add) "vzeroupper\n"                                                 \
        : ROW_OPERANDS, [b] "+&r"(b), [whole] "+&r"(whole), [rest] "+&r"(rest), [c] "+&r"(c),          \
          [next] "+&r"(next)                                                                           \
        : [l] "r"(lda), [ldc] "m"(ldc), [accumulate] "m"(adds), [stride] "m"(stride)                   \
        : "memory", "cc", VECTOR_REGISTERS);                                                           \
  }

// Group by group, each a line of multipliers and up to GROUP_STEPS steps: four at a time, then one at a time. `clear` is for the
// start, `collect` for the end of a group, and `totals` are the rows' sums at last.
#define DEFINE_INT8_TILE(n, clear, collect, totals)                                                    \
  DECLARE_TILE(int8, n) {                                                                              \
    ROW_POINTERS;                                                                                      \
    const char *m = b;                                                                                 \
    const uint32_t adds = accumulate;                                                                  \
    size_t here = 0;                                                                                   \
    __asm__ volatile(clear                                                                             \
        ".p2align 6\n"                                                                                 \
        "1:\n mov %[b], %[m]\n add $" LINE_1 ", %[b]\n mov %[group], %k[here]\n"                      \
        "cmp %[here], %[steps]\n cmovb %[steps], %[here]\n sub %[here], %[steps]\n"                    \
        "sub $4, %[here]\n jb 3f\n"                                                                    \
        "2:\n" FETCH STEPS_4(ROWS_##n, INT8) ADVANCE("16")                                             \
        "add $" LINE_4 ", %[b]\n sub $4, %[here]\n jae 2b\n"                                           \
        "3:\n add $4, %[here]\n jz 5f\n"                                                               \
        "4:\n" STEP(ROWS_##n, INT8_ROW_0, "0") ADVANCE("4")                                            \
        "add $" LINE_1 ", %[b]\n dec %[here]\n jnz 4b\n"                                               \
        "5:\n" collect "test %[steps], %[steps]\n jnz 1b\n" TO_MEMORY(totals, ADD_INT) "vzeroupper\n"  \
        : ROW_OPERANDS, [b] "+&r"(b), [m] "+&r"(m), [here] "+&r"(here), [steps] "+&r"(steps),          \
          [c] "+&r"(c), [next] "+&r"(next)                                                             \
        : [l] "r"(lda), [ldc] "m"(ldc), [accumulate] "m"(adds), [stride] "m"(stride),                  \
          [group] "i"(GROUP_STEPS)                                                                     \
        : "memory", "cc", VECTOR_REGISTERS);                                                           \
  }

#if !AGK_VNNI
#define INT8_TILE_ROWS AGK_TILE_ROWS
#define EACH_INT8_COUNT EACH_COUNT
#define INT8_TILE(n) DEFINE_INT8_TILE(n, ROWS_##n(CLEAR), "", ROWS_##n)
#endif

#define FLOAT32_TILE(n) DEFINE_TILE(float32, FLOAT32, ADD_FLOAT, n)
#define INT16_TILE(n) DEFINE_TILE(int16, INT16, ADD_INT, n)
#define FLOAT32_ENTRY(n) AGK_NAME(tile_float32_##n),
#define INT8_ENTRY(n) AGK_NAME(tile_int8_##n),
#define INT16_ENTRY(n) AGK_NAME(tile_int16_##n),
