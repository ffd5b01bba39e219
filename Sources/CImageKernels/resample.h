#pragma once
// What the levels of the resize passes share.

#include <string.h>

#include "CImageKernels.h"
#include "low_bits.h"

static inline uint8_t level(int32_t sum, int32_t fraction_bits) {
  const int32_t value = sum >> fraction_bits;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static inline int32_t half(int32_t fraction_bits) { return fraction_bits > 0 ? 1 << (fraction_bits - 1) : 0; }

extern const cik_kernels cik_kernels_portable, cik_kernels_avx2, cik_kernels_avx512;
