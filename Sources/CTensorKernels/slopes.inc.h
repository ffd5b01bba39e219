// The derivatives of the activations.

// GELU's slope Phi(x) + x phi(x), within 2e-7: at -a, a = |x|, it is e^(-a^2 / 2) times a polynomial in a - 1, which stays
// where it is past 6, and at a one minus that. Coefficients: Fixtures/kernels/fit_polynomials.py.
INLINE vf gelu_slope_v(vf x) {
  const vf v = vmin(splat(6.0f), vabs(x)) - 1.0f;
  vf g = splat(-0x1.52cdf2p-22f);
  g = mul_add(g, v, splat(0x1.1c63ecp-18f));
  g = mul_add(g, v, splat(-0x1.a4110cp-16f));
  g = mul_add(g, v, splat(0x1.90bdd8p-14f));
  g = mul_add(g, v, splat(-0x1.46d77p-12f));
  g = mul_add(g, v, splat(0x1.082fb4p-10f));
  g = mul_add(g, v, splat(-0x1.9e3d1cp-9f));
  g = mul_add(g, v, splat(0x1.2f633ap-7f));
  g = mul_add(g, v, splat(-0x1.9b094ep-6f));
  g = mul_add(g, v, splat(0x1.fcc6cap-5f));
  g = mul_add(g, v, splat(-0x1.1296b6p-1f));
  g = mul_add(g, v, splat(-0x1.195248p-3f));
  const vf below = exp_not_positive_v(x * x * -0.5f) * g;
  return choose(x > 0.0f, 1.0f - below, below);
}

// sigmoid(y), and its slope, which must not be formed of numbers that are nearly one.
INLINE vf sigmoid_and_slope_v(vf y, vf *slope) {
  const vf e = exp_not_positive_v(-vabs(y)), r = 1.0f / (1.0f + e);
  *slope = e * r * r;
  return choose(y > 0.0f, r, e * r);
}

// Of x sigmoid(y): `inner` is the derivative of y.
INLINE vf gated_slope_v(vf x, vf y, vf inner) {
  vf slope;
  const vf s = sigmoid_and_slope_v(y, &slope);
  return mul_add(x * inner, slope, s);
}

static float tanh_slope_1(float x) {
  const float t = tanhf(x);
  return 1.0f - t * t;
}
// Of `softplus_1`.
static float softplus_slope_1(float x) { return x > 20.0f ? 1.0f : 1.0f / (1.0f + expf(-x)); }
static float mish_slope_1(float x) {
  const float t = tanhf(softplus_1(x));
  return t + x * (1.0f - t * t) * softplus_slope_1(x);
}
static float sqrt_softplus_slope_1(float x) { return softplus_slope_1(x) / (2.0f * sqrt_softplus_1(x)); }

// One of each activation, where a function has a corner as PyTorch has it: the slope of the flat side.
INLINE vf slope_linear_v(vf x) {
  (void)x;
  return splat(1.0f);
}
INLINE vf slope_gelu_v(vf x) { return gelu_slope_v(x); }
INLINE vf slope_gelu_clip10_v(vf x) { return choose(gelu_v(x) > 10.0f, splat(0.0f), gelu_slope_v(x)); }
INLINE vf slope_gelu_tanh_v(vf x) {
  const vf square = x * x, cubic = mul_add(splat(0.044715f) * square, x, x);
  const float factor = 0x1.988454p0f;
  return gated_slope_v(x, cubic * factor, mul_add(splat(3 * 0.044715f), square, splat(1.0f)) * factor);
}
INLINE vf slope_quick_gelu_v(vf x) { return gated_slope_v(x, x * 1.702f, splat(1.702f)); }
INLINE vf slope_relu_v(vf x) { return choose(x > 0.0f, splat(1.0f), splat(0.0f)); }
INLINE vf slope_silu_v(vf x) { return gated_slope_v(x, x, splat(1.0f)); }
INLINE vf slope_relu_squared_v(vf x) { return 2.0f * vmax(splat(0.0f), x); }
INLINE vf slope_relu6_v(vf x) { return choose((x > 0.0f) & (x < 6.0f), splat(1.0f), splat(0.0f)); }
INLINE vf slope_leaky_relu_v(vf x) { return choose(x > 0.0f, splat(1.0f), splat(0.01f)); }
INLINE vf slope_hardswish_v(vf x) {
  return choose(x < -3.0f, splat(0.0f), choose(x <= 3.0f, x / 3.0f + 0.5f, splat(1.0f)));
}
INLINE vf slope_sigmoid_v(vf x) {
  vf slope;
  sigmoid_and_slope_v(x, &slope);
  return slope;
}
INLINE vf slope_tanh_v(vf x) { return by_libm(x, tanh_slope_1); }
INLINE vf slope_mish_v(vf x) { return by_libm(x, mish_slope_1); }
INLINE vf slope_laplace_v(vf x) {
  const float width = 0.282095f * 0x1.6a09e6p0f;
  const vf y = (x - 0.707107f) / width;
  return exp_not_positive_v(-y * y) * (0x1.20dd76p-1f / width);  // 1 / sqrt(pi)
}
INLINE vf slope_sqrt_softplus_v(vf x) { return by_libm(x, sqrt_softplus_slope_1); }

// dx = dy x activation'(x)
typedef void slope_function(const float *dy, const float *x, float *dx, size_t n);
#define DEFINE(kind)                                                                                       \
  static __attribute__((noinline)) void AGK_NAME(slope_##kind)(const float *dy, const float *x, float *dx, \
                                                               size_t n) {                                 \
    for (size_t i = 0; i < n; i += LANES)                                                                  \
      store_up_to(dx + i, load_up_to(dy + i, n - i) * slope_##kind##_v(load_up_to(x + i, n - i)), n - i);  \
  }
AGK_ACTIVATIONS(DEFINE)
#undef DEFINE

static slope_function *AGK_NAME(slope_of)(agk_activation activation) {
#define CASE(kind) \
  case agk_##kind: return AGK_NAME(slope_##kind);
  switch (activation) { AGK_ACTIVATIONS(CASE) }
#undef CASE
  return AGK_NAME(slope_linear);
}
