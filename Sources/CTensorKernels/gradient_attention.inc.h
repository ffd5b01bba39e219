// The backward pass of attention of one head. Scores are computed again instead of kept, with keys as rows and queries
// as columns, so that what belongs to a query is a vector. A block of queries at a time: their scores and the gradients
// by them stay in the second-level cache.

// Queries of a block: some of these units, at any level, because the blocks decide how sums over queries are formed.
#define GRADIENT_UNIT 32
#define GRADIENT_UNITS 3

INLINE void write_row(float *to, const float *from, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(to + i, load(from + i));
  if (i < n) store_tail(to + i, load(from + i), n - i);
}

static size_t AGK_NAME(attention_gradient_scratch)(size_t tokens, size_t head_size) {
  const size_t columns = GRADIENT_UNITS * GRADIENT_UNIT;
  const size_t width = whole_panels(head_size) * PANEL_COLUMNS, length = whole_vectors(tokens);
  return 2 * columns * head_size + 2 * columns * width + 3 * tokens * width + 2 * tokens * columns +
         columns * length + 3 * columns + AGK_TILE_ROWS * PANEL_COLUMNS;
}

// Rows as panels of columns.
INLINE void lay_rows(const float *x, size_t ld, size_t count, size_t size, float *plain) {
  for (size_t r = 0; r < count; r++)
    for (size_t i = 0; i < size; i += PANEL_COLUMNS)
      copy_line(x + r * ld, i, size, plain + i * count + r * PANEL_COLUMNS);
}

// `columns` columns: those from `count` on are zeros.
INLINE void lay_transposed(const float *x, size_t ld, size_t count, size_t columns, size_t size, float *to) {
  const size_t whole = size - size % 8;
  for (size_t j = 0; j < columns; j += 8) {
    float *const panel = to + j / PANEL_COLUMNS * PANEL_COLUMNS * size + j % PANEL_COLUMNS;
    if (j + 8 <= count) {
      const float *rows[8];
      for (size_t k = 0; k < 8; k++) rows[k] = x + (j + k) * ld;
      for (size_t i = 0; i < whole; i += 8) transpose_8(rows, i, panel + i * PANEL_COLUMNS);
      for (size_t i = whole; i < size; i++)
        for (size_t k = 0; k < 8; k++) panel[i * PANEL_COLUMNS + k] = rows[k][i];
    } else {
      for (size_t i = 0; i < size; i++)
        for (size_t k = 0; k < 8; k++) panel[i * PANEL_COLUMNS + k] = j + k < count ? x[(j + k) * ld + i] : 0.0f;
    }
  }
}

// c (+)= a b for all rows of a; b in panels of k steps. Panel j of the result is at c + j * panel.
INLINE void times_panels(const float *a, size_t lda, size_t rows, const float *b, size_t k, size_t panels, float *c,
                         size_t ldc, size_t panel, bool adds) {
  const size_t tiles = (rows + AGK_TILE_ROWS - 1) / AGK_TILE_ROWS;
  for (size_t j = 0; j < panels; j++) {
    const float *from = a;
    float *to = c + j * panel;
    for (size_t t = 0; t < tiles; t++) {
      const size_t count = tile_rows(rows, tiles, t);
      for (size_t s = 0; s < k; s += FLOAT32_BLOCK)
        AGK_NAME(tiles)[agk_float32][count - 1]((const char *)(from + s), lda * 4,
                                                (const char *)(b + (j * k + s) * PANEL_COLUMNS),
                                                smaller(FLOAT32_BLOCK, k - s), (char *)to, ldc * 4, adds || s > 0,
                                                (const char *)b, 0);
      from += count * lda;
      to += count * ldc;
    }
  }
}

// Probabilities out of scores, and the gradients by the scores out of those by the probabilities, in place.
INLINE void score_gradients(float *p, float *ds, size_t rows, size_t columns, float scale, const float *tops,
                            const float *inverses, const float *totals) {
  for (size_t j = 0; j < columns; j += LANES) {
    const vf top = load(tops + j), inverse = load(inverses + j), total = load(totals + j);
    for (size_t r = 0; r < rows; r++) {
      float *const score = p + r * columns + j, *const d = ds + r * columns + j;
      const vf probability = exp_not_positive_v((load(score) - top) * scale) * inverse;
      store(score, probability);
      store(d, probability * (load(d) - total) * scale);
    }
  }
}

INLINE void transpose_scores(const float *x, size_t rows, size_t columns, float *to, size_t ldt) {
  const size_t whole = rows - rows % 8;
  for (size_t r = 0; r < whole; r += 8) {
    const float *from[8];
    for (size_t k = 0; k < 8; k++) from[k] = x + (r + k) * columns;
    for (size_t j = 0; j < columns; j += 8) transpose_8_to(from, j, to + j * ldt + r, ldt);
  }
  for (size_t r = whole; r < rows; r++)
    for (size_t j = 0; j < columns; j++) to[j * ldt + r] = x[r * columns + j];
}

static void AGK_NAME(attention_gradient)(const agk_attention_gradient *t, float *scratch) {
  const size_t tokens = t->tokens, size = t->head_size, queries = t->queries;
  const size_t value_panels = whole_panels(size), width = value_panels * PANEL_COLUMNS;
  const size_t length = whole_vectors(tokens), most = GRADIENT_UNITS * GRADIENT_UNIT;
  const size_t units = (queries + GRADIENT_UNIT - 1) / GRADIENT_UNIT;
  const size_t blocks = (units + GRADIENT_UNITS - 1) / GRADIENT_UNITS;
  float *const query_columns = scratch;
  float *const d_out_columns = query_columns + most * size;
  float *const query_panels = d_out_columns + most * size;
  float *const d_out_panels = query_panels + most * width;
  float *const key_panels = d_out_panels + most * width;
  float *const d_keys = key_panels + tokens * width;
  float *const d_values = d_keys + tokens * width;
  float *const scores = d_values + tokens * width;
  float *const d_scores = scores + tokens * most;
  float *const by_query = d_scores + tokens * most;
  float *const tops = by_query + most * length;
  float *const inverses = tops + most;
  float *const totals = inverses + most;
  float *const sums = totals + most;

  lay_rows(t->key, t->ld, tokens, size, key_panels);
  for (size_t block = 0, first = 0, here; block < blocks; block++, first += here) {
    here = smaller(tile_rows(units, blocks, block) * GRADIENT_UNIT, queries - first);
    const size_t panels = whole_panels(here), columns = panels * PANEL_COLUMNS;
    const float *const query = t->query + first * t->ld, *const d_out = t->d_out + first * t->ldo;
    lay_transposed(query, t->ld, here, columns, size, query_columns);
    lay_transposed(d_out, t->ldo, here, columns, size, d_out_columns);
    lay_rows(query, t->ld, here, size, query_panels);
    lay_rows(d_out, t->ldo, here, size, d_out_panels);
    for (size_t q = 0; q < columns; q++) {
      const bool is_there = q < here;
      tops[q] = is_there ? t->statistics[2 * (first + q)] : 0.0f;
      inverses[q] = is_there ? t->statistics[2 * (first + q) + 1] : 0.0f;
      vf total = splat(0.0f);
      for (size_t i = 0; is_there && i < size; i += LANES)
        total = mul_add(load_up_to(d_out + q * t->ldo + i, size - i),
                        load_up_to(t->out + (first + q) * t->ldo + i, size - i), total);
      totals[q] = sum_lanes(total);
    }
    times_panels(t->key, t->ld, tokens, query_columns, size, panels, scores, columns, PANEL_COLUMNS, false);
    times_panels(t->value, t->ld, tokens, d_out_columns, size, panels, d_scores, columns, PANEL_COLUMNS, false);
    score_gradients(scores, d_scores, tokens, columns, t->scale, tops, inverses, totals);
    times_panels(scores, columns, tokens, d_out_panels, here, value_panels, d_values, PANEL_COLUMNS,
                 tokens * PANEL_COLUMNS, block > 0);
    times_panels(d_scores, columns, tokens, query_panels, here, value_panels, d_keys, PANEL_COLUMNS,
                 tokens * PANEL_COLUMNS, block > 0);
    transpose_scores(d_scores, tokens, columns, by_query, length);
    const size_t tiles = (here + AGK_TILE_ROWS - 1) / AGK_TILE_ROWS;
    for (size_t v = 0; v < value_panels; v++)
      for (size_t i = 0, start = 0, count; i < tiles; i++, start += count) {
        count = tile_rows(here, tiles, i);
        times_panel(false, by_query + start * length, length, count, key_panels + v * PANEL_COLUMNS * tokens, tokens,
                    sums, PANEL_COLUMNS);
        for (size_t r = 0; r < count; r++)
          write_row(t->d_query + (first + start + r) * t->ldg + v * PANEL_COLUMNS, sums + r * PANEL_COLUMNS,
                    smaller(PANEL_COLUMNS, size - v * PANEL_COLUMNS));
      }
  }
  for (size_t j = 0; j < tokens; j++)
    for (size_t i = 0; i < size; i += PANEL_COLUMNS) {
      const size_t from = i * tokens + j * PANEL_COLUMNS, here = smaller(PANEL_COLUMNS, size - i);
      write_row(t->d_key + j * t->ldg + i, d_keys + from, here);
      write_row(t->d_value + j * t->ldg + i, d_values + from, here);
    }
  for (size_t j = queries; j < tokens; j++) memset(t->d_query + j * t->ldg, 0, size * sizeof(float));
}
