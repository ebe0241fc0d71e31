"""One id, one log line and at worst one clear error page for every request."""

from __future__ import annotations

import html
import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from botpe_app import logs

log = logging.getLogger(__name__)

_ACCEPTABLE = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_QUIET = ("/assets/", "/healthz", "/readyz", "/metrics")
_CLIENT_LEFT = 499  # no answer was possible; the number that servers log for it


class Watched:
    """`app` with a correlation id (X-Request-Id in and out) and a log line for each request.

    A 500, whoever wrote it, becomes our own answer that names the id; the log has the rest.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with logs.correlated(_request_id(scope)):
            await self._watch(scope, receive, _Reply(scope, receive, send))

    async def _watch(self, scope: Scope, receive: Receive, reply: _Reply) -> None:
        started = time.perf_counter()
        who: dict[str, str] = {}
        scope["botpe.who"] = who
        try:
            await self.app(scope, receive, reply.send)
        except ClientDisconnect:
            reply.status = reply.status or _CLIENT_LEFT
        except Exception:
            log.exception("request_failed", extra={"path": scope["path"]})
            reply.failed = True
        if reply.failed:
            await reply.apologise()
        level = logging.DEBUG if scope["path"].startswith(_QUIET) else logging.INFO
        log.log(
            level,
            "request",
            extra={
                "method": scope["method"],
                "path": scope["path"][:200],
                "status": reply.status,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                **who,
            },
        )


class _Reply:
    """What goes back: with the id on it, and a 500 held back until it is in our own words."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._ours = False
        self.status = 0
        self.failed = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.failed = message["status"] == 500 and not self._ours
            if not self.failed:
                self.status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = logs.correlation_id()
        if not self.failed:
            await self._send(message)

    async def apologise(self) -> None:
        """Answers with the error page, unless another answer has begun."""
        if not self.status:
            self._ours = True
            await _apology(self._scope)(self._scope, self._receive, self.send)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _ACCEPTABLE.fullmatch(given) else str(uuid4())


def _apology(scope: Scope) -> Response:
    known = logs.correlation_id()
    message = f"Something went wrong on our side. If it stays, tell your admin this id: {known}"
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": error_body("internal", message)}, 500)
    return HTMLResponse(_PAGE.replace("{id}", html.escape(known)), 500)


def error_body(code: str, message: str, field: str | None = None) -> dict[str, str | None]:
    """The inside of the API's error envelope."""
    return {"code": code, "message": message, "field": field}


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Something went wrong · BotPe</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.5rem}
h1{font-size:1.25rem}code{user-select:all}a{color:inherit}
</style></head><body>
<h1>Something went wrong on our side</h1>
<p>Try again in a moment; if it stays, tell your admin this id:</p>
<p><code>{id}</code></p>
<p><a href="/">Back to the start</a></p>
</body></html>
"""
