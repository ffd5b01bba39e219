#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Fused steps would make other floats than the kernels'.
#pragma STDC FP_CONTRACT OFF

static void *room(void *old, size_t bytes) {
  void *p = realloc(old, bytes);
  if (!p) abort();
  return p;
}

// To the nearest of the floats whose lower half is zero, ties to even.
float bfloat16_of(float x) {
  if (x != x) return x;
  const uint32_t bits = bits_of(x), rounded = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
  memcpy(&x, &rounded, sizeof x);
  return x;
}

// Loops over columns innermost, so that the compiler vectorises them: these sums are most of the tests' time.
static void in_float64(reference *to, agk_format format, const float *x, size_t ld, const float *w) {
  const size_t rows = to->rows, columns = to->columns, k = to->k;
  static double *transposed;
  transposed = room(transposed, columns * k * sizeof *transposed);
  for (size_t j = 0; j < columns; j++)
    for (size_t i = 0; i < k; i++)
      transposed[i * columns + j] = format == agk_bfloat16 ? bfloat16_of(w[j * k + i]) : w[j * k + i];
  memset(to->sum, 0, rows * columns * sizeof(double));
  memset(to->size, 0, rows * columns * sizeof(double));
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < k; i++) {
      const double y = format == agk_bfloat16 ? bfloat16_of(x[r * ld + i]) : x[r * ld + i];
      const double *const b = transposed + i * columns;
      double *const sum = to->sum + r * columns, *const size = to->size + r * columns;
      for (size_t j = 0; j < columns; j++) {
        sum[j] += y * b[j];
        size[j] += fabs(y * b[j]);
      }
    }
}

// The largest magnitude of a weight, or, of `pairs`, of the sum of an even one and the next.
static float largest(const float *w, size_t k, bool pairs) {
  float most = 0;
  for (size_t i = 0; i < k; i++) {
    const float pair = pairs && i % 2 ? w[i - 1] + w[i] : w[i];
    most = fmaxf(most, fmaxf(fabsf(w[i]), fabsf(pair)));
  }
  return most;
}

// Symmetric, a group of weights at a time: the largest of them is a multiple of the row's unit, rounded up, and becomes 127. Groups
// are of 64 weights, where the sum of two neighbours may not be larger either, or of 256.
// q: the weights times their multipliers.
static float quantize_weights(const float *w, size_t k, double *q, size_t step, size_t group) {
  const bool pairs = group == 64;
  const float most = largest(w, k, pairs);
  const bool tiny = most < 0x1p-100f;
  double sizes = 0;
  for (size_t i = 0; !tiny && i < k; i++) sizes += fabs((double)w[i]) / (double)most;
  // So that no sum leaves 32 bits.
  const double fitting = floor(0.99 * 0x1p31 / 255 / (127 * sizes + (double)k / 2));
  const float multipliers = (float)fmin(fmax(fitting, 1), 255), unit = most / multipliers;
  for (size_t s = 0; s < k; s += group) {
    const size_t count = at_most(group, k - s);
    const float m = tiny ? 1 : fminf(fmaxf(ceilf(largest(w + s, count, pairs) / unit), 1), multipliers);
    const float inverse = tiny ? 0 : 127.0f / (m * unit);
    for (size_t i = s; i < s + count; i++) q[i * step] = (double)(m * rintf(w[i] * inverse));
  }
  return tiny ? 0 : unit / 127.0f;
}

// Between the least and the greatest of the row and 0; zero becomes an integer. `remainders`: 256ths of a unit.
static float quantize_row(const float *x, size_t k, int *q, int *remainders, int *zero) {
  float low = 0, high = 0;
  for (size_t i = 0; i < k; i++) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  const float range = high - low;
  const bool tiny = range < 0x1p-100f;
  const float inverse = tiny ? 0 : 255.0f / range;
  *zero = (int)rintf(-low * inverse);
  for (size_t i = 0; i < k; i++) {
    const int z = (int)rintf(x[i] * inverse) + *zero;
    q[i] = z < 0 ? 0 : z > 255 ? 255 : z;
    const int left = (int)rintf((x[i] * inverse - (float)(q[i] - *zero)) * 256);
    remainders[i] = left < -128 ? -128 : left > 127 ? 127 : left;
  }
  return tiny ? 0 : range / 255.0f;
}

// In float64, which is exact for these integers, and which any compiler vectorises.
static void in_integers(reference *to, size_t group, const float *x, size_t ld, size_t step, size_t finer,
                        const float *w) {
  const size_t rows = to->rows, columns = to->columns, k = to->k;
  static double *weights, *sums, *rests;
  static int *row, *remainders;
  static float *scales;
  weights = room(weights, columns * k * sizeof *weights);
  scales = room(scales, columns * sizeof *scales);
  row = room(row, k * sizeof *row);
  remainders = room(remainders, k * sizeof *remainders);
  sums = room(sums, columns * sizeof *sums);
  rests = room(rests, columns * sizeof *rests);
  for (size_t j = 0; j < columns; j++) scales[j] = quantize_weights(w + j * k, k, weights + j, columns, group);
  for (size_t r = 0; r < rows; r++) {
    int zero;
    const float scale = quantize_row(x + r * step * ld, k, row, remainders, &zero);
    const bool has_rest = finer && r * step % finer == 0;
    memset(sums, 0, columns * sizeof *sums);
    memset(rests, 0, columns * sizeof *rests);
    for (size_t i = 0; i < k; i++) {
      const double q = row[i] - zero, rest = has_rest ? remainders[i] : 0, *const b = weights + i * columns;
      for (size_t j = 0; j < columns; j++) {
        sums[j] += q * b[j];
        rests[j] += rest * b[j];
      }
    }
    for (size_t j = 0; j < columns; j++)
      to->exact[r * columns + j] = ((float)sums[j] + (float)rests[j] / 256) * (scale * scales[j]);
  }
}

void compute_reference(reference *to, agk_format format, size_t group, const float *x, size_t ld, size_t step,
                       size_t finer, const float *w) {
  const size_t count = to->rows * to->columns;
  if (format == agk_int8) {
    to->exact = room(to->exact, count * sizeof(float));
    in_integers(to, group, x, ld, step, finer, w);
  } else {
    to->sum = room(to->sum, count * sizeof(double));
    to->size = room(to->size, count * sizeof(double));
    in_float64(to, format, x, ld * step, w);
  }
}

// A token's query, key or value.
static void widen(const agk_attention *t, const float *from, const float *padding, size_t token, double *to) {
  const size_t row = t->rows ? t->rows[token] : token;
  const float *const x = row == agk_no_row ? padding : from + row * t->ld;
  for (size_t i = 0; i < t->head_size; i++) to[i] = x ? x[i] : 0;
}

static void normalize(double *x, size_t size) {
  double squares = 0;
  for (size_t i = 0; i < size; i++) squares += x[i] * x[i];
  const double norm = fmax(sqrt(squares), 1e-12);
  for (size_t i = 0; i < size; i++) x[i] /= norm;
}

void attend_exactly(const agk_attention *t, double *probabilities, double *out) {
  const size_t n = t->tokens, size = t->head_size;
  static double *queries, *keys, *values;
  queries = room(queries, n * size * sizeof *queries);
  keys = room(keys, n * size * sizeof *keys);
  values = room(values, n * size * sizeof *values);
  for (size_t r = 0; r < n; r++) {
    widen(t, t->query, t->padding_query, r, queries + r * size);
    widen(t, t->key, t->padding_key, r, keys + r * size);
    widen(t, t->value, t->padding_value, r, values + r * size);
    if (!t->normalizes) continue;
    normalize(queries + r * size, size);
    normalize(keys + r * size, size);
  }
  for (size_t r = 0; r < n; r++) {
    double *const p = probabilities + r * n, *const to = out + r * size, top = -INFINITY, total = 0;
    for (size_t j = 0; j < n; j++) {
      p[j] = 0;
      for (size_t i = 0; i < size; i++) p[j] += queries[r * size + i] * keys[j * size + i];
      p[j] *= t->scale;
      if (t->bias) p[j] += t->bias[r * t->ld_bias + j];
      if (t->mask) p[j] += t->mask[r * t->ld_bias + j];
      top = p[j] > top ? p[j] : top;
    }
    for (size_t j = 0; j < n; j++) total += p[j] = exp(p[j] - top);
    memset(to, 0, size * sizeof *to);
    for (size_t j = 0; j < n; j++) {
      p[j] /= total;
      for (size_t i = 0; i < size; i++) to[i] += p[j] * values[j * size + i];
    }
  }
}
