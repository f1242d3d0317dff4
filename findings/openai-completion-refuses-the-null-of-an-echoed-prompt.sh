#!/usr/bin/env bash
# openai 3.57.0: the type of a text completion does not take the null that stands before an echoed prompt.
#
# Expected: with echo and logprobs the first token has nothing before it, so its entry in token_logprobs is null, and
# the client's type takes it.
# Seen: Logprobs.token_logprobs is Optional[List[float]]: validating such an answer raises float_type at index 0. The
# client itself does not validate and hands the null through, so code that follows the type adds None to a sum.
# What helps: read token_logprobs as a list of numbers and nulls; a null means that the prompt is among the tokens.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check openai==3.57.0
cat > "$dir/ask.py" <<'PY'
from openai.types import Completion
from pydantic import ValidationError

echoed = {
    "id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m",
    "choices": [{
        "index": 0, "text": "Capital of France: Paris", "finish_reason": "stop",
        "logprobs": {"tokens": ["Capital", " of"], "token_logprobs": [None, -1.5], "text_offset": [0, 7], "top_logprobs": None},
    }],
}
try:
    Completion.model_validate(echoed)
    strict = "taken"
except ValidationError as error:
    strict = error.errors()[0]["type"]
as_client = Completion.construct(**echoed)
print(strict, as_client.choices[0].logprobs.token_logprobs)
PY
seen=$("$dir/venv/bin/python" "$dir/ask.py")
[ "$seen" = "float_type [None, -1.5]" ] || { echo "changed: $seen"; exit 1; }
echo "openai 3.57.0: token_logprobs [null, -1.5]: validated: float_type; as the client reads it: [None, -1.5]"
