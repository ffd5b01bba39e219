#!/usr/bin/env bash
# Builds the tests of CTensorKernels for AArch64 and runs them under qemu: on a CPU with 8-bit dot products and on one
# without.
#   CLANG=clang   the compiler
# Debian packages: qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross (no foreign architecture is needed)
set -euo pipefail
. "$(dirname "$0")/build.sh"
need_packages qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross

# clang does not look where Debian's cross headers are. Static, so that qemu needs no library path.
compile -O2 --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include
aarch64-linux-gnu-gcc -static -o "$out/kernels-test" "${objects[@]}" -lm -lpthread
for cpu in max cortex-a72; do
  echo "-- $cpu"
  QEMU_CPU=$cpu qemu-aarch64 "$out/kernels-test"
done
