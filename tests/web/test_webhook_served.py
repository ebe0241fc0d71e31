"""The webhook as it is served: several processes, either event loop, over real sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from botpe_app.bench import load
from botpe_app.embedded.files import free_port
from botpe_app.whatsapp.signature import sign
from tests.conftest import APP_SECRET, count
from tests.jobs.lanes import until
from tests.services.ingesting import message

PATH = "/webhooks/whatsapp"


def request(number: int, secret: str = APP_SECRET) -> bytes:
    body = message(number)
    return load.request(PATH, body, sign(secret, body))


@pytest.fixture(params=["asyncio", "uvloop"])
def served(services: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """The port of two server processes that serve the webhook on this event loop."""
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", "asginl", "--workers", "2",
                "--loop", request.param, "--port", str(port), "--workers-kill-timeout", "5",
                "botpe_app.web.webhook:webhook",
            ],
            env=dict(os.environ), stdout=log, stderr=log,
        )  # fmt: skip
    try:
        until(lambda: answers(port), 60)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def answers(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_what_many_connections_post_to_several_processes_is_all_stored(
    services: str, served: int
) -> None:
    posts = [request(number) for number in range(200)]
    assert len(load.at_rate(served, posts + posts, 32, 1000)) == 400
    assert count(services, "webhook_events") == 200


def test_a_wrong_signature_is_refused_over_the_wire_too(services: str, served: int) -> None:
    with pytest.raises(RuntimeError, match="401"):
        load.flat_out(served, iter([request(1, "wrong")]), 1, 5)
    assert count(services, "webhook_events") == 0
