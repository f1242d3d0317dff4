#!/usr/bin/env bash
# litellm 1.110.2: an answer that the engine cut off, or that ended in an error, comes out as finish_reason "stop".
#
# Expected: a finish reason that is not known is handed through, or is at least no sign of a good end.
# Seen: map_finish_reason gives "stop" for everything it does not know (vLLM's "abort" and "repetition", "cancelled"), with
# a line in the log; for "error", "network_error" and Gemini's MALFORMED_FUNCTION_CALL it gives "stop" without a line.
# A choice without any finish reason, as every server sends while it streams, is "stop" too once it is a ModelResponse.
# So behind this gateway "stop" does not say that the model came to an end.
# What helps: look at the server's own reason (provider_specific_fields, or the reply before the gateway).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check litellm==1.110.2
cat > "$dir/reasons.py" <<'PY'
from litellm import ModelResponse
from litellm.litellm_core_utils.core_helpers import map_finish_reason

said = ("abort", "repetition", "cancelled", "error", "network_error", "MALFORMED_FUNCTION_CALL")
print(*(map_finish_reason(reason) for reason in said))
message = {"role": "assistant", "content": "half an ans"}
for choice in ({"finish_reason": "abort"}, {"finish_reason": None}, {}):
    reply = ModelResponse(choices=[{"index": 0, "message": message, **choice}])
    print(reply.choices[0].finish_reason)
PY
seen=$(LITELLM_LOCAL_MODEL_COST_MAP=True "$dir/venv/bin/python" "$dir/reasons.py" 2>/dev/null | paste -sd' ')
[ "$seen" = "stop stop stop stop stop stop stop stop stop" ] || { echo "changed: $seen"; exit 1; }
echo "litellm 1.110.2: abort, repetition, cancelled, error, network_error, MALFORMED_FUNCTION_CALL, null, none: all stop"
