#!/usr/bin/env bash
# pandas 3.1.1: DataFrame.to_json writes a probability of 0.99999999999 as 1.0 and of 1e-11 as 0.0, and NaN as null.
#
# Expected: a number comes back from JSON as it was, as with json, orjson and to_csv; or to_json says that it rounds.
# Seen: double_precision is 10 by default, counted in decimals after the point, not in digits. So what is small is gone
# (1e-11 is 0.0), and a classifier's row of 0.99999999999 and 1e-11 is one of 1.0 and 0.0, which reads like a hard label; a
# logarithm of what comes back is minus infinity. With double_precision=15 the same row comes out whole, and so does 1e-16,
# which has more decimals than that.
# What helps: double_precision=15, or json.dumps(frame.to_dict(orient="records")).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1
cat > "$dir/row.py" <<'PY'
import json

import pandas as pd

frame = pd.DataFrame([[0.99999999999, 1e-11, float("nan")]], columns=["yes", "no", "none"])
print(frame.to_json(orient="records"))
print(frame[["yes", "no"]].to_json(orient="records", double_precision=15))
print(pd.DataFrame([[1e-16]], columns=["no"]).to_json(orient="records", double_precision=15))
print(json.dumps(frame[["yes", "no"]].to_dict(orient="records")))
PY
seen=$("$dir/venv/bin/python" "$dir/row.py" | paste -sd' ')
wanted='[{"yes":1.0,"no":0.0,"none":null}] [{"yes":0.99999999999,"no":0.00000000001}] [{"no":1e-16}] [{"yes": 0.99999999999, "no": 1e-11}]'
[ "$seen" = "$wanted" ] || { echo "changed: $seen"; exit 1; }
echo "pandas 3.1.1: $seen"
