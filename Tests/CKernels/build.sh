# For the scripts beside it: how the tests are compiled.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernels=$here/../../Sources/CTensorKernels
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# compile flags...: an object in $out for each source, each by a compiler of its own and all at once. Sets `objects`.
compile() {
  local source name job jobs=()
  objects=()
  for source in "$kernels"/*.c "$here"/*.c; do
    name=$(basename "$source" .c)
    case $name in bochs-run | amx-emulation) continue ;; esac
    "${CLANG:-clang}" -std=c17 -g -Wall -Wextra -Werror -Wno-unused-command-line-argument "$@" \
      -I "$kernels/include" -c "$source" -o "$out/$name.o" &
    jobs+=($!)
    objects+=("$out/$name.o")
  done
  for job in "${jobs[@]}"; do wait "$job"; done
}

# Installs the packages that are not there.
need_packages() {
  local package missing=()
  for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  $(command -v sudo || true) apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
}
