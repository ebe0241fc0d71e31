"""A local server that speaks the Messages API, by script."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def says(text: str, *, tokens: tuple[int, int] = (100, 50), stop: str = "end_turn") -> Any:
    """A 200 with this text."""
    usage = {"input_tokens": tokens[0], "output_tokens": tokens[1]}
    content = [{"type": "text", "text": text}]
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
    return 200, {**message, "content": content, "stop_reason": stop, "usage": usage}


def fails(status: int) -> Any:
    """An error envelope."""
    return status, {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}


@dataclass
class MessagesApi:
    """What to answer, in order (the last one again and again), and what was asked.

    An answer may be a call that makes it.
    """

    url: str = ""
    script: list[Any] = field(default_factory=list[Any])
    asked: list[dict[str, Any]] = field(default_factory=list)
    hang: threading.Event = field(default_factory=threading.Event)

    def next(self) -> tuple[int, dict[str, Any]] | None:
        """The next answer; None hangs until the server ends."""
        answer: Any = self.script[0]
        if len(self.script) > 1:
            self.script.pop(0)
        made: Any = answer() if callable(answer) else answer
        return made


@contextlib.contextmanager
def serving() -> Iterator[MessagesApi]:
    """The server, while the block lasts."""
    api = MessagesApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["content-length"])
            api.asked.append(json.loads(self.rfile.read(size)))
            answer = api.next()
            if answer is None:
                api.hang.wait(30)
                return
            body = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield api
    finally:
        api.hang.set()
        server.shutdown()
        thread.join()
        server.server_close()
