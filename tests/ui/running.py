"""The whole product, as `botpe up` runs it, for tests in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sysconfig
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from botpe_app.services.demo import SIGN_INS
from tests.ui.conftest import ROOT, free_port

SECONDS_TO_START = 240  # the first time the pages are built
COOKIE = "botpe_session"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running `botpe up` with the demo and the simulator, fresh for each room.

    Its end is the module's: pytest keeps one of a fixture for each module that imports it, and a
    session's worth of them would all run at once.
    BOTPE_TEST_URL names one that runs already, for whoever works on the pages.
    """
    if already := os.environ.get("BOTPE_TEST_URL"):
        yield already
        return
    folder, base = tmp_path_factory.mktemp("up"), f"http://localhost:{free_port()}"
    command = shutil.which("botpe", path=sysconfig.get_path("scripts"))
    assert command is not None
    port = base.rsplit(":", 1)[-1]
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [command, "up", "--port", port, "--data-dir", str(folder / "data"), "--workers", "1"],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(base, process, folder / "up.log")
        yield base
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _wait(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    begin = time.monotonic()
    while time.monotonic() - begin < SECONDS_TO_START:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{base}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise AssertionError(log.read_text()[-3000:])


Visit = Callable[..., Page]


@pytest.fixture
def visit(running: str, browser: Browser) -> Iterator[Visit]:
    """Opens an address in a browser of its own, signed in if an e-mail address is given.

    A page that logs an error or throws fails the test, unless `complains` is False.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        address: str,
        *,
        email: str = "",
        like: Page | None = None,
        complains: bool = True,
        **options: object,
    ) -> Page:
        if like is None:
            context = browser.new_context(base_url=running, **options)  # pyright: ignore[reportArgumentType]
            contexts.append(context)
            if email:
                _sign_in(context, running, email)
        else:
            context = like.context
        page = context.new_page()
        if complains:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _sign_in(context: BrowserContext, base: str, email: str) -> None:
    context.add_cookies([{"name": COOKIE, "value": _session(base, email), "url": base}])


@cache  # signing in is rate-limited, as it should be
def _session(base: str, email: str) -> str:
    password = next(one.password for one in SIGN_INS if one.email == email)
    answer = httpx.post(f"{base}/api/auth/sign-in", json={"email": email, "password": password})
    assert answer.is_success, answer.text
    return answer.cookies[COOKIE]


def register(page: Page, organization: str) -> str:
    """Fills in the form of /register; gives the e-mail address."""
    email = f"{uuid.uuid4().hex[:10]}@example.com"
    page.get_by_label("Organization").fill(organization)
    page.get_by_label("Your name").fill("Lena Fischer")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/dashboard$"))
    return email


def connect_number(page: Page, name: str) -> str:
    """Connects a number by hand under /settings/numbers; gives its phone number id."""
    number = str(uuid.uuid4().int)[:15]
    page.goto("/settings/numbers")
    page.get_by_role("button", name="Connect a number").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_label("Phone number", exact=True).fill("+49 30 901820111")
    form.get_by_label("Phone number id").fill(number)
    form.get_by_label("WhatsApp business account id").fill("102290129340398")
    form.get_by_label("Access token").fill("EAAtest0000token")
    form.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    return number
