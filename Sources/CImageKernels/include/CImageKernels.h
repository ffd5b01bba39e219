#pragma once
// Portable kernels of preprocessing: resizing and the float stage. Plain loops over plain memory; the
// caller has checked every size.

#include <stddef.h>
#include <stdint.h>

// Filters, numbered as Pillow numbers them. Nearest has kernels of its own.
enum {
  CIK_NEAREST = 0,
  CIK_LANCZOS = 1,
  CIK_BILINEAR = 2,
  CIK_BICUBIC = 3,
  CIK_BOX = 4,
  CIK_HAMMING = 5,
};

// The number of weights that each output sample of an axis has room for.
int64_t cik_window(int64_t in_size, int64_t out_size, int32_t filter);

// Fills the fixed-point weights of one axis.
//   starts, counts: `out_size` entries each, the source samples that an output sample reads
//   weights: `out_size * window` entries, 22 fractional bits
//   scratch: `window` doubles
void cik_weights(int64_t in_size, int64_t out_size, int32_t filter, int64_t window, int32_t *starts,
                 int32_t *counts, int32_t *weights, double *scratch);

// Fills the source index of each output sample of the nearest filter, or -1 where there is none.
void cik_nearest_indices(int64_t in_size, int64_t out_size, int32_t *indices);

// Resizes `rows` rows of RGB from `in_width` to `out_width` pixels.
void cik_horizontal(const uint8_t *in, int64_t in_width, uint8_t *out, int64_t out_width, int64_t rows,
                    int64_t window, const int32_t *starts, const int32_t *counts,
                    const int32_t *weights);

// Resizes columns: `row_bytes` bytes a row, `out_height` output rows. `starts` are rows of `in` once
// `first_row` is taken off.
void cik_vertical(const uint8_t *in, int64_t row_bytes, uint8_t *out, int64_t out_height, int64_t window,
                  int64_t first_row, const int32_t *starts, const int32_t *counts,
                  const int32_t *weights);

// Picks pixels by index; an index of -1 gives black.
void cik_nearest(const uint8_t *in, int64_t in_width, uint8_t *out, int64_t out_width,
                 int64_t out_height, const int32_t *columns, const int32_t *rows);

// How the float stage computes, see cik_float_table.
enum {
  CIK_PIL = 0,
  CIK_TORCHVISION = 1,
};

// The float value of each of the 256 levels of one channel.
void cik_float_table(int32_t arithmetic, int32_t rescale, double rescale_factor, int32_t normalize,
                     double mean, double std, float *table);

// Maps interleaved RGB to three planes through one table for each channel (3 * 256 entries).
void cik_to_planes(const uint8_t *rgb, int64_t pixels, const float *tables, float *planes);
