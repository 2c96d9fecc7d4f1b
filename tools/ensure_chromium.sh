#!/bin/sh
# Finds a Chromium for the browser tests, or gets one. Without one the tests skip and say why; in CI that is a failure.
set -u
python=$1

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
"$python" -c '
import sys
from pathlib import Path
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not Path(playwright.chromium.executable_path).exists())
' 2>/dev/null && exit 0

echo "No Chromium on this machine; getting one for the browser tests."
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; then
        exit 0
    fi
elif "$python" -m playwright install chromium; then
    exit 0
fi
echo "No Chromium could be installed, so the browser tests will be skipped."
[ "${CI:-}" != true ]
