#!/usr/bin/env bash
# pydantic 2.14.3: a tuple type that unpacks another one, as PEP 646 has it, is read as if there were no star.
#
# tuple[int, *tuple[float, ...]] means one whole number and then any number of floats: (1, 2.5, 3.5). One would
# guess that a model of such rows (an id, then scores) takes the JSON [1, 2.5, 3.5], or that pydantic refuses
# the type. It takes the type without a word and reads it as tuple[int, tuple[float, ...]]: the flat list is
# refused ("Input should be a valid array"), the nested [1, [2.5, 3.5]] is taken, and the JSON Schema says two
# items of which the second is an array. A type checker sees the flat tuple all the while.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydantic==2.14.3
venv/bin/python - <<'PYTHON'
import json

import pydantic
from pydantic import TypeAdapter, ValidationError

row = TypeAdapter(tuple[int, *tuple[float, ...]])


def taken(text: str) -> str:
    try:
        return f"taken as {row.validate_json(text)}"
    except ValidationError as error:
        return f"refused: {error.errors()[0]['msg']}"


schema = row.json_schema()
seen = {text: taken(text) for text in ("[1, 2.5, 3.5]", "[1]", "[1, [2.5, 3.5]]")}
print("pydantic", pydantic.VERSION)
for text, what in seen.items():
    print(f"{text:18} {what}")
print("schema:", json.dumps(schema))
assert pydantic.VERSION == "2.14.3"
assert seen["[1, 2.5, 3.5]"].startswith("refused"), seen
assert seen["[1]"] == "refused: Field required", seen
assert seen["[1, [2.5, 3.5]]"] == "taken as (1, (2.5, 3.5))", seen
assert (schema["minItems"], schema["maxItems"]) == (2, 2), schema
PYTHON
