// Depthwise convolution, and global response normalisation. Included by kernels.inc.h, once for each level.

// As many floats as a register has, so that a tile's sums stay in registers. An element's sum is in one order whatever
// their number.
typedef float vr __attribute__((vector_size(4 * AGK_REGISTER_LANES)));

INLINE vr load_register(const float *p) {
  vr v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void store_register(float *p, vr v) { memcpy(p, &v, sizeof v); }

INLINE vr mul_add_register(vr a, vr b, vr c) {
#if AGK_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

enum {
  SIDE = agk_depthwise_side,
  REACH = agk_depthwise_side / 2,
  CHANNELS = agk_depthwise_channels,
  // Pixels whose sums are formed side by side: as many as keep two multipliers busy that take four cycles each.
  PIXELS = 8,
};

// The floats of a padded row of one group: the whole tiles that cover it, and what they reach beyond.
INLINE size_t padded_row(size_t width) { return ((width + PIXELS - 1) / PIXELS * PIXELS + SIDE - 1) * CHANNELS; }

// Seven rows in turns, a row of zeros, and a tile of results.
static size_t AGK_NAME(depthwise_scratch)(size_t width) { return (SIDE + 1) * padded_row(width) + PIXELS * CHANNELS; }

// Eight pixels of a register's channels. rows: the padded rows above, at and below them, from the first pixel's left
// neighbours on.
static __attribute__((noinline)) void AGK_NAME(depthwise_tile)(const float *const *rows, size_t offset,
                                                               const float *weights, const float *bias, float *out,
                                                               size_t ldo) {
  vr sums[PIXELS];
  for (int t = 0; t < PIXELS; t++) sums[t] = load_register(bias);
#pragma clang loop unroll(disable)
  for (int y = 0; y < SIDE; y++, weights += SIDE * CHANNELS) {
    const float *x = rows[y] + offset;
    vr w[SIDE];
#pragma clang loop unroll(full)
    for (int i = 0; i < SIDE; i++) w[i] = load_register(weights + i * CHANNELS);
#pragma clang loop unroll(full)
    for (int p = 0; p < PIXELS + SIDE - 1; p++) {
      const vr v = load_register(x + p * CHANNELS);
#pragma clang loop unroll(full)
      for (int i = 0; i < SIDE; i++)
        if (p - i >= 0 && p - i < PIXELS) sums[p - i] = mul_add_register(v, w[i], sums[p - i]);
    }
  }
#pragma clang loop unroll(full)
  for (int t = 0; t < PIXELS; t++) store_register(out + t * ldo, sums[t]);
}

// Lays one row of a group's channels out, and fetches what will be wanted next.
INLINE void fill_row(const agk_depthwise *d, size_t row, size_t first, size_t count, float *to) {
  const float *from = d->x + row * d->width * d->channels + first;
  const float *next = from + (row + 1 < d->height ? d->width * d->channels : 0);
  to += REACH * CHANNELS;
  if (count == CHANNELS) {
    for (size_t i = 0; i < d->width; i++, from += d->channels, next += d->channels, to += CHANNELS) {
      __builtin_prefetch(next);
      store(to, load(from));
    }
  } else {
    for (size_t i = 0; i < d->width; i++, from += d->channels, to += CHANNELS)
      store(to, load_tail(from, count, 0.0f));
  }
}

static void AGK_NAME(depthwise)(const agk_depthwise *d, size_t first_row, size_t rows, size_t index,
                                float *scratch) {
  const size_t length = padded_row(d->width), channels = d->channels, first = index * CHANNELS;
  const size_t count = channels - first < CHANNELS ? channels - first : CHANNELS;
  float *const zeros = scratch + SIDE * length, *const last = zeros + length;
  const float *const weights = d->weights + index * SIDE * SIDE * CHANNELS, *const bias = d->bias + first;
  memset(scratch, 0, (SIDE + 1) * length * sizeof *scratch);
  // The row y of the map stands in place y % 7.
  size_t filled = first_row < REACH ? 0 : first_row - REACH;
  for (size_t y = first_row; y < first_row + rows; y++) {
    for (; filled < d->height && filled <= y + REACH; filled++)
      fill_row(d, filled, first, count, scratch + filled % SIDE * length);
    const float *around[SIDE];
    for (size_t i = 0; i < SIDE; i++) {
      const size_t row = y + i;  // counted from three above the map
      around[i] = row < REACH || row - REACH >= d->height ? zeros : scratch + (row - REACH) % SIDE * length;
    }
    float *out = d->out + y * d->width * channels + first;
    for (size_t x = 0; x < d->width; x += PIXELS, out += PIXELS * channels) {
      const size_t pixels = d->width - x < PIXELS ? d->width - x : PIXELS;
      const bool is_whole = pixels == PIXELS && count == CHANNELS;
      float *const to = is_whole ? out : last;
      for (size_t c = 0; c < CHANNELS; c += AGK_REGISTER_LANES)
        AGK_NAME(depthwise_tile)(around, x * CHANNELS + c, weights + c, bias + c, to + c, is_whole ? channels : CHANNELS);
      if (!is_whole)
        for (size_t i = 0; i < pixels; i++) memcpy(out + i * channels, last + i * CHANNELS, count * sizeof *out);
    }
  }
}

// Four vectors of columns at a time, row by row.
static void AGK_NAME(column_squares)(const float *x, size_t rows, size_t columns, float *out) {
  size_t i = 0;
  for (; i + 4 * LANES <= columns; i += 4 * LANES) {
    vf a = splat(0.0f), b = a, c = a, d = a;
    for (size_t r = 0; r < rows; r++) {
      const float *row = x + r * columns + i;
      const vf p = load(row), q = load(row + LANES), s = load(row + 2 * LANES), t = load(row + 3 * LANES);
      a = mul_add(p, p, a);
      b = mul_add(q, q, b);
      c = mul_add(s, s, c);
      d = mul_add(t, t, d);
    }
    store(out + i, a);
    store(out + i + LANES, b);
    store(out + i + 2 * LANES, c);
    store(out + i + 3 * LANES, d);
  }
  for (; i < columns; i += LANES) {
    const size_t rest = columns - i < LANES ? columns - i : LANES;
    vf sum = splat(0.0f);
    for (size_t r = 0; r < rows; r++) {
      const vf v = load_tail(x + r * columns + i, rest, 0.0f);
      sum = mul_add(v, v, sum);
    }
    store_tail(out + i, sum, rest);
  }
}

// In double precision: the sums of blocks, and the mean of the norms, are few operations. A norm waits in `factors`.
static void AGK_NAME(response_factors)(const float *squares, size_t blocks, size_t columns, const float *gamma,
                                       float *factors) {
  double total = 0;
  for (size_t i = 0; i < columns; i++) {
    double sum = 0;
    for (size_t b = 0; b < blocks; b++) sum += squares[b * columns + i];
    factors[i] = (float)sqrt(sum);
    total += factors[i];
  }
  const double least = 1e-6, mean = total / (double)columns + least;
  for (size_t i = 0; i < columns; i++) factors[i] = (float)(1 + gamma[i] * (factors[i] / mean));
}

static void AGK_NAME(scale_columns)(float *x, size_t rows, size_t columns, const float *factors,
                                    const float *offsets) {
  const size_t whole = columns - columns % LANES, rest = columns - whole;
  for (size_t r = 0; r < rows; r++, x += columns) {
    for (size_t i = 0; i < whole; i += LANES)
      store(x + i, mul_add(load(x + i), load(factors + i), load(offsets + i)));
    if (rest) {
      vf y = load_tail(x + whole, rest, 0.0f);
      y = mul_add(y, load_tail(factors + whole, rest, 0.0f), load_tail(offsets + whole, rest, 0.0f));
      store_tail(x + whole, y, rest);
    }
  }
}
