// Products of training. Weights are packed again at every step, which takes O(inputs x outputs) where the product takes
// as much for each row; the products themselves are those of matrix.inc.h, but for the weights' gradients, which are
// sums over rows.

static const float AGK_NAME(zeros)[LANES];

// Row `r` of the stack.
INLINE const float *stack_row(const agk_stack *w, size_t r) {
  return w->parts[r / w->rows] + r % w->rows * w->columns;
}

static void AGK_NAME(pack_transposed)(const agk_stack *w, size_t first_panel, size_t panels, float *out) {
  const size_t rows = w->count * w->rows, k = w->columns, whole = k - k % 8;
  for (size_t p = first_panel; p < first_panel + panels; p++)
    for (size_t j = 0; j < PANEL_COLUMNS; j += 8) {
      float *const to = out + p * PANEL_COLUMNS * k + j;
      const float *from[8];
      bool there[8];
      for (size_t i = 0; i < 8; i++) {
        const size_t row = p * PANEL_COLUMNS + j + i;
        there[i] = row < rows;
        // Of a row that is not there the last one is read instead, and then overwritten.
        from[i] = stack_row(w, there[i] ? row : rows - 1);
      }
      for (size_t s = 0; s < whole; s += 8) transpose_8(from, s, to + s * PANEL_COLUMNS);
      for (size_t s = whole; s < k; s++)
        for (size_t i = 0; i < 8; i++) to[s * PANEL_COLUMNS + i] = from[i][s];
      for (size_t i = 0; i < 8; i++)
        for (size_t s = 0; !there[i] && s < k; s++) to[s * PANEL_COLUMNS + i] = 0.0f;
    }
}

// Columns [column, column + PANEL_COLUMNS) of a row, zeros from `columns` on.
INLINE void copy_line(const float *row, size_t column, size_t columns, float *to) {
  for (size_t v = 0; v < PANEL_COLUMNS; v += LANES) {
    const size_t at = column + v;
    store(to + v, at + LANES <= columns ? load(row + at)
                  : at < columns        ? load_tail(row + at, columns - at, 0.0f)
                                        : splat(0.0f));
  }
}

static void AGK_NAME(pack_plain)(const agk_stack *w, size_t first_panel, size_t panels, float *out) {
  const size_t k = w->count * w->rows;
  for (size_t p = first_panel; p < first_panel + panels; p++) {
    float *to = out + p * PANEL_COLUMNS * k;
    for (size_t i = 0; i < w->count; i++)
      for (size_t r = 0; r < w->rows; r++, to += PANEL_COLUMNS)
        copy_line(w->parts[i] + r * w->columns, p * PANEL_COLUMNS, w->columns, to);
  }
}

// Columns [first, first + count) of some rows become rows of agk_gradient_block floats.
INLINE void transpose_block(const float *x, size_t ld, size_t rows, size_t first, size_t count, float *to) {
  const size_t whole_rows = rows - rows % 8, whole = count - count % 8;
  for (size_t i = 0; i < whole; i += 8)
    for (size_t r = 0; r < whole_rows; r += 8) {
      const float *from[8];
      for (size_t k = 0; k < 8; k++) from[k] = x + (r + k) * ld + first;
      transpose_8_to(from, i, to + i * agk_gradient_block + r, agk_gradient_block);
    }
  for (size_t r = 0; r < rows; r++)
    for (size_t i = r < whole_rows ? whole : 0; i < count; i++)
      to[i * agk_gradient_block + r] = x[r * ld + first + i];
}

// to (+)= the sums of columns [first, first + count), row after row.
INLINE void sum_columns(const float *x, size_t ld, size_t rows, size_t first, size_t count, float *to, bool adds) {
  for (size_t i = 0; i < count; i += LANES) {
    const size_t width = smaller(LANES, count - i);
    vf sum = splat(0.0f);
    for (size_t r = 0; r < rows; r++) {
      const float *const at = x + r * ld + first + i;
      sum += width == LANES ? load(at) : load_tail(at, width, 0.0f);
    }
    if (width == LANES)
      store(to + i, adds ? load(to + i) + sum : sum);
    else
      store_tail(to + i, adds ? load_tail(to + i, width, 0.0f) + sum : sum, width);
  }
}

static size_t AGK_NAME(outer_scratch)(size_t count, size_t panels) {
  return (count + panels * PANEL_COLUMNS) * agk_gradient_block;
}

// Block after block of rows: dy's columns are re-laid as rows, x's as panels, and the tiles add their products to the
// sums.
static void AGK_NAME(outer)(const agk_outer *o, size_t first_row, size_t rows, size_t first_output, size_t count,
                            size_t first_panel, size_t panels, float *sums, float *bias, float *scratch) {
  float *const left = scratch, *const right = scratch + count * agk_gradient_block;
  const size_t tiles = (count + AGK_TILE_ROWS - 1) / AGK_TILE_ROWS;
  for (size_t start = 0; start < rows; start += agk_gradient_block) {
    const size_t steps = smaller(agk_gradient_block, rows - start);
    const float *const dy = o->dy + (first_row + start) * o->ldy, *const x = o->x + (first_row + start) * o->ldx;
    transpose_block(dy, o->ldy, steps, first_output, count, left);
    if (bias) sum_columns(dy, o->ldy, steps, first_output, count, bias + first_output, start > 0);
    for (size_t r = 0; r < steps; r++)
      for (size_t p = 0; p < panels; p++)
        copy_line(x + r * o->ldx, (first_panel + p) * PANEL_COLUMNS, o->inputs,
                  right + (p * agk_gradient_block + r) * PANEL_COLUMNS);
    for (size_t p = 0; p < panels; p++) {
      const float *const panel = right + p * agk_gradient_block * PANEL_COLUMNS;
      float *to = sums + ((first_panel + p) * o->outputs + first_output) * PANEL_COLUMNS;
      const float *a = left;
      for (size_t t = 0; t < tiles; t++) {
        const size_t here = tile_rows(count, tiles, t);
        prefetch_lines((const char *)to, (const char *)(to + here * PANEL_COLUMNS));
        AGK_NAME(tiles)[agk_float32][here - 1]((const char *)a, agk_gradient_block * 4, (const char *)panel, steps,
                                               (char *)to, LINE, start > 0,
                                               (const char *)panel, 0);
        a += here * agk_gradient_block;
        to += here * PANEL_COLUMNS;
      }
    }
  }
}

static void AGK_NAME(add_outer)(const float *sums, size_t chunks, size_t outputs, size_t inputs, size_t first,
                                size_t count, float *out) {
  const size_t chunk = whole_panels(inputs) * outputs * PANEL_COLUMNS;
  for (size_t r = first; r < first + count; r++)
    for (size_t i = 0; i < inputs; i += LANES) {
      const float *from = sums + (i / PANEL_COLUMNS * outputs + r) * PANEL_COLUMNS + i % PANEL_COLUMNS;
      vf sum = load(from);
      for (size_t c = 1; c < chunks; c++) sum += load(from + c * chunk);
      float *const to = out + (r - first) * inputs + i;
      if (i + LANES <= inputs)
        store(to, load(to) + sum);
      else
        store_tail(to, load_tail(to, inputs - i, 0.0f) + sum, inputs - i);
    }
}
