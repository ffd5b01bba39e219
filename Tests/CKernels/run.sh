#!/usr/bin/env bash
# Builds the tests of CTensorKernels for this machine and runs them at every level that the CPU has: optimised, and
# under the address and undefined-behaviour sanitizers. (They do not see into assembly; guard pages are for that.)
#   run.sh        what CI does
#   run.sh all    the same without optimisation too: a minute more, nearly all of it compiling
#   CLANG=clang   the compiler
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kernels=$here/../../Sources/CTensorKernels
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# name flags...
test_with() {
  local name=$1
  shift
  local source objects=() waiting=()
  # Each file by a compiler of its own, all at once.
  for source in "$kernels"/*.c "$here"/*.c; do
    [ "$(basename "$source")" != bochs-run.c ] || continue
    "${CLANG:-clang}" -std=c17 -g -Wall -Wextra -Werror "$@" -Wno-unused-command-line-argument -I "$kernels/include" -c "$source" \
      -o "$out/$(basename "$source" .c).o" &
    waiting+=($!)
    objects+=("$out/$(basename "$source" .c).o")
  done
  for source in "${waiting[@]}"; do wait "$source"; done
  "${CLANG:-clang}" "$@" -Wno-unused-command-line-argument -o "$out/kernels-test" "${objects[@]}" -lm -lpthread
  echo "-- $name"
  "$out/kernels-test"
}

sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=all -fuse-ld=lld"
test_with "-O2" -O2
test_with "-O1, sanitizers" -O1 $sanitizers
if [ "${1:-}" = all ]; then
  test_with "-O0" -O0
  test_with "-O0, sanitizers" -O0 $sanitizers
  test_with "-O2, sanitizers" -O2 $sanitizers
fi
