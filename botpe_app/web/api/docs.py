"""The API's own description, and a small page of our own that reads it out: no CDN, no bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from botpe_app.config import settings
from botpe_app.services.idempotency import HEADER

_READER = Path(__file__).parent / "reader"
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "Any text of yours; the same request with it again does nothing new",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of what the app really answers; made once."""
    if app.openapi_schema is None:
        document = app.openapi()
        document["servers"] = [{"url": settings().base_url}]
        for methods in document["paths"].values():
            for method, operation in methods.items():
                if method != "get" and "security" in operation:
                    operation.setdefault("parameters", []).append(_KEY)
    return app.openapi()


async def _openapi(request: Request) -> Response:
    return JSONResponse(describe(request.app))


async def _page(request: Request) -> Response:
    return FileResponse(_READER / "index.html")


async def _script(request: Request) -> Response:
    return FileResponse(_READER / "reader.js")


async def _style(request: Request) -> Response:
    return FileResponse(_READER / "reader.css")


ROUTES = (
    Route("/api/openapi.json", _openapi),
    Route("/api/docs", _page),
    Route("/api/docs/reader.js", _script),
    Route("/api/docs/reader.css", _style),
)
