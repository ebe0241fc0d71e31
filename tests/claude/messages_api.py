"""A local server that speaks the Messages API, by script."""

from __future__ import annotations

import contextlib
import json
import select
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast


def says(text: str, *, tokens: tuple[int, int] = (100, 50), stop: str = "end_turn") -> Any:
    """A 200 with this text."""
    usage = {"input_tokens": tokens[0], "output_tokens": tokens[1]}
    content = [{"type": "text", "text": text}]
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
    return 200, {**message, "content": content, "stop_reason": stop, "usage": usage}


def fails(status: int) -> Any:
    """An error envelope."""
    return status, {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}


def streams(text: str, *, parts: int = 3, tokens: tuple[int, int] = (100, 50)) -> list[Any]:
    """The events of a message that comes in parts; None among them hangs there."""
    size = max(1, -(-len(text) // parts))
    usage = {"input_tokens": tokens[0], "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": []}
    deltas = [
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": text[at : at + size]},
        }
        for at in range(0, len(text), size)
    ]
    return [
        {"type": "message_start", "message": {**message, "stop_reason": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *deltas,
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": tokens[1]},
        },
        {"type": "message_stop"},
    ]


@dataclass
class MessagesApi:
    """What to answer, in order (the last one again and again), and what was asked.

    An answer may be a call that makes it.
    """

    url: str = ""
    script: list[Any] = field(default_factory=list[Any])
    asked: list[dict[str, Any]] = field(default_factory=list)
    hang: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)  # somebody would wait no more

    def next(self) -> Any:
        """The next answer; None hangs until the server ends."""
        answer: Any = self.script[0]
        if len(self.script) > 1:
            self.script.pop(0)
        made: Any = answer() if callable(answer) else answer
        return made


class _Handler(BaseHTTPRequestHandler):
    api: MessagesApi

    def do_POST(self) -> None:
        size = int(self.headers["content-length"])
        self.api.asked.append(json.loads(self.rfile.read(size)))
        answer = self.api.next()
        if answer is None:
            self._wait()
        elif isinstance(answer, list):
            self._stream(cast("list[Any]", answer))
        else:
            body = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _stream(self, events: list[Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for event in events:
            if event is None:
                self._wait()
                return
            data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
            self.wfile.write(data.encode())
            self.wfile.flush()

    def _wait(self) -> None:
        while not self.api.hang.wait(0.02):
            if select.select([self.connection], [], [], 0)[0]:
                self.api.left.set()
                return

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@contextlib.contextmanager
def serving() -> Iterator[MessagesApi]:
    """The server, while the block lasts."""
    api = MessagesApi()
    handler = type("Handler", (_Handler,), {"api": api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
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
