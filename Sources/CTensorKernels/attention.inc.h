// Attention of one head. Keys and values are re-laid as panels; then a few query rows at a time go through
// scores, softmax and the product with the values while their scores are in the first-level cache.
//
// The tokens of a window lie apart in memory. As keys and values are copied anyway, finding them through an index costs
// nothing; queries are copied then too.

// Queries at a time: 24 or 28 x 208 floats of scores.
#define ATTENTION_TILES ((24 + AGK_TILE_ROWS / 2) / AGK_TILE_ROWS)
#define ATTENTION_ROWS (ATTENTION_TILES * AGK_TILE_ROWS)

INLINE size_t whole_panels(size_t n) { return (n + PANEL_COLUMNS - 1) / PANEL_COLUMNS; }
INLINE size_t whole_vectors(size_t n) { return (n + LANES - 1) / LANES * LANES; }

static size_t AGK_NAME(attention_scratch)(size_t tokens, size_t head_size) {
  const size_t key_columns = whole_panels(tokens) * PANEL_COLUMNS;
  const size_t value_columns = whole_panels(head_size) * PANEL_COLUMNS;
  return key_columns * head_size + value_columns * tokens + ATTENTION_ROWS * key_columns +
         AGK_TILE_ROWS * PANEL_COLUMNS + ATTENTION_ROWS * whole_vectors(head_size) +
         key_columns + value_columns + whole_vectors(ATTENTION_ROWS);
}

// c = a b for one panel, summed in the same blocks as any product. A step is a float, or a pair of 16-bit integers.
INLINE void times_panel(bool int16, const float *a, size_t lda, size_t rows, const float *panel, size_t steps, float *c,
                        size_t ldc) {
  for (size_t s = 0; s < steps; s += FLOAT32_BLOCK)
    AGK_NAME(tiles)[int16 ? TILE_INT16 : agk_float32][rows - 1](
        (const char *)(a + s), lda * 4, (const char *)(panel + s * PANEL_COLUMNS), smaller(FLOAT32_BLOCK, steps - s),
        (char *)c, ldc * 4, s > 0, (const char *)panel, 0);
}

// A token's row of queries, keys or values, or null for zeros.
INLINE const float *token_row(const agk_attention *t, const float *from, const float *padding, size_t token) {
  if (!t->rows) return from + token * t->ld;
  return t->rows[token] == agk_no_row ? padding : from + t->rows[token] * t->ld;
}

// Whole vectors of `to` for n floats and zeros behind them; null is zeros.
INLINE void copy_row(float *to, const float *from, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(to + i, from ? load(from + i) : splat(0.0f));
  if (i < n) store(to + i, from ? load_tail(from + i, n - i, 0.0f) : splat(0.0f));
}

// `row`, or what becomes of it in `to`: zeros for null; the row divided by its norm where the attention asks for it.
// Norms below 1e-12 count as that much.
INLINE const float *read_row(const agk_attention *t, const float *row, float *to) {
  if (row && !t->normalizes) return row;
  copy_row(to, row, t->head_size);
  if (!row) return to;
  const size_t end = whole_vectors(t->head_size);
  vf squares = splat(0.0f);
  for (size_t i = 0; i < end; i += LANES) squares = mul_add(load(to + i), load(to + i), squares);
  const float norm = sqrtf(sum_lanes(squares));
  const vf top = splat(norm > 1e-12f ? norm : 1e-12f);
  for (size_t i = 0; i < end; i += LANES) store(to + i, load(to + i) / top);
  return to;
}

typedef float eight __attribute__((vector_size(32)));
#define PAIRS(a, b, first) \
  __builtin_shufflevector(a, b, first, first + 8, first + 1, first + 9, first + 4, first + 12, first + 5, first + 13)
#define FOURS(a, b, first) \
  __builtin_shufflevector(a, b, first, first + 1, first + 8, first + 9, first + 4, first + 5, first + 12, first + 13)
#define HALVES(a, b, first) \
  __builtin_shufflevector(a, b, first, first + 1, first + 2, first + 3, first + 8, first + 9, first + 10, first + 11)

// Eight floats of eight rows, from `at` on, become eight columns of rows that are `ldt` floats apart.
INLINE void transpose_8_to(const float *const rows[8], size_t at, float *to, size_t ldt) {
  eight x[8], y[8];
  for (int r = 0; r < 8; r++) memcpy(x + r, rows[r] + at, sizeof *x);
  for (int r = 0; r < 8; r += 2) {
    y[r] = PAIRS(x[r], x[r + 1], 0);
    y[r + 1] = PAIRS(x[r], x[r + 1], 2);
  }
  for (int r = 0; r < 8; r += 4) {
    x[r] = FOURS(y[r], y[r + 2], 0);
    x[r + 1] = FOURS(y[r], y[r + 2], 2);
    x[r + 2] = FOURS(y[r + 1], y[r + 3], 0);
    x[r + 3] = FOURS(y[r + 1], y[r + 3], 2);
  }
  for (int r = 0; r < 4; r++) {
    y[r] = HALVES(x[r], x[r + 4], 0);
    y[r + 4] = HALVES(x[r], x[r + 4], 4);
  }
  for (size_t r = 0; r < 8; r++) memcpy(to + r * ldt, y + r, sizeof *y);
}

INLINE void transpose_8(const float *const rows[8], size_t at, float *to) {
  transpose_8_to(rows, at, to, PANEL_COLUMNS);
}

// Keys as panels. `rooms`: eight rows for what is not read as it lies.
INLINE void lay_keys(const agk_attention *t, size_t columns, float *keys, float *rooms) {
  const size_t size = t->head_size;
  for (size_t j = 0; j < columns; j += 8) {
    float *const to = keys + j / PANEL_COLUMNS * PANEL_COLUMNS * size + j % PANEL_COLUMNS;
    const float *rows[8];
    for (size_t k = 0; k < 8; k++)
      rows[k] = read_row(t, j + k < t->tokens ? token_row(t, t->key, t->padding_key, j + k) : NULL,
                         rooms + k * whole_vectors(size));
    size_t i = 0;
    for (; i + 8 <= size; i += 8) transpose_8(rows, i, to + i * PANEL_COLUMNS);
    for (; i < size; i++)
      for (size_t k = 0; k < 8; k++) to[i * PANEL_COLUMNS + k] = rows[k][i];
  }
}

// Values as panels.
INLINE void lay_values(const agk_attention *t, float *values) {
  for (size_t j = 0; j < t->tokens; j++) {
    const float *const value = token_row(t, t->value, t->padding_value, j);
    for (size_t i = 0; i < t->head_size; i += PANEL_COLUMNS) {
      float *const to = values + i * t->tokens + j * PANEL_COLUMNS;
      const size_t width = smaller(PANEL_COLUMNS, t->head_size - i);
      copy_row(to, value ? value + i : NULL, width);
      for (size_t k = whole_vectors(width); k < PANEL_COLUMNS; k += LANES) store(to + k, splat(0.0f));
    }
  }
}

#include "attention_int16.inc.h"

// A token's row of sums to scores, in place: of integers with their units, and where there is a bias scaled and with bias and mask on
// top. Behind the last token the last vector is filled with -infinity, so that softmax need not treat it apart. The largest of them.
INLINE float finish_scores(const agk_attention *t, float *row, size_t token, float unit, const float *key_units) {
  const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const float *const bias = t->bias ? t->bias + token * t->ld_bias : NULL;
  const float *const mask = t->mask ? t->mask + token * t->ld_bias : NULL;
  vf top = splat(-INFINITY);
  for (size_t j = 0; j < t->tokens; j += LANES) {
    vf x = t->int16 ? scaled_sums(row + j, unit, key_units + j) : load(row + j);
    if (bias) {
      vf term = load(bias + j);
      if (mask) term += load(mask + j);
      x = x * splat(t->scale) + term;
    }
    if (j + LANES > t->tokens) x = choose(lane < (int32_t)(t->tokens - j), x, splat(-INFINITY));
    store(row + j, x);
    top = vmax(x, top);
  }
  return max_lanes(top);
}

// Some tokens' rows of sums to probabilities: floats, or 16-bit integers and their units. Step by step for a few rows, so that
// no row waits for the sum over another one's lanes.
INLINE void probabilities_of(const agk_attention *t, float *scores, size_t first, size_t rows, size_t ld, float *row_units,
                             const float *key_units) {
  enum { most = 8 };
  const size_t columns = whole_vectors(t->tokens);
  const float scale = t->bias ? 1.0f : t->scale;
  for (size_t start = 0, count; start < rows; start += count, scores += count * ld) {
    count = smaller(most, rows - start);
    float *const units = row_units + start;
    float tops[most], factors[most];
    for (size_t r = 0; r < count; r++)
      tops[r] = finish_scores(t, scores + r * ld, first + start + r, t->int16 ? units[r] : 1.0f, key_units);
    for (size_t r = 0; r < count; r++)
      factors[r] = 1.0f / (t->int16 ? exponentials(scores + r * ld, columns, tops[r], scale, true)
                                    : exponentials(scores + r * ld, columns, tops[r], scale, false));
    for (size_t r = 0; r < count; r++) {
      float *const row = scores + r * ld, factor = factors[r];
      const size_t token = first + start + r;
      if (t->statistics) {
        t->statistics[2 * token] = tops[r];
        t->statistics[2 * token + 1] = factor;
      }
      if (t->probabilities || !t->int16) {
        multiply_row(row, columns, factor);
        factor = 1.0f;
      }
      if (t->probabilities) memcpy(t->probabilities + token * t->tokens, row, t->tokens * sizeof(float));
      if (t->int16) units[r] = probabilities_to_int16(row, columns, factor);
    }
  }
}

static void AGK_NAME(attention)(const agk_attention *t, size_t first_row, size_t rows, float *scratch) {
  const size_t tokens = t->tokens, size = t->head_size;
  const size_t columns = whole_panels(tokens) * PANEL_COLUMNS;
  const size_t value_panels = whole_panels(size);
  const size_t key_steps = t->int16 ? (size + 1) / 2 : size, value_steps = t->int16 ? (tokens + 1) / 2 : tokens;
  float *const keys = scratch;
  float *const values = keys + columns * size;
  float *const scores = values + value_panels * PANEL_COLUMNS * tokens;
  float *const sums = scores + ATTENTION_ROWS * columns;
  float *const queries = sums + AGK_TILE_ROWS * PANEL_COLUMNS;
  // Of integers: what one is worth.
  float *const key_units = queries + ATTENTION_ROWS * whole_vectors(size);
  float *const value_units = key_units + columns;
  float *const row_units = value_units + value_panels * PANEL_COLUMNS;
  const bool copies = t->rows || t->normalizes || t->int16;
  if (t->int16) {
    lay_keys_int16(t, columns, keys, key_units, queries);
    lay_values_int16(t, values, value_units);
  } else {
    lay_keys(t, columns, keys, queries);
    lay_values(t, values);
  }

  // Rows are dealt out to tiles, and a few tiles at a time go through all.
  const size_t all_tiles = (rows + AGK_TILE_ROWS - 1) / AGK_TILE_ROWS;
  for (size_t tile = 0, first = first_row, here; tile < all_tiles; tile += ATTENTION_TILES, first += here) {
    const size_t tiles = smaller(ATTENTION_TILES, all_tiles - tile);
    here = 0;
    for (size_t i = 0; i < tiles; i++) here += tile_rows(rows, all_tiles, tile + i);
    const float *query = t->query + first * t->ld;
    size_t ldq = t->ld;
    if (copies) {
      query = queries;
      ldq = whole_vectors(size);
      for (size_t r = 0; r < here; r++) {
        float *const to = queries + r * ldq;
        const float *const row = read_row(t, token_row(t, t->query, t->padding_query, first + r), to);
        if (t->int16)
          row_units[r] = row_to_int16(row, size, most_of_row(size), to);
        else if (row != to)
          copy_row(to, row, size);
      }
    }
    for (size_t j = 0; j < columns; j += PANEL_COLUMNS)
      for (size_t i = 0, start = 0, count; i < tiles; i++, start += count) {
        count = tile_rows(rows, all_tiles, tile + i);
        times_panel(t->int16, query + start * ldq, ldq, count, keys + j * key_steps, key_steps,
                    scores + start * columns + j, columns);
      }
    probabilities_of(t, scores, first, here, columns, row_units, key_units);
    for (size_t v = 0; v < value_panels; v++)
      for (size_t i = 0, start = 0, count; i < tiles; i++, start += count) {
        count = tile_rows(rows, all_tiles, tile + i);
        times_panel(t->int16, scores + start * columns, columns, count, values + v * PANEL_COLUMNS * value_steps,
                    value_steps, sums, PANEL_COLUMNS);
        const size_t width = smaller(PANEL_COLUMNS, size - v * PANEL_COLUMNS);
        for (size_t r = 0; r < count; r++) {
          const size_t token = first + start + r, row = t->rows ? t->rows[token] : token;
          if (t->rows && row == agk_no_row) continue;
          const float *const from = sums + r * PANEL_COLUMNS, *const units = value_units + v * PANEL_COLUMNS;
          float *const to = t->out + row * t->ldo + v * PANEL_COLUMNS;
          for (size_t i = 0; i < width; i += LANES)
            store_up_to(to + i, t->int16 ? scaled_sums(from + i, row_units[start + r], units + i) : load(from + i),
                        width - i);
        }
      }
  }
}
