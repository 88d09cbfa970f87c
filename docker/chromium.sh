#!/usr/bin/env bash
# Make sure that there is a Chromium for the browser tests: the machine's, apt's (as root), or Playwright's own.
set -eu
bin=$1
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if "$bin/python" -c 'import sys; from playwright.sync_api import sync_playwright as p; c = p().start(); import os; sys.exit(not os.path.exists(c.chromium.executable_path))' 2>/dev/null; then exit 0; fi
echo "Installing Chromium for the browser tests"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core fonts-noto-cjk >/dev/null; then
    exit 0
  fi
fi
if "$bin/playwright" install chromium; then exit 0; fi
echo "Chromium is missing. Run: sudo apt-get install chromium" >&2
exit 1
