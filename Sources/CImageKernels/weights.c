#include "CImageKernels.h"
#include "low_bits.h"

#include <math.h>

// A fused multiply-add rounds once where the reference rounds twice.
#pragma STDC FP_CONTRACT OFF

static const double pi = 3.14159265358979323846;

static double sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= pi;
  return sin(x) / x;
}

static double filter_value(int32_t filter, double x) {
  switch (filter) {
    case CIK_BOX:
      return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
    case CIK_BILINEAR:
      x = fabs(x);
      return x < 1.0 ? 1.0 - x : 0.0;
    case CIK_HAMMING:
      x = fabs(x);
      if (x == 0.0) return 1.0;
      if (x >= 1.0) return 0.0;
      x *= pi;
      // The constants are float in the reference; widening them keeps their rounding.
      return sin(x) / x * ((double)0.54f + (double)0.46f * cos(x));
    case CIK_BICUBIC: {
      // torchvision multiplies by `a` earlier. That rounds alike, because `a` is a power of two.
      const double a = -0.5;
      x = fabs(x);
      if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
      if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
      return 0.0;
    }
    default:
      return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
  }
}

static double filter_support(int32_t filter) {
  switch (filter) {
    case CIK_BOX:
      return 0.5;
    case CIK_BILINEAR:
    case CIK_HAMMING:
      return 1.0;
    case CIK_BICUBIC:
      return 2.0;
    default:
      return 3.0;
  }
}

// Pillow holds the box of the source in float32.
static double axis_scale(int64_t in_size, int64_t out_size, int32_t arithmetic) {
  return (arithmetic == CIK_PIL ? (double)(float)in_size : (double)in_size) / (double)out_size;
}

int64_t cik_window(int64_t in_size, int64_t out_size, int32_t filter, int32_t arithmetic) {
  const double scale = axis_scale(in_size, out_size, arithmetic);
  const double support = filter_support(filter) * (scale < 1.0 ? 1.0 : scale);
  return (int64_t)ceil(support) * 2 + 1;
}

// The normalised weights of output sample i, at most `window` of them, and where they begin.
static int64_t sample_weights(const cik_axis *axis, int32_t filter, int32_t arithmetic, int64_t i, double *weights,
                              int32_t *start) {
  const double scale = axis_scale(axis->in_size, axis->out_size, arithmetic);
  const double filter_scale = scale < 1.0 ? 1.0 : scale;
  const double support = filter_support(filter) * filter_scale;
  const double inverse = 1.0 / filter_scale;
  const double center = ((double)i + 0.5) * scale;
  int64_t low = (int64_t)(center - support + 0.5);
  if (low < 0) low = 0;
  int64_t high = (int64_t)(center + support + 0.5);
  if (high > axis->in_size) high = axis->in_size;
  int64_t count = high - low;
  if (count < 0) count = 0;
  if (count > axis->window) count = axis->window;
  double total = 0.0;
  for (int64_t j = 0; j < count; j++) {
    const double x = ((double)(j + low) - center + 0.5) * inverse;
    weights[j] = filter_value(filter, x);
    total += weights[j];
  }
  if (total != 0.0)
    for (int64_t j = 0; j < count; j++) weights[j] /= total;
  *start = (int32_t)low;
  return count;
}

static int32_t fixed_point(double weight, int32_t fraction_bits) {
  const double scaled = weight * (double)(1 << fraction_bits);
  return (int32_t)(weight < 0.0 ? scaled - 0.5 : scaled + 0.5);
}

// torchvision's weights are 16-bit integers: as many fractional bits as the largest weight of the axis leaves.
static int32_t torchvision_bits(double most) {
  int32_t bits = 0;
  while (bits < 22 && (int64_t)(0.5 + most * (double)(1 << (bits + 1))) < 1 << 15) bits++;
  return bits;
}

static int fits_16_bits(const cik_axis *axis) {
  for (int64_t i = 0; i < axis->out_size; i++)
    for (int64_t j = 0; j < axis->counts[i]; j++) {
      const int32_t weight = axis->weights[i * axis->window + j];
      if (weight != (int16_t)weight) return 0;
    }
  return 1;
}

static void pack(cik_axis *axis) {
  const int64_t blocks = (axis->window + 3) / 4;
  axis->parts = fits_16_bits(axis) ? 1 : 2;
  for (int64_t i = 0; i < axis->out_size; i++)
    for (int64_t j = 0; j < 4 * blocks; j++) {
      const int32_t weight = j < axis->counts[i] ? axis->weights[i * axis->window + j] : 0;
      int16_t *const block = axis->packed + (i * blocks + j / 4) * 8 + j % 4;
      block[0] = (int16_t)(axis->parts == 1 ? weight : weight & ((1 << CIK_LOW_BITS) - 1));
      block[4] = (int16_t)(axis->parts == 1 ? 0 : weight >> CIK_LOW_BITS);
    }
}

static void fill_weights(cik_axis *axis, int32_t filter, int32_t arithmetic, double *scratch) {
  // torchvision's precision depends on all weights, so there they are kept until it is known.
  const int64_t step = arithmetic == CIK_PIL ? 0 : axis->window;
  axis->fraction_bits = 22;
  double most = 0.0;
  for (int64_t i = 0; i < axis->out_size; i++) {
    double *weights = scratch + i * step;
    axis->counts[i] = (int32_t)sample_weights(axis, filter, arithmetic, i, weights, axis->starts + i);
    for (int64_t j = 0; j < axis->counts[i]; j++) {
      if (arithmetic == CIK_PIL) axis->weights[i * axis->window + j] = fixed_point(weights[j], axis->fraction_bits);
      if (weights[j] > most) most = weights[j];
    }
  }
  if (arithmetic == CIK_PIL) return;
  axis->fraction_bits = torchvision_bits(most);
  for (int64_t i = 0; i < axis->out_size; i++)
    for (int64_t j = 0; j < axis->counts[i]; j++)
      axis->weights[i * axis->window + j] = fixed_point(scratch[i * step + j], axis->fraction_bits);
}

void cik_weights(cik_axis *axis, int32_t filter, int32_t arithmetic, double *scratch) {
  fill_weights(axis, filter, arithmetic, scratch);
  if (axis->packed) pack(axis);
}

void cik_mirror(cik_axis *axis) {
  for (int64_t i = 0; i < axis->out_size; i++) {
    axis->starts[i] = (int32_t)axis->in_size - axis->starts[i] - axis->counts[i];
    int32_t *weights = axis->weights + i * axis->window;
    for (int64_t low = 0, high = axis->counts[i] - 1; low < high; low++, high--) {
      const int32_t weight = weights[low];
      weights[low] = weights[high];
      weights[high] = weight;
    }
  }
  if (axis->packed) pack(axis);
}

// Pillow adds up steps in double, which rounds otherwise than a product; torchvision multiplies in float32.
void cik_nearest_indices(int64_t in_size, int64_t out_size, int32_t arithmetic, int32_t *indices) {
  const double step = axis_scale(in_size, out_size, arithmetic);
  double position = step * 0.5;
  for (int64_t i = 0; i < out_size; i++) {
    if (arithmetic == CIK_PIL) {
      const int64_t index = (int64_t)position;
      indices[i] = index < in_size ? (int32_t)index : -1;
      position += step;
    } else {
      const float product = ((float)i + 0.5f) * (float)step;
      const int64_t index = (int64_t)product;
      indices[i] = (int32_t)(index < in_size ? index : in_size - 1);
    }
  }
}
