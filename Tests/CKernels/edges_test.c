// What a row's result must not depend on, and what it must: its neighbours and its place, NaN and infinity, rows and
// weights that are zero.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"

enum { most_rows = 31, columns = 49, most_k = 770 };
static float x[most_rows * most_k], w[columns * most_k];
static float together[most_rows * columns], apart[most_rows * columns];
static const size_t depths[] = {1, 5, 64, 127, 129, 257, 770};

static void fill(size_t rows, size_t k) {
  for (size_t i = 0; i < rows * k; i++) x[i] = uniform(2);
  for (size_t i = 0; i < columns * k; i++) w[i] = uniform(1);
}

static void product(layer *l, size_t rows, size_t k, const float *from, float *to) {
  prepare_rows(l, from, rows, 1, k, 0);
  multiply_plainly(l, to);
}

// Every row alone, by its own product, and the same row at every place of a tile.
static void company(layer *l, size_t k) {
  fill(most_rows, k);
  pack_weights(l, w, columns, k);
  product(l, most_rows, k, x, together);
  for (size_t r = 0; r < most_rows; r++) product(l, 1, k, x + r * k, apart + r * columns);
  expect_same(l->level, "row alone", together, apart, most_rows * columns);
  for (size_t rows = 2; rows <= most_rows; rows = rows * 2 + 1) {
    product(l, rows, k, x, apart);
    expect_same(l->level, "row among fewer", apart, together, rows * columns);
  }
  for (size_t r = 1; r < most_rows; r++) memcpy(x + r * k, x, k * sizeof *x);
  product(l, most_rows, k, x, apart);
  for (size_t r = 0; r < most_rows; r++)
    expect_same(l->level, "row at another place", apart + r * columns, together, columns);
}

// A row that is not finite spoils its own results, all of them, and no other row's.
static void not_finite(layer *l, size_t k) {
  static const float values[] = {NAN, INFINITY, -INFINITY};
  const size_t rows = 7, places[] = {0, k / 2, k - 1};
  fill(rows, k);
  pack_weights(l, w, columns, k);
  product(l, rows, k, x, together);
  for (size_t v = 0; v < 3; v++)
    for (size_t p = 0; p < 3; p++) {
      const size_t bad = below(rows);
      float *const at = x + bad * k + places[p], before = *at;
      *at = values[v];
      product(l, rows, k, x, apart);
      *at = before;
      for (size_t r = 0; r < rows; r++) {
        const float *const row = apart + r * columns;
        if (r != bad) {
          expect_same(l->level, "row beside one that is not finite", row, together + r * columns, columns);
          continue;
        }
        checked(l->level, columns);
        for (size_t j = 0; j < columns; j++)
          if (l->format == agk_int8 || v == 0 ? !isnan(row[j]) : isfinite(row[j]))
            fail("%s: %g at %zu of the row made %g", level_names[l->level], (double)values[v], places[p],
                 (double)row[j]);
      }
    }
}

// A weight that is not finite spoils one column.
static void not_finite_weight(layer *l, size_t k) {
  const size_t rows = 7, bad = below(columns);
  fill(rows, k);
  for (size_t i = 0; i < rows * k; i++) x[i] = x[i] == 0 ? 1 : x[i];
  pack_weights(l, w, columns, k);
  product(l, rows, k, x, together);
  w[bad * k + below(k)] = below(2) ? NAN : INFINITY;
  pack_weights(l, w, columns, k);
  product(l, rows, k, x, apart);
  for (size_t r = 0; r < rows; r++) {
    float *const spoiled = apart + r * columns + bad;
    if (l->format == agk_int8 ? !isnan(*spoiled) : isfinite(*spoiled))
      fail("%s: a weight that is not finite made %g", level_names[l->level], (double)*spoiled);
    *spoiled = together[r * columns + bad];
  }
  expect_same(l->level, "column beside one that is not finite", apart, together, rows * columns);
}

static void zeros(layer *l, size_t k) {
  const size_t rows = 3;
  fill(rows, k);
  memset(x + k, 0, k * sizeof *x);
  memset(w + 5 * k, 0, k * sizeof *w);
  pack_weights(l, w, columns, k);
  product(l, rows, k, x, together);
  checked(l->level, rows * columns);
  for (size_t r = 0; r < rows; r++)
    for (size_t j = 0; j < columns; j++)
      if ((r == 1 || j == 5) && together[r * columns + j] != 0)
        fail("%s: a product with zeros is %g", level_names[l->level], (double)together[r * columns + j]);
}

void test_edges(void) {
  static layer layers[level_count];
  for (int f = 0; f < format_count; f++)
    for (int level = 0; level < level_count; level++)
      for (size_t d = 0; d < sizeof depths / sizeof *depths; d += is_brief ? 3 : 1) {
        layer *const l = layers + level;
        l->kernels = tested_kernels(level);
        if (!l->kernels) continue;
        l->level = (agk_level)level;
        l->format = (agk_format)f;
        l->side = d % 2 ? at_start : at_end;
        context("%s, k %zu", format_names[f], depths[d]);
        company(l, depths[d]);
        not_finite(l, depths[d]);
        not_finite_weight(l, depths[d]);
        zeros(l, depths[d]);
      }
}
