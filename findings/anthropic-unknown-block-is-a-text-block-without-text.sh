#!/usr/bin/env bash
# anthropic 2.14.0: a content block of a type that the client does not know becomes a TextBlock whose text is None.
#
# Expected: an unknown block stays a plain object, so that isinstance(block, TextBlock) finds texts and nothing else.
# Seen: the first class of the union is taken for it: isinstance says TextBlock, .text is None, and joining the texts of
# the TextBlocks raises TypeError on the day a server sends a new kind of block. model_dump() adds "text": null to it.
# What helps: look at block.type == "text", never at the class.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check anthropic==2.14.0
cat > "$dir/ask.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from anthropic import Anthropic
from anthropic.types import TextBlock

REPLY = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
    "stop_reason": "end_turn", "stop_sequence": None,
    "content": [{"type": "text", "text": "Paris"}, {"type": "map_pin", "lat": 48.9}],
    "usage": {"input_tokens": 1, "output_tokens": 1},
}


class Server(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.dumps(REPLY).encode()
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = Anthropic(api_key="none", base_url=f"http://127.0.0.1:{server.server_port}")
asked = [{"role": "user", "content": "Capital of France?"}]
reply = client.messages.create(model="m", max_tokens=9, messages=asked)
block = reply.content[1]
print(block.type, isinstance(block, TextBlock), block.text)
server.shutdown()
PY
seen=$(env -u HTTP_PROXY -u http_proxy -u HTTPS_PROXY -u https_proxy -u ALL_PROXY -u all_proxy "$dir/venv/bin/python" "$dir/ask.py")
[ "$seen" = "map_pin True None" ] || { echo "changed: $seen"; exit 1; }
echo "anthropic 2.14.0: block of type map_pin: isinstance TextBlock True, text None"
