// The pass over columns, compiled once for each level: sums of whole registers' width stay in registers over all source
// rows. Integers, so every level has the same bytes.

typedef uint8_t bytes_v __attribute__((vector_size(CIK_LANES)));
typedef int32_t sums_v __attribute__((vector_size(4 * CIK_LANES)));

#define CIK_VECTORS 4

static inline __attribute__((always_inline)) void CIK_NAME(columns)(const uint8_t *top, int64_t row_bytes,
                                                                    const int32_t *weights, int64_t count,
                                                                    int32_t bits, int vectors, uint8_t *out) {
  sums_v sums[CIK_VECTORS];
  for (int v = 0; v < vectors; v++) sums[v] = (sums_v){0} + half(bits);
  for (int64_t j = 0; j < count; j++, top += row_bytes) {
    for (int v = 0; v < vectors; v++) {
      bytes_v pixels;
      memcpy(&pixels, top + v * CIK_LANES, sizeof pixels);
      sums[v] += __builtin_convertvector(pixels, sums_v) * weights[j];
    }
  }
  for (int v = 0; v < vectors; v++) {
    const sums_v positive = __builtin_elementwise_max(sums[v] >> bits, (sums_v){0});
    const sums_v levels = __builtin_elementwise_min(positive, (sums_v){0} + 255);
    const bytes_v pixels = __builtin_convertvector(levels, bytes_v);
    memcpy(out + v * CIK_LANES, &pixels, sizeof pixels);
  }
}

static void CIK_NAME(vertical)(const uint8_t *in, int64_t row_bytes, int64_t first_row, uint8_t *out,
                               const cik_axis *axis, int64_t from, int64_t end) {
  const int32_t bits = axis->fraction_bits;
  for (int64_t y = from; y < end; y++) {
    const uint8_t *top = in + ((int64_t)axis->starts[y] - first_row) * row_bytes;
    const int32_t *weights = axis->weights + y * axis->window;
    uint8_t *to = out + (y - from) * row_bytes;
    int64_t x = 0;
    for (; x + CIK_VECTORS * CIK_LANES <= row_bytes; x += CIK_VECTORS * CIK_LANES)
      CIK_NAME(columns)(top + x, row_bytes, weights, axis->counts[y], bits, CIK_VECTORS, to + x);
    for (; x + CIK_LANES <= row_bytes; x += CIK_LANES)
      CIK_NAME(columns)(top + x, row_bytes, weights, axis->counts[y], bits, 1, to + x);
    for (; x < row_bytes; x++) {
      int32_t sum = half(bits);
      for (int64_t j = 0; j < axis->counts[y]; j++) sum += top[j * row_bytes + x] * weights[j];
      to[x] = level(sum, bits);
    }
  }
}
