#!/usr/bin/env bash
# Builds the tests of CTensorKernels for this machine and runs them at every level that the CPU has: optimised, and
# under the address and undefined-behaviour sanitizers. (They do not see into assembly; guard pages are for that.)
#   run.sh        what CI does
#   run.sh all    the same without optimisation too: a minute more, nearly all of it compiling
#   CLANG=clang   the compiler
set -euo pipefail
. "$(dirname "$0")/build.sh"

# name flags...
test_with() {
  local name=$1
  shift
  compile "$@"
  "${CLANG:-clang}" "$@" -o "$out/kernels-test" "${objects[@]}" -lm -lpthread
  echo "-- $name"
  "$out/kernels-test"
}

sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=all -fuse-ld=lld"
test_with "-O2" -O2
# shellcheck disable=SC2086
test_with "-O1, sanitizers" -O1 $sanitizers
if [ "${1:-}" = all ]; then
  test_with "-O0" -O0
  # shellcheck disable=SC2086
  test_with "-O0, sanitizers" -O0 $sanitizers
  # shellcheck disable=SC2086
  test_with "-O2, sanitizers" -O2 $sanitizers
fi
