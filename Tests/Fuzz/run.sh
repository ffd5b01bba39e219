#!/usr/bin/env bash
# Fuzzes one target, or all of them, one on each core, under the address and undefined-behaviour sanitizers.
#   run.sh TARGET|all [SECONDS]      600 seconds each unless said otherwise
#   run.sh brief                     all for three seconds, without the optimisation that takes longest to build
# The corpus grows in .fuzz/TARGET from the files of Fixtures; what is found is left in .fuzz/found. A finding
# becomes a file in Fixtures/regressions, which the tests replay.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$(cd ../.. && pwd)
seconds=${2:-600}
targets=$1
configuration=release options=()
if [ "$targets" = brief ]; then
  targets=all seconds=3 configuration=debug options=(-Xcc -O1 -debug-info-format none)
fi
if [ "$targets" = all ]; then targets="jpeg png gif webp bmp tiff avif heif boxes exif safetensors pytorch config zip csv evidence store cbor cose xmp iptc generator frames"; fi
sanitizers=fuzzer,address
# The product that only this package uses.
export AIGUARD_FUZZER=1
swift build -c "$configuration" "${options[@]}" --scratch-path .build -Xswiftc -sanitize=$sanitizers -Xswiftc -enable-testing \
  -Xcc -fsanitize=fuzzer-no-link,address,undefined -Xcc -fno-sanitize-recover=undefined \
  -Xswiftc -use-ld=lld | tail -n 1

fuzz() {
  local target=$1 corpus found folders seeds seed folder file failed=0
  corpus=$root/.fuzz/$target found=$root/.fuzz/found
  mkdir -p "$corpus" "$found"
  case $target in
    safetensors) folders="safetensors vit-tiny/plain" seeds=safetensors ;;
    pytorch) folders=pytorch seeds=bin ;;
    zip | csv) folders=datasets seeds=$target ;;
    evidence) folders=evidence seeds="jpg png webp gif tif avif heic" ;;
    store | cbor | cose) folders=evidence/c2pa seeds=c2pa ;;
    xmp | iptc | generator) folders=evidence/fuzz seeds=$target ;;
    frames)
      # A limit, how much comes at once, two images, and one that is too long.
      printf '\1\3IMAG\1\0\0\0\3\0\0\0abcIMAG\2\0\0\0\0\0\0\0' >"$corpus/seed"
      printf '\0\0IMAG\1\0\0\0\3\0\0\0abc' >"$corpus/seed-too-long"
      folders="" seeds="" ;;
    config) folders="vit-tiny architectures pytorch/sharded swin beit convnext siglip2 timm adapters detectors" seeds=json ;;
    *) folders="images alpha avif heic-boxes webp regressions" ;;
  esac
  case $target in
    safetensors | pytorch | config | zip | csv | evidence | store | cbor | cose | xmp | iptc | generator | frames) ;;
    jpeg) seeds="jpg mpo" ;;
    tiff) seeds=tif ;;
    heif | boxes) seeds=heic ;;
    exif) seeds="jpg tif" ;;
    *) seeds=$target ;;
  esac
  for seed in $seeds; do
    for folder in $folders; do
      # Files of the same name in several folders are several seeds.
      find "$root/Fixtures/$folder" -name "*.$seed" | while read -r file; do
        cp -n "$file" "$corpus/$(echo "${file#"$root/Fixtures/"}" | tr / -)"
      done
    done
  done
  SWIFT_BACKTRACE=enable=no AIGUARD_FUZZ=$target ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
    ".build/$configuration/Fuzz" -max_total_time="$seconds" -max_len=20000 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$found/$target-" "$corpus" 2>"$root/.fuzz/$target.log" || {
    echo "$target: found something: .fuzz/$target.log"
    failed=1
  }
  echo "$target: $(sed -nE 's/^stat::(number_of_executed_units|peak_rss_mb): */\1 /p' "$root/.fuzz/$target.log" | tr '\n' ' ')"
  return "$failed"
}
export -f fuzz
export root seconds configuration
# shellcheck disable=SC2086
printf '%s\n' $targets | xargs -n 1 -P "$(nproc)" bash -euo pipefail -c 'fuzz "$1"' fuzz
