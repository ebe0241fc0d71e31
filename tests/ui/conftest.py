"""A real web process on a free port, and people who are signed in to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from botpe_app import db
from botpe_app.config import settings
from botpe_app.models import UserSession
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, hash_token
from tests.browser import browser, chromium, playwright
from tests.conftest import APP_SECRET, VERIFY_TOKEN

__all__ = ["browser", "chromium", "playwright"]  # fixtures

ROOT = Path(__file__).parents[2]
_SERVE = "from botpe_app.cli.serve import serve; serve('127.0.0.1', {port}, {workers})"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def web_process(
    migrated: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a web process without built pages: sockets, API and webhook."""
    base, folder = f"http://127.0.0.1:{free_port()}", tmp_path_factory.mktemp("web")
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE.format(port=base.rsplit(":")[-1], workers=1)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": migrated,
            "REDIS_URL": redis_url,
            "BOTPE_DATA_DIR": str(folder),
            "BOTPE_BASE_URL": base,
            "BOTPE_SECRET_KEY": "test-secret-key",
            "BOTPE_ENCRYPTION_KEYS": "test-encryption-key",
            "WHATSAPP_APP_SECRET": APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
            "REFLEX_WEB_WORKDIR": str(folder),
            "__REFLEX_SKIP_COMPILE": "true",
            "REFLEX_ENV_MODE": "prod",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_it_answers(base, process)
        yield base
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def web(services: str, web_process: str, configure: Callable[..., None]) -> str:
    """The address of a web process that works on this test's empty tables."""
    configure(BOTPE_BASE_URL=web_process)
    return web_process


def _wait_until_it_answers(base: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            assert process.stdout is not None
            raise AssertionError(process.stdout.read().decode()[-3000:])
        try:
            if httpx.get(f"{base}/ping").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("The web process does not answer.")


@pytest.fixture
def sign_in() -> Callable[[Actor], str]:
    """Signs somebody in; gives the Cookie header of their browser."""

    def start(actor: Actor) -> str:
        token = f"session-{os.urandom(8).hex()}"
        assert actor.user_id is not None
        with db.transaction() as session:
            db.act_as_system(session)
            session.add(
                UserSession(
                    user_id=actor.user_id,
                    organization_id=actor.organization_id,
                    token_hash=hash_token(token),
                    expires_at=utc_now() + timedelta(days=7),
                )
            )
        return f"{settings().session_cookie}={token}"

    return start
