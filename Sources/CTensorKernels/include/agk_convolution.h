#pragma once
// What convolutional networks need besides products: maps of pixels, row by row, each of `channels` floats.

#include <stddef.h>

enum {
  agk_depthwise_side = 7,       // of the kernel
  agk_depthwise_channels = 16,  // of a group
};

// Each channel convolved with a kernel of its own, 7 x 7, with stride 1 and three zeros round the map.
typedef struct {
  const float *x;
  size_t height, width, channels;
  // For each group of channels 49 lines of 16 floats, the kernel row by row; whatever pads the last group.
  const float *weights;
  const float *bias;  // padded likewise
  float *out;         // as x, and apart from it
} agk_depthwise;

typedef struct {
  // Some rows of the result, of one group of channels. `scratch` has `depthwise_scratch(width)` floats, 64-byte
  // aligned. A sum begins with the bias and goes over the kernel row by row; what lies outside the map is no part of
  // it or a zero times a weight.
  void (*depthwise)(const agk_depthwise *d, size_t first_row, size_t rows, size_t group, float *scratch);
  size_t (*depthwise_scratch)(size_t width);
  // For one group of channels the gradients by its weights, 49 lines of 16 sums as the kernel lies, and by its biases, one
  // line: the sums over the map of dy times what each tap read. What pads the group is zeros. `scratch` has
  // `depthwise_gradient_scratch(width)` floats. A sum goes over the map row by row.
  void (*depthwise_gradient)(const float *x, const float *dy, size_t height, size_t width, size_t channels, size_t group,
                             float *sums, float *scratch);
  size_t (*depthwise_gradient_scratch)(size_t width);

  // Global response normalisation of an image: x + gamma x n + beta, where n is each column's norm over all rows
  // divided by the mean of the norms.
  // 1. out[i] = the sum over the rows of x[i]^2. Rows are ld floats apart.
  void (*column_squares)(const float *x, size_t rows, size_t columns, size_t ld, float *out);
  // 2. Out of the sums of `blocks` blocks of rows: factors[i] = 1 + gamma[i] n[i].
  void (*response_factors)(const float *squares, size_t blocks, size_t columns, const float *gamma, float *factors);
  // 3. Row r, in place: x = x factors + offsets.
  void (*scale_columns)(float *x, size_t rows, size_t columns, size_t ld, const float *factors, const float *offsets);
} agk_convolution_kernels;
