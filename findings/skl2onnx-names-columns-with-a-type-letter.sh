#!/usr/bin/env bash
# skl2onnx 1.20.0: with zipmap="columns" the outputs are not named by the classes, but by the classes after a type's letter.
#
# Expected: one output a class, called as the class is, or as `output_labels` of the converter say.
# Seen: a class `cat` is the output `scat`, and the class 3 is `i3`: whoever looks a probability up by its class finds
# nothing, and whoever cuts off the first letter of every name makes `cat` of a class that is really called `scat`.
# What helps: zipmap=False and the classes beside the row, in the order of `classes_`.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check \
    skl2onnx==1.20.0 scikit-learn==1.9.1 onnxruntime==1.32.0 numpy
cat > "$dir/convert.py" <<'PY'
import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

rows = np.array([[0.0], [1.0], [2.0], [3.0]], dtype=np.float32)
for classes in (["cat", "cat", "dog", "dog"], [3, 3, 7, 7]):
    model = LogisticRegression().fit(rows, np.array(classes))
    converted = to_onnx(model, rows[:1], options={id(model): {"zipmap": "columns"}})
    session = onnxruntime.InferenceSession(converted.SerializeToString())
    print(",".join(output.name for output in session.get_outputs()), end=";")
PY
seen=$("$dir/venv/bin/python" "$dir/convert.py" 2>/dev/null)
[ "$seen" = "output_label,scat,sdog;output_label,i3,i7;" ] || { echo "changed: $seen"; exit 1; }
echo 'skl2onnx 1.20.0, zipmap="columns": cat, dog -> scat, sdog; 3, 7 -> i3, i7'
