"""Real worker and scheduler processes for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def process(code: str, log: Path) -> Generator[subprocess.Popen[bytes]]:
    """A Python process running `code` with this process's environment, ended at the end."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), stderr=output
        )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def worker(lane: str, log: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A running worker of this lane."""
    return process(f"from jobs.worker import run; run({lane!r})", log)


def until(condition: Callable[[], object], seconds: float = 40) -> float:
    """Waits for it; how many seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "did not happen in time"
        time.sleep(0.01)
    return time.monotonic() - began


def title(child: subprocess.Popen[bytes]) -> str:
    """How `ps` shows it."""
    return Path(f"/proc/{child.pid}/cmdline").read_bytes().rstrip(b"\0").decode()


def stop(child: subprocess.Popen[bytes]) -> float:
    """Asks it to stop, once it has begun; seconds until it had, with exit code 0."""
    until(lambda: title(child).startswith("botpe: "))
    began = time.monotonic()
    child.send_signal(signal.SIGTERM)
    assert child.wait(15) == 0
    return time.monotonic() - began
