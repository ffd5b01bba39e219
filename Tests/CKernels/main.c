// Tests of CTensorKernels for every level that the CPU has. run.sh builds and runs them here, run-aarch64.sh and
// run-avx512.sh on emulated CPUs. Everything is compared with plain computations in float64 or in integers;
// the goldens made by other programs are in the tests of TensorCore.
//   kernels-test [BEST [LOWEST [brief|products]]]
//       fails if BEST is not the best level here; leaves out those below LOWEST; tests a part of the shapes, and of those products only
#include <stdio.h>
#include <string.h>

#include "support.h"

int main(int count, char **arguments) {
  const char *const best = level_names[agk_best_level()];
  if (count > 1 && strcmp(arguments[1], best)) {
    printf("this CPU goes up to %s, not %s\n", best, arguments[1]);
    return 2;
  }
  for (int level = 0; count > 2 && level < level_count; level++)
    if (!strcmp(arguments[2], level_names[level])) test_from(level);
  const bool only_products = count > 3 && !strcmp(arguments[3], "products");
  is_brief = count > 3;
  report_bad_accesses();
  test_products();
  test_edges();
  if (only_products) return report();
  test_rows();
  test_attention();
  test_windows();
  test_convolution();
  test_training();
  return report();
}
