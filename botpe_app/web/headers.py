"""The headers that go with every answer: what a browser may do with it, and how long to keep it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from botpe_app.config import settings

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
# The builder names these files by their content.
_HASHED = re.compile(r"^/assets/[^/]+-[\w-]{8}\.\w+$")
_NOTHING = "default-src 'none'; frame-ancestors 'none'"  # an answer that is no page
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",  # signing up with Meta is a pop-up
    "Cross-Origin-Resource-Policy": "same-origin",
}


class WithHeaders:
    """`app` with our headers on each answer. `build` is the folder of the built pages."""

    def __init__(self, app: ASGIApp, build: Path | None) -> None:
        self.app = app
        self.always = dict(_ALWAYS)
        self.page_policy = page_policy(_inline_scripts(build))
        if settings().secure:
            self.always["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.always.items():
                    headers.setdefault(name, value)
                policy = self._policy(message["status"], headers)
                headers.setdefault("Content-Security-Policy", policy)
                headers.setdefault("Cache-Control", _caching(scope["path"], message["status"]))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _policy(self, status: int, headers: MutableHeaders) -> str:
        # A browser puts the headers of a 304 on the page that it kept.
        is_page = status == 304 or headers.get("content-type", "").startswith("text/html")
        return self.page_policy if is_page else _NOTHING


def page_policy(scripts: Iterable[str]) -> str:
    """What a page of ours may load and run: its own files, and these inline scripts by hash.

    Styles may stand inline: the pages place charts and bubbles by them, and no one else writes
    markup here.
    """
    allowed = " ".join(["'self'", *sorted(scripts)])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {allowed}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _inline_scripts(build: Path | None) -> set[str]:
    """The hashes of the scripts that stand in the built pages themselves."""
    pages = build.rglob("*.html") if build else ()
    found = {script for page in pages for script in _INLINE_SCRIPT.findall(page.read_bytes())}
    return {f"'sha256-{base64.b64encode(hashlib.sha256(s).digest()).decode()}'" for s in found}


def _caching(path: str, status: int) -> str:
    if path.startswith("/api/"):
        return "no-store"
    if status == 200 and _HASHED.match(path):
        return "public, max-age=31536000, immutable"
    return "no-cache"
