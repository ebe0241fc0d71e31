"""The front door behind the real server: what only shows on a wire."""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from botpe_app.config import environment
from botpe_app.embedded.files import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
ORIGIN = "http://localhost:3000"


pytestmark = pytest.mark.xdist_group("web server")  # started once


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Granian with the test's pages behind our door, on a free port."""
    chosen = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(chosen)]
    server = subprocess.Popen(
        [*command, "--factory", "tests.web.served:app"],
        cwd=ROOT,
        env={**environment(), "BOTPE_BASE_URL": ORIGIN},
        start_new_session=True,
    )
    try:
        _wait_for(server, f"http://127.0.0.1:{chosen}/healthz")
        yield chosen
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
        with contextlib.suppress(ProcessLookupError):  # its workers, if it left any behind
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(5)


def _wait_for(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 90  # on a busy machine importing takes its time
    while server.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server does not answer at {address}")


def upgrade(port: int, origin: str) -> int:
    """The status that opening a socket is answered with."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /_event/?EIO=4&transport=websocket HTTP/1.1",
        "Host: localhost:3000",
        f"Origin: {origin}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(wire.recv(1024).split()[1])


def test_sockets_of_our_pages_open_and_others_get_403(port: int) -> None:
    assert upgrade(port, ORIGIN) == 101
    assert upgrade(port, "https://evil.example") == 403
    assert upgrade(port, "null") == 403


def test_a_huge_body_is_refused_without_waiting_for_its_end(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        response = client.post("/api/auth/sign-in", content=b"x" * 8_000_000)
        assert response.status_code == 413
        assert client.get("/healthz").status_code == 200


def test_headers_ids_and_compression_survive_the_wire(port: int) -> None:
    address = f"http://127.0.0.1:{port}/api/openapi.json"
    response = httpx.get(address, headers={"X-Request-Id": "wire-1"}, timeout=30)
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["x-request-id"] == "wire-1"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_crash_answers_with_its_id_and_the_server_lives_on(port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    crashed = httpx.get(f"{address}/broken", headers={"X-Request-Id": "wire-2"}, timeout=30)
    assert crashed.status_code == 500
    assert "wire-2" in crashed.text
    assert httpx.get(f"{address}/", timeout=30).text == "<html>pages</html>"
