"""What `botpe up` keeps running: our own commands, and the servers they need."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from botpe_app.embedded.files import open_log
from botpe_app.embedded.frontend import PROJECT
from botpe_app.errors import Unavailable
from botpe_app.processes import spawn

_LOG_BYTES = 50 * 1024 * 1024


class Program(Protocol):
    """Something that can be kept running."""

    name: str

    def start(self) -> None: ...
    @property
    def process(self) -> subprocess.Popen[bytes] | None: ...


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
