#include "CImageKernels.h"

#include <string.h>

enum { fraction_bits = 22 };

static uint8_t level(int32_t sum) {
  const int32_t value = sum >> fraction_bits;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void cik_horizontal(const uint8_t *in, int64_t in_width, uint8_t *out, int64_t out_width, int64_t rows,
                    int64_t window, const int32_t *starts, const int32_t *counts,
                    const int32_t *weights) {
  for (int64_t y = 0; y < rows; y++) {
    const uint8_t *row = in + y * in_width * 3;
    uint8_t *target = out + y * out_width * 3;
    for (int64_t x = 0; x < out_width; x++) {
      const uint8_t *pixel = row + (int64_t)starts[x] * 3;
      const int32_t *weight = weights + x * window;
      const int64_t count = counts[x];
      int32_t red = 1 << (fraction_bits - 1), green = red, blue = red;
      for (int64_t j = 0; j < count; j++) {
        red += pixel[3 * j] * weight[j];
        green += pixel[3 * j + 1] * weight[j];
        blue += pixel[3 * j + 2] * weight[j];
      }
      target[3 * x] = level(red);
      target[3 * x + 1] = level(green);
      target[3 * x + 2] = level(blue);
    }
  }
}

void cik_vertical(const uint8_t *in, int64_t row_bytes, uint8_t *out, int64_t out_height, int64_t window,
                  int64_t first_row, const int32_t *starts, const int32_t *counts,
                  const int32_t *weights) {
  // Strips narrow enough for the sums to stay in the first-level cache.
  enum { strip = 1536 };
  int32_t sums[strip];
  for (int64_t y = 0; y < out_height; y++) {
    const uint8_t *top = in + ((int64_t)starts[y] - first_row) * row_bytes;
    const int32_t *weight = weights + y * window;
    for (int64_t left = 0; left < row_bytes; left += strip) {
      const int64_t width = row_bytes - left < strip ? row_bytes - left : strip;
      for (int64_t x = 0; x < width; x++) sums[x] = 1 << (fraction_bits - 1);
      for (int64_t j = 0; j < counts[y]; j++) {
        const uint8_t *row = top + j * row_bytes + left;
        const int32_t factor = weight[j];
        for (int64_t x = 0; x < width; x++) sums[x] += row[x] * factor;
      }
      uint8_t *target = out + y * row_bytes + left;
      for (int64_t x = 0; x < width; x++) target[x] = level(sums[x]);
    }
  }
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
