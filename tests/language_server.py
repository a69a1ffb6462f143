"""A language model behind the OpenAI chat API, played by a server with a script."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Script:
    """What the server says, and what it was asked; `address` is its own."""

    parts: list[str] = field(default_factory=list)
    status: int = 200
    raw: bytes = b""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    address: str = ""


@contextlib.contextmanager
def played(*parts: str) -> Iterator[Script]:
    """A server that streams the parts, and what else the script is given."""
    script = Script([*parts])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            script.keys.append(self.headers.get("authorization", ""))
            self.send_response(script.status)
            self.end_headers()
            for part in script.parts:
                line = {"choices": [{"delta": {"content": part}}]}
                self.wfile.write(f"data: {json.dumps(line)}\n\n".encode())
            self.wfile.write(script.raw or b"data: [DONE]\n\n")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    script.address = f"http://127.0.0.1:{server.server_port}/v1/"
    yield script
    server.shutdown()
    server.server_close()
