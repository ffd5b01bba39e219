#include "CImageKernels.h"

// Every operation rounds once, to the type it is written in: see the note in weights.c.
#pragma STDC FP_CONTRACT OFF

static float pil_value(double x, int32_t rescale, double factor, int32_t normalize, float mean,
                       float std) {
  const float value = rescale ? (float)(x * factor) : (float)x;
  if (!normalize) return value;
  const float centered = value - mean;
  return centered / std;
}

static float torchvision_value(double x, int32_t rescale, double factor, int32_t normalize, float mean,
                               float std) {
  const float value = (float)x;
  if (!normalize) return rescale ? value * (float)factor : value;
  if (rescale) {
    // The factor is folded into mean and std instead of being applied to the pixels.
    const float inverse = (float)(1.0 / factor);
    mean = mean * inverse;
    std = std * inverse;
  }
  const float centered = value - mean;
  return centered / std;
}

void cik_float_table(int32_t arithmetic, int32_t rescale, double rescale_factor, int32_t normalize,
                     double mean, double std, float *table) {
  for (int level = 0; level < 256; level++) {
    table[level] = arithmetic == CIK_PIL
                       ? pil_value(level, rescale, rescale_factor, normalize, (float)mean, (float)std)
                       : torchvision_value(level, rescale, rescale_factor, normalize, (float)mean,
                                           (float)std);
  }
}

void cik_to_planes(const uint8_t *rgb, int64_t pixels, const float *tables, float *planes) {
  float *red = planes, *green = planes + pixels, *blue = planes + 2 * pixels;
  for (int64_t i = 0; i < pixels; i++) {
    red[i] = tables[rgb[3 * i]];
    green[i] = tables[256 + rgb[3 * i + 1]];
    blue[i] = tables[512 + rgb[3 * i + 2]];
  }
}
