#!/usr/bin/env bash
# zstandard 0.25.0: parameters made for small inputs keep their small window for large ones, and nothing says so.
#
# Expected: `from_level(1, source_size=2000)` tunes the tables for records of about 2,000 bytes, and a larger record
# that comes now and then is compressed about as well as by plain level 1.
# Seen: the window is 2 KiB from then on (window_log 11; plain level 1 has 19): what repeats after more than 2 KiB is not
# seen as a repeat, and 200 like texts of 3 KiB each take over ten times the bytes. Without a warning: each frame is valid.
# What helps: state window_log yourself beside source_size, as large as the largest record.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check zstandard==0.25.0
cat > "$dir/ask.py" <<'PY'
import random

import zstandard

numbers = random.Random(1)
text = bytes(numbers.randrange(97, 123) for _ in range(3072))
many = text * 200
plain = zstandard.ZstdCompressionParameters.from_level(1)
small = zstandard.ZstdCompressionParameters.from_level(1, source_size=2000)
sizes = [
    len(zstandard.ZstdCompressor(compression_params=params).compress(many))
    for params in (plain, small)
]
print(plain.window_log, small.window_log, sizes[1] > 10 * sizes[0])
PY
seen=$("$dir/venv/bin/python" "$dir/ask.py")
[ "$seen" = "19 11 True" ] || { echo "changed: $seen"; exit 1; }
echo "zstandard 0.25.0: window_log of level 1: 19; with source_size=2000: 11, and 200 like texts take over 10 times the bytes"
