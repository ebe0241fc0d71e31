"""A small Graph API of files, which can be told to misbehave with them; it takes all messages."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast


class GraphOfFiles(ThreadingHTTPServer):
    """Customers' files by id, those that were uploaded, and what goes wrong next."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.uploads: list[tuple[str, bytes]] = []  # the number's id and the request's body
        self.messages: list[dict[str, Any]] = []  # as they were posted
        self.asked: list[str] = []
        self.refusals: list[tuple[int, dict[str, Any]]] = []  # the next answers: status, JSON
        self.damage = 0  # downloads that arrive changed
        self.pause = 0.0  # seconds between two parts of a download
        self.uploading = threading.Event()  # an upload is answered once this is set
        self.uploading.set()

    @property
    def url(self) -> str:
        """Its address, for WHATSAPP_GRAPH_URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def graph_of_files() -> Iterator[GraphOfFiles]:
    """One that runs meanwhile."""
    server = GraphOfFiles()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def graph(self) -> GraphOfFiles:
        return cast("GraphOfFiles", self.server)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self.graph.asked.append(self.path)
        if self.graph.refusals:
            self._json(*self.graph.refusals.pop(0))
            return
        media_id = self.path.rpartition("/")[2]
        content = self.graph.files.get(media_id)
        if content is None:
            self._json(400, {"error": {"code": 100, "error_subcode": 33, "message": "none"}})
        elif self.path.startswith("/cdn/"):
            self._send(content)
        else:
            digest = hashlib.sha256(content).hexdigest()
            url = f"{self.graph.url}/cdn/{media_id}"
            told = {"url": url, "sha256": digest, "file_size": len(content), "mime_type": "x/y"}
            self._json(200, told)

    def do_POST(self) -> None:
        self.graph.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/messages"):
            self.graph.messages.append(json.loads(body))
            wamid = f"wamid.{len(self.graph.messages)}"
            self._json(200, {"messages": [{"id": wamid}], "contacts": []})
            return
        self.graph.uploading.wait(10)
        if self.graph.refusals:
            self._json(*self.graph.refusals.pop(0))
            return
        self.graph.uploads.append((self.path.split("/")[2], body))
        self._json(200, {"id": str(70_000 + len(self.graph.uploads))})

    def _send(self, content: bytes) -> None:
        if self.graph.damage:
            self.graph.damage -= 1
            content = content[:-1] + bytes([content[-1] ^ 1])
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        step = max(1, len(content) // 10)
        for start in range(0, len(content), step):
            self.wfile.write(content[start : start + step])
            time.sleep(self.graph.pause)

    def _json(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
