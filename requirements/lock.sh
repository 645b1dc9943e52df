#!/usr/bin/env bash
# Resolve the locks anew: hashes, no addresses, one file for every platform we name.
# Then resolve again for each platform, wheels only, to show that the lock can be installed there.
set -euo pipefail
cd "$(dirname "$0")"
uv=${UV:-../.venv/bin/uv}
compile() { "$uv" pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet "$@"; }
[ "${1:-}" = check ] || {
  compile runtime.in -o runtime.lock
  compile dev.in -c runtime.lock -o dev.lock
  compile bench.in -c dev.lock --prerelease allow -o bench.lock
}
for platform in x86_64-manylinux_2_28 aarch64-manylinux_2_28 x86_64-pc-windows-msvc; do
  for version in 3.11 3.12 3.13; do
    "$uv" pip compile --python-platform "$platform" --python-version "$version" --only-binary :all: \
      --no-binary xstatic-jquery --quiet --no-header --no-annotate runtime.in -c runtime.lock -o /dev/null
    echo "resolves: $platform, Python $version"
  done
done
