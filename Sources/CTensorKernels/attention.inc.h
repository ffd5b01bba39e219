// Attention of one head. Keys and values are re-laid as panels; then a few query rows at a time go through
// scores, softmax and the product with the values while their scores are in the first-level cache.

#define ATTENTION_ROWS 24  // queries at a time: 24 x 208 floats of scores

static size_t AGK_NAME(attention_scratch)(size_t tokens, size_t head_size) {
  const size_t key_columns = (tokens + PANEL_COLUMNS - 1) / PANEL_COLUMNS * PANEL_COLUMNS;
  const size_t value_columns = (head_size + PANEL_COLUMNS - 1) / PANEL_COLUMNS * PANEL_COLUMNS;
  return key_columns * head_size + value_columns * tokens + ATTENTION_ROWS * (key_columns + PANEL_COLUMNS);
}

// c = a b for one panel, summed in the same blocks as any product.
INLINE void times_panel(const float *a, size_t lda, size_t rows, const float *panel, size_t k, float *c,
                        size_t ldc) {
  for (size_t s = 0; s < k; s += FLOAT32_BLOCK)
    AGK_NAME(tiles)[agk_float32][rows - 1]((const char *)(a + s), lda * 4,
                                           (const char *)(panel + s * PANEL_COLUMNS),
                                           smaller(FLOAT32_BLOCK, k - s), (char *)c, ldc * 4, s > 0);
}

static void AGK_NAME(attention)(const agk_attention *t, size_t first_row, size_t rows, float *scratch) {
  const size_t tokens = t->tokens, size = t->head_size;
  const size_t columns = (tokens + PANEL_COLUMNS - 1) / PANEL_COLUMNS * PANEL_COLUMNS;
  const size_t value_panels = (size + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
  float *const keys = scratch;
  float *const values = keys + columns * size;
  float *const scores = values + value_panels * PANEL_COLUMNS * tokens;
  float *const sums = scores + ATTENTION_ROWS * columns;

  for (size_t j = 0; j < columns; j++) {
    float *const to = keys + j / PANEL_COLUMNS * PANEL_COLUMNS * size + j % PANEL_COLUMNS;
    for (size_t i = 0; i < size; i++) to[i * PANEL_COLUMNS] = j < tokens ? t->key[j * t->ld + i] : 0.0f;
  }
  for (size_t v = 0; v < value_panels; v++) {
    const size_t width = smaller(PANEL_COLUMNS, size - v * PANEL_COLUMNS);
    for (size_t j = 0; j < tokens; j++) {
      float *const to = values + (v * tokens + j) * PANEL_COLUMNS;
      memcpy(to, t->value + j * t->ld + v * PANEL_COLUMNS, width * sizeof(float));
      memset(to + width, 0, (PANEL_COLUMNS - width) * sizeof(float));
    }
  }

  for (size_t first = 0; first < rows; first += ATTENTION_ROWS) {
    const size_t here = smaller(ATTENTION_ROWS, rows - first);
    const size_t tiles = (here + AGK_TILE_ROWS - 1) / AGK_TILE_ROWS;
    const float *const query = t->query + (first_row + first) * t->ld;
    for (size_t j = 0; j < columns; j += PANEL_COLUMNS)
      for (size_t i = 0, start = 0, count; i < tiles; i++, start += count) {
        count = tile_rows(here, tiles, i);
        times_panel(query + start * t->ld, t->ld, count, keys + j * size, size, scores + start * columns + j,
                    columns);
      }
    AGK_NAME(softmax)(scores, here, tokens, columns, t->scale);
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
        for (size_t r = 0; r < count; r++)
          memcpy(t->out + (first_row + first + start + r) * t->ldo + v * PANEL_COLUMNS,
                 sums + r * PANEL_COLUMNS, width * sizeof(float));
      }
  }
}
