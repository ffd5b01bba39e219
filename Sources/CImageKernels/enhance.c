#include "CImageKernels.h"

#include <string.h>

// Every operation rounds once, to the type it is written in: see the note in weights.c.
#pragma STDC FP_CONTRACT OFF

void cik_smooth(const uint8_t *in, uint8_t *out, int64_t width, int64_t height) {
  const int64_t bytes = width * 3;
  if (width < 3 || height < 3) {
    memcpy(out, in, (size_t)(bytes * height));
    return;
  }
  const float side = 1.0f / 13.0f, middle = 5.0f / 13.0f;
  memcpy(out, in, (size_t)bytes);
  for (int64_t y = 1; y < height - 1; y++) {
    const uint8_t *row = in + y * bytes, *above = row - bytes, *below = row + bytes;
    uint8_t *to = out + y * bytes;
    memcpy(to, row, 3);
    for (int64_t i = 3; i < bytes - 3; i++) {
      float sum = 0.5f;
      sum += (float)below[i - 3] * side + (float)below[i] * side + (float)below[i + 3] * side;
      sum += (float)row[i - 3] * side + (float)row[i] * middle + (float)row[i + 3] * side;
      sum += (float)above[i - 3] * side + (float)above[i] * side + (float)above[i + 3] * side;
      // No sum is negative, or beyond 255 by more than half.
      to[i] = (uint8_t)(sum > 255.0f ? 255.0f : sum);
    }
    memcpy(to + bytes - 3, row + bytes - 3, 3);
  }
  memcpy(out + (height - 1) * bytes, in + (height - 1) * bytes, (size_t)bytes);
}

// ITU-R 601-2 with 16 fractional bits, rounded.
static inline uint8_t luma(const uint8_t *rgb) {
  return (uint8_t)((rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
}

void cik_to_grey(const uint8_t *in, uint8_t *out, int64_t pixels) {
  for (int64_t i = 0; i < pixels; i++) out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = luma(in + 3 * i);
}

uint64_t cik_luma_sum(const uint8_t *in, int64_t pixels) {
  uint64_t sum = 0;
  for (int64_t i = 0; i < pixels; i++) sum += luma(in + 3 * i);
  return sum;
}

static inline float blended(uint8_t base, uint8_t level, float factor) {
  return (float)base + factor * (float)((int32_t)level - (int32_t)base);
}

static inline uint8_t clipped(float value) {
  return value <= 0.0f ? 0 : value >= 255.0f ? 255 : (uint8_t)value;
}

void cik_blend(const uint8_t *base, const uint8_t *in, uint8_t *out, int64_t count, float factor) {
  for (int64_t i = 0; i < count; i++) out[i] = clipped(blended(base[i], in[i], factor));
}

void cik_blend_level(uint8_t base, const uint8_t *in, uint8_t *out, int64_t count, float factor) {
  uint8_t table[256];
  for (int level = 0; level < 256; level++) table[level] = clipped(blended(base, (uint8_t)level, factor));
  for (int64_t i = 0; i < count; i++) out[i] = table[in[i]];
}
