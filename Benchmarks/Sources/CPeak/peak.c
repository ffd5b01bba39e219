#include "CPeak.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define TRIALS 7
#define SECONDS 0.02
#define MOST_THREADS 256

typedef struct {
  void (*run)(long iterations);
  double operations;  // of one iteration
} loop;

#if defined(__x86_64__)
// Twelve independent sums hide the latency of four or five cycles at two instructions a cycle.
#define TWELVE(X) X("4") X("5") X("6") X("7") X("8") X("9") X("10") X("11") X("12") X("13") X("14") X("15")
#define CLOBBERS                                                                                              \
  "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",     \
      "xmm12", "xmm13", "xmm14", "xmm15"
#define LOOP(name, one)                                                                                       \
  static void name(long n) {                                                                                  \
    __asm__ volatile("vpxor %%xmm0, %%xmm0, %%xmm0\n vpxor %%xmm1, %%xmm1, %%xmm1\n 1:\n" TWELVE(one)         \
                     "dec %0\n jnz 1b\n vzeroupper" : "+r"(n) : : CLOBBERS);                                  \
  }
#define FMA_256(r) "vfmadd231ps %%ymm0, %%ymm1, %%ymm" r "\n"
#define FMA_512(r) "vfmadd231ps %%zmm0, %%zmm1, %%zmm" r "\n"
#define BF16_512(r) "vdpbf16ps %%zmm0, %%zmm1, %%zmm" r "\n"
#define VNNI_512(r) "vpdpbusd %%zmm0, %%zmm1, %%zmm" r "\n"
#define BYTES_256(r) \
  "vpmaddubsw %%ymm0, %%ymm1, %%ymm2\n vpmaddwd %%ymm1, %%ymm2, %%ymm2\n vpaddd %%ymm2, %%ymm" r ", %%ymm" r "\n"
LOOP(fma_256, FMA_256)
LOOP(fma_512, FMA_512)
LOOP(bf16_512, BF16_512)
LOOP(vnni_512, VNNI_512)
LOOP(bytes_256, BYTES_256)

static loop best_loop(peak_arithmetic arithmetic) {
  const int avx512 = __builtin_cpu_supports("avx512f"), avx2 = __builtin_cpu_supports("avx2");
  switch (arithmetic) {
    case peak_float32:
      if (avx512) return (loop){fma_512, 12 * 16 * 2};
      if (avx2 && __builtin_cpu_supports("fma")) return (loop){fma_256, 12 * 8 * 2};
      break;
    case peak_bfloat16:
      if (avx512 && __builtin_cpu_supports("avx512bf16")) return (loop){bf16_512, 12 * 32 * 2};
      break;
    case peak_int8:
      if (avx512 && __builtin_cpu_supports("avx512vnni")) return (loop){vnni_512, 12 * 64 * 2};
      if (avx2) return (loop){bytes_256, 12 * 32 * 2};
      break;
  }
  return (loop){0};
}
#else
static loop best_loop(peak_arithmetic arithmetic) {
  (void)arithmetic;
  return (loop){0};
}
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct {
  loop work;
  atomic_int *waiting;
  double rate;
} task;

static void *measure(void *argument) {
  task *const t = argument;
  atomic_fetch_sub(t->waiting, 1);
  while (atomic_load(t->waiting) > 0) {
  }
  const long chunk = 20000;
  double iterations = 0;
  const double start = now();
  double end = start;
  for (; end - start < SECONDS; end = now()) {
    t->work.run(chunk);
    iterations += (double)chunk;
  }
  t->rate = iterations * t->work.operations / (end - start);
  return 0;
}

double peak_measure(peak_arithmetic arithmetic, int threads) {
  const loop work = best_loop(arithmetic);
  if (!work.run || threads < 1 || threads > MOST_THREADS) return 0;
  double best = 0;
  for (int trial = 0; trial < TRIALS; trial++) {
    atomic_int waiting = threads;
    task tasks[MOST_THREADS];
    pthread_t ids[MOST_THREADS];
    for (int i = 0; i < threads; i++) {
      tasks[i] = (task){work, &waiting, 0};
      if (i > 0 && pthread_create(&ids[i], 0, measure, &tasks[i]) != 0) return 0;
    }
    measure(&tasks[0]);
    double sum = tasks[0].rate;
    for (int i = 1; i < threads; i++) {
      pthread_join(ids[i], 0);
      sum += tasks[i].rate;
    }
    if (sum > best) best = sum;
  }
  return best;
}
