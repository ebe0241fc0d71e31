"""What the server of test_server.py loads."""

from __future__ import annotations

from starlette.types import ASGIApp

from botpe_app import logs
from botpe_app.web.asgi import mount
from tests.web.conftest import pages


def app() -> ASGIApp:
    """The front door with the test's pages behind it."""
    logs.configure("web")
    return mount(pages)
