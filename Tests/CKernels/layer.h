// One product in guarded memory: weights packed and rows prepared by the kernels of a level.
#pragma once

#include "support.h"

typedef struct {
  agk_level level;
  agk_format format;
  side side;
  const agk_kernels *kernels;
  size_t columns, k, panels, steps;
  size_t rows, ld, row_step;  // of `a`: rows to be multiplied, floats and rows from one to the next
  agk_quantized_rows quantized;
  arena weights, panel_memory, scales, sums, a, row_scales, row_zeros, remainders, bias, out, scratch;
} layer;

// The rows that `rows` rows stand among when they are `step` apart.
static inline size_t spread(size_t rows, size_t step) { return (rows - 1) * step + 1; }

// w: columns x k, dense.
void pack_weights(layer *l, const float *w, size_t columns, size_t k);

// x: spread(rows, step) rows, k floats each, ld floats apart. Every one is prepared, and every `finer`th one keeps its
// remainder; 0: none does.
void prepare_rows(layer *l, const float *x, size_t rows, size_t step, size_t ld, size_t finer);

// The product that writes to a new block of `out`, ldo floats from row to row. bias may be null.
agk_product new_product(layer *l, const float *bias, size_t ldo);

// Multiplies some rows by some panels.
void multiply(layer *l, const agk_product *p, size_t first_row, size_t rows, size_t first_panel, size_t panels);

// All of it without bias, dense, into `to`.
void multiply_plainly(layer *l, float *to);
