// The resize passes of every level of this CPU against the portable ones, byte for byte, for many small and odd sizes. What the
// portable ones must give is tested in Swift, against Pillow and torchvision; here the sanitizers watch the memory.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CImageKernels.h"

static void *room(size_t bytes) {
  void *p = malloc(bytes ? bytes : 1);
  if (!p) abort();
  return p;
}

static cik_axis new_axis(int64_t in_size, int64_t out_size, int32_t filter, int32_t arithmetic) {
  cik_axis axis = {.in_size = in_size, .out_size = out_size};
  axis.window = cik_window(in_size, out_size, filter, arithmetic);
  const size_t samples = (size_t)out_size, entries = samples * (size_t)axis.window;
  axis.starts = room(samples * sizeof *axis.starts);
  axis.counts = room(samples * sizeof *axis.counts);
  axis.weights = room(entries * sizeof *axis.weights);
  axis.packed = room(samples * (((size_t)axis.window + 3) / 4) * 8 * sizeof *axis.packed);
  double *const scratch = room(entries * sizeof *scratch);
  cik_weights(&axis, filter, arithmetic, scratch);
  free(scratch);
  return axis;
}

static void delete_axis(cik_axis *axis) {
  free(axis->starts);
  free(axis->counts);
  free(axis->weights);
  free(axis->packed);
}

static int64_t below(int64_t n) { return rand() % n; }

static int has(int32_t level) {
#if defined(__x86_64__)
  if (level == CIK_LEVEL_AVX2) return __builtin_cpu_supports("avx2");
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return 0;
#endif
}

// Whether a level and the portable one give the same bytes for an image of random bytes, many of them 0 or 255.
static int agrees(int32_t level, int64_t width, int64_t height, int64_t size, int32_t filter, int32_t arithmetic) {
  cik_axis columns = new_axis(width, size, filter, arithmetic), rows = new_axis(height, size, filter, arithmetic);
  const size_t bytes = (size_t)(width * height * 3);
  const size_t across = (size_t)(size * height * 3), down = (size_t)(width * size * 3);
  uint8_t *const in = room(bytes + CIK_PADDING), *wide[2], *high[2];
  for (size_t i = 0; i < bytes; i++) in[i] = (uint8_t)(below(3) ? below(256) : 255 * below(2));
  for (int portable = 0; portable < 2; portable++) {
    const cik_kernels kernels = cik_kernels_for(portable ? CIK_LEVEL_PORTABLE : level);
    wide[portable] = room(across);
    high[portable] = room(down);
    kernels.horizontal(in, wide[portable], height, &columns);
    const int64_t half = below(size + 1);
    kernels.vertical(in, width * 3, 0, high[portable], &rows, 0, half);
    kernels.vertical(in, width * 3, 0, high[portable] + half * width * 3, &rows, half, size);
  }
  const int same = !memcmp(wide[0], wide[1], across) && !memcmp(high[0], high[1], down);
  for (int portable = 0; portable < 2; portable++) {
    free(wide[portable]);
    free(high[portable]);
  }
  free(in);
  delete_axis(&columns);
  delete_axis(&rows);
  return same;
}

int main(void) {
  int failures = 0;
  for (int i = 0; i < 6000; i++) {
    const int64_t width = 1 + below(i % 3 ? 9 : 300), height = 1 + below(i % 2 ? 7 : 40), size = 1 + below(60);
    const int32_t filter = 1 + (int32_t)below(5), arithmetic = filter < CIK_BOX && below(2) ? CIK_TORCHVISION : CIK_PIL;
    for (int32_t level = CIK_LEVEL_AVX2; level <= CIK_LEVEL_AVX512; level++) {
      if (!has(level) || agrees(level, width, height, size, filter, arithmetic)) continue;
      printf("level %d, %d x %d to %d, filter %d, arithmetic %d: it differs\n", level, (int)width, (int)height, (int)size,
             filter, arithmetic);
      failures++;
    }
  }
  printf(failures ? "%d failures\n" : "no failures\n", failures);
  return failures > 0;
}
