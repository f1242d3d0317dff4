#!/usr/bin/env bash
# statsmodels 0.15.0: Fleiss' kappa takes "did not answer" for an answer that people agree on.
#
# Expected: NaN in the table of raters is a missing answer: left out, or refused.
# Seen: aggregate_raters makes a category of its own of every distinct value, NaN too. Two raters who disagree on every
# question they both saw come out better than chance as soon as there are questions that neither saw: they "agree" there.
# What helps: count the answers oneself; fleiss_kappa then refuses uneven counts (an AssertionError without words).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check statsmodels==0.15.0 numpy==2.4.6
cat > "$dir/kappa.py" <<'PY'
import numpy as np
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

both = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
nobody = np.full((4, 2), np.nan)
table, categories = aggregate_raters(np.vstack([both, nobody]))
print(len(categories), f"{fleiss_kappa(aggregate_raters(both)[0]):.2f} {fleiss_kappa(table):.2f}")
try:
    fleiss_kappa([[2, 0], [0, 3], [1, 1]])
except AssertionError as error:
    print(f"({error})")
PY
seen=$("$dir/venv/bin/python" "$dir/kappa.py" | paste -sd' ')
[ "$seen" = "3 -1.00 0.20 ()" ] || { echo "changed: $seen"; exit 1; }
echo "statsmodels 0.15.0: two people who never agree: kappa -1.00; with four questions nobody answered: 0.20"
