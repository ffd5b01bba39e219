#include "resample.h"

#define CIK_NAME(x) x##_portable
#define CIK_LANES 8
#include "vertical.inc.h"

static void horizontal_portable(const uint8_t *in, uint8_t *out, int64_t rows, const cik_axis *axis) {
  const int32_t bits = axis->fraction_bits;
  for (int64_t y = 0; y < rows; y++) {
    const uint8_t *row = in + y * axis->in_size * 3;
    uint8_t *target = out + y * axis->out_size * 3;
    for (int64_t x = 0; x < axis->out_size; x++) {
      const uint8_t *pixel = row + (int64_t)axis->starts[x] * 3;
      const int32_t *weight = axis->weights + x * axis->window;
      const int64_t count = axis->counts[x];
      int32_t red = half(bits), green = red, blue = red;
      for (int64_t j = 0; j < count; j++) {
        red += pixel[3 * j] * weight[j];
        green += pixel[3 * j + 1] * weight[j];
        blue += pixel[3 * j + 2] * weight[j];
      }
      target[3 * x] = level(red, bits);
      target[3 * x + 1] = level(green, bits);
      target[3 * x + 2] = level(blue, bits);
    }
  }
}

const cik_kernels cik_kernels_portable = {horizontal_portable, vertical_portable};

cik_kernels cik_kernels_for(int32_t level) {
#if defined(__x86_64__)
  if (level == CIK_LEVEL_AVX512) return cik_kernels_avx512;
  if (level == CIK_LEVEL_AVX2) return cik_kernels_avx2;
#else
  (void)level;
#endif
  return cik_kernels_portable;
}

void cik_nearest(const uint8_t *in, int64_t in_width, uint8_t *out, int64_t out_width,
                 int64_t out_height, const int32_t *columns, const int32_t *rows) {
  for (int64_t y = 0; y < out_height; y++) {
    uint8_t *target = out + y * out_width * 3;
    if (rows[y] < 0) {
      memset(target, 0, (size_t)out_width * 3);
      continue;
    }
    const uint8_t *row = in + (int64_t)rows[y] * in_width * 3;
    for (int64_t x = 0; x < out_width; x++, target += 3) {
      if (columns[x] < 0) {
        memset(target, 0, 3);
      } else {
        memcpy(target, row + (int64_t)columns[x] * 3, 3);
      }
    }
  }
}
