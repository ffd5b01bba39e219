// Attention's products in integers of 16 bits, for networks whose weights have fewer bits than a float.
//
// Twice as many products fit a register as of floats, and their sums are exact. Queries and keys get a scale for each token,
// values one for each column; the softmax stays in floats. Its probabilities, which add up to one, are parts of 32767.

typedef int16_t shorts __attribute__((vector_size(2 * LANES)));

// What a row of `size` queries or keys is scaled to: so small that no sum of products leaves 32 bits.
INLINE float most_of_row(size_t size) {
  const float most = floorf(sqrtf(0x1p31f / (float)size)) - 1.0f;
  return most < 32767.0f ? most : 32767.0f;
}
#define MOST_OF_VALUES 32767.0f
#define WHOLE_PROBABILITY 32767.0f

INLINE void store_shorts(void *to, vi x) {
  const shorts s = __builtin_convertvector(x, shorts);
  memcpy(to, &s, sizeof s);
}

// n floats, or zeros for null, as whole vectors of integers, and their unit: NaN where one is not finite.
INLINE float row_to_int16(const float *row, size_t n, float most, void *to) {
  const size_t whole = n - n % LANES;
  const vf tail = row && n > whole ? load_tail(row + whole, n - whole, 0.0f) : splat(0.0f);
  vi bits = magnitude_bits(tail);
  for (size_t i = 0; row && i < whole; i += LANES) bits = larger_bits(bits, magnitude_bits(load(row + i)));
  const float top = largest_magnitude(bits);
  // Below that a quotient could overflow, and the row is as good as zero.
  if (!(top < INFINITY) || top < 0x1p-100f) {
    memset(to, 0, 2 * whole_vectors(n));
    return top < INFINITY ? 0.0f : NAN;
  }
  const float inverse = most / top;
  for (size_t i = 0; i < whole; i += LANES) store_shorts((char *)to + 2 * i, rounded(load(row + i) * inverse));
  if (n > whole) store_shorts((char *)to + 2 * whole, rounded(tail * inverse));
  return top / most;
}

// Keys as panels of pairs, and each key's unit. `rooms`: eight rows.
INLINE void lay_keys_int16(const agk_attention *t, size_t columns, float *keys, float *units, float *rooms) {
  const size_t size = t->head_size, pairs = (size + 1) / 2, room = whole_vectors(size);
  const float most = most_of_row(size);
  for (size_t j = 0; j < columns; j += 8) {
    float *const to = keys + j / PANEL_COLUMNS * PANEL_COLUMNS * pairs + j % PANEL_COLUMNS;
    const float *rows[8];
    for (size_t k = 0; k < 8; k++) {
      float *const row = rooms + k * room;
      const float *const key =
          j + k < t->tokens ? read_row(t, token_row(t, t->key, t->padding_key, j + k), row) : NULL;
      units[j + k] = row_to_int16(key, size, most, row);
      rows[k] = row;
    }
    size_t i = 0;
    for (; i + 8 <= pairs; i += 8) transpose_8(rows, i, to + i * PANEL_COLUMNS);
    for (; i < pairs; i++)
      for (size_t k = 0; k < 8; k++) memcpy(to + i * PANEL_COLUMNS + k, rows[k] + i, sizeof(float));
  }
}

// Values as panels of pairs of tokens, and each column's unit. Tokens lie far apart: some columns of each at a time.
INLINE void lay_values_int16(const agk_attention *t, float *values, float *units) {
  enum { most = 4 };
  const size_t pairs = (t->tokens + 1) / 2, size = t->head_size, columns = whole_panels(size) * PANEL_COLUMNS;
  for (size_t first = 0, count; first < columns; first += count * LANES) {
    count = smaller(most, (columns - first) / LANES);
    vi tops[most] = {{0}};
    vf inverses[most];
    for (size_t j = 0; j < t->tokens; j++) {
      const float *const value = token_row(t, t->value, t->padding_value, j);
      for (size_t v = 0, i = first; value && v < count && i < size; v++, i += LANES)
        tops[v] = larger_bits(magnitude_bits(load_up_to(value + i, size - i)), tops[v]);
    }
    for (size_t v = 0; v < count; v++) {
      const vf top = (vf)tops[v];
      const vi is_zero = ~(top < INFINITY) | (top < 0x1p-100f);
      inverses[v] = choose(is_zero, splat(0.0f), MOST_OF_VALUES / top);
      const vf unit = choose(is_zero, splat(0.0f), top / MOST_OF_VALUES);
      store(units + first + v * LANES, choose(top < INFINITY, unit, splat(NAN)));
    }
    for (size_t p = 0; p < pairs; p++) {
      const float *const even = token_row(t, t->value, t->padding_value, 2 * p);
      const float *const odd =
          2 * p + 1 < t->tokens ? token_row(t, t->value, t->padding_value, 2 * p + 1) : NULL;
      for (size_t v = 0, i = first; v < count; v++, i += LANES) {
        const size_t width = i < size ? size - i : 0;
        const vf a = even && width ? load_up_to(even + i, width) : splat(0.0f);
        const vf b = odd && width ? load_up_to(odd + i, width) : splat(0.0f);
        const vi pair = (rounded(a * inverses[v]) & 0xffff) | rounded(b * inverses[v]) << 16;
        memcpy(values + i / PANEL_COLUMNS * PANEL_COLUMNS * pairs + p * PANEL_COLUMNS + i % PANEL_COLUMNS, &pair,
               sizeof pair);
      }
    }
  }
}

// Integer sums as floats.
INLINE vf scaled_sums(const float *sums, float row_unit, const float *units) {
  return __builtin_convertvector(load_units((const char *)sums), vf) * (splat(row_unit) * load(units));
}

// A row of exponentials times `factor`, which makes them probabilities, to integers, in place, and their unit: NaN where they
// are.
INLINE float probabilities_to_int16(float *row, size_t columns, float factor) {
  const float first = row[0] * factor;
  for (size_t j = 0; j < columns; j += LANES)
    store_shorts((char *)row + 2 * j, rounded(load(row + j) * factor * WHOLE_PROBABILITY));
  return 1.0f / WHOLE_PROBABILITY + (first - first);
}
