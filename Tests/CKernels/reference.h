// What a product and attention must be, computed plainly: sums in float64, or exact integers.
#pragma once

#include "support.h"

typedef struct {
  size_t rows, columns, k;
  // Rows x columns. float32 and bfloat16: the exact sum of the (rounded) operands' products, and the sum of the
  // products' magnitudes.
  double *sum, *size;
  // int8: the result to the bit.
  float *exact;
} reference;

// x: every `step`th row of k floats, ld floats from each row to the next; of int8, every `finer`th row of all keeps its
// remainder, none if 0. w: columns x k, dense; of int8, `group` weights have a multiplier.
void compute_reference(reference *to, agk_format format, size_t group, const float *x, size_t ld, size_t step,
                       size_t finer, const float *w);

float bfloat16_of(float x);

// probabilities: tokens x tokens; out: tokens x head_size, of tokens of no row too. Reads only what `t` lets attention
// read, and nothing of where it writes.
void attend_exactly(const agk_attention *t, double *probabilities, double *out);
