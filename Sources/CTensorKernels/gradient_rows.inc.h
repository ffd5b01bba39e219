// Row and element kernels of training.

static void AGK_NAME(layer_norm_keeping)(const float *x, size_t rows, size_t columns, const float *gamma,
                                         const float *beta, float eps, float *out, float *statistics) {
  layer_norm_rows(x, columns, rows, columns, gamma, beta, eps, out, columns, statistics);
}

// With n = (x - mean) / deviation and g = dy gamma: dx = (g - mean of g - n x mean of g n) / deviation.
static void AGK_NAME(layer_norm_gradient)(const float *dy, const float *x, const float *statistics, size_t rows,
                                          size_t columns, const float *gamma, float *dx, bool adds, float *d_gamma,
                                          float *d_beta) {
  const float count = (float)columns;
  for (size_t r = 0; r < rows; r++) {
    const float *const gradient = dy + r * columns, *const row = x + r * columns;
    float *const to = dx + r * columns;
    const vf mean = splat(statistics[2 * r]), inverse = splat(statistics[2 * r + 1]);
    vf sum = splat(0.0f), products = splat(0.0f);
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t rest = columns - i;
      const vf d = load_up_to(gradient + i, rest);
      const vf n = (load_up_to(row + i, rest) - mean) * inverse;
      const vf g = d * load_up_to(gamma + i, rest);
      sum += g;
      products = mul_add(g, n, products);
      if (!d_gamma) continue;
      const vf dn = d * n;
      store_up_to(d_gamma + i, r ? load_up_to(d_gamma + i, rest) + dn : dn, rest);
      store_up_to(d_beta + i, r ? load_up_to(d_beta + i, rest) + d : d, rest);
    }
    const vf of_g = splat(sum_lanes(sum) / count), of_gn = splat(sum_lanes(products) / count);
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t rest = columns - i;
      const vf n = (load_up_to(row + i, rest) - mean) * inverse;
      const vf g = load_up_to(gradient + i, rest) * load_up_to(gamma + i, rest);
      const vf d = (g - of_g - n * of_gn) * inverse;
      store_up_to(to + i, adds ? load_up_to(to + i, rest) + d : d, rest);
    }
  }
}

static void AGK_NAME(activate_n)(const float *x, float *out, size_t n, agk_activation activation) {
  memcpy(out, x, n * sizeof *out);
  AGK_NAME(bias_activation)(out, 1, n, n, NULL, activation);
}

static void AGK_NAME(activation_gradient)(const float *dy, const float *x, float *dx, size_t n,
                                          agk_activation activation) {
  AGK_NAME(slope_of)(activation)(dy, x, dx, n);
}

// out = a x b
INLINE void multiply_rows(const float *a, const float *b, size_t n, float *out) {
  for (size_t i = 0; i < n; i += LANES)
    store_up_to(out + i, load_up_to(a + i, n - i) * load_up_to(b + i, n - i), n - i);
}

enum { gated_piece = 512 };  // floats at a time

static void AGK_NAME(gated)(const float *gate, const float *up, size_t ld, size_t rows, size_t columns,
                            agk_activation activation, float *out, size_t ldo) {
  float piece[gated_piece];
  for (size_t r = 0; r < rows; r++, gate += ld, up += ld, out += ldo)
    for (size_t i = 0, n; i < columns; i += n) {
      n = smaller(gated_piece, columns - i);
      AGK_NAME(activate_n)(gate + i, piece, n, activation);
      multiply_rows(piece, up + i, n, out + i);
    }
}

static void AGK_NAME(gated_gradient)(const float *dy, size_t ldy, const float *gate, const float *up, size_t ld,
                                     size_t rows, size_t columns, agk_activation activation, float *d_gate,
                                     float *d_up) {
  slope_function *const slope = AGK_NAME(slope_of)(activation);
  float piece[gated_piece], activated[gated_piece];
  for (size_t r = 0; r < rows; r++, dy += ldy, gate += ld, up += ld, d_gate += ld, d_up += ld)
    for (size_t i = 0, n; i < columns; i += n) {
      n = smaller(gated_piece, columns - i);
      AGK_NAME(activate_n)(gate + i, activated, n, activation);
      multiply_rows(dy + i, up + i, n, piece);
      slope(piece, gate + i, d_gate + i, n);
      multiply_rows(dy + i, activated, n, d_up + i);
    }
}

static void AGK_NAME(column_sums)(const float *a, const float *b, size_t rows, size_t columns, size_t ld,
                                  float *out) {
  for (size_t i = 0; i < columns; i += LANES) {
    const size_t rest = columns - i;
    vf sum = splat(0.0f);
    for (size_t r = 0; r < rows; r++) {
      const vf x = load_up_to(a + r * ld + i, rest);
      sum = b ? mul_add(x, load_up_to(b + r * ld + i, rest), sum) : sum + x;
    }
    store_up_to(out + i, sum, rest);
  }
}

static void AGK_NAME(add_scaled)(const float *x, size_t n, float factor, float *out) {
  for (size_t i = 0; i < n; i += LANES)
    store_up_to(out + i, mul_add(splat(factor), load_up_to(x + i, n - i), load_up_to(out + i, n - i)), n - i);
}
