#include "CTensorKernels.h"

// The sums are formed in double, where the products of floats are exact: they come out the same, to the bit, with fused
// multiply-add and without, and so for every CPU.
void agk_add_low_rank(float *rows, size_t count, size_t columns, const float *b, const float *a, size_t rank,
                      float scale) {
#pragma clang fp contract(off)
  enum { width = 64 };
  for (size_t row = 0; row < count; row++) {
    const float *factors = b + row * rank;
    float *out = rows + row * columns;
    for (size_t first = 0; first < columns; first += width) {
      const size_t length = columns - first < width ? columns - first : width;
      double sums[width] = {0};
      for (size_t k = 0; k < rank; k++) {
        const double factor = factors[k];
        const float *x = a + k * columns + first;
        for (size_t i = 0; i < length; i++) {
          const double product = factor * x[i];
          sums[i] += product;
        }
      }
      for (size_t i = 0; i < length; i++) {
        const float delta = (float)sums[i] * scale;
        out[first + i] += delta;
      }
    }
  }
}
