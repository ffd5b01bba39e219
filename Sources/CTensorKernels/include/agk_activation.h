#pragma once

typedef enum {
  agk_linear,
  agk_gelu,         // 0.5 x (1 + erf(x / sqrt 2))
  agk_gelu_clip10,  // the same, clamped to [-10, 10]
  agk_gelu_tanh,    // 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
  agk_quick_gelu,   // x sigmoid(1.702 x)
  agk_relu,
  agk_silu,
  agk_relu_squared,
  agk_relu6,
  agk_leaky_relu,  // slope 0.01
  agk_hardswish,
  agk_sigmoid,
  agk_tanh,
  agk_mish,
  agk_laplace,  // 0.5 (1 + erf((x - 0.707107) / (0.282095 sqrt 2)))
  agk_sqrt_softplus,
} agk_activation;
