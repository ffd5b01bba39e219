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

// Lays one row of a group's channels out, `count` of them, and fetches what will be wanted next.
INLINE void lay_row(const float *from, const float *next, size_t width, size_t channels, size_t count, float *to) {
  if (count == CHANNELS) {
    for (size_t i = 0; i < width; i++, from += channels, next += channels, to += CHANNELS) {
      __builtin_prefetch(next);
      store(to, load(from));
    }
  } else {
    for (size_t i = 0; i < width; i++, from += channels, to += CHANNELS) store(to, load_tail(from, count, 0.0f));
  }
}

// The rows of a map of which seven are wanted at a time: that of number y stands in place y % 7, padded.
typedef struct {
  const float *x;  // the group's first channel
  size_t height, width, channels, count;
  float *places;  // zeros where nothing has been laid out
  size_t filled;
} row_ring;

// The padded rows from three above `y` to three below it.
INLINE void rows_around(row_ring *ring, size_t y, const float *around[SIDE]) {
  const size_t length = padded_row(ring->width), row = ring->width * ring->channels;
  for (; ring->filled < ring->height && ring->filled <= y + REACH; ring->filled++) {
    const float *const from = ring->x + ring->filled * row;
    lay_row(from, from + (ring->filled + 1 < ring->height ? row : 0), ring->width, ring->channels, ring->count,
            ring->places + ring->filled % SIDE * length + REACH * CHANNELS);
  }
  for (size_t i = 0; i < SIDE; i++) {
    const size_t at = y + i;  // counted from three above the map
    const bool inside = at >= REACH && at - REACH < ring->height;
    around[i] = ring->places + (inside ? (at - REACH) % SIDE : SIDE) * length;
  }
}

INLINE size_t group_count(size_t channels, size_t group) {
  const size_t rest = channels - group * CHANNELS;
  return rest < CHANNELS ? rest : CHANNELS;
}

static void AGK_NAME(depthwise)(const agk_depthwise *d, size_t first_row, size_t rows, size_t index,
                                float *scratch) {
  const size_t length = padded_row(d->width), channels = d->channels, first = index * CHANNELS;
  const size_t count = group_count(channels, index);
  float *const last = scratch + (SIDE + 1) * length;
  const float *const weights = d->weights + index * SIDE * SIDE * CHANNELS, *const bias = d->bias + first;
  memset(scratch, 0, (SIDE + 1) * length * sizeof *scratch);
  row_ring ring = {d->x + first, d->height, d->width, channels, count, scratch, first_row < REACH ? 0 : first_row - REACH};
  for (size_t y = first_row; y < first_row + rows; y++) {
    const float *around[SIDE];
    rows_around(&ring, y, around);
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

// ---- The gradient by the weights

// Seven rows in turns, a row of zeros, and a row of gradients.
static size_t AGK_NAME(depthwise_gradient_scratch)(size_t width) { return (SIDE + 2) * padded_row(width); }

// Adds to one line of the kernel's sums, for a register's channels, what one row of the gradient gives. Each sum goes
// over the pixels in their order.
static __attribute__((noinline)) void AGK_NAME(depthwise_gradient_row)(const float *x, const float *dy, size_t pixels,
                                                                       float *sums) {
  vr s[SIDE];
  for (int i = 0; i < SIDE; i++) s[i] = load_register(sums + i * CHANNELS);
  for (size_t first = 0; first < pixels; first += PIXELS, x += PIXELS * CHANNELS, dy += PIXELS * CHANNELS) {
    vr d[PIXELS];
#pragma clang loop unroll(full)
    for (int i = 0; i < PIXELS; i++) d[i] = load_register(dy + i * CHANNELS);
#pragma clang loop unroll(full)
    for (int p = 0; p < PIXELS + SIDE - 1; p++) {
      const vr v = load_register(x + p * CHANNELS);
#pragma clang loop unroll(full)
      for (int i = 0; i < SIDE; i++)
        if (p - i >= 0 && p - i < PIXELS) s[i] = mul_add_register(v, d[p - i], s[i]);
    }
  }
  for (int i = 0; i < SIDE; i++) store_register(sums + i * CHANNELS, s[i]);
}

static void AGK_NAME(depthwise_gradient)(const float *x, const float *dy, size_t height, size_t width, size_t channels,
                                         size_t index, float *sums, float *scratch) {
  const size_t length = padded_row(width), first = index * CHANNELS, count = group_count(channels, index);
  float *const gradients = scratch + (SIDE + 1) * length, *const bias = sums + SIDE * SIDE * CHANNELS;
  memset(scratch, 0, (SIDE + 2) * length * sizeof *scratch);
  memset(sums, 0, (SIDE * SIDE + 1) * CHANNELS * sizeof *sums);
  row_ring ring = {x + first, height, width, channels, count, scratch, 0};
  for (size_t y = 0; y < height; y++) {
    const float *around[SIDE];
    rows_around(&ring, y, around);
    const float *const row = dy + y * width * channels + first;
    lay_row(row, row + (y + 1 < height ? width * channels : 0), width, channels, count, gradients);
    for (size_t i = 0; i < width; i++)
      for (size_t c = 0; c < CHANNELS; c += LANES) store(bias + c, load(bias + c) + load(gradients + i * CHANNELS + c));
    for (size_t line = 0; line < SIDE; line++) {
      if (y + line < REACH || y + line - REACH >= height) continue;
      for (size_t c = 0; c < CHANNELS; c += AGK_REGISTER_LANES)
        AGK_NAME(depthwise_gradient_row)(around[line] + c, gradients + c, width, sums + line * SIDE * CHANNELS + c);
    }
  }
}

// ---- Global response normalisation

// Four vectors of columns at a time, row by row.
static void AGK_NAME(column_squares)(const float *x, size_t rows, size_t columns, size_t ld, float *out) {
  size_t i = 0;
  for (; i + 4 * LANES <= columns; i += 4 * LANES) {
    vf a = splat(0.0f), b = a, c = a, d = a;
    for (size_t r = 0; r < rows; r++) {
      const float *row = x + r * ld + i;
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
      const vf v = load_tail(x + r * ld + i, rest, 0.0f);
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

static void AGK_NAME(scale_columns)(float *x, size_t rows, size_t columns, size_t ld, const float *factors,
                                    const float *offsets) {
  const size_t whole = columns - columns % LANES, rest = columns - whole;
  for (size_t r = 0; r < rows; r++, x += ld) {
    for (size_t i = 0; i < whole; i += LANES)
      store(x + i, mul_add(load(x + i), load(factors + i), load(offsets + i)));
    if (rest) {
      vf y = load_tail(x + whole, rest, 0.0f);
      y = mul_add(y, load_tail(factors + whole, rest, 0.0f), load_tail(offsets + whole, rest, 0.0f));
      store_tail(x + whole, y, rest);
    }
  }
}
