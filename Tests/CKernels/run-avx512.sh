#!/usr/bin/env bash
# Builds the tests of CTensorKernels statically and runs them on emulated CPUs that have AVX-512, AMX, and that have less,
# because the machines that we have may not. The emulator is Bochs's CPU, a library inside the PyPI wheel
# `bochscpu-python`, pinned by its hash; bochs-run.c calls it without Python. It is for tests only, nothing of it is
# part of the package. AMX, which it lacks, is in amx-emulation.c.
#   run-avx512.sh [CPU...]   CPUs as Bochs names them, or sapphire_rapids_amx; otherwise one for each level, the highest two
#                            only where they are lacking
#   CLANG=clang              the compiler
#   EMULATOR=FOLDER          where the wheel is kept; otherwise .build/bochs of this checkout
# Debian package: python3-pip. Needs PyPI when the wheel is not yet in EMULATOR.
set -euo pipefail
. "$(dirname "$0")/build.sh"
emulator=${EMULATOR:-$here/../../.build/bochs}
wheel=$emulator/bochscpu_python-0.4.0-cp311-cp311-manylinux_2_28_x86_64.whl
hash=08297de4c657fcda712c66745388cf81cd056e01083473c44868b96f6ea020ad
library=_bochscpu.cpython-311-x86_64-linux-gnu.so

if [ "$(uname -m)" != x86_64 ]; then
  echo "run-avx512.sh: the emulator is a program for x86-64" >&2
  exit 1
fi
if [ ! -f "$wheel" ]; then
  mkdir -p "$emulator"
  python3 -m pip --version >/dev/null 2>&1 || need_packages python3-pip
  # Any version of Python fetches it: none runs it.
  if ! python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: \
    --implementation cp --python-version 3.11 --abi cp311 --platform manylinux_2_28_x86_64 \
    -d "$emulator" bochscpu-python==0.4.0; then
    echo "run-avx512.sh: the emulator could not be fetched from PyPI; the AVX-512 kernels are not tested" >&2
    exit 1
  fi
fi
echo "$hash  $wheel" | sha256sum -c --quiet
python3 -m zipfile -e "$wheel" "$out"
"${CLANG:-clang}" -O2 -Wall -Werror -rdynamic -pie -fPIE -o "$out/bochs-run" "$here/bochs-run.c" \
  "$here/amx-emulation.c" -ldl -lm

compile -O2
"${CLANG:-clang}" -static -o "$out/kernels-test" "${objects[@]}" -lm -lpthread

# CPU, best level, lowest level to be tested, and whether a part of the shapes will do: the first CPU has all levels
# but the portable one, the others show that no level asks for more than its CPU has.
run_on() {
  local amx=()
  [[ $1 != *_amx ]] || amx=(BOCHS_AMX=1)
  BOCHS_CPU=${1%_amx} BOCHS_STATS=1 env -u LD_BIND_NOW "${amx[@]}" "$out/bochs-run" "$out/bochscpu/$library" "$out/kernels-test" \
    "${@:2}" >"$out/$1.log" 2>&1
}
if [ $# -eq 0 ]; then
  set -- corei7_icelake_u corei7_skylake_x core2_penryn_t9600
  # What this machine has itself, run.sh tests on it.
  grep -qw avx512_bf16 /proc/cpuinfo || set -- sapphire_rapids "$@"
  grep -qw amx_int8 /proc/cpuinfo || set -- sapphire_rapids_amx "$@"
fi
jobs=()
for cpu in "$@"; do
  case $cpu in
    sapphire_rapids_amx) run_on "$cpu" amx amx products & ;;
    sapphire_rapids) run_on "$cpu" avx512bf16 avx2 & ;;
    corei7_icelake_u | tigerlake) run_on "$cpu" avx512vnni avx512vnni brief & ;;
    corei7_skylake_x | corei3_cnl) run_on "$cpu" avx512 avx512 brief & ;;
    corei7_haswell_4770 | ryzen | arrow_lake) run_on "$cpu" avx2 avx2 brief & ;;
    *) run_on "$cpu" portable portable brief & ;;
  esac
  jobs+=($!)
done
status=0
for cpu in "$@"; do
  wait "${jobs[0]}" || status=$?
  jobs=("${jobs[@]:1}")
  echo "-- $cpu"
  cat "$out/$cpu.log"
done
exit "$status"
