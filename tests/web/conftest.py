"""The whole front door in this process: real ASGI stack, real Postgres and Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from botpe_app import db
from botpe_app.services import api_keys
from botpe_app.services.access import Actor
from botpe_app.web.asgi import mount

BASE = "http://localhost:3000"


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands where Reflex is: a page; /unchanged is a 304, /broken breaks."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})
        return
    if scope["path"] == "/broken":
        raise RuntimeError("planted")
    known = scope["path"] == "/unchanged"
    headers = [] if known else [(b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 304 if known else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if known else b"<html>pages</html>"})


@dataclass
class Browser:
    """Speaks to the app over ASGI; keeps cookies as a browser does."""

    app: ASGIApp
    headers: Mapping[str, str]
    cookies: httpx.Cookies

    def __call__(self, method: str, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return asyncio.run(self._ask(method, path, json, options))

    async def _ask(
        self, method: str, path: str, json: Any, options: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE, headers=self.headers, cookies=self.cookies
        ) as client:
            options = {**options, "json": json} if json is not None else options
            response = await client.request(method, path, **options)
            self.cookies = client.cookies
            return response


def browser(app: ASGIApp, **headers: str) -> Browser:
    """Somebody who has no cookies yet."""
    return Browser(app, headers, httpx.Cookies())


@pytest.fixture
def app(services: str) -> ASGIApp:
    """Everything that answers on the port, with empty tables."""
    return mount(pages)


@pytest.fixture
def anonymous(app: ASGIApp) -> Browser:
    """Somebody without credentials."""
    return browser(app)


@pytest.fixture
def with_key(app: ASGIApp) -> Callable[[Actor, str], Browser]:
    """Makes a program with an API key of a role, in the organization of an ADMIN."""

    def make(admin: Actor, role: str = "ADMIN") -> Browser:
        with db.transaction() as session:
            db.act_for(session, admin.organization_id)
            _, key = api_keys.create(session, admin, name=f"{role} key", role=role)
        return browser(app, Authorization=f"Bearer {key}")

    return make
