#define _GNU_SOURCE
#include "CTensorKernels.h"

#include "tables.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

// The portable level, which on AArch64 is NEON's: its results are the same with dot products and without.
static const agk_kernels *portable(void) {
#if defined(__aarch64__) && defined(__linux__)
  if (getauxval(AT_HWCAP) & 1 << 20) return &agk_kernels_dotprod;  // HWCAP_ASIMDDP
#elif defined(__aarch64__) && defined(__APPLE__)
  return &agk_kernels_dotprod;  // every Mac with AArch64 has them
#endif
  return &agk_kernels_portable;
}

#if defined(__x86_64__) && defined(__linux__)
// Whether the CPU has AMX's products of int8 and bfloat16, and this process may use them. The registers are 8 KiB, and Linux has
// them for a process that asks (for all of its threads, whenever they start). It says no where it does not know them, or where
// a thread's stack for signals has no room for them.
static bool ask_for_amx(void) {
  enum { request_permission = 0x1023, tile_data = 18 };
  const unsigned needed = 1u << 22 | 1u << 24 | 1u << 25;  // bfloat16, tiles, int8
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & needed) == needed &&
         syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

static bool has_amx(void) {
  enum { unknown = 0, no, yes };
  static atomic_int answer;
  int known = atomic_load_explicit(&answer, memory_order_relaxed);
  if (known == unknown) {
    known = ask_for_amx() ? yes : no;
    atomic_store_explicit(&answer, known, memory_order_relaxed);
  }
  return known == yes;
}
#elif defined(__x86_64__)
static bool has_amx(void) { return false; }
#endif

agk_level agk_best_level(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    if (!__builtin_cpu_supports("avx512vnni")) return agk_level_avx512;
    if (!__builtin_cpu_supports("avx512bf16")) return agk_level_vnni;
    return has_amx() ? agk_level_amx : agk_level_bf16;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return agk_level_avx2;
#endif
  return agk_level_portable;
}

agk_level agk_default_level(agk_format format) {
  const agk_level best = agk_best_level();
#if defined(__x86_64__)
  if (best <= agk_level_avx2) return best;
  // Intel multiplies bfloat16 outside its matrix unit (AMX) at half the rate of floats: there they are widened.
  if (format == agk_bfloat16 && best == agk_level_bf16 && __builtin_cpu_is("intel")) return agk_level_vnni;
#else
  (void)format;
#endif
  return best;
}

const agk_kernels *agk_kernels_for(agk_level level) {
  if (level > agk_best_level()) return NULL;
  switch (level) {
    case agk_level_portable: return portable();
#if defined(__x86_64__)
    case agk_level_avx2: return &agk_kernels_avx2;
    case agk_level_avx512: return &agk_kernels_avx512;
    case agk_level_vnni: return &agk_kernels_vnni;
    case agk_level_bf16: return &agk_kernels_bf16;
    case agk_level_amx: return &agk_kernels_amx;
#endif
    default: return NULL;
  }
}
