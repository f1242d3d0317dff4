#!/usr/bin/env bash
# label-studio-sdk 2.1.2: a prediction that is made without a score says score 0.0.
#
# Expected: no score, or null, as Label Studio itself keeps for a prediction that has none.
# Seen: PredictionValue(result=...) is written with "score": 0.0: a model that states nothing looks like one that is
# sure to be wrong, and whoever sorts or gates by score reads a number that nobody set.
# What helps: pass score=None, which is written as null; and read a score of exactly 0 as "not set".
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check label-studio-sdk==2.1.2
cat > "$dir/ask.py" <<'PY'
import json

from label_studio_sdk.label_interface.objects import PredictionValue

result = [{"from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["positive"]}}]
silent = json.loads(PredictionValue(result=result).model_dump_json())
spoken = json.loads(PredictionValue(result=result, score=None).model_dump_json())
print(silent["score"], spoken["score"])
PY
seen=$("$dir/venv/bin/python" "$dir/ask.py")
[ "$seen" = "0.0 None" ] || { echo "changed: $seen"; exit 1; }
echo "label-studio-sdk 2.1.2: score of a prediction made without one: 0.0; made with score=None: null"
