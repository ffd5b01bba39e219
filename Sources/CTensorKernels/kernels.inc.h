// The kernels themselves, compiled once for each level by the kernels_*.c files.

#include "CTensorKernels.h"
#include "tables.h"
#include "vector.inc.h"

// Elements of k in the four bytes of a step, and the steps of int8 that share a line of multipliers: 64 weights where multiplying
// costs nothing (AVX2), and 256 where it costs time and weights keep the rest of their bits instead; see `largest`. In full-size
// networks both round alike (Docs/Performance.md).
#define ELEMENTS_OF_STEP(format) ((format) == agk_float32 ? 1 : (format) == agk_bfloat16 ? 2 : 4)
#define GROUP_STEPS (AGK_VNNI ? 64 : 16)

// A tile: c[r][j] (+)= sum over `steps` steps of a[r] and column j of the panel `b`; see tiles.inc.h. With every four steps it
// fetches the line at `next`, and `next` moves on by `stride` bytes. Sanitizers do not see into assembly, and where they keep its
// operands it has registers too few.
typedef void tile_function(const char *a, size_t lda, const char *b, size_t steps, char *c, size_t ldc, bool accumulate,
                           const char *next, size_t stride);
#define DECLARE_TILE(format, rows)                                                                         \
  static __attribute__((noinline, no_sanitize("address", "thread"))) void AGK_NAME(tile_##format##_##rows)(                                  \
      const char *a, size_t lda, const char *b, size_t steps, char *c, size_t ldc, bool accumulate,        \
      const char *next, size_t stride)

INLINE void prefetch_lines(const char *from, const char *to) {
  for (; from < to; from += 64) __builtin_prefetch(from, 0, 3);
}

// The tables of tiles have one more: pairs of 16-bit integers to a step, for attention.
#define TILE_INT16 3

#include AGK_TILES

INLINE vf sigmoid_v(vf x) { return 1.0f / (1.0f + exp_v(-x)); }

// x sigmoid(y): what silu, quick GELU and the tanh form of GELU share.
INLINE vf gated_v(vf x, vf y) { return x * sigmoid_v(y); }

// 0.5 (1 + tanh y) = sigmoid(2 y), so the tanh form needs no tanh.
INLINE vf gelu_tanh_v(vf x) {
  vf cubic = mul_add(splat(0.044715f) * x * x, x, x);
  return gated_v(x, cubic * 0x1.988454p0f);  // 2 sqrt(2 / pi)
}

// Activations that no vector form is worth: rare in checkpoints, and libm is exact enough.
INLINE vf by_libm(vf x, float (*f)(float)) {
  float s[LANES];
  store(s, x);
  for (int i = 0; i < LANES; i++) s[i] = f(s[i]);
  return load(s);
}

static float softplus_1(float x) { return x > 20.0f ? x : log1pf(expf(x)); }
static float mish_1(float x) { return x * tanhf(softplus_1(x)); }
static float sqrt_softplus_1(float x) { return sqrtf(softplus_1(x)); }
static float tanh_1(float x) { return tanhf(x); }

INLINE vf activate(vf x, agk_activation kind) {
  const vf zero = splat(0.0f);
  switch (kind) {
    case agk_linear: return x;
    case agk_gelu: return gelu_v(x);
    case agk_gelu_clip10: return vmin(splat(10.0f), vmax(splat(-10.0f), gelu_v(x)));
    case agk_gelu_tanh: return gelu_tanh_v(x);
    case agk_quick_gelu: return gated_v(x, x * 1.702f);
    case agk_relu: return vmax(zero, x);
    case agk_silu: return gated_v(x, x);
    case agk_relu_squared: {
      vf r = vmax(zero, x);
      return r * r;
    }
    case agk_relu6: return vmin(splat(6.0f), vmax(zero, x));
    case agk_leaky_relu: return choose(x < 0.0f, x * 0.01f, x);
    case agk_hardswish: return x * (vmin(splat(6.0f), vmax(zero, x + 3.0f)) / 6.0f);
    case agk_sigmoid: return sigmoid_v(x);
    case agk_tanh: return by_libm(x, tanh_1);
    case agk_mish: return by_libm(x, mish_1);
    case agk_laplace: return 0.5f * (1.0f + erf_v((x - 0.707107f) / (0.282095f * 0x1.6a09e6p0f)));
    case agk_sqrt_softplus: return by_libm(x, sqrt_softplus_1);
  }
  return x;
}

static void AGK_NAME(exp_n)(const float *x, float *out, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, exp_v(load(x + i)));
  if (i < n) store_tail(out + i, exp_v(load_tail(x + i, n - i, 0.0f)), n - i);
}

static void AGK_NAME(erf_n)(const float *x, float *out, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, erf_v(load(x + i)));
  if (i < n) store_tail(out + i, erf_v(load_tail(x + i, n - i, 0.0f)), n - i);
}

// One copy of the loop per activation, so that the choice is made once and not for each vector; each a
// function of its own, because without optimisation the temporaries of all of them fill megabytes of stack.
INLINE void bias_activation_rows(float *c, size_t rows, size_t columns, size_t ld, const float *bias,
                                 agk_activation kind) {
  for (size_t r = 0; r < rows; r++) {
    float *row = c + r * ld;
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
      vf x = load(row + i);
      if (bias) x += load(bias + i);
      store(row + i, activate(x, kind));
    }
    if (i < columns) {
      vf x = load_tail(row + i, columns - i, 0.0f);
      if (bias) x += load_tail(bias + i, columns - i, 0.0f);
      store_tail(row + i, activate(x, kind), columns - i);
    }
  }
}

#define AGK_ACTIVATIONS(X)                                                                            \
  X(linear) X(gelu) X(gelu_clip10) X(gelu_tanh) X(quick_gelu) X(relu) X(silu) X(relu_squared) X(relu6) \
      X(leaky_relu) X(hardswish) X(sigmoid) X(tanh) X(mish) X(laplace) X(sqrt_softplus)

#define DEFINE(kind)                                                                                 \
  static __attribute__((noinline)) void AGK_NAME(bias_##kind)(                                       \
      float *c, size_t rows, size_t columns, size_t ld, const float *bias) {                         \
    bias_activation_rows(c, rows, columns, ld, bias, agk_##kind);                                    \
  }
AGK_ACTIVATIONS(DEFINE)
#undef DEFINE

static void AGK_NAME(bias_activation)(float *c, size_t rows, size_t columns, size_t ld,
                                      const float *bias, agk_activation activation) {
#define CASE(kind) \
  case agk_##kind: AGK_NAME(bias_##kind)(c, rows, columns, ld, bias); break;
  switch (activation) { AGK_ACTIVATIONS(CASE) }
#undef CASE
}

static void AGK_NAME(bias_residual)(float *c, size_t rows, size_t columns, size_t ldc, const float *x,
                                    size_t ldx, const float *bias) {
  for (size_t r = 0; r < rows; r++) {
    float *to = c + r * ldc;
    const float *from = x + r * ldx;
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
      vf y = load(from + i);
      if (bias) y += load(bias + i);
      store(to + i, load(to + i) + y);
    }
    if (i < columns) {
      vf y = load_tail(from + i, columns - i, 0.0f);
      if (bias) y += load_tail(bias + i, columns - i, 0.0f);
      store_tail(to + i, load_tail(to + i, columns - i, 0.0f) + y, columns - i);
    }
  }
}

// NaN need not be found: it comes back as the exponential's and the total's.
INLINE float largest_of(const float *row, size_t columns) {
  vf m = splat(-INFINITY);
  size_t i = 0;
  for (; i + LANES <= columns; i += LANES) m = vmax(load(row + i), m);
  if (i < columns) m = vmax(load_tail(row + i, columns - i, -INFINITY), m);
  return max_lanes(m);
}

// Of x <= 0 a power of e, or a rougher one of two.
INLINE vf power_v(vf x, bool of_two) { return of_two ? power_of_two_v(x) : exp_not_positive_v(x); }

// row = e^(scale (row - top)), or `rough`ly so, as closely as 16 bits can tell; their sum.
INLINE float exponentials(float *row, size_t columns, float top, float scale, bool rough) {
  if (rough) scale *= 0x1.715476p0f;  // 1 / ln 2
  vf total = splat(0.0f);
  size_t i = 0;
  for (; i + LANES <= columns; i += LANES) {
    vf e = power_v((load(row + i) - top) * scale, rough);
    total += e;
    store(row + i, e);
  }
  if (i < columns) {
    vf e = power_v((load_tail(row + i, columns - i, -INFINITY) - top) * scale, rough);
    total += e;
    store_tail(row + i, e, columns - i);
  }
  return sum_lanes(total);
}

INLINE void multiply_row(float *row, size_t columns, float factor) {
  size_t i = 0;
  for (; i + LANES <= columns; i += LANES) store(row + i, load(row + i) * factor);
  if (i < columns) store_tail(row + i, load_tail(row + i, columns - i, 0.0f) * factor, columns - i);
}

// Step by step for a few rows, so that no row waits for the sum over another one's lanes.
static void AGK_NAME(softmax)(float *x, size_t rows, size_t columns, size_t ld, float scale) {
  enum { most = 8 };
  for (size_t first = 0, count; first < rows; first += count, x += count * ld) {
    count = rows - first < most ? rows - first : most;
    float tops[most], totals[most];
    for (size_t r = 0; r < count; r++) tops[r] = largest_of(x + r * ld, columns);
    for (size_t r = 0; r < count; r++) totals[r] = exponentials(x + r * ld, columns, tops[r], scale, false);
    for (size_t r = 0; r < count; r++) multiply_row(x + r * ld, columns, 1.0f / totals[r]);
  }
}

// `statistics`, or null: of each row the mean and 1 / sqrt(variance + eps).
INLINE void layer_norm_rows(const float *x, size_t ldx, size_t rows, size_t columns, const float *gamma, const float *beta,
                            float eps, float *out, size_t ldo, float *statistics) {
  const float count = (float)columns;
  const size_t whole = columns - columns % LANES;
  const size_t rest = columns - whole;
  for (size_t r = 0; r < rows; r++) {
    const float *row = x + r * ldx;
    float *to = out + r * ldo;
    vf sum = splat(0.0f);
    for (size_t i = 0; i < whole; i += LANES) sum += load(row + i);
    if (rest) sum += load_tail(row + whole, rest, 0.0f);
    const float mean = sum_lanes(sum) / count;
    const vf vmean = splat(mean);
    vf squares = splat(0.0f);
    for (size_t i = 0; i < whole; i += LANES) {
      vf d = load(row + i) - vmean;
      squares = mul_add(d, d, squares);
    }
    if (rest) {
      vf d = load_tail(row + whole, rest, mean) - vmean;
      squares = mul_add(d, d, squares);
    }
    const float inverse = 1.0f / sqrtf(sum_lanes(squares) / count + eps);
    const vf scale = splat(inverse);
    if (statistics) {
      statistics[2 * r] = mean;
      statistics[2 * r + 1] = inverse;
    }
    for (size_t i = 0; i < whole; i += LANES)
      store(to + i, mul_add((load(row + i) - vmean) * scale, load(gamma + i), load(beta + i)));
    if (rest) {
      vf y = (load_tail(row + whole, rest, mean) - vmean) * scale;
      y = mul_add(y, load_tail(gamma + whole, rest, 0.0f), load_tail(beta + whole, rest, 0.0f));
      store_tail(to + whole, y, rest);
    }
  }
}

static void AGK_NAME(layer_norm)(const float *x, size_t ldx, size_t rows, size_t columns, const float *gamma,
                                 const float *beta, float eps, float *out, size_t ldo) {
  layer_norm_rows(x, ldx, rows, columns, gamma, beta, eps, out, ldo, NULL);
}

#include "slopes.inc.h"
#include "matrix.inc.h"
#include "pack.inc.h"
#include "attention.inc.h"
#include "convolution.inc.h"
#include "gradient_products.inc.h"
#include "gradient_rows.inc.h"
#include "gradient_attention.inc.h"
#include "optimizer.inc.h"

#define TABLE AGK_NAME(agk_kernels)
#define BFLOAT16_PRODUCT AGK_NAME(product_bfloat16)
#define INT8_PRODUCT AGK_NAME(product_int8)
#include "table.inc.h"
#if AGK_BF16
#undef TABLE
#undef BFLOAT16_PRODUCT
#undef INT8_PRODUCT
#define TABLE agk_kernels_amx
#define BFLOAT16_PRODUCT AGK_NAME(product_amx_bfloat16)
#define INT8_PRODUCT AGK_NAME(product_amx_int8)
#include "table.inc.h"
#endif
