// A tile: the sums of a few rows of `a` with one panel, kept in registers.
//
// c[r][j] (+)= sum over `steps` steps of a[r] and panel column j. Every sum runs over k in order, each from zero,
// whatever the number of rows, so that a row's result does not depend on its company. With `accumulate`
// the finished sum is added to what c holds. Included once for each level; a level may bring its own tiles.

#define PANEL_COLUMNS (LANES * AGK_PANEL_VECTORS)

#define EACH_VECTOR(v) _Pragma("clang loop unroll(full)") for (int v = 0; v < AGK_PANEL_VECTORS; v++)
#define EACH_ROW(r) _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++)

INLINE uint32_t unit(const char *p) {
  uint32_t u;
  memcpy(&u, p, sizeof u);
  return u;
}

INLINE float one_float(const char *p) {
  float x;
  memcpy(&x, p, sizeof x);
  return x;
}

// STEP: adds one step to acc[r][each v]; sees `a`, `b` (of this step) and `lda`. FINISHED: what acc[r][v] becomes.
#define TILE(TYPE, A_STEP, PREPARE, STEP, FINISHED)                                    \
  TYPE acc[AGK_TILE_ROWS][AGK_PANEL_VECTORS];                                          \
  EACH_ROW(r) EACH_VECTOR(v) acc[r][v] = (TYPE){0};                                    \
  for (size_t s = 0; s < steps; s++, a += A_STEP, b += 4 * PANEL_COLUMNS) {            \
    PREPARE                                                                            \
    EACH_ROW(r) { STEP }                                                               \
  }                                                                                    \
  EACH_ROW(r) EACH_VECTOR(v) {                                                         \
    char *to = c + (size_t)r * ldc + (size_t)v * sizeof(TYPE);                         \
    TYPE sum = FINISHED;                                                               \
    if (accumulate) {                                                                  \
      TYPE before;                                                                     \
      memcpy(&before, to, sizeof before);                                              \
      sum += before;                                                                   \
    }                                                                                  \
    memcpy(to, &sum, sizeof sum);                                                      \
  }

INLINE void tile_float32(const int rows, const char *a, size_t lda, const char *b, size_t steps, char *c,
                         size_t ldc, bool accumulate) {
  TILE(
      vf, 4, vf w[AGK_PANEL_VECTORS];
      EACH_VECTOR(v) w[v] = (vf)load_units(b + 64 * v);
      , const vf x = splat(one_float(a + (size_t)r * lda));
      EACH_VECTOR(v) acc[r][v] = mul_add(x, w[v], acc[r][v]);, acc[r][v])
}

#if defined(__aarch64__)
// Signed bytes by signed bytes: AGK_ROW_OFFSET makes them so. One quarter of the columns at a time.
INLINE int32x4_t dot4_quarter(int32x4_t sum, int8x16_t a, int8x16_t b) {
#if AGK_DOTPROD
  return vdotq_s32(sum, a, b);
#else
  // Two products fit 16 bits: 2 * 128 * 127 < 2^15.
  const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b)), high = vmull_high_s8(a, b);
  return vpadalq_s16(sum, vpaddq_s16(low, high));
#endif
}

INLINE vi dot4(vi sum, uint32_t a, vi b) {
  const int8x16_t x = vreinterpretq_s8_u32(vdupq_n_u32(a));
#define QUARTER(i) \
  dot4_quarter(__builtin_shufflevector(sum, sum, i, i + 1, i + 2, i + 3), x, \
               (int8x16_t)__builtin_shufflevector(b, b, i, i + 1, i + 2, i + 3))
  const int32x4_t q0 = QUARTER(0), q1 = QUARTER(4), q2 = QUARTER(8), q3 = QUARTER(12);
#undef QUARTER
  typedef int32_t half __attribute__((vector_size(32)));
  const half first = __builtin_shufflevector(q0, q1, 0, 1, 2, 3, 4, 5, 6, 7);
  const half second = __builtin_shufflevector(q2, q3, 0, 1, 2, 3, 4, 5, 6, 7);
  return __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#else
INLINE vi dot4(vi sum, uint32_t a, vi b) {
  for (int i = 0; i < 4; i++) sum += (int32_t)(a >> (8 * i) & 0xff) * ((b << (24 - 8 * i)) >> 24);
  return sum;
}
#endif

INLINE void tile_int8(const int rows, const char *a, size_t lda, const char *b, size_t steps, char *c,
                      size_t ldc, bool accumulate) {
  for (size_t left = steps; left > 0; accumulate = true) {
    vi multipliers[AGK_PANEL_VECTORS];
    EACH_VECTOR(v) multipliers[v] = load_units(b + 64 * v) & 0xffff;
    b += 4 * PANEL_COLUMNS;
    steps = left < GROUP_STEPS ? left : GROUP_STEPS;
    left -= steps;
    TILE(
      vi, 4, vi w[AGK_PANEL_VECTORS];
      EACH_VECTOR(v) w[v] = load_units(b + 64 * v);
      , const uint32_t x = unit(a + (size_t)r * lda);
      EACH_VECTOR(v) acc[r][v] = dot4(acc[r][v], x, w[v]);, acc[r][v] * multipliers[v])
  }
}

// Two products of signed 16-bit integers and their sum in each 32-bit lane.
INLINE vi dot2(vi sum, uint32_t a, vi b) {
#if defined(__x86_64__)
  __m128i s[4], w[4];
  memcpy(s, &sum, sizeof s);
  memcpy(w, &b, sizeof w);
  for (int i = 0; i < 4; i++) s[i] = _mm_add_epi32(s[i], _mm_madd_epi16(_mm_set1_epi32((int)a), w[i]));
  memcpy(&sum, s, sizeof s);
  return sum;
#else
  return sum + (int16_t)a * ((b << 16) >> 16) + (int16_t)(a >> 16) * (b >> 16);
#endif
}

INLINE void tile_int16(const int rows, const char *a, size_t lda, const char *b, size_t steps, char *c,
                       size_t ldc, bool accumulate) {
  TILE(
      vi, 4, vi w[AGK_PANEL_VECTORS];
      EACH_VECTOR(v) w[v] = load_units(b + 64 * v);
      , const uint32_t x = unit(a + (size_t)r * lda);
      EACH_VECTOR(v) acc[r][v] = dot2(acc[r][v], x, w[v]);, acc[r][v])
}

// One function for each number of rows, so that the sums' registers are known to the compiler.
#define DEFINE_TILE(format, n)                                    \
  DECLARE_TILE(format, n) {                                       \
    prefetch_lines(next, next + steps / 4 * stride);              \
    tile_##format(n, a, lda, b, steps, c, ldc, accumulate);       \
  }
#if AGK_TILE_ROWS == 6
#define EACH_COUNT(X, f) X(f, 1) X(f, 2) X(f, 3) X(f, 4) X(f, 5) X(f, 6)
#else
#define EACH_COUNT(X, f) X(f, 1) X(f, 2)
#endif
EACH_COUNT(DEFINE_TILE, float32)
EACH_COUNT(DEFINE_TILE, int8)
EACH_COUNT(DEFINE_TILE, int16)
#define INT8_TILE_ROWS AGK_TILE_ROWS
#define ENTRY(format, n) AGK_NAME(tile_##format##_##n),
static tile_function *const AGK_NAME(tiles)[4][AGK_TILE_ROWS] = {
    [agk_float32] = {EACH_COUNT(ENTRY, float32)},
    [agk_int8] = {EACH_COUNT(ENTRY, int8)},
    [TILE_INT16] = {EACH_COUNT(ENTRY, int16)}};
