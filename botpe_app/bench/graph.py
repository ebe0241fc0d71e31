"""A fake Graph API in a process of its own: it answers sends, counts them, and fails on demand.

Lean on purpose (a bare protocol, no framework), so that what is measured is who calls it. Times
are `time.monotonic()`, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

import uvloop

from botpe_app.config import environment
from botpe_app.embedded.files import free_port
from botpe_app.errors import Unavailable
from botpe_app.processes import spawn

_OK = "HTTP/1.1 {status} X\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: "


@dataclass(frozen=True, slots=True)
class Post:
    """A send that arrived. `outcome` is what was done with it: accepted, or a fault's kind."""

    at: float
    phone_number_id: str
    token: str
    to: str
    attempt: str
    body: str
    outcome: str
    wamid: str  # "" unless it was accepted

    @property
    def accepted(self) -> bool:
        """Whether the message is on its way to the customer, whoever knows of it."""
        return bool(self.wamid)


class Script:
    """What happens to the next sends: the latency of all, and faults that use themselves up.

    A fault is `{"kind", "times", "every", "to", …}`: it hits every `every`-th send (1) whose
    recipient is `to` (all), `times` times (for ever). Kinds: `error` (an envelope with `code`,
    `status`, `details`), `html` (a 502 page), `reset` (cut before it is accepted), `lost` (cut
    after it was accepted) and `silent` (accepted, never answered).
    """

    def __init__(self) -> None:
        self.latency = 0.0
        self.per_second: int | None = None  # more than that is refused with 130429
        self.faults: list[dict[str, Any]] = []

    def fault(self, to: str) -> dict[str, Any] | None:
        """The fault that hits a send to `to`, counting it."""
        for fault in self.faults:
            if fault.get("to", to) != to or fault.get("times") == 0:
                continue
            fault["seen"] = fault.get("seen", 0) + 1
            if fault["seen"] % fault.get("every", 1) == 0:
                if "times" in fault:
                    fault["times"] -= 1
                return fault
        return None


class Graph(asyncio.Protocol):
    """One connection to the fake."""

    posts: list[Post] = []  # noqa: RUF012 - shared by all connections on purpose
    script = Script()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:])}
            stop = end + 4 + int(headers.get("content-length", 0))
            if len(self.buffer) < stop:
                return
            body, self.buffer = self.buffer[end + 4 : stop], self.buffer[stop:]
            self._answer(head[0].split(" ")[1], headers, body)

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> None:
        if path == "/_script":
            self.script.__dict__.update(json.loads(body))
            self._send({})
        elif path.startswith("/_posts/"):
            fields, first = Post.__dataclass_fields__, int(path.rpartition("/")[2])
            posts = [[getattr(p, name) for name in fields] for p in self.posts[first:]]
            self._send({"posts": posts})
        elif path == "/_forget":
            self.posts.clear()
            self._send({})
        else:
            self._message(path.split("/")[-2], headers.get("authorization", ""), json.loads(body))

    def _message(self, phone_number_id: str, authorization: str, body: dict[str, Any]) -> None:
        now = time.monotonic()
        to = body.get("to") or body.get("recipient") or ""
        fault = self._too_fast(now) or self.script.fault(to)
        kind = fault["kind"] if fault else "accepted"
        wamid = f"wamid.{len(self.posts)}" if kind in ("accepted", "lost", "silent") else ""
        attempt = body.get("biz_opaque_callback_data", "")
        text = body.get("text", {}).get("body", "")
        token = authorization.removeprefix("Bearer ")
        self.posts.append(Post(now, phone_number_id, token, to, attempt, text, kind, wamid))
        loop, latency = asyncio.get_running_loop(), self.script.latency
        if kind == "silent":
            return
        if kind in ("reset", "lost"):
            loop.call_later(latency, self.transport.abort)
        elif kind == "html":
            loop.call_later(latency, self._write, 502, b"<html>Bad gateway</html>")
        else:
            status, answer = _error(fault) if fault else (200, _accepted(to, wamid))
            if latency:
                loop.call_later(latency, self._send, answer, status)
            else:
                self._send(answer, status)

    def _too_fast(self, now: float) -> dict[str, Any] | None:
        limit = self.script.per_second
        accepted = [post.at for post in self.posts[-4 * limit :] if post.wamid] if limit else []
        if limit and len(accepted) >= limit and accepted[-limit] > now - 1:
            return {"kind": "error", "code": 130429, "status": 400}
        return None

    def _send(self, answer: dict[str, Any], status: int = 200) -> None:
        self._write(status, json.dumps(answer).encode())

    def _write(self, status: int, body: bytes) -> None:
        if not self.transport.is_closing():
            head = f"{_OK.format(status=status)}{len(body)}\r\n\r\n"
            self.transport.write(head.encode() + body)


def _accepted(to: str, wamid: str) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": to, "wa_id": to.lstrip("+")}],
        "messages": [{"id": wamid, "message_status": "accepted"}],
    }


def _error(fault: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    code = fault["code"]
    error = {"message": f"(#{code}) {fault.get('details', 'No')}", "type": "OAuthException"}
    error |= {"code": code, "error_data": {"details": fault.get("details", "No")}}
    return fault.get("status", 400), {"error": {**error, "fbtrace_id": "A"}}


class FakeGraph:
    """A fake Graph API in its own process, from here: one that runs at `url`, or as a context
    manager one that runs as long as the block.
    """

    def __init__(self, url: str = "", *, latency: float = 0.0) -> None:
        self.url = url
        self._latency = latency

    def __enter__(self) -> FakeGraph:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "botpe_app.bench.graph", str(port)]
        self.process = spawn(command, None, environment())
        deadline = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Unavailable("The fake Graph API did not start.")
            time.sleep(0.02)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            self.script(latency=self._latency)
        except OSError:
            return False
        return True

    def script(self, **settings: Any) -> None:
        """Changes what happens to the next sends: `latency`, `per_second`, `faults`."""
        self._call("/_script", json.dumps(settings).encode())

    def posts(self, first: int = 0) -> list[Post]:
        """Every send that arrived, in order of arrival, from the `first` on."""
        return [Post(*fields) for fields in self._call(f"/_posts/{first}")["posts"]]

    def forget(self) -> None:
        """Begins counting anew."""
        self._call("/_forget", b"{}")

    def _call(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + path, body, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


def busiest_second(posts: list[Post]) -> int:
    """The most sends that arrived within any one second."""
    most, first = 0, 0
    times = sorted(post.at for post in posts)
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Graph, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_serve(int(sys.argv[1])))
