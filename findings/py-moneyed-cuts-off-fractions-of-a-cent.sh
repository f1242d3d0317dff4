#!/usr/bin/env bash
# py-moneyed 3.0: minor units are cut off, not rounded, and two currencies in force are not known.
#
# Expected: 1.999 USD in cents is 200 (or an error, since it is no whole number of cents); XCG and ZWG exist.
# Seen: get_amount_in_sub_unit truncates: 1.999 is 199 cents, -1.999 is -199. The same amount printed by the same package is
# $2.00. The Caribbean guilder (XCG, in force since 2025) and the Zimbabwe Gold (ZWG, since 2024) raise CurrencyDoesNotExist.
# What helps: quantize with a stated rounding before; keep integers of minor units and an own table of ISO 4217.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check py-moneyed==3.0 babel==2.19.0
cat > "$dir/money.py" <<'PY'
from moneyed import CurrencyDoesNotExist, Money, get_currency

amount = Money("1.999", "USD")
print(amount.get_amount_in_sub_unit(), (-amount).get_amount_in_sub_unit(), str(amount))
for code in ("XCG", "ZWG"):
    try:
        print(get_currency(code))
    except CurrencyDoesNotExist:
        print(f"no {code}")
PY
seen=$("$dir/venv/bin/python" "$dir/money.py" | tr '\302\240' '  ' | tr -s ' \n' ' ')
[[ "$seen" = "199 -199 "*"2.00 no XCG no ZWG " ]] || { echo "changed: $seen"; exit 1; }
echo "py-moneyed 3.0: $seen"
