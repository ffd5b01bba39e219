// The pass over rows with AVX2: four source pixels at a time.
//
// Their twelve bytes become 16-bit pairs R01 R23 G01 G23 | B01 B23 0 0, which vpmaddwd multiplies by pairs of weights.
// Weights have more than 16 bits, so there are two of each: the upper part and the lower 12 bits, whose sums are put
// together at the end. Sums may wrap on the way: the whole one fits 32 bits.

#include <immintrin.h>

static void CIK_NAME(horizontal)(const uint8_t *in, uint8_t *out, int64_t rows, const cik_axis *axis) {
  const __m256i pairs = _mm256_setr_epi8(0, -1, 3, -1, 6, -1, 9, -1, 1, -1, 4, -1, 7, -1, 10, -1,  //
                                         2, -1, 5, -1, 8, -1, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const int32_t bits = axis->fraction_bits;
  const __m128i rounding = _mm_set1_epi32(half(bits)), shift = _mm_cvtsi32_si128(bits);
  const int64_t blocks_of_sample = (axis->window + 3) / 4;
  // The last load of a sample reaches up to 13 bytes behind its row, which CIK_PADDING allows.
  for (int64_t y = 0; y < rows; y++) {
    const uint8_t *row = in + y * axis->in_size * 3;
    uint8_t *to = out + y * axis->out_size * 3;
    for (int64_t x = 0; x < axis->out_size; x++, to += 3) {
      const uint8_t *pixels = row + (int64_t)axis->starts[x] * 3;
      const int16_t *weights = axis->packed + x * blocks_of_sample * 8;
      const int64_t blocks = (axis->counts[x] + 3) / 4;
      __m256i low = _mm256_setzero_si256(), high = low;
      for (int64_t b = 0; b < blocks; b++, pixels += 12, weights += 8) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)pixels);
        const __m256i p = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), pairs);
        long long lower, upper;
        memcpy(&lower, weights, 8);
        memcpy(&upper, weights + 4, 8);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(p, _mm256_set1_epi64x(lower)));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(p, _mm256_set1_epi64x(upper)));
      }
      const __m256i sums = _mm256_add_epi32(low, _mm256_slli_epi32(high, CIK_LOW_BITS));
      const __m256i colours = _mm256_hadd_epi32(sums, sums);
      __m128i level = _mm_unpacklo_epi64(_mm256_castsi256_si128(colours), _mm256_extracti128_si256(colours, 1));
      level = _mm_sra_epi32(_mm_add_epi32(level, rounding), shift);
      level = _mm_packs_epi32(level, level);
      const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(level, level));
      // Four bytes, of which the next pixel overwrites one.
      memcpy(to, &bytes, x + 1 < axis->out_size ? 4 : 3);
    }
  }
}
