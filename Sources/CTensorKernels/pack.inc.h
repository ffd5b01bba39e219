// Weights to panels, and rows to what the tiles read.

// bfloat16 in the high half of each lane, rounded to nearest even; NaN stays NaN.
INLINE vi bfloat16_bits(vf x) {
  const vi bits = (vi)x;
  const vi rounded = bits + 0x7fff + ((bits >> 16) & 1);
  return (vi)choose(x != x, (vf)(bits | 0x400000), (vf)rounded) & (int32_t)0xffff0000;
}

// 32 floats to 16 pairs.
INLINE vi bfloat16_pairs(vf first, vf second) {
  const vi a = bfloat16_bits(first), b = bfloat16_bits(second);
  const vi even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const vi odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  return (vi)((vu)even >> 16) | odd;
}

// Rounds to the nearest integer, ties to even: |x| < 2^22.
INLINE vi rounded(vf x) {
  const vf rounder = splat(0x1.8p23f);
  return (vi)(x + rounder) - (vi)rounder;
}

// The low bytes of 64 integers, in order, as 16 lanes of four.
INLINE vi bytes_of(vi a, vi b, vi c, vi d) {
  typedef int8_t quarter __attribute__((vector_size(16)));
  const quarter q[4] = {__builtin_convertvector(a, quarter), __builtin_convertvector(b, quarter),
                        __builtin_convertvector(c, quarter), __builtin_convertvector(d, quarter)};
  vi v;
  memcpy(&v, q, sizeof v);
  return v;
}

// The weights of `row` from step `s` on: 16 steps, zeros past the end of k.
INLINE vi weight_units(agk_format format, const float *row, size_t k, size_t s, float inverse) {
  const size_t width = ELEMENTS_OF_STEP(format);
  vf x[4];
  for (size_t i = 0; i < width; i++) {
    const size_t at = s * width + i * LANES;
    x[i] = at < k ? load_up_to(row + at, k - at) : splat(0.0f);
  }
  switch (format) {
    case agk_float32: return (vi)x[0];
    case agk_bfloat16: return bfloat16_pairs(x[0], x[1]);
    case agk_int8:
      return bytes_of(rounded(x[0] * inverse), rounded(x[1] * inverse), rounded(x[2] * inverse),
                      rounded(x[3] * inverse));
  }
}

// Four rounds of interleaving the first half with the second transpose 16 x 16.
INLINE void transpose(vi m[LANES]) {
  for (int round = 0; round < 4; round++) {
    vi t[LANES];
    for (int i = 0; i < 8; i++) {
      t[2 * i] = __builtin_shufflevector(m[i], m[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      t[2 * i + 1] =
          __builtin_shufflevector(m[i], m[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    memcpy(m, t, sizeof t);
  }
}

// The largest magnitude of a weight, and where `BOUNDS_PAIRS` of the sum of an even weight and its odd neighbour; NaN where there is
// one. Where the CPU has no VNNI bytes are multiplied by AVX2, which adds two products in 16 bits: neighbours that add up to 127 at
// most round to 128 at most, and 128 * 255 < 2^15. Weights of opposite signs need no room, so nearly all of the 8 bits remain.
#define BOUNDS_PAIRS !AGK_VNNI
static float AGK_NAME(largest)(const float *row, size_t k) {
  vi most = {0};
  for (size_t i = 0; i < k; i += LANES) {
    const vf x = load_up_to(row + i, k - i);
    if (BOUNDS_PAIRS) {
      const vf neighbour = __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
      most = larger_bits(magnitude_bits(x + neighbour), most);
    }
    most = larger_bits(magnitude_bits(x), most);
  }
  return largest_magnitude(most);
}

// How a row of int8 weights is quantised.
typedef struct {
  float scale;  // NaN where weights are not finite, and with it every result
  float unit;   // the largest magnitude for each unit of a multiplier; 0 where all weights are taken for 0
  float most;   // the largest multiplier
} row_quantizer;

static row_quantizer AGK_NAME(new_row_quantizer)(const float *row, size_t k) {
  const float largest = AGK_NAME(largest)(row, k);
  if (!(largest < INFINITY)) return (row_quantizer){NAN, 0, 1};
  // Below that a quotient could overflow, and the row is as good as zero.
  if (largest < 0x1p-100f) return (row_quantizer){0, 0, 1};
  vf sizes = splat(0.0f);
  for (size_t i = 0; i < k; i += LANES) sizes += vabs(load_up_to(row + i, k - i)) * (1.0f / largest);
  // Sums of products with rows of bytes must fit 32 bits: for each unit of `most` a row of 255 gives 127 times its weights' sizes
  // (of which the largest is 1), and rounding half of one a weight. A hundredth is for the rounding of these floats. With 1
  // everything fits, however large the weights, because k is at most 2^16.
  const float fits = 0.99f * ((float)INT32_MAX / 255) / (127 * sum_lanes(sizes) + 0.5f * (float)k);
  const float most = fits < 1 ? 1 : fits > 255 ? 255 : floorf(fits);
  const float unit = largest / most;
  return (row_quantizer){unit / 127.0f, unit, most};
}

// The multiplier of a group; what to multiply its weights by goes to `inverse`.
static int32_t AGK_NAME(multiplier)(const row_quantizer *q, const float *group, size_t k, float *inverse) {
  *inverse = 0.0f;
  if (q->unit == 0.0f) return 1;
  float m = ceilf(AGK_NAME(largest)(group, k) / q->unit);
  m = m < 1 ? 1 : m > q->most ? q->most : m;
  *inverse = 127.0f / (m * q->unit);
  return (int32_t)m;
}

INLINE void pack(agk_format format, const float *rows, size_t count, size_t k, size_t panels, char *out,
                 float *scales, int32_t *sums) {
  const size_t width = ELEMENTS_OF_STEP(format);
  const size_t steps = (k + width - 1) / width;
  for (size_t first = 0; first < panels * PANEL_COLUMNS; first += LANES) {
    char *to = out + first / PANEL_COLUMNS * panel_lines(format, steps) * LINE + first % PANEL_COLUMNS * 4;
    const size_t here = first < count ? smaller(LANES, count - first) : 0;
    row_quantizer quantizers[LANES];
    if (format == agk_int8)
      for (size_t j = 0; j < LANES; j++) {
        if (j < here) quantizers[j] = AGK_NAME(new_row_quantizer)(rows + (first + j) * k, k);
        scales[first + j] = j < here ? quantizers[j].scale : 0.0f;
      }
    vi total = {0}, multipliers = {0};
    float inverse[LANES] = {0};
    for (size_t s = 0; s < steps; s += LANES) {
      if (format == agk_int8 && s % GROUP_STEPS == 0) {
        const size_t at = s * width;
        for (size_t j = 0; j < here; j++)
          multipliers[j] = AGK_NAME(multiplier)(quantizers + j, rows + (first + j) * k + at,
                                                smaller(GROUP_STEPS * width, k - at), inverse + j);
        const vi line = AGK_VNNI ? multipliers : multipliers | multipliers << 16;
        memcpy(to, &line, sizeof line);
        to += LINE;
      }
      vi m[LANES] = {0}, sum = {0};
      for (size_t j = 0; j < here; j++) m[j] = weight_units(format, rows + (first + j) * k, k, s, inverse[j]);
      transpose(m);
      for (size_t i = 0; i < smaller(LANES, steps - s); i++, to += LINE) {
        memcpy(to, m + i, sizeof m[i]);
        if (format == agk_int8)
          for (int shift = 0; shift < 32; shift += 8) sum += (m[i] << (24 - shift)) >> 24;
      }
      total += multipliers * sum;
    }
    if (format == agk_int8) memcpy(sums + first, &total, sizeof total);
  }
}

#define DEFINE(format)                                                                                  \
  static void AGK_NAME(pack_##format)(const float *rows, size_t count, size_t k, size_t panels, void *out, \
                                      float *scales, int32_t *sums) {                                   \
    pack(agk_##format, rows, count, k, panels, out, scales, sums);                                      \
  }
DEFINE(float32)
DEFINE(bfloat16)
DEFINE(int8)
#undef DEFINE

static void AGK_NAME(prepare_bfloat16)(float *x, size_t first_row, size_t rows, size_t k, size_t ld,
                                       const agk_quantized_rows *quantized) {
  (void)quantized;
  for (size_t r = first_row; r < first_row + rows; r++) {
    float *const row = x + r * ld;
#if AGK_BF16
    // In front of what is still to be read; an odd k gets a zero behind it. What is smaller than 2^-126 becomes 0, as in the product.
    for (size_t i = 0; i < k; i += LANES) {
      const __m256bh pairs = _mm512_cvtneps_pbh((__m512)load_up_to(row + i, k - i));
      copy_up_to(row + i / 2, &pairs, sizeof pairs, (k - i + 1) / 2 * 4);
    }
#else
    for (size_t i = 0; i < k; i += LANES) store_up_to(row + i, (vf)bfloat16_bits(load_up_to(row + i, k - i)), k - i);
#endif
  }
}

INLINE vi within(vi x, int32_t low, int32_t high) {
  return __builtin_elementwise_min(__builtin_elementwise_max(x, (vi){0} + low), (vi){0} + high);
}

// Quantises a row in place; `remainders`: see `agk_quantized_rows`.
INLINE void quantize_row(float *row, size_t k, float inverse, int32_t zero, char *remainders) {
  for (size_t i = 0; i < k; i += 4 * LANES) {
    const size_t rest = k - i;
    vi q[4], left[4];
    for (size_t v = 0; v < 4; v++) {
      const size_t at = v * LANES;
      const vf y = (at < rest ? load_up_to(row + i + at, rest - at) : splat(0.0f)) * inverse;
      // The ends of the range can round to one past it.
      q[v] = within(rounded(y) + zero, 0, 255);
      left[v] = rounded((y - __builtin_convertvector(q[v] - zero, vf)) * 256.0f);
      left[v] = within(left[v], -128, 127) + REMAINDER_ZERO;
      q[v] -= AGK_ROW_OFFSET;
    }
    const vi whole = bytes_of(q[0], q[1], q[2], q[3]);
    const size_t bytes = (rest + 3) / 4 * 4;
    copy_up_to((char *)row + i, &whole, sizeof whole, bytes);
    if (remainders) {
      const vi below = bytes_of(left[0], left[1], left[2], left[3]);
      copy_up_to(remainders + i, &below, sizeof below, bytes);
    }
  }
}

// Each row to bytes of 0 to 255: x = scale (q - zero), with 0 exactly at `zero`. A row that is not finite gets the
// scale NaN, and with it every result.
static void AGK_NAME(prepare_int8)(float *x, size_t first_row, size_t rows, size_t k, size_t ld,
                                   const agk_quantized_rows *quantized) {
  for (size_t r = first_row; r < first_row + rows; r++) {
    float *const row = x + r * ld;
    vf low = splat(0.0f), high = splat(0.0f), odd = splat(0.0f);
    for (size_t i = 0; i < k; i += LANES) {
      const vf y = load_up_to(row + i, k - i);
      low = vmin(low, y);
      high = vmax(high, y);
      odd += y - y;  // NaN where y is not finite
    }
    const float top = max_lanes(high), bottom = -max_lanes(-low);
    const float range = top - bottom;
    float scale = range / 255.0f, inverse = 255.0f / range;
    if (sum_lanes(odd) != 0.0f || !(range < INFINITY)) {
      scale = NAN;
      inverse = 0.0f;
    } else if (range < 0x1p-100f) {
      scale = inverse = 0.0f;
    }
    const vi zero = rounded(splat(-bottom * inverse));
    quantized->scales[r] = scale;
    quantized->zeros[r] = zero[0] - AGK_ROW_OFFSET;
    if (quantized->remainders && r % quantized->remainder_step == 0)
      quantize_row(
          row, k, inverse, zero[0],
          (char *)quantized->remainders + r / quantized->remainder_step * quantized->remainder_stride);
    else
      quantize_row(row, k, inverse, zero[0], NULL);
  }
}
