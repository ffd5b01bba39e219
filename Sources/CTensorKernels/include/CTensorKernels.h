#pragma once
// Element-wise and row kernels, compiled once per instruction set and chosen at run time.
// Not public API: TensorCore is the only importer.

#include <stddef.h>
#include <stdint.h>

#include "agk_activation.h"
#include "agk_convolution.h"
#include "agk_matrix.h"
#include "agk_training.h"

typedef enum {
  agk_level_portable = 0,  // the compiler's baseline, no fused multiply-add
  agk_level_avx2 = 1,      // AVX2 + FMA
  agk_level_avx512 = 2,    // AVX-512 F, BW, DQ, VL
  agk_level_vnni = 3,      // the same and AVX-512 VNNI
  agk_level_bf16 = 4,      // the same and AVX-512 BF16
  agk_level_amx = 5,       // the same and AMX of int8 and bfloat16
} agk_level;

typedef struct {
  // out[i] = exp(x[i]), at most 2 ULP off.
  void (*exp)(const float *x, float *out, size_t n);
  // out[i] = erf(x[i]), within 1e-7 of the value, relatively.
  void (*erf)(const float *x, float *out, size_t n);
  // Row r of c (rows x columns, leading dimension ld): c = activation(c + bias). bias may be null.
  void (*bias_activation)(float *c, size_t rows, size_t columns, size_t ld, const float *bias,
                          agk_activation activation);
  // Row r: c += x + bias. bias may be null.
  void (*bias_residual)(float *c, size_t rows, size_t columns, size_t ldc, const float *x, size_t ldx,
                        const float *bias);
  // Row r of x, in place: softmax(scale x). scale > 0.
  void (*softmax)(float *x, size_t rows, size_t columns, size_t ld, float scale);
  // Row r: out = (x - mean) / sqrt(variance + eps) * gamma + beta, population variance. Rows are ldx and ldo floats apart.
  void (*layer_norm)(const float *x, size_t ldx, size_t rows, size_t columns, const float *gamma,
                     const float *beta, float eps, float *out, size_t ldo);
  agk_matrix_kernels matrix;
  agk_convolution_kernels convolution;
  agk_training_kernels training;
} agk_kernels;

// The best level that this CPU has.
agk_level agk_best_level(void);

// The level for whoever asks for none: the one that is fastest for products of that format on this CPU.
agk_level agk_default_level(agk_format format);

// The kernels of a level, or null where this build or this CPU does not have it.
const agk_kernels *agk_kernels_for(agk_level level);

// Row r of rows (count x columns, dense): += scale * (row r of b, rank long) * a (rank x columns). The product is rounded to
// float once, then times scale, then added. The same bits on every CPU.
void agk_add_low_rank(float *rows, size_t count, size_t columns, const float *b, const float *a, size_t rank,
                      float scale);

// Tells the CPU that this thread is spinning.
static inline void agk_cpu_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
