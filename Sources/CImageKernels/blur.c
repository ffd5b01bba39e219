#include "CImageKernels.h"

#include <math.h>
#include <string.h>

// Every operation rounds once, to the type it is written in: see the note in weights.c.
#pragma STDC FP_CONTRACT OFF

cik_box cik_box_of(float radius) {
  const int64_t whole = (int64_t)radius;
  const uint32_t near = (uint32_t)((float)(1 << 24) / (radius * 2 + 1));
  // Numbers of 32 bits that wrap round, as the reference's do.
  const uint32_t far = ((1u << 24) - (uint32_t)(whole * 2 + 1) * near) / 2;
  return (cik_box){whole, near, far};
}

float cik_gaussian_radius(float deviation, int32_t passes) {
  // Gwosdek and others, "Theoretical Foundations of Gaussian Convolution by Extended Box Filtering", (7), (11) and (14).
  const float variance = deviation * deviation / (float)passes;
  const float length = (float)sqrt(12.0 * variance + 1.0);
  const float whole = (float)floor((length - 1.0) / 2.0);
  float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
  part /= 6 * (variance - (whole + 1) * (whole + 1));
  return whole + part;
}

static inline uint8_t rounded(uint32_t sum) { return (uint8_t)((sum + (1u << 23)) >> 24); }

// What lies before the first sample is as the first, what lies behind the last one as the last.
static inline int64_t clamped(int64_t index, int64_t last) { return index < 0 ? 0 : index > last ? last : index; }

// Of the samples up to `radius` away from the one before the first: how many of the given index there are.
static inline uint32_t times_at_start(int64_t index, int64_t last, int64_t radius) {
  uint32_t times = 0;
  if (index == 0) times += (uint32_t)(radius + 1);
  // From 0 to radius - 1 the samples themselves.
  if (index < radius && index < last) times += 1;
  if (index == last && radius > last) times += (uint32_t)(radius - last);
  return times;
}

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

void cik_box_rows(const uint8_t *in, uint8_t *out, int64_t width, int64_t height, cik_box box) {
  const int64_t last = width - 1, radius = box.radius;
  for (int64_t y = 0; y < height; y++, in += width * 3, out += width * 3) {
    uint32_t red = 0, green = 0, blue = 0;
    for (int64_t x = 0; x <= least(last, radius); x++) {
      const uint32_t times = times_at_start(x, last, radius);
      red += in[3 * x] * times;
      green += in[3 * x + 1] * times;
      blue += in[3 * x + 2] * times;
    }
    for (int64_t x = 0; x <= last; x++) {
      const uint8_t *left = in + 3 * clamped(x - radius - 1, last);
      const uint8_t *enters = in + 3 * clamped(x + radius, last);
      const uint8_t *right = in + 3 * clamped(x + radius + 1, last);
      red += (uint32_t)enters[0] - left[0];
      green += (uint32_t)enters[1] - left[1];
      blue += (uint32_t)enters[2] - left[2];
      out[3 * x] = rounded(red * box.near + (uint32_t)(left[0] + right[0]) * box.far);
      out[3 * x + 1] = rounded(green * box.near + (uint32_t)(left[1] + right[1]) * box.far);
      out[3 * x + 2] = rounded(blue * box.near + (uint32_t)(left[2] + right[2]) * box.far);
    }
  }
}

void cik_box_columns(const uint8_t *in, uint8_t *out, int64_t width, int64_t height, cik_box box, uint32_t *sums) {
  const int64_t last = height - 1, radius = box.radius, bytes = width * 3;
  memset(sums, 0, (size_t)bytes * sizeof *sums);
  for (int64_t y = 0; y <= least(last, radius); y++) {
    const uint32_t times = times_at_start(y, last, radius);
    const uint8_t *row = in + y * bytes;
    for (int64_t i = 0; i < bytes; i++) sums[i] += row[i] * times;
  }
  for (int64_t y = 0; y <= last; y++, out += bytes) {
    const uint8_t *above = in + bytes * clamped(y - radius - 1, last);
    const uint8_t *enters = in + bytes * clamped(y + radius, last);
    const uint8_t *below = in + bytes * clamped(y + radius + 1, last);
    for (int64_t i = 0; i < bytes; i++) {
      const uint32_t sum = sums[i] + enters[i] - above[i];
      sums[i] = sum;
      out[i] = rounded(sum * box.near + (uint32_t)(above[i] + below[i]) * box.far);
    }
  }
}
