"""A foreign Graph API of a few lines: says what a test tells it to, keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """A request: `path` without the version."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


@dataclass
class Graph:
    """`answer` takes what was asked and gives status and JSON."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], tuple[int, Any]] = lambda asked: (200, {})


@contextmanager
def serving() -> Iterator[Graph]:
    """A running one."""
    graph = Graph()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            address = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            path = "/" + address.path.split("/", 2)[2]
            asked = Asked(self.command, path, query, json.loads(raw) if raw else None)
            graph.asked.append(asked)
            status, body = graph.answer(asked)
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_DELETE = _any  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    graph.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield graph
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def refused(code: int, subcode: int = 0, status: int = 400) -> tuple[int, Any]:
    """An error answer."""
    error = {"message": "no", "code": code, "error_subcode": subcode, "type": "OAuthException"}
    return status, {"error": error}
