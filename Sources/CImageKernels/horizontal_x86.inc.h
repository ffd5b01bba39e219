// The pass over rows with AVX2: four source pixels of each of four rows at a time, which share their weights.
//
// Twelve bytes become 16-bit pairs R01 R23 G01 G23 | B01 B23 0 0, which vpmaddwd multiplies by pairs of weights. Pillow's
// weights have more than 16 bits, so there are two of each: the upper part and the lower 12 bits, whose sums are put
// together at the end. torchvision's fit, and have no upper part. Sums may wrap on the way: the whole one fits 32 bits.

#include <immintrin.h>

#define CIK_INLINE static inline __attribute__((always_inline))

// One pixel of each of `rows` rows, 1 or 4. `parts` is 1 where the weights have no upper part, else 2.
CIK_INLINE __m128i CIK_NAME(pixel)(const uint8_t *pixels, int64_t stride, int rows, const int16_t *weights,
                                   int64_t blocks, int parts, __m256i rounding, __m128i shift) {
  const __m256i pairs = _mm256_setr_epi8(0, -1, 3, -1, 6, -1, 9, -1, 1, -1, 4, -1, 7, -1, 10, -1,  //
                                         2, -1, 5, -1, 8, -1, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  __m256i low[4], high[4];
  for (int r = 0; r < rows; r++) low[r] = rounding, high[r] = _mm256_setzero_si256();
  for (int64_t b = 0; b < blocks; b++, pixels += 12, weights += 8) {
    long long lower, upper;
    memcpy(&lower, weights, 8);
    memcpy(&upper, weights + 4, 8);
    const __m256i w = _mm256_set1_epi64x(lower), v = _mm256_set1_epi64x(upper);
    for (int r = 0; r < rows; r++) {
      const __m128i bytes = _mm_loadu_si128((const __m128i *)(pixels + r * stride));
      const __m256i p = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), pairs);
      low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(p, w));
      if (parts == 2) high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(p, v));
    }
  }
  if (parts == 2)
    for (int r = 0; r < rows; r++) low[r] = _mm256_add_epi32(low[r], _mm256_slli_epi32(high[r], CIK_LOW_BITS));
  // R G of one row and of the next | B 0 of both.
  const __m256i first = _mm256_sra_epi32(_mm256_hadd_epi32(low[0], low[rows > 1 ? 1 : 0]), shift);
  const __m256i second = rows > 1 ? _mm256_sra_epi32(_mm256_hadd_epi32(low[2], low[3]), shift) : first;
  const __m256i levels = _mm256_packs_epi32(first, second);
  const __m128i red_green = _mm256_castsi256_si128(levels), blue = _mm256_extracti128_si256(levels, 1);
  return _mm_packus_epi16(_mm_unpacklo_epi32(red_green, blue), _mm_unpackhi_epi32(red_green, blue));
}

CIK_INLINE void CIK_NAME(rows)(const uint8_t *in, uint8_t *out, int rows, int parts, const cik_axis *axis) {
  const int64_t stride = axis->in_size * 3, out_stride = axis->out_size * 3;
  const int64_t step = (axis->window + 3) / 4 * 8;
  const int32_t up = half(axis->fraction_bits);
  const __m256i rounding = _mm256_setr_epi32(up, 0, up, 0, up, 0, 0, 0);
  const __m128i shift = _mm_cvtsi32_si128(axis->fraction_bits);
  for (int64_t x = 0; x < axis->out_size; x++, out += 3) {
    const __m128i levels =
        CIK_NAME(pixel)(in + (int64_t)axis->starts[x] * 3, stride, rows, axis->packed + x * step,
                        (axis->counts[x] + 3) / 4, parts, rounding, shift);
    const int pixels[4] = {_mm_extract_epi32(levels, 0), _mm_extract_epi32(levels, 1), _mm_extract_epi32(levels, 2),
                           _mm_extract_epi32(levels, 3)};
    // Four bytes, of which the next pixel overwrites one.
    if (x + 1 < axis->out_size)
      for (int r = 0; r < rows; r++) memcpy(out + r * out_stride, pixels + r, 4);
    else
      for (int r = 0; r < rows; r++) memcpy(out + r * out_stride, pixels + r, 3);
  }
}

// The last load of a sample reaches up to 13 bytes behind its row, which CIK_PADDING allows.
static void CIK_NAME(horizontal)(const uint8_t *in, uint8_t *out, int64_t rows, const cik_axis *axis) {
  const int64_t stride = axis->in_size * 3, out_stride = axis->out_size * 3;
  // Each combination is code of its own.
  for (; rows >= 4; rows -= 4, in += 4 * stride, out += 4 * out_stride)
    axis->parts == 1 ? CIK_NAME(rows)(in, out, 4, 1, axis) : CIK_NAME(rows)(in, out, 4, 2, axis);
  for (; rows > 0; rows--, in += stride, out += out_stride)
    axis->parts == 1 ? CIK_NAME(rows)(in, out, 1, 1, axis) : CIK_NAME(rows)(in, out, 1, 2, axis);
}
