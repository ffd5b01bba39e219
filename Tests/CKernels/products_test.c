// pack, prepare_rows and product of every level and format, over awkward shapes: results against a plain
// computation, parts of a product against the whole, memory against guard pages.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"
#include "reference.h"

static const size_t sizes[] = {1, 2, 13, 14, 15, 16, 17, 31, 33, 48, 197, 257};
static const size_t depths[] = {1, 2, 3, 5, 7, 15, 63, 64, 65, 127, 128, 129, 255, 257, 513, 770, 3073};
enum { size_count = sizeof sizes / sizeof *sizes, depth_count = sizeof depths / sizeof *depths };

typedef enum {
  small_integers,  // every format but int8 is exact with them
  even_spread,
  odd_values,  // many magnitudes, rows that are zero, of one sign, or too small to be quantised
  extremes,    // the largest integers of both sides: 16 bits must hold the sums of int8 pairs
  kind_count
} kind;

static float draw(kind which, size_t row) {
  switch (which) {
    case small_integers: return (float)below(9) - 4;
    case even_spread: return uniform(1);
    case extremes: return row % 3 == 0 ? 1 : row % 3 == 1 ? -1 : below(2) ? 1.0f : -1.0f;
    default: break;
  }
  switch (row % 7) {
    case 0: return ldexpf(uniform(1), (int)below(24) - 20);
    case 1: return fabsf(uniform(3));
    case 2: return -fabsf(uniform(3));
    case 3: return row % 2 ? 0.0f : -0.0f;
    case 4: return uniform(0x1p-130f);
    case 5: return below(9) ? 0 : uniform(100);
    default: return uniform(0x1p-101f) + (below(2) ? 1 : 0);
  }
}

static float *filled(float *old, size_t rows, size_t width, kind which) {
  float *const x = realloc(old, rows * width * sizeof *x);
  if (!x) abort();
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < width; i++) x[r * width + i] = draw(which, r);
  return x;
}

typedef struct {
  size_t number, rows, columns, k, row_step, ld, ldo, finer;
  side side;
  kind kind;
} shape;

static const char *error_name(agk_format f) {
  return f == agk_float32 ? "float32 product" : "bfloat16 product";
}

static void compare(const layer *l, const shape *s, const reference *expected, const float *got) {
  const size_t count = s->rows * s->columns;
  if (l->format == agk_int8) return expect_same(l->level, "int8 result", got, expected->exact, count);
  for (size_t i = 0; i < count; i++) {
    const double error = fabs(got[i] - expected->sum[i]);
    if (s->kind == small_integers || s->kind == extremes) {
      if (error != 0) fail("%s: [%zu] is %g, not %g", level_names[l->level], i, (double)got[i], expected->sum[i]);
    } else {
      // One rounding a term at worst, and in long sums far less; subnormal operands may be taken for zero.
      const double roundings = (double)at_most(s->k + 1, 16);
      expect_within(l->level, error_name(l->format), error,
                    0x1p-24 * roundings * expected->size[i] + (double)s->k * 0x1p-118);
    }
  }
  if (s->kind == small_integers || s->kind == extremes) checked(l->level, count);
}

// Some rows by some panels with one of the epilogues: the bits of the plain result after the row kernels, nothing
// written elsewhere.
static void check_part(layer *l, const shape *s, const float *plain) {
  static float *bias, *before, *expected;
  const size_t epilogue = s->number % (2 * (activation_count + 1));
  const bool has_bias = epilogue % 2 == 0, adds = epilogue / 2 == activation_count;
  const agk_activation activation = adds ? agk_linear : (agk_activation)(epilogue / 2);
  bias = filled(bias, 1, s->columns, even_spread);
  before = filled(before, s->rows, s->columns, even_spread);
  expected = realloc(expected, s->rows * s->columns * sizeof *expected);
  if (!expected) abort();

  const bool whole = below(3) == 0;
  const size_t first_row = whole ? 0 : below(s->rows), rows = whole ? s->rows : 1 + below(s->rows - first_row);
  const size_t first_panel = whole ? 0 : below(l->panels), panels = whole ? l->panels : 1 + below(l->panels - first_panel);
  const size_t width = l->kernels->matrix.panel_columns;
  const size_t column = first_panel * width, columns = at_most(s->columns, (first_panel + panels) * width) - column;

  agk_product p = new_product(l, has_bias ? bias : NULL, s->ldo);
  p.activation = activation;
  p.adds = adds;
  for (size_t r = 0; r < rows; r++) {
    float *const to = expected + r * columns;
    const float *const from = plain + (first_row + r) * s->columns + column;
    const float *const offset = has_bias ? bias + column : NULL;
    if (adds) {
      float *const held = p.out + (first_row + r) * s->ldo + column;
      memcpy(held, before + r * columns, columns * sizeof(float));
      memcpy(to, before + r * columns, columns * sizeof(float));
      l->kernels->bias_residual(to, 1, columns, columns, from, columns, offset);
    } else {
      memcpy(to, from, columns * sizeof(float));
      l->kernels->bias_activation(to, 1, columns, columns, offset, activation);
    }
  }
  multiply(l, &p, first_row, rows, first_panel, panels);
  for (size_t r = 0; r < s->rows; r++) {
    const float *const row = p.out + r * s->ldo;
    const bool inside = r >= first_row && r < first_row + rows;
    if (inside) {
      expect_same(l->level, "part of a product", row + column, expected + (r - first_row) * columns, columns);
      if (!untouched(row, column) || !untouched(row + column + columns, s->columns - column - columns))
        fail("%s: wrote beside the panels", level_names[l->level]);
    } else if (!untouched(row, s->columns)) {
      fail("%s: wrote to row %zu, not one of %zu from %zu", level_names[l->level], r, rows, first_row);
    }
    if (r + 1 < s->rows && !untouched(row + s->columns, s->ldo - s->columns))
      fail("%s: wrote between rows", level_names[l->level]);
  }
}

static void check_shape(const shape *s) {
  static layer layers[level_count];
  static reference expected;
  static float *x, *w, *plain, *fused;
  x = filled(x, spread(s->rows, s->row_step), s->ld, s->kind);
  w = filled(w, s->columns, s->k, s->kind);
  plain = realloc(plain, s->rows * s->columns * sizeof *plain);
  fused = realloc(fused, s->rows * s->columns * sizeof *fused);
  if (!plain || !fused) abort();
  for (int f = 0; f < format_count; f++) {
    bool has_fused = false;
    expected.rows = s->rows;
    expected.columns = s->columns;
    expected.k = s->k;
    size_t computed = SIZE_MAX;
    for (int level = 0; level < level_count; level++) {
      layer *const l = layers + level;
      l->kernels = tested_kernels(level);
      if (!l->kernels) continue;
      l->level = (agk_level)level;
      l->format = (agk_format)f;
      l->side = s->side;
      context("%s, %zu x %zu, k %zu, kind %d, rows %zu apart", format_names[f], s->rows, s->columns, s->k, s->kind,
              s->row_step);
      const agk_matrix_format *const format = &l->kernels->matrix.formats[f];
      const size_t group = format->group_steps * format->step_elements;
      if (group != computed)
        compute_reference(&expected, (agk_format)f, group, x, s->ld, s->row_step, s->finer, w);
      computed = group;
      pack_weights(l, w, s->columns, s->k);
      prepare_rows(l, x, s->rows, s->row_step, s->ld, s->finer);
      multiply_plainly(l, plain);
      compare(l, s, &expected, plain);
      check_part(l, s, plain);
      // The levels with fused multiply-add sum in the same order; the instructions for bfloat16 sum pairs.
      if (f == agk_int8 || level == agk_level_portable || (f == agk_bfloat16 && level >= agk_level_bf16)) continue;
      if (has_fused) expect_same(l->level, "result of another level", plain, fused, s->rows * s->columns);
      memcpy(fused, plain, s->rows * s->columns * sizeof *plain);
      has_fused = true;
    }
  }
}

// The rest of a shape follows from its number, so that every choice meets every other.
static void check_sizes(size_t number, size_t rows, size_t columns, size_t k) {
  const shape s = {
      .number = number,
      .rows = rows,
      .columns = columns,
      .k = k,
      .row_step = rows < 40 ? 1 + number % 3 : 1,
      .ld = k + number / 3 % 2 * 3,
      .ldo = columns + number / 2 % 2 * 5,
      .finer = (const size_t[]){0, 1, 3, 50}[number / 6 % 4],
      .side = number % 5 < 3 ? at_end : at_start,
      .kind = (kind)((number / size_count + 2 * (number % size_count) + number / 7) % kind_count),
  };
  check_shape(&s);
}

void test_products(void) {
  for (size_t i = 0; i < size_count; i++)
    for (size_t j = 0; j < size_count; j++) {
      if (is_brief && (i + j) % 4) continue;
      size_t k = depths[(5 * i + 7 * j) % depth_count];
      // Large in two ways is enough, and an emulated CPU must finish too.
      for (size_t d = depth_count; sizes[i] * sizes[j] * k > 1000000; d--) k = at_most(k, depths[d - 1]);
      check_sizes(i * size_count + j, sizes[i], sizes[j], k);
    }
  if (is_brief) return;
  // Rows that outgrow the second-level cache, in every format and then in more panels than take turns.
  const size_t number = size_count * size_count;
  check_sizes(number, 540, 49, 770);
  check_sizes(number + 1, 137, 273, 770);
}
