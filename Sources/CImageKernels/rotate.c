#include "CImageKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Every operation rounds once, to the type it is written in: see the note in weights.c.
#pragma STDC FP_CONTRACT OFF

// The nearest number of 15 decimal places, which both functions of the C library find exactly.
static double rounded(double value) {
  char digits[64];
  snprintf(digits, sizeof digits, "%.15f", value);
  return strtod(digits, NULL);
}

void cik_rotation(double degrees, int64_t width, int64_t height, double map[6]) {
  const double angle = -(degrees * (3.14159265358979323846 / 180.0));
  const double x = (double)width / 2, y = (double)height / 2;
  map[0] = rounded(cos(angle));
  map[1] = rounded(sin(angle));
  map[3] = rounded(-sin(angle));
  map[4] = rounded(cos(angle));
  map[2] = (map[0] * -x + map[1] * -y + 0.0) + x;
  map[5] = (map[3] * -x + map[4] * -y + 0.0) + y;
}

// Where samples are read, and how far behind the first of them the point lies.
typedef struct {
  const uint8_t *row[4];
  int64_t offset[4];      // of the columns, in bytes
  double dx, dy;
} place;

static inline int64_t clamped(int64_t index, int64_t size) { return index < 0 ? 0 : index < size ? index : size - 1; }

static inline place place_of(const uint8_t *in, int64_t width, int64_t height, double x, double y, int taps) {
  place found;
  const double column = floor(x - 0.5), row = floor(y - 0.5);
  found.dx = x - 0.5 - column;
  found.dy = y - 0.5 - row;
  const int64_t first_column = (int64_t)column - (taps == 4), first_row = (int64_t)row - (taps == 4);
  for (int i = 0; i < taps; i++) {
    found.offset[i] = clamped(first_column + i, width) * 3;
    const int64_t at = first_row + i;
    // Behind the first, a row outside of the image repeats the one before it.
    found.row[i] = i > 0 && (at < 0 || at >= height) ? found.row[i - 1] : in + clamped(at, height) * width * 3;
  }
  return found;
}

static inline double linear(double a, double b, double d) { return a + (b - a) * d; }

static inline double cubic(double a, double b, double c, double e, double d) {
  const double p2 = -a + c, p3 = 2 * (a - b) + c - e, p4 = -a + b - c + e;
  return b + d * (p2 + d * (p3 + d * p4));
}

static inline void sample_linear(const place *at, uint8_t *out) {
  for (int band = 0; band < 3; band++) {
    double value[2];
    for (int i = 0; i < 2; i++)
      value[i] = linear(at->row[i][at->offset[0] + band], at->row[i][at->offset[1] + band], at->dx);
    out[band] = (uint8_t)linear(value[0], value[1], at->dy);
  }
}

static inline void sample_cubic(const place *at, uint8_t *out) {
  for (int band = 0; band < 3; band++) {
    double value[4];
    for (int i = 0; i < 4; i++) {
      const uint8_t *row = at->row[i] + band;
      value[i] = cubic(row[at->offset[0]], row[at->offset[1]], row[at->offset[2]], row[at->offset[3]], at->dx);
    }
    const double level = cubic(value[0], value[1], value[2], value[3], at->dy);
    out[band] = level <= 0.0 ? 0 : level >= 255.0 ? 255 : (uint8_t)level;
  }
}

void cik_affine(const uint8_t *in, uint8_t *out, int64_t width, int64_t height, const double map[6], int32_t filter,
                const uint8_t fill[3]) {
  for (int64_t row = 0; row < height; row++) {
    for (int64_t column = 0; column < width; column++, out += 3) {
      const double x_out = (double)column + 0.5, y_out = (double)row + 0.5;
      const double x = map[0] * x_out + map[1] * y_out + map[2];
      const double y = map[3] * x_out + map[4] * y_out + map[5];
      if (!(x >= 0.0 && x < (double)width && y >= 0.0 && y < (double)height)) {
        memcpy(out, fill, 3);
      } else if (filter == CIK_BICUBIC) {
        const place at = place_of(in, width, height, x, y, 4);
        sample_cubic(&at, out);
      } else {
        const place at = place_of(in, width, height, x, y, 2);
        sample_linear(&at, out);
      }
    }
  }
}
