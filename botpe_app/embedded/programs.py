"""What is kept running: our own commands, the servers they need, and a worker's lanes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from botpe_app.embedded.files import open_log
from botpe_app.embedded.frontend import PROJECT
from botpe_app.errors import Unavailable
from botpe_app.processes import ending_with_parent, spawn

_LOG_BYTES = 50 * 1024 * 1024


class Process(Protocol):
    """What is asked of a child process, as of subprocess.Popen."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def wait(self) -> object: ...


class Program(Protocol):
    """Something that can be kept running."""

    name: str

    def start(self) -> None: ...
    @property
    def process(self) -> Process | None: ...


class Command:
    """One of our own commands as a child process, its messages in a log file or where ours go."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._arguments = arguments
        self._environment = environment

    def start(self) -> None:
        command = [sys.executable, "-m", "botpe_app.cli", *self._arguments]
        with self._output() as output:
            self.process = spawn(command, output, self._environment, cwd=PROJECT)

    def last_words(self) -> str:
        """The last line in its log."""
        if not self.log:
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def trim_log(self) -> None:
        """Moves a long log aside; the process goes on writing to the emptied file."""
        if self.log and self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)

    def _output(self) -> contextlib.AbstractContextManager[IO[bytes] | None]:
        return open_log(self.log) if self.log else contextlib.nullcontext()


class Fork:
    """A function of ours in a process of its own, which shares what this one has imported.

    (Where the system does not fork processes it imports them again.)
    """

    def __init__(self, name: str, call: Callable[[str], None], argument: str) -> None:
        self.name = name
        self.process: Process | None = None
        self._call = call
        self._argument = argument

    def start(self) -> None:
        self.process = _Child(self._call, self._argument)


class _Child:
    """A multiprocessing.Process that answers as a Popen does."""

    def __init__(self, call: Callable[[str], None], argument: str) -> None:
        self._process = multiprocessing.Process(target=_live, args=(call, argument, os.getpid()))
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> object:
        return self._process.join()


def _live(call: Callable[[str], None], argument: str, parent: int) -> None:
    """A forked child's life: as apart from its parent as one that `spawn` made."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    ending_with_parent(parent=parent)()
    call(argument)


class Server(Protocol):
    """The embedded Postgres or Redis."""

    process: subprocess.Popen[bytes] | None

    def start(self) -> str: ...


class Kept:
    """A server that runs already: started again at its old address, or not at all."""

    def __init__(self, name: str, server: Server, url: str) -> None:
        self.name = name
        self._server = server
        self._url = url

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        return self._server.process

    def start(self) -> None:
        if self._server.start() != self._url:
            raise Unavailable(f"Another program took the port of {self.name}. Start botpe again.")
