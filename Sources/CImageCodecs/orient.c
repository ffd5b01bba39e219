#include "CImageCodecs.h"

#include <string.h>

// Square blocks, so that the writes of a transposition stay in the first-level cache too.
enum { block = 32 };

void cic_orient(const uint8_t *in, int64_t width, int64_t height, int64_t first, int64_t count, int32_t orientation,
                uint8_t *out) {
  const int turned = orientation >= 5;
  const int64_t row = 3 * (turned ? height : width);
  // How far apart neighbours land, and where the image's first pixel does.
  int64_t x_step = turned ? row : 3, y_step = turned ? 3 : row, start = 0;
  if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
    start += (width - 1) * x_step;
    x_step = -x_step;
  }
  if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
    start += (height - 1) * y_step;
    y_step = -y_step;
  }
  for (int64_t top = 0; top < count; top += block)
    for (int64_t left = 0; left < width; left += block) {
      const int64_t end_y = top + block < count ? top + block : count;
      const int64_t end_x = left + block < width ? left + block : width;
      for (int64_t y = top; y < end_y; y++) {
        const uint8_t *from = in + 3 * (y * width + left);
        uint8_t *to = out + start + (first + y) * y_step + left * x_step;
        for (int64_t x = left; x < end_x; x++, from += 3, to += x_step) memcpy(to, from, 3);
      }
    }
}
