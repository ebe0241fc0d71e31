"""The progress of a start in the terminal: a line a step, with what it took."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import TextIO


class Steps:
    """Writes steps to `out`: live ones in a terminal, finished ones anywhere else."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._live = out.isatty()
        self._began = time.monotonic()

    @contextlib.contextmanager
    def step(self, name: str, doing: str = "") -> Iterator[Step]:
        """A step that is done when the block ends; `doing` says what may take long."""
        step = Step(self, name, doing)
        step.tick()
        try:
            yield step
        except BaseException:
            self.line(f"  ✗ {step.name}")
            raise
        self.line(f"  ✓ {step.name:<11}{step.outcome:<44}{step.seconds:6.1f} s")

    def line(self, text: str) -> None:
        """Writes a whole line."""
        start = "\r\033[K" if self._live else ""
        self._write(f"{start}{text.rstrip()}\n")

    @property
    def seconds(self) -> float:
        """Since the first step."""
        return time.monotonic() - self._began

    def show(self, text: str, *, first: bool) -> None:
        """Shows what is going on: over itself in a terminal, once anywhere else."""
        if self._live:
            self._write(f"\r\033[K{text}")
        elif first:
            self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # whoever read it went away; we go on
            self._out.write(text)
            self._out.flush()


class Step:
    """One step under way."""

    def __init__(self, steps: Steps, name: str, doing: str) -> None:
        self.name = name
        self.outcome = ""  # what to say once it is done
        self._steps = steps
        self._doing = doing
        self._began = time.monotonic()
        self._shown = 0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def say(self, doing: str) -> None:
        """Shows that it now does something that may take long."""
        self._doing, self._shown = doing, 0
        self.tick()

    def tick(self) -> None:
        """Shows that it goes on; may be called as often as one likes."""
        second = int(self.seconds)
        if self._doing and second >= self._shown:
            text = f"  … {self.name:<11}{self._doing}"
            self._steps.show(f"{text} ({second} s)" if second else text, first=not self._shown)
            self._shown = second + 1
