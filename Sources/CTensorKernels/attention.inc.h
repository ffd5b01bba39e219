// Attention of one head. Keys and values are re-laid as panels; then a few query rows at a time go through
// scores, softmax and the product with the values while their scores are in the first-level cache.
//
// The tokens of a window lie apart in memory. As keys and values are copied anyway, finding them through an index costs
// nothing; queries are copied then too.

#define ATTENTION_ROWS 24  // queries at a time: 24 x 208 floats of scores

INLINE size_t whole_panels(size_t n) { return (n + PANEL_COLUMNS - 1) / PANEL_COLUMNS; }
INLINE size_t whole_vectors(size_t n) { return (n + LANES - 1) / LANES * LANES; }

static size_t AGK_NAME(attention_scratch)(size_t tokens, size_t head_size) {
  const size_t key_columns = whole_panels(tokens) * PANEL_COLUMNS;
  const size_t value_columns = whole_panels(head_size) * PANEL_COLUMNS;
  return key_columns * head_size + value_columns * tokens + ATTENTION_ROWS * (key_columns + PANEL_COLUMNS) +
         (ATTENTION_ROWS + 1) * whole_vectors(head_size);
}

// c = a b for one panel, summed in the same blocks as any product.
INLINE void times_panel(const float *a, size_t lda, size_t rows, const float *panel, size_t k, float *c,
                        size_t ldc) {
  for (size_t s = 0; s < k; s += FLOAT32_BLOCK)
    AGK_NAME(tiles)[agk_float32][rows - 1]((const char *)(a + s), lda * 4,
                                           (const char *)(panel + s * PANEL_COLUMNS),
                                           smaller(FLOAT32_BLOCK, k - s), (char *)c, ldc * 4, s > 0);
}

// A token's row of queries, keys or values, or null for zeros.
INLINE const float *token_row(const agk_attention *t, const float *from, const float *padding, size_t token) {
  if (!t->rows) return from + token * t->ld;
  return t->rows[token] == agk_no_row ? padding : from + t->rows[token] * t->ld;
}

// to = row, divided by its norm where the attention asks for it. Norms below 1e-12 count as that much.
INLINE const float *read_row(const agk_attention *t, const float *row, float *to) {
  const size_t size = t->head_size;
  if (!row) {
    memset(to, 0, size * sizeof(float));
    return to;
  }
  if (!t->normalizes) return row;
  vf squares = splat(0.0f);
  for (size_t i = 0; i < size; i += LANES) {
    const vf v = load_tail(row + i, smaller(LANES, size - i), 0.0f);
    squares = mul_add(v, v, squares);
  }
  const float norm = sqrtf(sum_lanes(squares));
  const float top = norm > 1e-12f ? norm : 1e-12f;
  for (size_t i = 0; i < size; i++) to[i] = row[i] / top;
  return to;
}

// scores = scale scores + bias + mask, for the queries from `first` on.
INLINE void add_bias(const agk_attention *t, float *scores, size_t first, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    float *const row = scores + r * columns;
    const float *const bias = t->bias + (first + r) * t->ld_bias;
    const float *const mask = t->mask ? t->mask + (first + r) * t->ld_bias : NULL;
    for (size_t j = 0; j < t->tokens; j += LANES) {
      vf term = load(bias + j);
      if (mask) term += load(mask + j);
      store(row + j, load(row + j) * splat(t->scale) + term);
    }
  }
}

static void AGK_NAME(attention)(const agk_attention *t, size_t first_row, size_t rows, float *scratch) {
  const size_t tokens = t->tokens, size = t->head_size;
  const size_t columns = whole_panels(tokens) * PANEL_COLUMNS;
  const size_t value_panels = whole_panels(size);
  float *const keys = scratch;
  float *const values = keys + columns * size;
  float *const scores = values + value_panels * PANEL_COLUMNS * tokens;
  float *const sums = scores + ATTENTION_ROWS * columns;
  float *const queries = sums + ATTENTION_ROWS * PANEL_COLUMNS;
  float *const row = queries + ATTENTION_ROWS * whole_vectors(size);
  const bool copies = t->rows || t->normalizes;

  for (size_t j = 0; j < columns; j++) {
    float *const to = keys + j / PANEL_COLUMNS * PANEL_COLUMNS * size + j % PANEL_COLUMNS;
    const float *const key = j < tokens ? read_row(t, token_row(t, t->key, t->padding_key, j), row) : NULL;
    for (size_t i = 0; i < size; i++) to[i * PANEL_COLUMNS] = key ? key[i] : 0.0f;
  }
  for (size_t v = 0; v < value_panels; v++) {
    const size_t width = smaller(PANEL_COLUMNS, size - v * PANEL_COLUMNS);
    for (size_t j = 0; j < tokens; j++) {
      float *const to = values + (v * tokens + j) * PANEL_COLUMNS;
      const float *const value = token_row(t, t->value, t->padding_value, j);
      if (value) {
        memcpy(to, value + v * PANEL_COLUMNS, width * sizeof(float));
        memset(to + width, 0, (PANEL_COLUMNS - width) * sizeof(float));
      } else {
        memset(to, 0, PANEL_COLUMNS * sizeof(float));
      }
    }
  }

  for (size_t first = 0; first < rows; first += ATTENTION_ROWS) {
    const size_t here = smaller(ATTENTION_ROWS, rows - first);
    const size_t tiles = (here + AGK_TILE_ROWS - 1) / AGK_TILE_ROWS;
    const float *query = t->query + (first_row + first) * t->ld;
    size_t ldq = t->ld;
    if (copies) {
      for (size_t r = 0; r < here; r++) {
        const float *const from = token_row(t, t->query, t->padding_query, first_row + first + r);
        float *const to = queries + r * size;
        const float *const made = read_row(t, from, to);
        if (made != to) memcpy(to, made, size * sizeof(float));
      }
      query = queries;
      ldq = size;
    }
    for (size_t j = 0; j < columns; j += PANEL_COLUMNS)
      for (size_t i = 0, start = 0, count; i < tiles; i++, start += count) {
        count = tile_rows(here, tiles, i);
        times_panel(query + start * ldq, ldq, count, keys + j * size, size, scores + start * columns + j, columns);
      }
    if (t->bias) add_bias(t, scores, first_row + first, here, columns);
    AGK_NAME(softmax)(scores, here, tokens, columns, t->bias ? 1.0f : t->scale);
    if (t->probabilities)
      for (size_t r = 0; r < here; r++)
        memcpy(t->probabilities + (first_row + first + r) * tokens, scores + r * columns,
               tokens * sizeof(float));
    for (size_t v = 0; v < value_panels; v++)
      for (size_t i = 0, start = 0, count; i < tiles; i++, start += count) {
        count = tile_rows(here, tiles, i);
        times_panel(scores + start * columns, columns, count, values + v * PANEL_COLUMNS * tokens, tokens, sums,
                    PANEL_COLUMNS);
        const size_t width = smaller(PANEL_COLUMNS, size - v * PANEL_COLUMNS);
        for (size_t r = 0; r < count; r++) {
          const size_t token = first_row + first + start + r;
          if (t->rows && t->rows[token] == agk_no_row) continue;
          memcpy(t->out + (t->rows ? t->rows[token] : token) * t->ldo + v * PANEL_COLUMNS,
                 sums + r * PANEL_COLUMNS, width * sizeof(float));
        }
      }
  }
}
