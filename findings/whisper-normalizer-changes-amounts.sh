#!/usr/bin/env bash
# whisper-normalizer 0.1.15: the English normaliser makes 17.000 into 17, 3,50 into 350, and 5 o'clock into 50 clock.
#
# Expected: before transcripts are compared, a normaliser unifies spelling; what is another amount stays another amount.
# Seen: a dot is a decimal point and a comma is dropped, whatever the language: "17.000" (Indonesian, German: seventeen
# thousand) equals "17", and "3,50" equals "350"; "5 o'clock" reads the o as a nought. So a transcript that is a
# thousandfold off counts as right, and two that say the same count as different.
# What helps: a normaliser of the language that was spoken; digits compared as they stand where it is not English.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check whisper-normalizer==0.1.15
cat > "$dir/normal.py" <<'PY'
from whisper_normalizer.english import EnglishTextNormalizer

normal = EnglishTextNormalizer()
print(normal("17.000") == normal("17"), normal("3,50") == normal("350"), sep="|", end="|")
print(normal("it's 5 o'clock"), normal("a hundred and one"), sep="|")
PY
seen=$("$dir/venv/bin/python" "$dir/normal.py" 2>/dev/null)
[ "$seen" = "True|True|it is 50 clock|a 101" ] || { echo "changed: $seen"; exit 1; }
echo "whisper-normalizer 0.1.15: 17.000 = 17, 3,50 = 350; it's 5 o'clock -> it is 50 clock; a hundred and one -> a 101"
