#pragma once
// Matrix products with weights that are re-laid once ("packed") for one instruction set.
//
// A packed matrix is a row of panels, each of `panel_columns` columns of W^T (rows of the weights as PyTorch
// keeps them). A panel is a sequence of steps along k; a step is four bytes a column: one float, two
// bfloat16 or four int8. The last panel and the last step are padded with zeros.
//
// int8 weights are scale * multiplier * q: a scale for each column, and for each column and group of steps a small
// integer, so that the sums stay integers. In front of each group a panel has one more line: each column's
// multiplier, in 32 bits where the CPU has VNNI, else twice in 16. A group is longer where the CPU has VNNI.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agk_activation.h"

typedef enum {
  agk_float32 = 0,
  agk_bfloat16 = 1,
  agk_int8 = 2,
} agk_format;

// How rows of bytes are read (int8): x = scale (q - zero), and of some rows what rounding left is kept too.
typedef struct {
  float *scales;  // one a row
  int32_t *zeros;
  // Bytes whose unit is the 256th part of the row's scale, for every `remainder_step`th row; null for none.
  uint8_t *remainders;
  size_t remainder_stride;  // bytes from one of them to the next: k, rounded up to whole steps, or more
  size_t remainder_step;
} agk_quantized_rows;

// out = epilogue(a W^T): what all blocks of one product share.
typedef struct {
  const void *panels;
  const float *scales;   // int8: each column's scale, padded to whole panels
  const int32_t *sums;   // int8: each column's sum of quantised weights, padded likewise
  const float *bias;     // `columns` floats, or null
  size_t columns;        // of the result
  size_t k;              // elements of a row of `a`
  size_t steps;          // of k
  const void *a;         // rows as `prepare_rows` leaves them
  size_t lda;            // in bytes
  agk_quantized_rows quantized;  // int8: as `prepare_rows` left them
  size_t row_step;       // row r of the product is row r * row_step of `quantized`
  float *out;
  size_t ldo;  // in floats
  agk_activation activation;
  bool adds;  // to what `out` holds, and then no activation
  // For training; null otherwise. Rows as `out`'s.
  float *before;          // receives what the activation is applied to
  const float *slope_at;  // then out = a W^T x activation'(slope_at)
} agk_product;

// One head over one sequence of tokens: an image's, or a window's.
typedef struct {
  const float *query, *key, *value;  // rows of head_size floats
  size_t ld;                         // of the three, in floats
  size_t tokens, head_size;
  float scale;  // of the scores before softmax; positive
  float *out;   // rows of head_size floats
  size_t ldo;
  float *probabilities;  // tokens x tokens, dense, or null
  // For the backward pass, or null: each token's largest score before the scale, and 1 / the sum of its exponentials.
  float *statistics;

  // What windows need besides; null and false for a plain sequence.
  const uint32_t *rows;  // the row of each token in the three and in `out`, or null where they follow each other
  // Of tokens whose row is agk_no_row: head_size floats, null for zeros. Nothing is written for them.
  const float *padding_query, *padding_key, *padding_value;
  const float *bias;  // added to the scaled scores: tokens x ld_bias, or null
  const float *mask;  // the same, on top of the bias
  size_t ld_bias;     // tokens, rounded up to whole vectors of 16 floats; what pads them does not count
  bool normalizes;    // queries and keys are divided by their norms first
  bool int16;         // the products in integers of 16 bits
} agk_attention;

#define agk_no_row UINT32_MAX

// How products of one format are done.
typedef struct {
  // out = epilogue(a W^T) for some rows and some panels. `scratch` has rows * scratch_columns floats; it and
  // `panels` are 64-byte aligned.
  void (*product)(const agk_product *p, size_t first_row, size_t rows, size_t first_panel, size_t panels,
                  float *scratch);
  // Packs panel after panel. `rows`: count x k weights, for `panels` panels; count is short only at the end.
  // scales and sums (int8 only): of these panels' columns.
  void (*pack)(const float *rows, size_t count, size_t k, size_t panels, void *out, float *scales,
               int32_t *sums);
  // Turns rows of k floats in place into what `product` reads; row r starts at x + r * ld (floats) before and
  // after. `quantized` is written for int8 only. Null where floats are read as they are.
  void (*prepare_rows)(float *x, size_t first_row, size_t rows, size_t k, size_t ld,
                       const agk_quantized_rows *quantized);
  size_t step_elements;  // of k in one step: 1, 2 or 4
  size_t group_steps;    // steps of a group; 0 where there are none
} agk_matrix_format;

typedef struct {
  size_t panel_columns;  // a multiple of 16
  size_t tile_rows;      // rows whose sums are kept in registers
  size_t scratch_columns;
  agk_matrix_format formats[3];
  // Attention of one head for some query rows. `scratch` has `attention_scratch(tokens, head_size)` floats, 64-byte
  // aligned.
  void (*attention)(const agk_attention *a, size_t first_row, size_t rows, float *scratch);
  size_t (*attention_scratch)(size_t tokens, size_t head_size);
} agk_matrix_kernels;
