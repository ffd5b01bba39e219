#pragma once
// What training needs besides: products with weights that change at every step, the backward passes, and the passes of
// an optimiser over flat buffers.
//
// Every sum has an order that the shapes alone decide.

#include <stdbool.h>
#include <stddef.h>

#include "agk_activation.h"

enum {
  agk_most_parts = 4,       // of a stack
  agk_gradient_block = 128  // rows whose products are summed before they join the rest
};

// Matrices of `rows` x `columns` floats each, one on top of the other: layers that read the same input.
typedef struct {
  const float *parts[agk_most_parts];
  size_t count, rows, columns;
} agk_stack;

// Gradients of weights: dy^T x over some rows.
typedef struct {
  const float *dy;  // rows of `outputs` floats
  size_t ldy, outputs;
  const float *x;  // rows of `inputs` floats
  size_t ldx, inputs;
} agk_outer;

// The backward pass of one head over one sequence of tokens.
typedef struct {
  const float *query, *key, *value;  // rows of head_size floats
  size_t ld;                         // of the three, in floats
  size_t tokens, head_size;
  size_t queries;  // the first tokens, those that have a result; the others' d_query is zeros
  float scale;
  const float *statistics;   // of the queries, as the forward pass left them: two each
  const float *out, *d_out;  // of the queries: the forward pass's result, and the gradient by it
  size_t ldo;                // of the two
  float *d_query, *d_key, *d_value;
  size_t ldg;  // of the three
} agk_attention_gradient;

// A step of AdamW. What is the same for all elements is prepared in double and rounded once.
typedef struct {
  float clip;          // what gradients are multiplied by
  float keeps;         // 1 - rate x weight decay
  float first;         // 1 - beta1
  float keeps_second;  // beta2
  float second;        // 1 - beta2
  float root;          // sqrt(1 - beta2^step)
  float epsilon;
  float rate;  // -rate / (1 - beta1^step)
} agk_adamw;

typedef struct {
  // ---- Products

  // The stack's transpose as panels: panel j has 16 (32) of the stack's rows; for y = x W^T.
  void (*pack_transposed)(const agk_stack *w, size_t first_panel, size_t panels, float *out);
  // The stack as panels: panel j has 16 (32) of its columns; for dx = dy W.
  void (*pack_plain)(const agk_stack *w, size_t first_panel, size_t panels, float *out);

  // For rows [first_row, first_row + rows), some outputs and some panels of inputs: sums = dy^T x, panel by panel,
  // `outputs` (all of them) lines each. `bias`, or null: the sums of dy's columns, at these outputs.
  // `scratch` has outer_scratch(count, panels) floats; both are 64-byte aligned.
  void (*outer)(const agk_outer *o, size_t first_row, size_t rows, size_t first_output, size_t count,
                size_t first_panel, size_t panels, float *sums, float *bias, float *scratch);
  size_t (*outer_scratch)(size_t count, size_t panels);
  // Lines [first, first + count) of `outer`'s sums, which are `chunks` one after the other, added up in order and then
  // to rows of `inputs` floats.
  void (*add_outer)(const float *sums, size_t chunks, size_t outputs, size_t inputs, size_t first, size_t count,
                    float *out);

  // ---- Rows

  // layer_norm, and each row's mean and 1 / sqrt(variance + eps).
  void (*layer_norm)(const float *x, size_t rows, size_t columns, const float *gamma, const float *beta, float eps,
                     float *out, float *statistics);
  // dx (+)= the gradient by x; d_gamma, d_beta = the sums over these rows (null for neither).
  void (*layer_norm_gradient)(const float *dy, const float *x, const float *statistics, size_t rows, size_t columns,
                              const float *gamma, float *dx, bool adds, float *d_gamma, float *d_beta);
  // out = activation(x)
  void (*activate)(const float *x, float *out, size_t n, agk_activation activation);
  // dx = dy x activation'(x). dx may be dy.
  void (*activation_gradient)(const float *dy, const float *x, float *dx, size_t n, agk_activation activation);
  // out = activation(gate) x up, for rows of `columns` floats.
  void (*gated)(const float *gate, const float *up, size_t ld, size_t rows, size_t columns, agk_activation activation,
                float *out, size_t ldo);
  // Its backward pass. d_gate and d_up have the leading dimension of gate and up.
  void (*gated_gradient)(const float *dy, size_t ldy, const float *gate, const float *up, size_t ld, size_t rows,
                         size_t columns, agk_activation activation, float *d_gate, float *d_up);
  // out = the sums of columns over the rows, in order; of products of a and b, or of a where b is null.
  void (*column_sums)(const float *a, const float *b, size_t rows, size_t columns, size_t ld, float *out);
  // out = out + factor x
  void (*add_scaled)(const float *x, size_t n, float factor, float *out);

  // ---- Attention

  void (*attention_gradient)(const agk_attention_gradient *a, float *scratch);
  // In floats; the scratch memory is 64-byte aligned.
  size_t (*attention_gradient_scratch)(size_t tokens, size_t head_size);

  // ---- Flat buffers

  // The sum of squares, in double.
  double (*sum_squares)(const float *x, size_t n);
  // g = clip gradient; m = lerp(m, g, first); v = v keeps_second + second g g;
  // value = value keeps + rate m / (sqrt(v) / root + epsilon). Every step is rounded, at every level.
  void (*adamw)(const agk_adamw *step, float *value, const float *gradient, float *m, float *v, size_t n);
  // x = lerp(x, y, weight): from the nearer end, as PyTorch does it.
  void (*lerp)(float *x, const float *y, float weight, size_t n);
} agk_training_kernels;
