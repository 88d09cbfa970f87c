#!/usr/bin/env bash
# Resolve pyproject.toml into requirements.lock (what runs) and requirements-dev.lock (that and what tests need).
# torch stands in neither: its pin alone picks the CPU or CUDA build. The packages in BARE are installed without
# their own dependencies: nnU-Net checks our exports in the tests, and its dependencies would replace torch.
set -eu
bin=$1
BARE="nnunetv2==2.8.1 batchgenerators==0.25.5 acvl-utils==0.2.6"
"$bin/pip" install --quiet --disable-pip-version-check pip-tools==7.6.2
compile() {
  "$bin/pip-compile" --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
    --no-header --no-annotate --strip-extras --allow-unsafe "$@" pyproject.toml
}
without_torch() {
  "$bin/python" - "$1" <<'P'
import re, sys
text = re.sub(r"(?ms)^torch==.*?(?=^[^\s#]|\Z)", "", open(sys.argv[1]).read())
lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
open(sys.argv[1], "w").write("\n".join(lines) + "\n")
P
}
compile -o requirements.lock
compile --extra dev -c requirements.lock -o requirements-dev.lock
# CuPy and what it alone needs: the rest stands in requirements.lock.
echo 'cupy-cuda13x==14.2.0' | "$bin/pip-compile" --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host \
  --no-emit-find-links --no-header --no-annotate --strip-extras -c requirements.lock -o requirements-gpu.lock -
without_torch requirements.lock
without_torch requirements-dev.lock
folder=$(mktemp -d)
"$bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary :none: -d "$folder" $BARE
for pin in $BARE; do
  name=${pin%%==*}
  file=$(find "$folder" -iname "${name//-/[-_]}-*" | head -n 1)
  printf '%s \\\n    --hash=sha256:%s\n' "$pin" "$(sha256sum "$file" | cut -d ' ' -f 1)" >> requirements-dev.lock
done
rm -r "$folder"
