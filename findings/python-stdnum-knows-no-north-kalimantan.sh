#!/usr/bin/env bash
# python-stdnum 2.2: an Indonesian NIK of North Kalimantan, or of the provinces of Papua since 2022, is not valid; day 81 is.
#
# Expected: stdnum.id.nik takes what the civil registry issues: province codes of the Ministry of Home Affairs, 65 among them
# since 2012 (North Kalimantan) and 92, 93, 95, 96 in Papua, and a day of birth of 1 to 31, or 41 to 71 for women.
# Seen: its list of places has the statistics office's codes as of before 2012 (34 provinces less one), and it takes the day
# modulo 40, so 81 is a first of the month.
# Who looks for NIK with it, to hide them, leaves those of some 700,000 people and of Papua as they are.
# What helps: checking the province against the ministry's list, and the date.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
cat > "$dir/nik.py" <<'PY'
from stdnum.id import nik

for number in ("3171011708450001", "6571011708450001", "9371011708450001", "3171018108450001"):
    print(number[:2], number[6:8], nik.is_valid(number))
PY
seen=$("$dir/venv/bin/python" "$dir/nik.py" | paste -sd' ')
[ "$seen" = "31 17 True 65 17 False 93 17 False 31 81 True" ] || { echo "changed: $seen"; exit 1; }
echo "python-stdnum 2.2: $seen"
