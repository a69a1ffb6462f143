"""A small server that speaks the OpenAI embeddings API, on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hashing_embedder import HashingEmbedder


class EmbeddingServer:
    """Embeds by hashed words. `asked` holds every text it was sent; `failures` are the next answers' status codes."""

    def __init__(self) -> None:
        self.model = HashingEmbedder()
        self.asked: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.failures: list[int] = []
        self.knows_kinds = True
        self.limit = 10**6  # texts, after which it fails for good
        self.address = ""

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.bodies.append(body)
        if self.failures:
            return self.failures.pop(0), {"error": {"message": "model is loading"}}
        if "input_type" in body and not self.knows_kinds:
            return 400, {"error": {"message": "Unrecognized request argument supplied: input_type"}}
        if len(self.asked) + len(body["input"]) > self.limit:
            return 500, {"error": {"message": "out of memory"}}
        self.asked += body["input"]
        rows = self.model.encode(body["input"]).tolist()
        data = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(rows)]
        return 200, {"object": "list", "model": body["model"], "data": data[::-1]}


@contextmanager
def embedding_server() -> Iterator[EmbeddingServer]:
    """One that is up until the block ends; its address ends in /v1."""
    state = EmbeddingServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, content = state.answer(body) if self.path == "/v1/embeddings" else (404, {"error": "no such page"})
            self._send(status, content)

        def do_GET(self) -> None:
            self._send(200, {"data": [{"id": "small", "max_model_len": 20}, {"id": "hashed"}]})

        def _send(self, status: int, content: dict[str, Any]) -> None:
            written = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
