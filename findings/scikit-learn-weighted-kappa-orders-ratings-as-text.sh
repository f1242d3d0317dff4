#!/usr/bin/env bash
# scikit-learn 1.9.1: weighted kappa of ratings that are text puts 10 before 2, and low after high.
#
# Expected: cohen_kappa_score(weights="linear") of the ratings "1", "2", "9", "10" is that of the numbers, or an error.
# Seen: without `labels` the ratings are sorted as text ("1", "10", "2", "9"), and the weights are distances in that
# order: the same answers of two people score -0.33 as text and +0.33 as numbers; "low", "mid", "high" give 0 for 0.69.
# Nothing warns. Numbers are no cure for gaps: from 2 to 9 is one step, as from 1 to 2, since ranks are weighed.
# What helps: pass `labels` in their true order, every rating of the scale among them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cat > "$dir/kappa.py" <<'PY'
from sklearn.metrics import cohen_kappa_score

first, second = [1, 2, 10, 9], [2, 2, 9, 10]
as_numbers = cohen_kappa_score(first, second, weights="linear")
as_text = cohen_kappa_score([str(n) for n in first], [str(n) for n in second], weights="linear")
close = cohen_kappa_score([1, 2, 4, 3], [2, 2, 3, 4], weights="linear")

one, other = ["low", "mid", "high", "low"], ["low", "high", "high", "mid"]
words = cohen_kappa_score(one, other, weights="quadratic")
ordered = cohen_kappa_score(one, other, weights="quadratic", labels=["low", "mid", "high"])
print(f"{as_numbers:.2f} {as_text:.2f} {close:.2f} {words:.2f} {ordered:.2f}")
PY
seen=$("$dir/venv/bin/python" "$dir/kappa.py")
[ "$seen" = "0.33 -0.33 0.33 0.00 0.69" ] || { echo "changed: $seen"; exit 1; }
echo "scikit-learn 1.9.1: numbers 0.33, as text -0.33; 1 2 9 10 as far apart as 1 2 3 4; low/mid/high 0.00, ordered 0.69"
