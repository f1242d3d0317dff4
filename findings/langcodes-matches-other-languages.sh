#!/usr/bin/env bash
# langcodes 3.5.1: the closest supported match of Ukrainian is Russian, of Basque Spanish, one way only.
#
# Expected: closest_supported_match finds the same language in another spelling or region, and None where there is none.
# Seen: by default a distance up to 25 counts as supported, and the table it uses (CLDR's "who reads this may read that")
# holds other languages: uk to ru 24, eu to es 20, jv to id 20, id to ms 14. The reverse of the last is 34: no match.
# Who picks translators or listeners with it sends them a language they may not speak.
# What helps: max_distance=9 or less, or matching by range on the tags themselves (RFC 4647).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check langcodes==3.5.1 language_data==1.4.0
cat > "$dir/match.py" <<'PY'
from langcodes import closest_supported_match, tag_distance

asked = (("uk", "ru"), ("eu", "es"), ("jv", "id"), ("id", "ms"), ("ms", "id"))
print(*(f"{wanted}:{closest_supported_match(wanted, [there])}" for wanted, there in asked))
print(tag_distance("id", "ms"), tag_distance("ms", "id"))
print(closest_supported_match("uk", ["ru"], max_distance=9))
PY
seen=$("$dir/venv/bin/python" "$dir/match.py" | paste -sd' ')
[ "$seen" = "uk:ru eu:es jv:id id:ms ms:None 14 34 None" ] || { echo "changed: $seen"; exit 1; }
echo "langcodes 3.5.1: $seen"
