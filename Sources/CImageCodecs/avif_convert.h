#pragma once
// From libavif's planes to RGB, as libavif 1.4 does it, which the reference has.

#include <avif/avif.h>

// What is converted, and how.
typedef struct {
  const avifImage *image;
  int has_alpha;     // of the result
  int is_grey;
  int by_libyuv;     // it has the matrix's coefficients, and else is converted in floating point
  int shifts_first;  // samples of more than 8 bits, which older versions convert at full depth
  int shifts_alpha;  // of more than 8 bits; else it is rounded
} cic_avif_conversion;

cic_avif_conversion cic_avif_planned(const avifImage *image, int has_alpha);

// The 8 bits of a sample of alpha.
uint8_t cic_avif_alpha_at(const cic_avif_conversion *plan, const uint8_t *row, uint32_t x);

// Converts rows `first` to `end` of the image into `rgb`, whose memory is allocated here.
avifResult cic_avif_convert(const cic_avif_conversion *plan, uint32_t first, uint32_t end, avifRGBImage *rgb);
