#pragma once
// Kernels of preprocessing: resizing and the float stage. Loops over plain memory; the caller has checked every
// size.

#include <stddef.h>
#include <stdint.h>

#include "cik_operations.h"

// Filters, numbered as Pillow numbers them. Nearest has kernels of its own.
enum {
  CIK_NEAREST = 0,
  CIK_LANCZOS = 1,
  CIK_BILINEAR = 2,
  CIK_BICUBIC = 3,
  CIK_BOX = 4,
  CIK_HAMMING = 5,
};

// Whose arithmetic: Pillow's and the PIL back end's, or torchvision's.
enum {
  CIK_PIL = 0,
  CIK_TORCHVISION = 1,
};

// The number of weights that each output sample of an axis has room for.
int64_t cik_window(int64_t in_size, int64_t out_size, int32_t filter, int32_t arithmetic);

// One axis of a resize.
typedef struct {
  int64_t in_size, out_size;
  int64_t window;         // as cik_window gives it
  int32_t *starts;        // of each output sample: the first source sample that it reads
  int32_t *counts;        // and how many
  int32_t *weights;       // `window` for each output sample, in fixed point
  int32_t fraction_bits;  // of the weights
  // For `horizontal`: of every four weights of an output sample their lower parts, then their upper ones; 8 numbers
  // for each of the window's fours, the last padded with zeros. Null on an axis for `vertical`.
  int16_t *packed;
  int32_t parts;  // of the packed weights: 1 where all are 16-bit numbers and the upper ones are zeros, else 2
} cik_axis;

// Fills the weights of an axis whose sizes, window and memory are set. torchvision has no box and no hamming.
//   scratch: `window` doubles with CIK_PIL, `out_size * window` with CIK_TORCHVISION
void cik_weights(cik_axis *axis, int32_t filter, int32_t arithmetic, double *scratch);

// Turns the axis round: the weights for a source that is stored from its end to its beginning.
void cik_mirror(cik_axis *axis);

// Fills the source index of each output sample of the nearest filter, or -1 where there is none.
void cik_nearest_indices(int64_t in_size, int64_t out_size, int32_t arithmetic, int32_t *indices);

enum { CIK_PADDING = 16 };

typedef struct {
  // Resizes `rows` rows of RGB to the axis's size. Up to CIK_PADDING bytes behind the last row are read, and ignored.
  void (*horizontal)(const uint8_t *in, uint8_t *out, int64_t rows, const cik_axis *axis);
  // Resizes columns: `row_bytes` bytes a row. `in` begins with the source's row `first_row`, `out` with the row `from` of
  // the output; the last one is that before `end`.
  void (*vertical)(const uint8_t *in, int64_t row_bytes, int64_t first_row, uint8_t *out, const cik_axis *axis,
                   int64_t from, int64_t end);
} cik_kernels;

// The levels of the resize passes, which the caller chooses: whoever knows the CPU.
enum {
  CIK_LEVEL_PORTABLE = 0,
  CIK_LEVEL_AVX2 = 1,
  CIK_LEVEL_AVX512 = 2,  // F, BW, DQ and VL
};

// The kernels of a level that the CPU has; the portable ones where this build has none of it. All give the same bytes.
cik_kernels cik_kernels_for(int32_t level);

// Picks pixels by index; an index of -1 gives black.
void cik_nearest(const uint8_t *in, int64_t in_width, uint8_t *out, int64_t out_width,
                 int64_t out_height, const int32_t *columns, const int32_t *rows);

// The float value of each of the 256 levels of one channel.
void cik_float_table(int32_t arithmetic, int32_t rescale, double rescale_factor, int32_t normalize,
                     double mean, double std, float *table);

// Maps interleaved RGB to three planes through one table for each channel (3 * 256 entries).
void cik_to_planes(const uint8_t *rgb, int64_t pixels, const float *tables, float *planes);
