// The row kernels of every level: against the C library in float64, and the levels with fused multiply-add against
// each other to the bit. Arrays end where an unreadable page begins.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { row_count = 3, gap = 5, most_columns = 257 };
static const size_t widths[] = {1, 2, 7, 13, 14, 15, 16, 17, 31, 32, 33, 63, 65, 197, 257};

static const float specials[] = {
    0.0f,    -0.0f,   1.0f,   -1.0f,   0x1p-126f, 0x1p-149f,       -0x1p-140f,       88.7f, 89.0f,      -87.3f,
    -103.9f, -104.0f, 200.0f, -200.0f, 1000.0f,   0x1.fffffep127f, -0x1.fffffep127f, 4.0f,  3.9999998f, -4.0f,
    0x1p-20f, 10.0f,  3.0f,   -3.0f,   20.0f,     INFINITY,        -INFINITY,        NAN};

typedef enum { moderate, wide, with_specials, kind_count } kind;
static float draw(kind which) {
  if (which == with_specials && below(4) == 0) return specials[below(sizeof specials / sizeof *specials)];
  return uniform(which == wide ? 120 : 4);
}

// ---- Definitions, as agk_activation.h gives them

static double gelu(double x) { return 0.5 * x * erfc(-x / sqrt(2)); }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double softplus(double x) { return x > 30 ? x : log1p(exp(x)); }
static double between(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static double defined(agk_activation kind, double x) {
  switch (kind) {
    case agk_linear: return x;
    case agk_gelu: return gelu(x);
    case agk_gelu_clip10: return between(gelu(x), -10, 10);
    case agk_gelu_tanh: return x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x));
    case agk_quick_gelu: return x * sigmoid(1.702 * x);
    case agk_relu: return x < 0 ? 0 : x;
    case agk_silu: return x * sigmoid(x);
    case agk_relu_squared: return x < 0 ? 0 : x * x;
    case agk_relu6: return between(x, 0, 6);
    case agk_leaky_relu: return x < 0 ? 0.01 * x : x;
    case agk_hardswish: return x * between(x + 3, 0, 6) / 6;
    case agk_sigmoid: return sigmoid(x);
    case agk_tanh: return tanh(x);
    case agk_mish: return x * tanh(softplus(x));
    case agk_laplace: return 0.5 * (1 + erf((x - 0.707107) / (0.282095 * sqrt(2))));
    case agk_sqrt_softplus: return sqrt(softplus(x));
  }
  return NAN;
}

// ---- Comparing

static arena inputs[4], outputs[level_count];
static const agk_kernels *kernels[level_count];

// Overflow, NaN and infinity are left to the comparison of levels and to the goldens of TensorCore.
static bool usual(double exact, float got) { return fabs(exact) < 1e37 && (isfinite(got) || isfinite(exact)); }

static void close_to(agk_level l, const char *what, float got, double exact, double bound) {
  if (usual(exact, got)) expect_within(l, what, fabs(got - exact), bound * fmax(1, fabs(exact)));
}

// Margins and gaps of the results, and the same bits at all levels with fused multiply-add.
static void finish(const char *what, size_t columns, size_t ld) {
  const float *fast = NULL;
  for (int l = 0; l < level_count; l++) {
    if (!kernels[l]) continue;
    const float *const out = (const float *)outputs[l].block;
    if (!margins_untouched(outputs + l)) fail("%s: wrote beside the result of %s", level_names[l], what);
    for (size_t r = 0; r + 1 < row_count && ld > columns; r++)
      if (!untouched(out + r * ld + columns, ld - columns)) fail("%s: %s wrote between rows", level_names[l], what);
    if (l == agk_level_portable) continue;
    if (fast) expect_same((agk_level)l, what, out, fast, outputs[l].bytes / sizeof *out);
    fast = out;
  }
}

static float *input(int which, size_t rows, size_t columns, size_t ld, kind values, side s) {
  float *const x = place_floats(inputs + which, (rows - 1) * ld + columns, s);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < columns; i++) x[r * ld + i] = draw(values);
  return x;
}

// A copy of rows of the input, for kernels that work in place.
static float *output(int l, const float *x, size_t columns, size_t ld, side s) {
  float *const out = place_floats(outputs + l, (row_count - 1) * ld + columns, s);
  if (x) memcpy(out, x, outputs[l].bytes);
  return out;
}

#define EACH_LEVEL(l) for (int l = 0; l < level_count; l++) if (kernels[l])

// ---- Kernels

static void elements(size_t n, kind values, side s) {
  const float *const x = input(0, 1, n, n, values, s);
  EACH_LEVEL(l) {
    float *const out = place_floats(outputs + l, n, s);
    kernels[l]->exp(x, out, n);
    for (size_t i = 0; i < n; i++)
      if (usual(exp(x[i]), out[i]))
        expect_within((agk_level)l, "exp", fabs(out[i] - exp(x[i])), 2.4e-7 * exp(x[i]) + 0x1p-148);
  }
  finish("exp", n, n);
  EACH_LEVEL(l) {
    float *const out = place_floats(outputs + l, n, s);
    kernels[l]->erf(x, out, n);
    for (size_t i = 0; i < n; i++) close_to((agk_level)l, "erf", out[i], erf(x[i]), 1e-7);
  }
  finish("erf", n, n);
}

static void activations(size_t columns, kind values, side s) {
  const size_t ld = columns + gap;
  const float *const x = input(0, row_count, columns, ld, values, s);
  const float *const bias = input(1, 1, columns, columns, moderate, s);
  for (int kind = 0; kind < activation_count; kind++)
    for (int with_bias = 0; with_bias < 2; with_bias++) {
      EACH_LEVEL(l) {
        float *const out = output(l, x, columns, ld, s);
        kernels[l]->bias_activation(out, row_count, columns, ld, with_bias ? bias : NULL, (agk_activation)kind);
        for (size_t i = 0; i < row_count * columns; i++) {
          const size_t r = i / columns, j = i % columns;
          const float y = with_bias ? x[r * ld + j] + bias[j] : x[r * ld + j];
          close_to((agk_level)l, "activation", out[r * ld + j], defined((agk_activation)kind, y), 4e-7);
        }
      }
      finish("bias_activation", columns, ld);
    }
  const float *const more = input(2, row_count, columns, ld, moderate, s);
  for (int with_bias = 0; with_bias < 2; with_bias++) {
    EACH_LEVEL(l) {
      float *const out = output(l, x, columns, ld, s);
      kernels[l]->bias_residual(out, row_count, columns, ld, more, ld, with_bias ? bias : NULL);
      for (size_t i = 0; i < row_count * columns; i++) {
        const size_t at = i / columns * ld + i % columns;
        const float y = with_bias ? more[at] + bias[i % columns] : more[at];
        expect_same((agk_level)l, "bias_residual", out + at, &(float){x[at] + y}, 1);
      }
    }
    finish("bias_residual", columns, ld);
  }
}

static void softmax(size_t columns, kind values, side s) {
  const size_t ld = columns + gap;
  const float scale = 0.125f, *const x = input(0, row_count, columns, ld, values, s);
  EACH_LEVEL(l) {
    float *const out = output(l, x, columns, ld, s);
    kernels[l]->softmax(out, row_count, columns, ld, scale);
    for (size_t r = 0; r < row_count; r++) {
      double top = -INFINITY, total = 0;
      bool finite = true, is_spoiled = false;  // by NaN or infinity
      for (size_t i = 0; i < columns; i++) {
        is_spoiled |= !(x[r * ld + i] < INFINITY);
        top = fmax(top, x[r * ld + i]);
        finite &= isfinite(x[r * ld + i]) && fabsf(x[r * ld + i]) < 1e30f;
      }
      for (size_t i = 0; i < columns; i++) total += exp((x[r * ld + i] - top) * scale);
      for (size_t i = 0; i < columns && finite; i++) {
        const double e = exp((x[r * ld + i] - top) * scale) / total;
        expect_within((agk_level)l, "softmax", fabs(out[r * ld + i] - e), 1e-6 * e + 1e-12);
      }
      for (size_t i = 0; i < columns && is_spoiled; i++)
        if (!isnan(out[r * ld + i]))
          fail("%s: softmax of NaN or infinity is %g", level_names[l], (double)out[r * ld + i]);
    }
  }
  finish("softmax", columns, ld);
}

static void layer_norm(size_t columns, kind values, side s) {
  const float eps = 1e-5f;
  const size_t ldx = columns + gap, ldo = columns + 2 * gap;
  const float *const x = input(0, row_count, columns, ldx, values, s);
  const float *const gamma = input(1, 1, columns, columns, moderate, s);
  const float *const beta = input(2, 1, columns, columns, moderate, s);
  EACH_LEVEL(l) {
    float *const out = output(l, NULL, columns, ldo, s);
    kernels[l]->layer_norm(x, ldx, row_count, columns, gamma, beta, eps, out, ldo);
    for (size_t r = 0; r < row_count && values == moderate; r++) {
      double mean = 0, variance = 0;
      for (size_t i = 0; i < columns; i++) mean += x[r * ldx + i] / (double)columns;
      for (size_t i = 0; i < columns; i++)
        variance += (x[r * ldx + i] - mean) * (x[r * ldx + i] - mean) / (double)columns;
      for (size_t i = 0; i < columns; i++) {
        const double e = (x[r * ldx + i] - mean) / sqrt(variance + (double)eps) * gamma[i] + beta[i];
        expect_within((agk_level)l, "layer_norm", fabs(out[r * ldo + i] - e), 1e-5);
      }
    }
  }
  finish("layer_norm", columns, ldo);
}

void test_rows(void) {
  for (int l = 0; l < level_count; l++) kernels[l] = tested_kernels(l);
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
    for (int values = 0; values < kind_count; values++) {
      const side s = (i + (size_t)values) % 2 ? at_end : at_start;
      context("row kernels, %zu columns, values %d", widths[i], values);
      elements(widths[i], (kind)values, s);
      activations(widths[i], (kind)values, s);
      softmax(widths[i], (kind)values, s);
      layer_norm(widths[i], (kind)values, s);
    }
}
