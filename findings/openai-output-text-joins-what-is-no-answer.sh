#!/usr/bin/env bash
# openai 3.3.0: Response.output_text joins every message, the commentary and the unfinished one too.
#
# Expected: the shortcut for "the answer's text" gives the final answer, or nothing where the response is incomplete.
# Seen: it joins the text of all items of type message without a space: a commentary ("Let me look.") runs into the answer,
# and a message whose own status is incomplete is joined like any other, also where the whole response says incomplete.
# What helps: take the message whose phase is final_answer (or the last), and only if status says completed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check openai==3.3.0
cat > "$dir/ask.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from openai import OpenAI


def message(name: str, text: str, **more: str) -> dict:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "id": name, "role": "assistant", "content": [part], **more}


REPLY = {
    "id": "resp_1", "object": "response", "created_at": 1, "model": "m", "status": "incomplete",
    "incomplete_details": {"reason": "max_output_tokens"}, "parallel_tool_calls": True,
    "tool_choice": "auto", "tools": [],
    "output": [
        message("msg_1", "Let me look.", status="completed", phase="commentary"),
        message("msg_2", "The answer is 4", status="incomplete", phase="final_answer"),
    ],
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
client = OpenAI(api_key="none", base_url=f"http://127.0.0.1:{server.server_port}/v1")
reply = client.responses.create(model="m", input="2 + 2?")
print(f"{reply.status}: {reply.output_text}")
server.shutdown()
PY
seen=$(env -u HTTP_PROXY -u http_proxy -u HTTPS_PROXY -u https_proxy -u ALL_PROXY -u all_proxy "$dir/venv/bin/python" "$dir/ask.py")
[ "$seen" = "incomplete: Let me look.The answer is 4" ] || { echo "changed: $seen"; exit 1; }
echo "openai 3.3.0: output_text of $seen"
