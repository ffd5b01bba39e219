#pragma once
// What the conversions of HEVC pictures share.

#include <string.h>

#include "CImageCodecs.h"

// How much of Cr and Cb red, green and blue take.
struct cic_chroma_weights {
  float red_cr, green_cb, green_cr, blue_cb;
};

struct cic_chroma_weights cic_hevc_chroma_weights(const cic_hevc_color *color);

// How much of red and blue is in the luma; 0 for a matrix that does not say.
int cic_hevc_luma_weights(const cic_hevc_color *color, float *red, float *blue);

static inline int sample(const uint8_t *row, uint32_t x, int wide) {
  if (!wide) return row[x];
  uint16_t value;
  memcpy(&value, row + 2 * (size_t)x, 2);
  return value;
}

// The level of `bits` bits that is nearest.
static inline int nearest(float value, int32_t bits) {
  const int most = (1 << bits) - 1, whole = (int)(value + 0.5f);
  return whole < 0 ? 0 : whole > most ? most : whole;
}
