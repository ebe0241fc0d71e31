"""A real browser for tests; never skipped: found, or installed, or the test fails with the mend.

Playwright keeps an event loop running in its thread, in which no other test could run one of
its own; so it is started for each module and ended with it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from botpe_app.embedded.browser import FLAGS, find_or_install


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    return find_or_install()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    """A running browser; tests open a context of their own in it."""
    running = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    yield running
    running.close()
