// Attention of one head against float64, in parts, with and without its probabilities.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"

static const size_t token_counts[] = {1, 2, 5, 17, 50, 197, 257};
static const size_t head_sizes[] = {1, 7, 16, 24, 64, 80};
enum { most_tokens = 257, most_size = 80 };

static double exact[most_tokens * most_size], exact_probabilities[most_tokens * most_tokens];

// Queries, keys and values lie in one row of 3 size + gap floats for each token.
typedef struct {
  agk_level level;
  const agk_kernels *kernels;
  side side;
  size_t tokens, size, ld, ldo;
  float scale;
  bool int16;
  arena qkv, out, probabilities, scratch;
} head;

static void attend(head *h, const float *qkv, size_t first_row, size_t rows, bool keeps) {
  const size_t n = h->tokens, inputs = (n - 1) * h->ld + 3 * h->size;
  const size_t scratch = h->kernels->matrix.attention_scratch(n, h->size);
  float *const in = place_floats(&h->qkv, inputs, h->side);
  memcpy(in, qkv, inputs * sizeof *in);
  seal(&h->qkv, true);
  const agk_attention task = {
      .query = in,
      .key = in + h->size,
      .value = in + 2 * h->size,
      .ld = h->ld,
      .tokens = n,
      .head_size = h->size,
      .scale = h->scale,
      .out = place_floats(&h->out, (n - 1) * h->ldo + h->size, h->side),
      .ldo = h->ldo,
      .probabilities = keeps ? place_floats(&h->probabilities, n * n, h->side) : NULL,
      .int16 = h->int16,
  };
  h->kernels->matrix.attention(&task, first_row, rows, place_floats(&h->scratch, scratch, h->side));
  if (!margins_untouched(&h->out) || !margins_untouched(&h->scratch) ||
      (keeps && !margins_untouched(&h->probabilities)))
    fail("%s: wrote beside a block", level_names[h->level]);
  for (size_t r = 0; r < n; r++) {
    const bool inside = r >= first_row && r < first_row + rows;
    if ((!inside && !untouched(task.out + r * h->ldo, h->size)) ||
        (r + 1 < n && !untouched(task.out + r * h->ldo + h->size, h->ldo - h->size)) ||
        (!inside && keeps && !untouched(task.probabilities + r * n, n)))
      fail("%s: wrote outside of %zu rows from %zu", level_names[h->level], rows, first_row);
  }
}

static void check_head(head *h, const float *qkv, float *whole, float *fast, bool *has_fast) {
  const size_t n = h->tokens, size = h->size;
  attend(h, qkv, 0, n, true);
  const float *out = (const float *)h->out.block, *p = (const float *)h->probabilities.block;
  for (size_t r = 0; r < n; r++) {
    memcpy(whole + r * size, out + r * h->ldo, size * sizeof *out);
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
      const double e = exact_probabilities[r * n + j];
      sum += p[r * n + j];
      if (h->int16)
        expect_within(h->level, "probability, int16", fabs(p[r * n + j] - e), 2e-3 * e + 1e-9);
      else
        expect_within(h->level, "probability", fabs(p[r * n + j] - e), 4e-6 * e + 1e-9);
    }
    expect_within(h->level, "sum of probabilities", fabs(sum - 1), 1e-6);
    for (size_t i = 0; i < size; i++)
      if (h->int16)
        expect_within(h->level, "attention, int16", fabs(out[r * h->ldo + i] - exact[r * size + i]), 5e-4);
      else
        expect_within(h->level, "attention", fabs(out[r * h->ldo + i] - exact[r * size + i]), 2e-6);
  }
  // In parts and without the probabilities: the same bits.
  for (int part = 0; part < 4; part++) {
    const size_t first = part ? below(n) : 0, rows = part ? 1 + below(n - first) : n;
    attend(h, qkv, first, rows, part == 3);
    for (size_t r = first; r < first + rows; r++)
      expect_same(h->level, "attention in parts", (const float *)h->out.block + r * h->ldo, whole + r * size, size);
  }
  if (h->level == agk_level_portable) return;
  if (*has_fast) expect_same(h->level, "attention of another level", whole, fast, n * size);
  memcpy(fast, whole, n * size * sizeof *fast);
  *has_fast = true;
}

// A query that is not finite spoils its own row only.
static void check_not_finite(head *h, float *qkv, const float *whole) {
  const size_t bad = below(h->tokens), at = bad * h->ld + below(h->size);
  const float before = qkv[at];
  qkv[at] = below(2) ? NAN : INFINITY;
  attend(h, qkv, 0, h->tokens, false);
  qkv[at] = before;
  for (size_t r = 0; r < h->tokens; r++) {
    const float *const row = (const float *)h->out.block + r * h->ldo;
    if (r != bad) {
      expect_same(h->level, "attention beside a bad query", row, whole + r * h->size, h->size);
    } else {
      for (size_t i = 0; i < h->size; i++)
        if (!isnan(row[i])) fail("%s: a query that is not finite made %g", level_names[h->level], (double)row[i]);
    }
  }
}

void test_attention(void) {
  static head heads[level_count];
  static float qkv[most_tokens * (3 * most_size + 5)], whole[most_tokens * most_size], fast[most_tokens * most_size];
  for (size_t t = 0; t < sizeof token_counts / sizeof *token_counts; t++)
    for (size_t s = 0; s < sizeof head_sizes / sizeof *head_sizes; s++) {
      if (token_counts[t] > 100 && (is_brief || (t + s) % 3)) continue;  // for the sake of emulated CPUs
      const size_t tokens = token_counts[t], size = head_sizes[s], ld = 3 * size + (t + s) % 2 * 5;
      const float scale = 1 / sqrtf((float)size);
      for (size_t i = 0; i < tokens * ld; i++) qkv[i] = uniform(2);
      // Values below 1, so that bounds are absolute.
      for (size_t r = 0; r < tokens; r++)
        for (size_t i = 0; i < size; i++) qkv[r * ld + 2 * size + i] /= 2;
      const agk_attention task = {.query = qkv, .key = qkv + size, .value = qkv + 2 * size, .ld = ld,
                                  .tokens = tokens, .head_size = size, .scale = scale};
      attend_exactly(&task, exact_probabilities, exact);
      for (int int16 = 0; int16 < 2; int16++) {
        bool has_fast = false;
        for (int level = 0; level < level_count; level++) {
          head *const h = heads + level;
          h->kernels = tested_kernels(level);
          if (!h->kernels) continue;
          h->level = (agk_level)level;
          h->side = (t + s) % 3 ? at_end : at_start;
          h->tokens = tokens;
          h->size = size;
          h->ld = ld;
          h->ldo = size + s % 2 * 3;
          h->scale = scale;
          h->int16 = int16;
          context("attention%s, %zu tokens, head size %zu", int16 ? " in int16" : "", tokens, size);
          check_head(h, qkv, whole, fast, &has_fast);
          check_not_finite(h, qkv, whole);
        }
      }
    }
}
