#include "CImageKernels.h"

#include <string.h>

// Square blocks, so that the reads of a transposition stay in the first-level cache too.
enum { block = 32 };

void cik_orient(const uint8_t *in, int64_t width, int64_t height, int32_t orientation, uint8_t *out) {
  const int turned = orientation >= 5;
  const int64_t out_width = turned ? height : width, out_height = turned ? width : height;
  // Where the first output pixel comes from, and how far apart the sources of its neighbours lie.
  const int64_t row = 3 * width, right = row - 3, bottom = (height - 1) * row;
  int64_t start = 0, x_step = 3, y_step = row;
  switch (orientation) {
    case 2: start = right, x_step = -3; break;
    case 3: start = bottom + right, x_step = -3, y_step = -row; break;
    case 4: start = bottom, y_step = -row; break;
    case 5: x_step = row, y_step = 3; break;
    case 6: start = bottom, x_step = -row, y_step = 3; break;
    case 7: start = bottom + right, x_step = -row, y_step = -3; break;
    case 8: start = right, x_step = row, y_step = -3; break;
    default: break;
  }
  for (int64_t top = 0; top < out_height; top += block)
    for (int64_t left = 0; left < out_width; left += block) {
      const int64_t end_y = top + block < out_height ? top + block : out_height;
      const int64_t end_x = left + block < out_width ? left + block : out_width;
      for (int64_t y = top; y < end_y; y++) {
        const uint8_t *from = in + start + y * y_step + left * x_step;
        uint8_t *to = out + 3 * (y * out_width + left);
        for (int64_t x = left; x < end_x; x++, from += x_step, to += 3) memcpy(to, from, 3);
      }
    }
}
