"""The addresses of the built pages: none ends in a slash, and `/` is the dashboard."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_PAGE = re.compile(r"(?:/[a-z0-9-]+)+")


def plain(pages: ASGIApp, build: Path) -> ASGIApp:
    """`pages` (Reflex), whose files in `build` would otherwise answer `/inbox` by `/inbox/`."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] == "http" and path == "/":
            await RedirectResponse("/dashboard")(scope, receive, send)
        elif scope["type"] == "http" and _PAGE.fullmatch(path) and _has(build, path):
            await pages({**scope, "path": f"{path}/"}, receive, send)
        else:
            await pages(scope, receive, send)

    return answer


def _has(build: Path, path: str) -> bool:
    return (build / path.lstrip("/") / "index.html").exists()
