"""What every process of ours needs: its name in `ps`, and an end when its parent ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

import setproctitle

_PR_SET_PDEATHSIG = 1


def set_title(role: str) -> None:
    """Makes this process's command line begin with `botpe: ROLE`."""
    setproctitle.setproctitle(f"botpe: {role}")


def end_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """Has the kernel send this process `signal_number` when the thread that forked it ends.

    For processes forked by ours (a worker's children); those that we start ourselves get it
    from `ending_with_parent`. Does nothing where the kernel cannot do it (only Linux can).
    """
    ending_with_parent(signal_number, parent=os.getppid())()


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


def _prctl() -> Callable[[int, int], object]:
    if sys.platform != "linux":
        return lambda option, value: None
    return ctypes.CDLL(None, use_errno=True).prctl
