"""Living processes by the folder they work in: a pid in a file may be anybody's by now.

Postgres and Redis change into their data folder, and nobody else does. Without /proc (macOS)
nothing is found, and the servers' own checks have to do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path


def living_in(folder: Path) -> list[int]:
    """The pids of the living processes whose working directory is `folder`."""
    found: list[int] = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):  # it ended, or is somebody else's
            if link.readlink() == folder.resolve():
                found.append(int(link.parent.name))
    return found


def is_alive(pid: int) -> bool:
    """Whether `pid` runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def signal_all(pids: Iterable[int], how: signal.Signals) -> None:
    """Sends `how` to each that still is there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)


def wait_until(
    condition: Callable[[], bool], seconds: float, *, waiting: Callable[[], None] = lambda: None
) -> bool:
    """Whether `condition` came true within `seconds`; `waiting` is called often meanwhile."""
    deadline = time.monotonic() + seconds
    pause = 0.01
    while not condition():
        if time.monotonic() > deadline:
            return False
        waiting()
        time.sleep(pause)
        pause = min(pause * 1.2, 0.1)
    return True


def end_all_in(folder: Path, *ladder: signal.Signals, patience: float) -> None:
    """Ends the processes of `folder`: with the first signal, else, after `patience`, the next."""
    pids = living_in(folder)
    for how in ladder:
        signal_all(pids, how)
        if wait_until(lambda: not any(map(is_alive, pids)), patience):
            return
