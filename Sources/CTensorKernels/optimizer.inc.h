// Passes of an optimiser over flat buffers.

typedef double vd __attribute__((vector_size(128)));

static double AGK_NAME(sum_squares)(const float *x, size_t n) {
  vd sums = {0};
  for (size_t i = 0; i < n; i += LANES) {
    const vd d = __builtin_convertvector(load_up_to(x + i, n - i), vd);
    sums += d * d;  // the product is exact
  }
  double s[LANES];
  memcpy(s, &sums, sizeof s);
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) s[i] += s[i + width];
  return s[0];
}

INLINE vf root_v(vf x) {
#if __has_builtin(__builtin_elementwise_sqrt)
  return __builtin_elementwise_sqrt(x);
#else
  float s[LANES];
  store(s, x);
  for (int i = 0; i < LANES; i++) s[i] = sqrtf(s[i]);
  return load(s);
#endif
}

INLINE vf lerp_v(vf x, vf y, float weight) {
  return weight < 0.5f ? x + weight * (y - x) : y + (weight - 1.0f) * (y - x);
}

static void AGK_NAME(adamw)(const agk_adamw *step, float *value, const float *gradient, float *m, float *v,
                            size_t n) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t rest = n - i;
    const vf g = load_up_to(gradient + i, rest) * step->clip;
    const vf m_now = lerp_v(load_up_to(m + i, rest), g, step->first);
    const vf v_now = load_up_to(v + i, rest) * step->keeps_second + step->second * g * g;
    const vf below = root_v(v_now) / step->root + step->epsilon;
    store_up_to(m + i, m_now, rest);
    store_up_to(v + i, v_now, rest);
    store_up_to(value + i, load_up_to(value + i, rest) * step->keeps + step->rate * m_now / below, rest);
  }
}

static void AGK_NAME(lerp)(float *x, const float *y, float weight, size_t n) {
  for (size_t i = 0; i < n; i += LANES)
    store_up_to(x + i, lerp_v(load_up_to(x + i, n - i), load_up_to(y + i, n - i), weight), n - i);
}
