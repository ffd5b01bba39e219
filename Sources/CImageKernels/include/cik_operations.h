#pragma once
// Operations on whole images of interleaved RGB without padding, with the reference's arithmetic. `out` never overlaps
// what is read.

#include <stdint.h>

// The weights of an extended box, in 24 bits: of the samples up to `radius` away, and of the one behind them.
typedef struct {
  int64_t radius;
  uint32_t near, far;
} cik_box;

// The box of a radius: 0 or more, and less than 2^31.
cik_box cik_box_of(float radius);

// The radius of the boxes which, one after the other, blur about like a Gaussian of this standard deviation.
float cik_gaussian_radius(float deviation, int32_t passes);

// One pass along the rows, or along the columns.
//   sums: `width * 3` numbers
void cik_box_rows(const uint8_t *in, uint8_t *out, int64_t width, int64_t height, cik_box box);
void cik_box_columns(const uint8_t *in, uint8_t *out, int64_t width, int64_t height, cik_box box, uint32_t *sums);

// The mean of each pixel's neighbours, itself weighted five times. Pixels at the edges, and images with a side of less
// than 3, stay.
void cik_smooth(const uint8_t *in, uint8_t *out, int64_t width, int64_t height);

// Each pixel's luma, three times.
void cik_to_grey(const uint8_t *in, uint8_t *out, int64_t pixels);

// The luma of all pixels, added up.
uint64_t cik_luma_sum(const uint8_t *in, int64_t pixels);

// From `base` to `in` and beyond: base + factor * (in - base), clipped where the factor lies outside of 0 to 1.
void cik_blend(const uint8_t *base, const uint8_t *in, uint8_t *out, int64_t count, float factor);

// The same from a level that is everywhere the same.
void cik_blend_level(uint8_t base, const uint8_t *in, uint8_t *out, int64_t count, float factor);

// The map from the output to the input of a rotation by `degrees` counter-clockwise about the middle: x' = m[0] x + m[1] y
// + m[2], y' = m[3] x + m[4] y + m[5].
void cik_rotation(double degrees, int64_t width, int64_t height, double map[6]);

// Samples the image at where the map leads from each output pixel's middle; `fill` where that lies outside. CIK_BILINEAR
// or CIK_BICUBIC.
void cik_affine(const uint8_t *in, uint8_t *out, int64_t width, int64_t height, const double map[6], int32_t filter,
                const uint8_t fill[3]);
