#!/usr/bin/env bash
# scikit-learn 1.9.1: for a point far from all others LabelPropagation names a class, and its probabilities are NaN.
#
# Expected: what is predicted has a probability; a model that has nothing to go by says so, or all classes alike.
# Seen: the kernel of a far point is 0 to every point, so its row is 0 divided by 0. predict_proba gives NaN for each class,
# with no error and (but for a RuntimeWarning of NumPy) no word; predict takes the first class, for argmax of NaN is 0.
# LabelSpreading does the same. Whoever sends such a row on as JSON sends null (orjson, pandas) or no JSON at all (json).
# What helps: np.isfinite over predict_proba before predict is believed, or a smaller gamma.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check scikit-learn==1.9.1 orjson==3.13.0
cat > "$dir/far.py" <<'PY'
import orjson
from sklearn.semi_supervised import LabelPropagation, LabelSpreading

near, labels = [[0.0], [0.1], [1.0], [1.1]], [7, 7, 4, 4]
for kind in (LabelPropagation, LabelSpreading):
    model = kind(kernel="rbf", gamma=1e4).fit(near, labels)
    row = model.predict_proba([[50.0]])
    print(model.predict([[50.0]])[0], row[0].tolist(), orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY).decode())
PY
seen=$("$dir/venv/bin/python" -W ignore "$dir/far.py" | paste -sd' ')
[ "$seen" = "4 [nan, nan] [[null,null]] 4 [nan, nan] [[null,null]]" ] || { echo "changed: $seen"; exit 1; }
echo "scikit-learn 1.9.1: class, probabilities, as JSON: $seen"
