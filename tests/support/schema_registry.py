"""A schema registry over HTTP: it answers as it is told to, in the REST API of the real ones."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NO_SCHEMA: Mapping[str, Any] = {"error_code": 40403, "message": "Schema not found"}
TYPES = ["JSON", "PROTOBUF", "AVRO"]


class SchemaRegistry:
    """Answers by path: with JSON and 200, with a pair of status and body, else that it has none.

    asked: each path, in its order; logins: the header `Authorization` of each request.
    """

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers: dict[str, Any] = {"schemas/types": TYPES, **answers}
        self.asked: list[str] = []
        self.logins: list[str | None] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.removeprefix("/")
                registry.asked.append(path)
                registry.logins.append(self.headers["Authorization"])
                answer = registry.answers.get(path, (404, NO_SCHEMA))
                status, body = answer if isinstance(answer, tuple) else (200, answer)
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                if status // 100 == 3:
                    self.send_header("Location", f"{registry.url}/schemas/ids/1")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator["SchemaRegistry"]:
        """Serve until the end of the block."""
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
