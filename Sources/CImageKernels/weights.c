#include "CImageKernels.h"

#include <math.h>

// A fused multiply-add rounds once where the reference rounds twice.
#pragma STDC FP_CONTRACT OFF

enum { fraction_bits = 22 };

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

// The reference holds the box of the source in float32.
static double axis_scale(int64_t in_size, int64_t out_size) {
  return (double)(float)in_size / (double)out_size;
}

int64_t cik_window(int64_t in_size, int64_t out_size, int32_t filter) {
  const double scale = axis_scale(in_size, out_size);
  const double support = filter_support(filter) * (scale < 1.0 ? 1.0 : scale);
  return (int64_t)ceil(support) * 2 + 1;
}

void cik_weights(int64_t in_size, int64_t out_size, int32_t filter, int64_t window, int32_t *starts,
                 int32_t *counts, int32_t *weights, double *scratch) {
  const double scale = axis_scale(in_size, out_size);
  const double filter_scale = scale < 1.0 ? 1.0 : scale;
  const double support = filter_support(filter) * filter_scale;
  const double inverse = 1.0 / filter_scale;
  for (int64_t i = 0; i < out_size; i++) {
    const double center = ((double)i + 0.5) * scale;
    int64_t low = (int64_t)(center - support + 0.5);
    if (low < 0) low = 0;
    int64_t high = (int64_t)(center + support + 0.5);
    if (high > in_size) high = in_size;
    int64_t count = high - low;
    if (count < 0) count = 0;
    if (count > window) count = window;
    double total = 0.0;
    for (int64_t j = 0; j < count; j++) {
      const double weight = filter_value(filter, ((double)(j + low) - center + 0.5) * inverse);
      scratch[j] = weight;
      total += weight;
    }
    int32_t *fixed = weights + i * window;
    for (int64_t j = 0; j < count; j++) {
      const double weight = total != 0.0 ? scratch[j] / total : scratch[j];
      const double scaled = weight * (double)(1 << fraction_bits);
      fixed[j] = (int32_t)(weight < 0.0 ? scaled - 0.5 : scaled + 0.5);
    }
    starts[i] = (int32_t)low;
    counts[i] = (int32_t)count;
  }
}

void cik_nearest_indices(int64_t in_size, int64_t out_size, int32_t *indices) {
  const double step = axis_scale(in_size, out_size);
  // Accumulated, as in the reference: (i + 0.5) * step rounds otherwise.
  double position = step * 0.5;
  for (int64_t i = 0; i < out_size; i++) {
    const int64_t index = (int64_t)position;
    indices[i] = index < in_size ? (int32_t)index : -1;
    position += step;
  }
}
