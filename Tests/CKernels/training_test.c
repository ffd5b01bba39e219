// The kernels of training against plain loops in float64, between guard pages, and the levels with fused multiply-add
// against each other to the bit.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define EACH_LEVEL(l) for (int l = 0; l < level_count; l++) if (kernels[l])

static const double pi = 3.14159265358979323846;

static const agk_kernels *kernels[level_count];
static arena inputs[8], outputs[4][level_count], scratch;
static side place_at;

static float *input(int which, size_t count, float most) {
  float *const x = place_floats(inputs + which, count, place_at);
  for (size_t i = 0; i < count; i++) x[i] = uniform(most);
  return x;
}

static void seal_inputs(void) {
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
    if (inputs[i].pages) seal(inputs + i, true);
}

static float *output(int which, int level, size_t count, const float *from) {
  float *const x = place_floats(&outputs[which][level], count, place_at);
  if (from) memcpy(x, from, count * sizeof *x);
  return x;
}

// Margins, and the same bits at all levels with fused multiply-add.
static void finish(const char *what, int count) {
  for (int which = 0; which < count; which++) {
    const arena *fast = NULL;
    EACH_LEVEL(l) {
      arena *const m = &outputs[which][l];
      if (!margins_untouched(m)) fail("%s: wrote beside the result of %s", level_names[l], what);
      if (l == agk_level_portable) continue;
      if (fast)
        expect_same((agk_level)l, what, (const float *)m->block, (const float *)fast->block, m->bytes / sizeof(float));
      fast = m;
    }
  }
}

// As a part of the sum of magnitudes: sums of at most a few hundred products.
static void close_to(int l, const char *what, float got, double exact, double size, double bound) {
  expect_within((agk_level)l, what, fabs(got - exact), bound * size + 1e-30);
}

// ---- Products

static void *aligned_scratch(size_t floats) { return place(&scratch, (floats + 15) / 16 * 64, at_end); }

static void products(size_t rows, size_t columns, size_t k, size_t parts) {
  context("products of training, %zu rows, %zu parts of %zu outputs, %zu inputs", rows, parts, columns, k);
  const size_t all = parts * columns;
  agk_stack w = {.count = parts, .rows = columns, .columns = k};
  for (size_t p = 0; p < parts; p++) w.parts[p] = input((int)p, columns * k, 1);
  const float *const x = input(4, rows * k, 2), *const dy = input(5, rows * all, 2);
  const float *const bias = input(6, all, 1), *const base = input(7, rows * (all > k ? all : k), 1);
  seal_inputs();
  EACH_LEVEL(l) {
    const agk_training_kernels *const t = &kernels[l]->training;
    const agk_matrix_kernels *const m = &kernels[l]->matrix;
    for (int back = 0; back < 2; back++) {
      const size_t width = back ? k : all, depth = back ? all : k;
      const size_t panels = (width + m->panel_columns - 1) / m->panel_columns;
      static arena packed;
      float *const b = place_floats(&packed, panels * m->panel_columns * depth, at_end);
      // In two parts, as threads share the work.
      const size_t first = below(panels + 1);
      (back ? t->pack_plain : t->pack_transposed)(&w, 0, first, b);
      (back ? t->pack_plain : t->pack_transposed)(&w, first, panels - first, b);
      if (!margins_untouched(&packed)) fail("%s: wrote beside the panels", level_names[l]);
      float *const out = output(back, l, rows * width, NULL);
      float *const before = output(2, l, rows * width, NULL);
      const agk_product p = {
          .panels = b, .columns = width, .k = depth, .steps = depth, .a = back ? dy : x, .lda = depth * sizeof(float),
          .row_step = 1, .out = out, .ldo = width, .bias = back ? NULL : bias, .activation = agk_gelu,
          .before = back ? NULL : before, .slope_at = back ? base : NULL};
      m->formats[agk_float32].product(&p, 0, rows, 0, panels, aligned_scratch(rows * m->scratch_columns));
      for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < width; j++) {
          double sum = back ? 0 : bias[j], size = fabs(sum);
          for (size_t i = 0; i < depth; i++) {
            const size_t o = back ? i : j, c = back ? j : i;
            const double y = (double)(back ? dy : x)[r * depth + i] * w.parts[o / columns][o % columns * k + c];
            sum += y;
            size += fabs(y);
          }
          const double at = back ? base[r * width + j] : sum;
          const double phi = exp(-at * at / 2) / sqrt(2 * pi), tail = 0.5 * erfc(-at / sqrt(2));
          if (back) {
            close_to(l, "dy W", out[r * width + j], sum * (tail + at * phi), size, 1e-6);
          } else {
            close_to(l, "x W^T + b", before[r * width + j], sum, size, 5e-7);
            close_to(l, "activated", out[r * width + j], sum * tail, size, 1e-6);
          }
        }
    }
    // Gradients of the weights, in chunks of rows, pieces of outputs and of panels.
    const size_t panels = (k + m->panel_columns - 1) / m->panel_columns;
    const size_t chunks = 1 + below(3), chunk = panels * m->panel_columns * all;
    static arena sums, biases;
    float *const s = place(&sums, chunks * chunk * sizeof(float), at_end);
    float *const db = place_floats(&biases, chunks * all, at_end);
    const agk_outer o = {.dy = dy, .ldy = all, .outputs = all, .x = x, .ldx = k, .inputs = k};
    const size_t split = below(all + 1), panel_split = below(panels + 1);
    for (size_t c = 0; c < chunks; c++) {
      const size_t start = rows * c / chunks, here = rows * (c + 1) / chunks - start;
      if (!here) memset(s + c * chunk, 0, chunk * sizeof *s);
      if (!here) memset(db + c * all, 0, all * sizeof *db);
      for (int piece = 0; piece < 4 && here; piece++) {
        const size_t from = piece & 1 ? split : 0, count = piece & 1 ? all - split : split;
        const size_t panel = piece & 2 ? panel_split : 0, some = piece & 2 ? panels - panel_split : panel_split;
        if (!count) continue;
        t->outer(&o, start, here, from, count, panel, some, s + c * chunk, piece & 2 ? NULL : db + c * all,
                 aligned_scratch(t->outer_scratch(count, some)));
        if (!margins_untouched(&scratch)) fail("%s: wrote beside the scratch memory", level_names[l]);
      }
    }
    float *const dw = output(3, l, all * k, NULL);
    for (size_t i = 0; i < all * k; i++) dw[i] = 0.5f;
    t->add_outer(s, chunks, all, k, 0, split, dw);
    t->add_outer(s, chunks, all, k, split, all - split, dw + split * k);
    if (!margins_untouched(&sums) || !margins_untouched(&biases)) fail("%s: wrote beside the sums", level_names[l]);
    for (size_t j = 0; j < all; j++) {
      double total = 0, total_size = 0;
      for (size_t c = 0; c < chunks; c++) total += db[c * all + j];
      for (size_t r = 0; r < rows; r++) total -= dy[r * all + j], total_size += fabs(dy[r * all + j]);
      close_to(l, "sums of dy", 0, total, total_size, 1e-6);
      for (size_t i = 0; i < k; i++) {
        double sum = 0.5, size = 0.5;
        for (size_t r = 0; r < rows; r++) {
          const double y = (double)dy[r * all + j] * x[r * k + i];
          sum += y;
          size += fabs(y);
        }
        close_to(l, "dy^T x", dw[j * k + i], sum, size, 5e-7);
      }
    }
  }
}

// ---- Rows

static void layer_norm(size_t rows, size_t columns) {
  context("layer norm's gradient, %zu rows of %zu", rows, columns);
  const float eps = 1e-5f;
  const float *const x = input(0, rows * columns, 4), *const gamma = input(1, columns, 2);
  const float *const beta = input(2, columns, 2), *const dy = input(3, rows * columns, 2);
  seal_inputs();
  EACH_LEVEL(l) {
    float *const out = output(0, l, rows * columns, NULL), *const statistics = output(1, l, 2 * rows, NULL);
    kernels[l]->training.layer_norm(x, rows, columns, gamma, beta, eps, out, statistics);
    static float plain[40 * 200];
    kernels[l]->layer_norm(x, columns, rows, columns, gamma, beta, eps, plain, columns);
    expect_same((agk_level)l, "layer norm that keeps", out, plain, rows * columns);
    const bool adds = columns % 2;
    float *const dx = output(2, l, rows * columns, dy), *const sums = output(3, l, 2 * columns, NULL);
    kernels[l]->training.layer_norm_gradient(dy, x, statistics, rows, columns, gamma, dx, adds, sums, sums + columns);
    for (size_t r = 0; r < rows; r++) {
      double mean = 0, variance = 0, g = 0, gn = 0;
      for (size_t i = 0; i < columns; i++) mean += x[r * columns + i] / (double)columns;
      for (size_t i = 0; i < columns; i++) variance += pow(x[r * columns + i] - mean, 2) / (double)columns;
      const double inverse = 1 / sqrt(variance + (double)eps);
      for (size_t i = 0; i < columns; i++) {
        const double d = (double)dy[r * columns + i] * gamma[i] / (double)columns;
        g += d;
        gn += d * (x[r * columns + i] - mean) * inverse;
      }
      for (size_t i = 0; i < columns && columns > 1; i++) {
        const double n = (x[r * columns + i] - mean) * inverse;
        const double exact = ((double)dy[r * columns + i] * gamma[i] - g - n * gn) * inverse;
        // Two columns that are nearly the same leave nothing but rounding.
        close_to(l, "layer norm's dx", dx[r * columns + i], exact + (adds ? dy[r * columns + i] : 0),
                 fmax(1, inverse * inverse), 4e-6);
      }
    }
    for (size_t i = 0; i < columns && columns > 1; i++) {
      double d_gamma = 0, d_beta = 0;
      for (size_t r = 0; r < rows; r++) {
        d_gamma += dy[r * columns + i] * ((double)x[r * columns + i] - statistics[2 * r]) * statistics[2 * r + 1];
        d_beta += dy[r * columns + i];
      }
      close_to(l, "d gamma", sums[i], d_gamma, (double)rows, 2e-6);
      close_to(l, "d beta", sums[columns + i], d_beta, (double)rows, 2e-6);
    }
  }
  finish("layer norm's gradient", 4);
}

static double softplus(double x) { return x > 30 ? x : log1p(exp(x)); }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

static double defined_slope(agk_activation kind, double x) {
  const double phi = exp(-x * x / 2) / sqrt(2 * pi), gelu = 0.5 * erfc(-x / sqrt(2)) + x * phi;
  switch (kind) {
    case agk_linear: return 1;
    case agk_gelu: return gelu;
    case agk_gelu_clip10: return x > 10 ? 0 : gelu;
    case agk_gelu_tanh: {
      const double t = tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * sqrt(2 / pi) * (1 + 3 * 0.044715 * x * x);
    }
    case agk_quick_gelu: return sigmoid(1.702 * x) + 1.702 * x * sigmoid(1.702 * x) * sigmoid(-1.702 * x);
    case agk_relu: return x > 0;
    case agk_silu: return sigmoid(x) + x * sigmoid(x) * sigmoid(-x);
    case agk_relu_squared: return x > 0 ? 2 * x : 0;
    case agk_relu6: return x > 0 && x < 6;
    case agk_leaky_relu: return x > 0 ? 1 : 0.01;
    case agk_hardswish: return x < -3 ? 0 : x <= 3 ? x / 3 + 0.5 : 1;
    case agk_sigmoid: return sigmoid(x) * sigmoid(-x);
    case agk_tanh: return 1 - tanh(x) * tanh(x);
    case agk_mish: return tanh(softplus(x)) + x * (1 - pow(tanh(softplus(x)), 2)) * sigmoid(x);
    case agk_laplace: return exp(-pow((x - 0.707107) / 0.282095, 2) / 2) / (0.282095 * sqrt(2 * pi));
    case agk_sqrt_softplus: return sigmoid(x) / (2 * sqrt(softplus(x)));
  }
  return NAN;
}

static void activations(size_t n) {
  for (int kind = 0; kind < activation_count; kind++) {
    context("slope of activation %d, %zu elements", kind, n);
    float *const x = input(0, n, n % 2 ? 12 : 3), *const dy = input(1, n, 2), *const up = input(2, n, 2);
    for (size_t i = 0; i < n; i++)  // corners, exactly
      if (below(8) == 0) x[i] = (float)below(3) * 3.0f - (below(2) ? 0.0f : 3.0f);
    seal_inputs();
    EACH_LEVEL(l) {
      const agk_training_kernels *const t = &kernels[l]->training;
      float *const dx = output(0, l, n, dy), *const out = output(1, l, n, NULL);
      float *const d_gate = output(2, l, n, NULL), *const d_up = output(3, l, n, NULL);
      t->activation_gradient(dx, x, dx, n, (agk_activation)kind);
      t->gated_gradient(dy, n, x, up, n, 1, n, (agk_activation)kind, d_gate, d_up);
      t->activate(x, out, n, (agk_activation)kind);
      static float plain[300], gated[300];
      memcpy(plain, x, n * sizeof *x);
      kernels[l]->bias_activation(plain, 1, n, n, NULL, (agk_activation)kind);
      expect_same((agk_level)l, "activation apart", out, plain, n);
      t->gated(x, up, n, 1, n, (agk_activation)kind, gated, n);
      for (size_t i = 0; i < n; i++) {
        const double e = defined_slope((agk_activation)kind, x[i]);
        const double bound = kind == agk_sqrt_softplus ? 4e-6 : 1e-6;
        close_to(l, "slope", dx[i], dy[i] * e, fmax(1, fabs(dy[i] * e)), bound);
        close_to(l, "slope of a gate", d_gate[i], (double)dy[i] * up[i] * e, fmax(1, fabs(dy[i] * up[i] * e)), bound);
        expect_same((agk_level)l, "gated", gated + i, &(float){plain[i] * up[i]}, 1);
        expect_same((agk_level)l, "gated's gradient", d_up + i, &(float){dy[i] * plain[i]}, 1);
      }
    }
    finish("slope", 4);
  }
}

static void sums(size_t rows, size_t columns) {
  context("column sums, %zu rows of %zu", rows, columns);
  const size_t ld = columns + 3;
  const float *const a = input(0, (rows - 1) * ld + columns, 2), *const b = input(1, (rows - 1) * ld + columns, 2);
  seal_inputs();
  EACH_LEVEL(l) {
    float *const plain = output(0, l, columns, NULL), *const products = output(1, l, columns, NULL);
    float *const scaled = output(2, l, columns, a);
    kernels[l]->training.column_sums(a, NULL, rows, columns, ld, plain);
    kernels[l]->training.column_sums(a, b, rows, columns, ld, products);
    kernels[l]->training.add_scaled(b, columns, -1.5f, scaled);
    for (size_t i = 0; i < columns; i++) {
      double sum = 0, product = 0;
      for (size_t r = 0; r < rows; r++) {
        sum += a[r * ld + i];
        product += (double)a[r * ld + i] * b[r * ld + i];
      }
      close_to(l, "column sum", plain[i], sum, (double)rows, 1e-6);
      close_to(l, "column sum of products", products[i], product, (double)rows, 1e-6);
      close_to(l, "scaled", scaled[i], a[i] - 1.5 * (double)b[i], 1, 1e-6);
    }
  }
  finish("column sums", 3);
}

// ---- Attention

enum { most_tokens = 200, most_size = 80 };
static double p[most_tokens][most_tokens], exact[3][most_tokens][most_size];

static void attend_back(size_t tokens, size_t queries, size_t size) {
  context("attention's gradient, %zu tokens, %zu queries, head size %zu", tokens, queries, size);
  const size_t ld = 3 * size + 2, ldo = size + 1;
  const float scale = 1 / sqrtf((float)size);
  const float *const qkv = input(0, (tokens - 1) * ld + 3 * size, 2);
  const float *const d_out = input(1, (queries - 1) * ldo + size, 1);
  seal_inputs();
  memset(exact, 0, sizeof exact);
  for (size_t q = 0; q < queries; q++) {
    const float *const query = qkv + q * ld;
    double top = -INFINITY, total = 0, dot = 0, dp[most_tokens];
    for (size_t j = 0; j < tokens; j++) {
      double s = 0;
      for (size_t i = 0; i < size; i++) s += (double)query[i] * qkv[j * ld + size + i];
      p[q][j] = s * scale;
      top = fmax(top, p[q][j]);
    }
    for (size_t j = 0; j < tokens; j++) total += p[q][j] = exp(p[q][j] - top);
    for (size_t j = 0; j < tokens; j++) {
      p[q][j] /= total;
      dp[j] = 0;
      for (size_t i = 0; i < size; i++) {
        dp[j] += (double)d_out[q * ldo + i] * qkv[j * ld + 2 * size + i];
        exact[2][j][i] += p[q][j] * d_out[q * ldo + i];
      }
      dot += p[q][j] * dp[j];
    }
    for (size_t j = 0; j < tokens; j++) {
      const double ds = p[q][j] * (dp[j] - dot) * scale;
      for (size_t i = 0; i < size; i++) {
        exact[0][q][i] += ds * qkv[j * ld + size + i];
        exact[1][j][i] += ds * query[i];
      }
    }
  }
  EACH_LEVEL(l) {
    float *const out = output(0, l, (queries - 1) * ldo + size, NULL);
    float *const statistics = output(1, l, 2 * queries, NULL), *const d = output(2, l, (tokens - 1) * ld + 3 * size, NULL);
    const agk_attention forward = {
        .query = qkv, .key = qkv + size, .value = qkv + 2 * size, .ld = ld, .tokens = tokens, .head_size = size,
        .scale = scale, .out = out, .ldo = ldo, .statistics = statistics};
    kernels[l]->matrix.attention(&forward, 0, queries, aligned_scratch(kernels[l]->matrix.attention_scratch(tokens, size)));
    const agk_attention_gradient task = {
        .query = qkv, .key = qkv + size, .value = qkv + 2 * size, .ld = ld, .tokens = tokens, .head_size = size,
        .queries = queries, .scale = scale, .statistics = statistics, .out = out, .d_out = d_out, .ldo = ldo,
        .d_query = d, .d_key = d + size, .d_value = d + 2 * size, .ldg = ld};
    kernels[l]->training.attention_gradient(
        &task, aligned_scratch(kernels[l]->training.attention_gradient_scratch(tokens, size)));
    if (!margins_untouched(&scratch)) fail("%s: wrote beside the scratch memory", level_names[l]);
    static const char *const names[] = {"d query", "d key", "d value"};
    for (size_t j = 0; j < tokens; j++)
      for (size_t which = 0; which < 3; which++)
        for (size_t i = 0; i < size; i++)
          close_to(l, names[which], d[j * ld + which * size + i], exact[which][j][i], 1, 4e-6);
    for (size_t j = 0; j + 1 < tokens; j++)
      if (!untouched(d + j * ld + 3 * size, ld - 3 * size)) fail("%s: wrote between rows", level_names[l]);
  }
  finish("attention's gradient", 3);
}

// ---- Flat buffers

static float lerped(float x, float y, float weight) {
#pragma clang fp contract(off)
  return weight < 0.5f ? x + weight * (y - x) : y + (weight - 1.0f) * (y - x);
}

static void flat(size_t n) {
#pragma clang fp contract(off)
  context("flat buffers, %zu elements", n);
  const float *const value = input(0, n, 1), *const g = input(1, n, 3), *const m = input(2, n, 1);
  float *const v = input(3, n, 1);
  for (size_t i = 0; i < n; i++) v[i] = fabsf(v[i]);
  seal_inputs();
  const agk_adamw step = {.clip = 0.7f, .keeps = 0.9999f, .first = n % 2 ? 0.1f : 0.7f, .keeps_second = 0.999f,
                          .second = 0.001f, .root = 0.25f, .epsilon = 1e-8f, .rate = -1e-3f};
  EACH_LEVEL(l) {
    const agk_training_kernels *const t = &kernels[l]->training;
    float *const out = output(0, l, n, value), *const first = output(1, l, n, m), *const second = output(2, l, n, v);
    float *const average = output(3, l, n, value);
    t->adamw(&step, out, g, first, second, n);
    t->lerp(average, g, step.first, n);
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
      squares += (double)g[i] * g[i];
      const float gradient = g[i] * step.clip, moment = lerped(m[i], gradient, step.first);
      const float square = step.second * gradient * gradient, variance = v[i] * step.keeps_second + square;
      const float change = step.rate * moment / (sqrtf(variance) / step.root + step.epsilon);
      expect_same((agk_level)l, "first moment", first + i, &moment, 1);
      expect_same((agk_level)l, "second moment", second + i, &variance, 1);
      expect_same((agk_level)l, "AdamW", out + i, &(float){value[i] * step.keeps + change}, 1);
      expect_same((agk_level)l, "lerp", average + i, &(float){lerped(value[i], g[i], step.first)}, 1);
    }
    const double sum = t->sum_squares(g, n);
    if (!(fabs(sum - squares) <= 1e-13 * squares)) fail("%s: sum of squares %a, not %a", level_names[l], sum, squares);
    static double fast;
    if (l > agk_level_portable && kernels[l - 1] && l - 1 > agk_level_portable && sum != fast)
      fail("%s: sum of squares of another level", level_names[l]);
    fast = sum;
  }
  finish("flat buffers", 4);
}

void test_training(void) {
  for (int l = 0; l < level_count; l++) kernels[l] = tested_kernels(l);
  static const size_t shapes[][4] = {{1, 1, 1, 1},    {3, 5, 7, 3},     {17, 16, 33, 1},  {130, 20, 40, 2},
                                     {257, 33, 16, 1}, {40, 9, 260, 4}, {300, 40, 24, 3}};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i += is_brief ? 3 : 1) {
    place_at = i % 2 ? at_end : at_start;
    products(shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3]);
  }
  static const size_t widths[] = {1, 2, 15, 16, 17, 40, 65, 197};
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i += is_brief ? 3 : 1) {
    place_at = i % 2 ? at_start : at_end;
    layer_norm(1 + i * 5, widths[i]);
    activations(widths[i]);
    sums(1 + i * 11, widths[i]);
    flat(widths[i]);
  }
  static const size_t heads[][3] = {{1, 1, 1},   {2, 2, 16},   {5, 1, 7},     {17, 17, 24},  {65, 65, 64},
                                    {65, 1, 64}, {98, 97, 8}, {113, 113, 80}, {200, 130, 33}};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i += is_brief ? 4 : 1) {
    place_at = i % 2 ? at_end : at_start;
    attend_back(heads[i][0], heads[i][1], heads[i][2]);
  }
}
