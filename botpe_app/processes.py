"""What every process of ours needs: its name in `ps`, and an end when its parent ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import setproctitle

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def set_title(role: str) -> None:
    """Makes this process's command line begin with `botpe: ROLE`."""
    setproctitle.setproctitle(f"botpe: {role}")


def end_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """Has the kernel send this process `signal_number` when the thread that forked it ends.

    For processes forked by ours (a worker's children); those that we start ourselves get it
    from `ending_with_parent`. Does nothing where the kernel cannot do it (only Linux can).
    """
    ending_with_parent(signal_number, parent=os.getppid())()


def runner() -> int | None:
    """The pid of the `uv run` that started us, if one did; it passes on no kill -9."""
    with contextlib.suppress(OSError):
        parent = os.getppid()
        if Path(f"/proc/{parent}/comm").read_text(encoding="utf-8").strip() == "uv":
            return parent
    return None


def ending_with_parent(
    signal_number: int = signal.SIGKILL, *, parent: int | None = None
) -> Callable[[], None]:
    """The same as a function for `Popen(..., preexec_fn=…)`, to be called in the child.

    Popen calls it after it changed the user, which is what makes the setting stay.
    """
    expected = os.getpid() if parent is None else parent
    prctl = _prctl()

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != expected:  # the parent ended before the line above
            os.kill(os.getpid(), signal_number)

    return arm


def spawn(
    command: Sequence[str],
    output: IO[bytes] | None,
    environment: Mapping[str, str],
    *,
    when_parent_ends: signal.Signals = signal.SIGKILL,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """A child that ends with us and that a Ctrl-C in our terminal does not reach.

    Its messages go to `output`, or where ours go. `options` are Popen's (the user, say).
    """
    return subprocess.Popen[bytes](
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=environment,
        start_new_session=True,
        preexec_fn=ending_with_parent(when_parent_ends),
        **options,
    )


def adopt_orphans() -> None:
    """Makes descendants that lose their parent our children (on Linux), to be reaped and ended."""
    _prctl()(_PR_SET_CHILD_SUBREAPER, 1)


def reap_orphans(known: Collection[int]) -> None:
    """Collects the adopted children that ended; those of `known` are left to who started them."""
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid in known:
                return
            os.waitpid(ended.si_pid, 0)


def end_orphans() -> None:
    """Kills and collects every child that is left."""
    with contextlib.suppress(ChildProcessError):
        while left := _children():
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> list[int]:
    """The pids of our children, those that ended too."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            if parent == os.getpid():
                found.append(int(stat.parent.name))
    return found


def _prctl() -> Callable[[int, int], object]:
    if sys.platform != "linux":
        return lambda option, value: None
    return ctypes.CDLL(None, use_errno=True).prctl
