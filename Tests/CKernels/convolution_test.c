// Depthwise convolution against a plain loop, to the bit: an element's sum has one order. Global response
// normalisation against float64, and each of its parts at all levels with fused multiply-add to the bit.
#include <math.h>
#include <string.h>

#include "support.h"

#pragma STDC FP_CONTRACT OFF

static const agk_kernels *kernels[level_count];
#define EACH_LEVEL(l) for (int l = 0; l < level_count; l++) if (kernels[l])

// Whether a level rounds a product and a sum once.
static bool fuses(int level) {
#if defined(__aarch64__)
  return level >= 0;
#else
  return level != agk_level_portable;
#endif
}

static float mul_add(int level, float a, float b, float c) { return fuses(level) ? fmaf(a, b, c) : a * b + c; }

static float *filled(arena *m, size_t count, float most, side s) {
  float *const x = place_floats(m, count, s);
  for (size_t i = 0; i < count; i++) x[i] = uniform(most);
  return x;
}

// ---- Depthwise convolution

enum { reach = agk_depthwise_side / 2, group = agk_depthwise_channels, taps = agk_depthwise_side * agk_depthwise_side };
enum { most_elements = 17 * 33 * 50 };
static arena maps, weights_memory, bias_memory, outputs, scratch_memory;
static float plain[most_elements], parts[most_elements];

// Taps outside the map are products with zero.
static void convolve_plainly(int level, const agk_depthwise *d, float *to) {
  for (size_t y = 0; y < d->height; y++)
    for (size_t x = 0; x < d->width; x++)
      for (size_t c = 0; c < d->channels; c++) {
        float sum = d->bias[c];
        for (size_t tap = 0; tap < taps; tap++) {
          const size_t row = y + tap / agk_depthwise_side, column = x + tap % agk_depthwise_side;
          const bool inside = row >= reach && row - reach < d->height && column >= reach && column - reach < d->width;
          const float value =
              inside ? d->x[((row - reach) * d->width + column - reach) * d->channels + c] : 0.0f;
          sum = mul_add(level, value, d->weights[(c / group * taps + tap) * group + c % group], sum);
        }
        to[(y * d->width + x) * d->channels + c] = sum;
      }
}

// Some rows, each group by itself in any order.
static void convolve(int level, agk_depthwise *d, size_t first_row, size_t rows, side s) {
  const size_t groups = (d->channels + group - 1) / group, room = kernels[level]->convolution.depthwise_scratch(d->width);
  for (size_t g = groups; g-- > 0;) {
    float *const scratch = place(&scratch_memory, (room + 15) / 16 * 64, s);
    kernels[level]->convolution.depthwise(d, first_row, rows, g, scratch);
    if (!margins_untouched(&scratch_memory)) fail("%s: depthwise wrote beside its scratch", level_names[level]);
  }
  if (!margins_untouched(&outputs)) fail("%s: depthwise wrote beside its result", level_names[level]);
}

static void depthwise(size_t height, size_t width, size_t channels, side s) {
  context("depthwise, %zu x %zu, %zu channels", height, width, channels);
  const size_t count = height * width * channels, groups = (channels + group - 1) / group;
  float *const x = filled(&maps, count, 2, s);
  if (below(4) == 0) x[below(count)] = below(2) ? INFINITY : NAN;
  // What pads the last group is NaN.
  float *const weights = place_floats(&weights_memory, groups * taps * group, s);
  float *const bias = place_floats(&bias_memory, groups * group, s);
  for (size_t c = 0; c < channels; c++) {
    bias[c] = uniform(1);
    for (size_t tap = 0; tap < taps; tap++) weights[(c / group * taps + tap) * group + c % group] = uniform(1);
  }
  seal(&maps, true);
  seal(&weights_memory, true);
  seal(&bias_memory, true);
  agk_depthwise d = {x, height, width, channels, weights, bias, NULL};
  EACH_LEVEL(l) {
    d.out = place_floats(&outputs, count, s);
    convolve(l, &d, 0, height, s);
    convolve_plainly(l, &d, plain);
    expect_same((agk_level)l, "depthwise", d.out, plain, count);
    // In two parts, the second one first: nothing else is written.
    const size_t cut = below(height + 1), before = cut * width * channels;
    d.out = place_floats(&outputs, count, s);
    if (cut < height) convolve(l, &d, cut, height - cut, s);
    if (!untouched(d.out, before)) fail("%s: depthwise wrote rows of another part", level_names[l]);
    memcpy(parts, d.out, count * sizeof *parts);
    if (cut) convolve(l, &d, 0, cut, s);
    if (memcmp(parts + before, d.out + before, (count - before) * sizeof *parts))
      fail("%s: depthwise wrote rows of another part", level_names[l]);
    expect_same((agk_level)l, "parts of depthwise", d.out, plain, count);
  }
}

// For each tap the products over the map, row by row, a pixel outside being zero; then the gradients themselves.
static void differentiate_plainly(int level, const float *x, const float *dy, size_t height, size_t width,
                                  size_t channels, size_t g, float *to) {
  for (size_t tap = 0; tap <= taps; tap++)
    for (size_t lane = 0; lane < group; lane++) {
      const size_t c = g * group + lane;
      float sum = 0;
      for (size_t i = 0; c < channels && i < height * width; i++) {
        const size_t row = i / width + tap / agk_depthwise_side, column = i % width + tap % agk_depthwise_side;
        const bool inside = row >= reach && row - reach < height && column >= reach && column - reach < width;
        const float value = inside ? x[((row - reach) * width + column - reach) * channels + c] : 0.0f;
        sum = tap == taps ? sum + dy[i * channels + c] : mul_add(level, value, dy[i * channels + c], sum);
      }
      to[tap * group + lane] = sum;
    }
}

static void depthwise_gradient(size_t height, size_t width, size_t channels, side s) {
  context("gradient of depthwise, %zu x %zu, %zu channels", height, width, channels);
  const size_t count = height * width * channels, groups = (channels + group - 1) / group;
  const float *const x = filled(&maps, count, 2, s), *const dy = filled(&weights_memory, count, 1, s);
  seal(&maps, true);
  seal(&weights_memory, true);
  EACH_LEVEL(l) {
    const agk_convolution_kernels *const k = &kernels[l]->convolution;
    for (size_t g = 0; g < groups; g++) {
      const size_t room = k->depthwise_gradient_scratch(width);
      float *const scratch = place(&scratch_memory, (room + 15) / 16 * 64, s);
      float *const sums = place_floats(&outputs, (taps + 1) * group, s);
      k->depthwise_gradient(x, dy, height, width, channels, g, sums, scratch);
      if (!margins_untouched(&scratch_memory) || !margins_untouched(&outputs))
        fail("%s: the gradient of depthwise wrote beside its memory", level_names[l]);
      differentiate_plainly(l, x, dy, height, width, channels, g, plain);
      expect_same((agk_level)l, "the gradient of depthwise", sums, plain, (taps + 1) * group);
    }
  }
}

// ---- Global response normalisation

enum { most_rows = 80, most_columns = 200, most_blocks = 4 };
static arena sums, gammas, betas, results;

// What the first of the levels that fuse has found; the others must find the same.
typedef struct {
  bool is_there;
  float values[most_blocks * most_columns];
} finding;

static void compare(int level, finding *first, const char *what, const float *result, size_t count) {
  if (!fuses(level)) return;
  if (first->is_there) return expect_same((agk_level)level, what, result, first->values, count);
  memcpy(first->values, result, count * sizeof *result);
  first->is_there = true;
}

static void response_norm(size_t rows, size_t columns, size_t blocks, side s) {
  context("response norm, %zu rows, %zu columns, %zu blocks", rows, columns, blocks);
  static const float sizes[] = {3, 3, 1e-6f, 0};  // norms as small as what is added to their mean
  const size_t ld = columns + 5 * (rows % 2);
  const float *const x = filled(&maps, rows * ld, sizes[below(4)], s), *const gamma = filled(&gammas, columns, 2, s);
  const float *const beta = filled(&betas, columns, 1, s);
  seal(&maps, true);
  seal(&gammas, true);
  seal(&betas, true);
  finding first_squares = {0}, first_factors = {0};
  double norms[most_columns], mean = 0;
  for (size_t i = 0; i < columns; i++) {
    double sum = 0;
    for (size_t r = 0; r < rows; r++) sum += (double)x[r * ld + i] * x[r * ld + i];
    norms[i] = sqrt(sum);
    mean += norms[i] / (double)columns;
  }
  EACH_LEVEL(l) {
    const agk_convolution_kernels *const k = &kernels[l]->convolution;
    float *const squares = place_floats(&sums, blocks * columns, s);
    for (size_t b = 0; b < blocks; b++) {
      const size_t first = rows * b / blocks, next = rows * (b + 1) / blocks;
      k->column_squares(x + first * ld, next - first, columns, ld, squares + b * columns);
    }
    compare(l, &first_squares, "column_squares", squares, blocks * columns);
    seal(&sums, true);
    float factors[most_columns];
    float *const guarded = place_floats(&outputs, columns, s);
    k->response_factors(squares, blocks, columns, gamma, guarded);
    if (!margins_untouched(&sums) || !margins_untouched(&outputs))
      fail("%s: response norm wrote beside its factors", level_names[l]);
    memcpy(factors, guarded, columns * sizeof *factors);
    compare(l, &first_factors, "response_factors", factors, columns);
    for (size_t i = 0; i < columns; i++)
      expect_within((agk_level)l, "response_factors",
                    fabs(factors[i] - (1 + gamma[i] * norms[i] / (mean + 1e-6))), 5e-6);
    float *const y = place_floats(&results, rows * ld, s);
    memcpy(y, x, rows * ld * sizeof *y);
    k->scale_columns(y, rows, columns, ld, guarded, beta);
    if (!margins_untouched(&results)) fail("%s: scale_columns wrote beside its rows", level_names[l]);
    for (size_t i = 0; i < rows * ld; i++) {
      const size_t c = i % ld;
      expect_same((agk_level)l, "scale_columns", y + i, &(float){c < columns ? mul_add(l, x[i], factors[c], beta[c]) : x[i]}, 1);
    }
  }
}

void test_convolution(void) {
  for (int l = 0; l < level_count; l++) kernels[l] = tested_kernels(l);
  static const size_t heights[] = {1, 2, 3, 4, 6, 7, 8, 17}, widths[] = {1, 2, 3, 5, 7, 8, 9, 16, 17, 33};
  static const size_t depths[] = {1, 5, 15, 16, 17, 32, 33, 50};
  size_t turn = 0;
  for (size_t h = 0; h < sizeof heights / sizeof *heights; h++)
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++, turn++) {
      if (is_brief && turn % 7) continue;
      depthwise(heights[h], widths[w], depths[turn % 8], turn % 2 ? at_end : at_start);
      depthwise(heights[h], widths[w], depths[(turn + 3) % 8], turn % 2 ? at_start : at_end);
      depthwise_gradient(heights[h], widths[w], depths[(turn + 5) % 8], turn % 2 ? at_end : at_start);
    }
  static const size_t columns[] = {1, 15, 16, 17, 63, 64, 65, 128, 200};
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
    for (size_t blocks = 1; blocks <= most_blocks; blocks++) {
      response_norm(blocks + below(3), columns[i], blocks, (i + blocks) % 2 ? at_end : at_start);
      response_norm(most_rows - below(9), columns[i], blocks, (i + blocks) % 2 ? at_start : at_end);
    }
}
