"""Keeps a few programs running: starts them, starts again what ended, stops them all.

Nothing here waits for long: `tick` is to be called a few times a second. Children of children
that lose their parent become ours (on Linux) and are looked after too.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from botpe_app.embedded.programs import Command, Fork, Process, Program
from botpe_app.embedded.remains import wait_until
from botpe_app.errors import BotpeError
from botpe_app.processes import adopt_orphans, end_orphans, reap_orphans

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0  # seconds between tries to start a program
_HEALTHY_AFTER = 20.0  # seconds of life after which earlier deaths are forgotten
_TRIM_EVERY = 60.0  # seconds
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Keeps `programs` running. `tell` gets a line whenever one ended unasked."""

    def __init__(self, programs: Sequence[Program], tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._watches = [_Watch(program) for program in programs]
        self._next_trim = 0.0

    def tick(self) -> None:
        """Starts what does not run, and cleans up."""
        for watch in self._watches:
            watch.look(self._tell)
        if time.monotonic() > self._next_trim:
            self._next_trim = time.monotonic() + _TRIM_EVERY
            for command in self._commands():
                command.trim_log()

    def run(self, wanted: Callable[[], bool] = lambda: True) -> None:
        """Keeps them running as long as they are `wanted` and no signal raises."""
        while wanted():
            self.tick()
            reap_orphans([watch.pid for watch in self._watches])
            time.sleep(0.2)

    def failing(self) -> Command | None:
        """A command that keeps ending soon after its start."""
        for watch in self._watches:
            if watch.deaths >= 3 and isinstance(watch.program, Command):
                return watch.program
        return None

    def stop(self, *, grace: float = 10) -> None:
        """Ends all of ours, politely for `grace` seconds; servers are left to their owner."""
        running: list[Process] = [
            watch.program.process
            for watch in self._watches
            if isinstance(watch.program, Command | Fork) and watch.program.process
        ]
        for process in running:
            process.terminate()
        wait_until(lambda: all(process.poll() is not None for process in running), grace)
        for process in running:
            process.kill()
            process.wait()

    def _commands(self) -> list[Command]:
        return [watch.program for watch in self._watches if isinstance(watch.program, Command)]


class _Watch:
    """One program, how often it ended lately and when it may be started again."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.deaths = 0
        self._started: float | None = None  # None while it waits for its next start
        self._due = 0.0

    @property
    def pid(self) -> int:
        return self.program.process.pid if self.program.process else 0

    def look(self, tell: Callable[[str], None]) -> None:
        now = time.monotonic()
        if self._runs():
            self._started = self._started or now
            if now - self._started > _HEALTHY_AFTER:
                self.deaths = 0
        elif self._started:
            self._started = None
            self._due = now + self._pause()
            self.deaths += 1
            tell(f"{self.program.name} ended ({self._how()}); starting it again")
        elif now >= self._due:
            self._start(tell)

    def _start(self, tell: Callable[[str], None]) -> None:
        try:
            self.program.start()
            self._started = time.monotonic()
        except (BotpeError, OSError) as error:
            self.deaths += 1
            self._due = time.monotonic() + self._pause()
            tell(f"{self.program.name} cannot be started: {error}")

    def _runs(self) -> bool:
        process = self.program.process
        return process is not None and process.poll() is None

    def _pause(self) -> float:
        return min(_SHORTEST_PAUSE * 2**self.deaths, _LONGEST_PAUSE) if self.deaths else 0.0

    def _how(self) -> str:
        code = self.program.process.returncode if self.program.process else None
        if code is None:
            return "unknown"
        return f"signal {-code}" if code < 0 else f"exit code {code}"


def supervise(supervisor: Supervisor) -> None:
    """Keeps a supervisor's programs running until we are told to stop, then stops them."""
    stop_on_signals()
    adopt_orphans()
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as ending:
        ending.callback(end_orphans)
        ending.callback(supervisor.stop)
        supervisor.run()


def stop_on_signals() -> None:
    """SIGTERM and a closed terminal stop us like Ctrl-C; nothing interrupts the stopping.

    They raise KeyboardInterrupt in the main thread, once.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        for ours in _STOPPING:
            signal.signal(ours, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in _STOPPING:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, stop)
