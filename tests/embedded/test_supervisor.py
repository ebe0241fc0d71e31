"""Programs that are kept running, as real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from botpe_app.config import environment
from botpe_app.embedded.programs import Command, Fork, Kept
from botpe_app.embedded.supervisor import Supervisor
from botpe_app.errors import Unavailable
from botpe_app.processes import spawn


class Shell:
    """A program that is a line of shell."""

    def __init__(self, line: str) -> None:
        self.name = "shell"
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self._line = line

    def start(self) -> None:
        self.starts += 1
        self.process = spawn(["/bin/sh", "-c", self._line], None, environment())

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Broken(Shell):
    def start(self) -> None:
        self.starts += 1
        raise Unavailable("No room.")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def watch(told: list[str]) -> Iterator[Callable[..., Supervisor]]:
    """Makes a supervisor whose programs end with the test."""
    programs: list[Shell] = []

    def make(*watched: Shell) -> Supervisor:
        programs.extend(watched)
        return Supervisor(watched, told.append)

    yield make
    for program in programs:
        if program.process:
            program.process.kill()
            program.process.wait()


def ticking(supervisor: Supervisor, until: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        supervisor.tick()
        time.sleep(0.02)
    return until()


def test_everything_is_started_at_the_first_look(watch: Callable[..., Supervisor]) -> None:
    first, second = Shell("sleep 60"), Shell("sleep 60")
    watch(first, second).tick()
    assert first.running()
    assert second.running()


@pytest.mark.faults
def test_a_killed_program_is_started_again_and_told(
    watch: Callable[..., Supervisor], told: list[str]
) -> None:
    program, other = Shell("sleep 60"), Shell("sleep 60")
    supervisor = watch(program, other)
    supervisor.tick()
    assert program.process
    program.process.kill()
    assert ticking(supervisor, lambda: program.starts == 2 and program.running())
    assert told == ["shell ended (signal 9); starting it again"]
    assert other.starts == 1
    assert supervisor.failing() is None


def sign_in_and_wait(folder: str) -> None:
    Path(folder, str(os.getpid())).touch()
    time.sleep(60)


@pytest.mark.faults
def test_a_fork_is_a_process_of_its_own_that_comes_back_and_ends_when_told(
    tmp_path: Path, told: list[str]
) -> None:
    fork = Fork("lane", sign_in_and_wait, str(tmp_path))
    supervisor = Supervisor([fork], told.append)
    try:
        assert ticking(supervisor, lambda: len(list(tmp_path.iterdir())) == 1)
        assert fork.process
        first = fork.process.pid
        assert os.getsid(first) == first  # a Ctrl-C in our terminal does not reach it
        os.kill(first, signal.SIGKILL)
        assert ticking(supervisor, lambda: len(list(tmp_path.iterdir())) == 2)
        assert told == ["lane ended (signal 9); starting it again"]
    finally:
        supervisor.stop()
    assert fork.process.returncode == -signal.SIGTERM


def test_one_that_ends_at_once_is_started_ever_more_slowly(
    watch: Callable[..., Supervisor], told: list[str]
) -> None:
    program = Shell("exit 3")
    assert not ticking(watch(program), lambda: program.starts > 5, seconds=2.5)
    assert program.starts >= 2
    assert "exit code 3" in told[0]


def test_one_that_cannot_be_started_is_told_and_tried_again(
    watch: Callable[..., Supervisor], told: list[str]
) -> None:
    program = Broken("")
    assert ticking(watch(program), lambda: program.starts == 2)
    assert told[0] == "shell cannot be started: No room."


def test_a_command_that_keeps_ending_is_named_with_its_last_words(tmp_path: Path) -> None:
    command = Command("odd", ["no-such-command"], environment(), tmp_path / "logs" / "odd.log")
    supervisor = Supervisor([command], lambda event: None)
    assert ticking(supervisor, lambda: supervisor.failing() is command, seconds=30)
    assert "No such command 'no-such-command'" in command.last_words()
    supervisor.stop()


@pytest.mark.faults
def test_stopping_ends_commands_politely_and_then_not(tmp_path: Path) -> None:
    polite = _Sleeping("sleep 60", tmp_path / "polite.log")
    stubborn = _Sleeping("trap '' TERM; while true; do sleep 0.1; done", tmp_path / "stubborn.log")
    supervisor = Supervisor([polite, stubborn], lambda event: None)
    supervisor.tick()
    assert polite.process
    assert stubborn.process
    time.sleep(0.3)
    supervisor.stop(grace=0.5)
    assert polite.process.returncode == -signal.SIGTERM
    assert stubborn.process.returncode == -signal.SIGKILL


def test_a_long_log_is_put_aside_and_written_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botpe_app.embedded.programs._LOG_BYTES", 100)
    command = _Sleeping("echo new; sleep 60", tmp_path / "long.log")
    command.trim_log()  # there is none yet
    (tmp_path / "long.log").write_text("x" * 101)
    command.trim_log()
    assert (tmp_path / "long.log").read_text() == ""
    assert (tmp_path / "long.log.1").read_text() == "x" * 101
    command.trim_log()
    assert (tmp_path / "long.log.1").read_text() == "x" * 101


def test_a_server_that_comes_back_elsewhere_is_refused() -> None:
    server = _Server("redis://127.0.0.1:2")
    with pytest.raises(Unavailable, match="port of Redis"):
        Kept("Redis", server, "redis://127.0.0.1:1").start()
    Kept("Redis", server, "redis://127.0.0.1:2").start()


class _Sleeping(Command):
    """A command of ours that is a line of shell."""

    def __init__(self, line: str, log: Path) -> None:
        super().__init__("sleeping", [], environment(), log)
        self._line = line

    def start(self) -> None:
        with self._output() as output:
            self.process = spawn(["/bin/sh", "-c", self._line], output, environment())


class _Server:
    def __init__(self, url: str) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._url = url

    def start(self) -> str:
        return self._url
