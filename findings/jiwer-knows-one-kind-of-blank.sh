#!/usr/bin/env bash
# jiwer 4.0.0: only the ASCII space parts words; a newline, a tab or a no-break space glues them.
#
# Expected: a transcript with a line break between its sentences has a word error rate of 0 against the same on one line.
# Seen: the default transform strips the ends and splits at " " alone. "a<newline>b c" is two words, "a b c" three:
# 1.0 where nothing is wrong, 2.0 for a reference of two words with a no-break space (one word, so two errors over one).
# Programs that write a line a segment, and languages whose typing has no-break spaces, are counted wrong without a word.
# What helps: " ".join(text.split()) on both sides first; str.split knows all of these.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check jiwer==4.0.0
cat > "$dir/rates.py" <<'PY'
import jiwer

pairs = (("a\nb c", "a b c"), ("a\u00a0b", "a b"), ("a\tb", "a b"))
print(*(jiwer.wer(written, heard) for written, heard in pairs))
print(*(jiwer.wer(" ".join(written.split()), heard) for written, heard in pairs))
PY
seen=$("$dir/venv/bin/python" "$dir/rates.py" | paste -sd' ')
[ "$seen" = "1.0 2.0 2.0 0.0 0.0 0.0" ] || { echo "changed: $seen"; exit 1; }
echo "jiwer 4.0.0: newline, no-break space, tab between equal words: 1.0 2.0 2.0; split by Python first: 0 0 0"
