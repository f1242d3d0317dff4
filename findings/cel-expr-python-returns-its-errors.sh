#!/usr/bin/env bash
# cel-expr-python 0.1.3: an expression that fails raises nothing; its result is an object that counts as true.
#
# Expected: eval() of `scores["b"] > 0.5` without a key b raises, as a compile error does (RuntimeError).
# Seen: eval() returns, and value() is an error object. In `if expression.eval(data=facts).value():` it is true, so a rule
# that could not be computed reads as one that holds. A variable that is not in the data does the same.
# What helps: `value() is True`, and treating what is no bool as failed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check cel-expr-python==0.1.3
cat > "$dir/rule.py" <<'PY'
from cel_expr_python import cel

scores = cel.Type.Map(cel.Type.STRING, cel.Type.DOUBLE)
rule = cel.NewEnv(variables={"scores": scores}).compile('scores["b"] > 0.5')
for data in ({"scores": {"b": 0.1}}, {"scores": {"a": 0.1}}, {}):
    value = rule.eval(data=data).value()
    print(isinstance(value, bool), bool(value), str(value).partition(":")[0])
PY
seen=$("$dir/venv/bin/python" "$dir/rule.py" | paste -sd' ')
[ "$seen" = "True False False False True NOT_FOUND False True UNKNOWN" ] || { echo "changed: $seen"; exit 1; }
echo "cel-expr-python 0.1.3: $seen"
