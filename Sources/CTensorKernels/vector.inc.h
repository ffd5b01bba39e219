// Sixteen floats at a time, whatever the CPU: one AVX-512 register, two of AVX2, four of SSE or NEON.
// Because every level works on the same sixteen lanes in the same order, AVX2 and AVX-512 give the same
// bits, and the portable level differs from them only by the rounding that a fused multiply-add saves.
// Included by kernels.inc.h, once for each level.

#include <math.h>
#include <stdbool.h>
#include <string.h>

// The vectors never cross a function call, so the calling convention that this warns of does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma STDC FP_CONTRACT OFF

typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));
typedef uint32_t vu __attribute__((vector_size(64)));
#define LANES 16
#define INLINE static inline __attribute__((always_inline))

INLINE vf splat(float x) { return (vf){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

INLINE vf load(const float *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE vi load_units(const char *p) {
  vi v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void store(float *p, vf v) { memcpy(p, &v, sizeof v); }

// The first n < 16 lanes; the others get `rest`.
INLINE vf load_tail(const float *p, size_t n, float rest) {
  vf v = splat(rest);
  memcpy(&v, p, n * sizeof(float));
  return v;
}

INLINE void store_tail(float *p, vf v, size_t n) { memcpy(p, &v, n * sizeof(float)); }

// Up to 16 floats, zeros behind them.
INLINE vf load_up_to(const float *p, size_t n) { return n >= LANES ? load(p) : load_tail(p, n, 0.0f); }
INLINE void store_up_to(float *p, vf v, size_t n) {
  if (n >= LANES)
    store(p, v);
  else
    store_tail(p, v, n);
}

// n bytes, `most` at most: mostly of a length that the compiler knows, without a call.
INLINE void copy_up_to(void *to, const void *from, size_t most, size_t n) {
  if (n >= most)
    memcpy(to, from, most);
  else
    memcpy(to, from, n);
}

INLINE vf mul_add(vf a, vf b, vf c) {
#if AGK_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

INLINE vf choose(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }

// Like the hardware: the second operand where either is NaN.
INLINE vf vmax(vf a, vf b) { return choose(a > b, a, b); }
INLINE vf vmin(vf a, vf b) { return choose(a < b, a, b); }

INLINE vf vabs(vf x) { return (vf)((vi)x & 0x7fffffff); }
INLINE vf copy_sign(vf magnitude, vf sign) {
  return (vf)(((vi)magnitude & 0x7fffffff) | ((vi)sign & (vi)splat(-0.0f)));
}

// A fixed tree, so that a row's sum does not depend on the level.
INLINE float sum_lanes(vf v) {
  float s[LANES];
  store(s, v);
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) s[i] += s[i + width];
  return s[0];
}

INLINE vf larger_or_nan(vf a, vf b) { return choose((a > b) | (a != a), a, b); }

// NaN where there is one.
INLINE float max_lanes(vf v) {
  v = larger_or_nan(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  v = larger_or_nan(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  v = larger_or_nan(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  v = larger_or_nan(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  return v[0];
}

// Magnitudes as integers, which have the order of what they stand for, NaN last.
INLINE vi magnitude_bits(vf x) { return (vi)vabs(x); }
INLINE vi larger_bits(vi a, vi b) { return __builtin_elementwise_max(a, b); }
INLINE float largest_magnitude(vi bits) {
  const int32_t top = __builtin_reduce_max(bits);
  float x;
  memcpy(&x, &top, sizeof x);
  return x;
}

// e^x. x = n ln 2 + r with |r| <= ln 2 / 2; e^r = 1 + r + r^2 P(r); then 2^n in two factors, so that
// results below the normal range are rounded once. Overflows to infinity, passes NaN on.
// Coefficients: Fixtures/kernels/fit_polynomials.py (error of P 8e-10).
#define EXP_ROUNDER 0x1.8p23f  // adding it leaves round(x) in the low bits

// e^r; `shifted` is n + EXP_ROUNDER.
INLINE vf exp_of_rest(vf x, vf *shifted) {
  *shifted = mul_add(x, splat(0x1.715476p0f), splat(EXP_ROUNDER));
  vf n = *shifted - splat(EXP_ROUNDER);
  // ln 2 in two parts; the first has trailing zeros, so that n times it is exact without a fused step.
  vf r = mul_add(n, splat(-0x1.62e4p-1f), x);
  r = mul_add(n, splat(-0x1.7f7d1cp-20f), r);
  vf p = splat(0x1.a12a42p-13f);
  p = mul_add(p, r, splat(0x1.6d1606p-10f));
  p = mul_add(p, r, splat(0x1.1110dap-7f));
  p = mul_add(p, r, splat(0x1.55550ap-5f));
  p = mul_add(p, r, splat(0x1.555556p-3f));
  p = mul_add(p, r, splat(0x1p-1f));
  return mul_add(r * r, p, r) + 1.0f;
}

INLINE vf exp_v(vf x) {
  vf shifted;
  vf e = exp_of_rest(vmin(splat(89.0f), vmax(splat(-104.0f), x)), &shifted);
  vi exponent = (vi)shifted - (vi)splat(EXP_ROUNDER);
  vi half = exponent >> 1;
  vf first = (vf)((half + 127) << 23);
  vf second = (vf)((exponent - half + 127) << 23);
  return choose(x != x, x, e * first * second);
}

// For x <= 0 in fewer steps: the same bits, but 0 below e^-77, where sums that have e^0 in them no longer tell. What is above
// stays a normal number when it is divided by the sum of a row. Others cost Intel's processors 150 cycles each to make and to
// multiply, and every row of scores that ends in padding made some.
INLINE vf exp_not_positive_v(vf x) {
  const vf least = splat(-77.0f);
  vf shifted;
  vf e = exp_of_rest(vmax(least, x), &shifted);
  // Of EXP_ROUNDER nothing is left after the shift.
  vf power = (vf)(((vi)shifted << 23) + (127 << 23));
  return choose(x < least, splat(0.0f), e * power);
}

// 2^x for x <= 0 within 1e-6 of the value, in half the steps of an exponential; 2^-100 below -100.
// Coefficients: Fixtures/kernels/fit_polynomials.py.
INLINE vf power_of_two_v(vf x) {
  x = vmax(splat(-100.0f), x);
  const vf shifted = x + splat(EXP_ROUNDER);
  const vf r = x - (shifted - splat(EXP_ROUNDER));
  vf p = splat(0x1.5ec866p-10f);
  p = mul_add(p, r, splat(0x1.3c6e5cp-7f));
  p = mul_add(p, r, splat(0x1.c6afcep-5f));
  p = mul_add(p, r, splat(0x1.ebfa9cp-3f));
  p = mul_add(p, r, splat(0x1.62e43p-1f));
  p = mul_add(p, r, splat(1.0f));
  return p * (vf)(((vi)shifted << 23) + (127 << 23));
}

// erf. |x| < 1: x + x Q(x^2). Beyond: 1 - e^-P(|x| - 1), P fitted to -ln erfc; 1 from 4 on.
// Coefficients: Fixtures/kernels/fit_polynomials.py.
INLINE vf erf_v(vf x) {
  vf a = vabs(x);
  vf t = x * x;
  vf q = splat(-0x1.445f48p-17f);
  q = mul_add(q, t, splat(0x1.d8404p-14f));
  q = mul_add(q, t, splat(-0x1.bcb4b2p-11f));
  q = mul_add(q, t, splat(0x1.56268cp-8f));
  q = mul_add(q, t, splat(-0x1.b82942p-6f));
  q = mul_add(q, t, splat(0x1.ce2fp-4f));
  q = mul_add(q, t, splat(-0x1.812746p-2f));
  q = mul_add(q, t, splat(0x1.06eba8p-3f));
  vf small = mul_add(x, q, x);

  vf u = vmin(splat(3.0f), a - 1.0f);
  vf p = splat(-0x1.b7783p-20f);
  p = mul_add(p, u, splat(0x1.14234p-15f));
  p = mul_add(p, u, splat(-0x1.4f56bp-12f));
  p = mul_add(p, u, splat(0x1.0d07ep-9f));
  p = mul_add(p, u, splat(-0x1.4a1cecp-7f));
  p = mul_add(p, u, splat(0x1.548ebcp-5f));
  p = mul_add(p, u, splat(0x1.afabbp-1f));
  p = mul_add(p, u, splat(0x1.51c9aep1f));
  p = mul_add(p, u, splat(0x1.d97fbep0f));
  vf large = copy_sign(1.0f - exp_v(-p), x);
  return choose(x != x, x, choose(a < 1.0f, small, large));
}

// GELU, x Phi(x) = max(x, 0) - a Phi(-a) with a = |x|, within 1e-7 of the value or of one, whichever is larger.
// Phi(-a) is the square of a polynomial in a - 1.5, which keeps the small values of the tail small without an
// exponential; past 6 it stays where it is, 6e-9 below zero. Coefficients: Fixtures/kernels/fit_polynomials.py.
INLINE vf gelu_v(vf x) {
  const vf a = vmin(splat(6.0f), vabs(x));
  const vf v = a - 1.5f;
  vf q = splat(-0x1.497388p-29f);
  q = mul_add(q, v, splat(0x1.d06b24p-25f));
  q = mul_add(q, v, splat(-0x1.c5b2dcp-22f));
  q = mul_add(q, v, splat(0x1.96f7cp-21f));
  q = mul_add(q, v, splat(0x1.d683dcp-18f));
  q = mul_add(q, v, splat(-0x1.088a06p-15f));
  q = mul_add(q, v, splat(-0x1.26112p-14f));
  q = mul_add(q, v, splat(0x1.4fe6dp-11f));
  q = mul_add(q, v, splat(0x1.3b4e9ep-15f));
  q = mul_add(q, v, splat(-0x1.142306p-7f));
  q = mul_add(q, v, splat(0x1.91221ep-7f));
  q = mul_add(q, v, splat(0x1.104ae4p-4f));
  q = mul_add(q, v, splat(-0x1.008f1p-2f));
  q = mul_add(q, v, splat(0x1.08ac98p-2f));
  return mul_add(-a, q * q, vmax(splat(0.0f), x));
}
