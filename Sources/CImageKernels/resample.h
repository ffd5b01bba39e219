#pragma once
// What the levels of the resize passes share.

#include <string.h>

#include "CImageKernels.h"
#include "low_bits.h"

static inline uint8_t level(int32_t sum, int32_t fraction_bits) {
  const int32_t value = sum >> fraction_bits;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static inline int32_t half(int32_t fraction_bits) { return fraction_bits > 0 ? 1 << (fraction_bits - 1) : 0; }

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

extern const cik_kernels cik_kernels_portable, cik_kernels_avx2, cik_kernels_avx512;
