#!/usr/bin/env bash
# Builds the test beside this script with CImageKernels, under the address and undefined-behaviour sanitizers, and runs it.
#   CLANG=clang   the compiler
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernels=$here/../../Sources/CImageKernels
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"${CLANG:-clang}" -std=c17 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all \
  -fuse-ld=lld -I "$kernels/include" "$here"/*.c "$kernels"/*.c -o "$out/levels-test" -lm
"$out/levels-test"
