#!/usr/bin/env bash
# faster-whisper 1.2.1: the options of its voice activity detection hold Infinity, so what it says of a transcript is no JSON.
#
# Expected: `TranscriptionInfo`, a dataclass of plain values, can be written as JSON like the segments beside it.
# Seen: with vad_filter=True `info.vad_options.max_speech_duration_s` is infinity by default. json.dumps writes `Infinity`,
# which no JSON parser outside Python takes (RFC 8259 knows no such number), and with allow_nan=False it raises.
# What helps: leave `vad_options` out of what is sent, or set max_speech_duration_s to a number.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check faster-whisper==1.2.1
cat > "$dir/options.py" <<'PY'
import json
from dataclasses import asdict

from faster_whisper.vad import VadOptions

options = asdict(VadOptions())
print(json.dumps(options["max_speech_duration_s"]), end=";")
try:
    json.dumps(options, allow_nan=False)
except ValueError as error:
    print(str(error).split(":")[0])
PY
seen=$("$dir/venv/bin/python" "$dir/options.py" 2>/dev/null)
[ "$seen" = "Infinity;Out of range float values are not JSON compliant" ] || { echo "changed: $seen"; exit 1; }
echo "faster-whisper 1.2.1: VadOptions().max_speech_duration_s is Infinity, which is no JSON"
