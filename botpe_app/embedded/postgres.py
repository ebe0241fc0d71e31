"""An own Postgres server for one data dir: on a private port of 127.0.0.1, with passwords."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from botpe_app.embedded import postgres_recovery as recovery
from botpe_app.embedded.files import (
    free_port,
    locked,
    make_directory,
    open_log,
    read_json,
    write_private,
    write_private_json,
)
from botpe_app.embedded.postgres_place import Place, find_place, forget_home
from botpe_app.errors import Misconfigured, Unavailable
from botpe_app.processes import spawn

OWNER = "botpe"  # an ordinary role: row-level security holds for it
_SUPERUSER = "postgres"

# Sensible for a laptop of two cores; everything else is Postgres' own default.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",  # our queries are short: compiling one costs more than running it
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}


class Postgres:
    """The Postgres of `data_dir`. As a context manager: running inside, stopped after."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are Postgres settings that replace or add to our own."""
        self.data_dir = data_dir.resolve()
        self.process: subprocess.Popen[bytes] | None = None  # set if this object started it
        self._settings = {**_SETTINGS, **(settings or {})}

    def start(self) -> str:
        """Its address as `postgresql://`, for the ordinary role that owns the database `botpe`.

        A server of this data dir that answers already is used as it is. One that died in any
        way is recovered. Raises Misconfigured with the mend if it cannot be started.
        """
        make_directory(self.data_dir)
        with locked(self.data_dir / "postgres.lock"):
            url = self.running_url()
            if not url:
                self._launch()
                url = self.url(OWNER)
        return url

    def stop(self, *, patience: float = 10) -> None:
        """Ends the server cleanly, whoever started it; sessions are cut, no commit is lost.

        One that does not end within `patience` seconds is ended harder; the next start recovers.
        """
        if not (self.data_dir / "postgres.json").exists():
            return
        place = find_place(self.data_dir)
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if recovery.signal_server(place.cluster, how, patience, self.process):
                break
        self.process = None

    def remove(self) -> None:
        """Stops the server and deletes its data, wherever they are."""
        self.stop()
        forget_home(self.data_dir)
        shutil.rmtree(self.data_dir / "postgres", ignore_errors=True)
        for name in ("postgres.json", "postgres.lock"):
            (self.data_dir / name).unlink(missing_ok=True)

    def running_url(self) -> str | None:
        """Its address if it answers a real connection now, else None."""
        if not (self.data_dir / "postgres.json").exists():
            return None
        try:  # as the superuser, for whom a place is kept when all connections are taken
            with psycopg.connect(self.superuser_url(), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return None
        return self.url(OWNER)

    def url(self, database: str) -> str:
        """The address of one of its databases for the ordinary role."""
        return self._url(OWNER, database)

    def superuser_url(self, database: str = "postgres") -> str:
        """The same for the superuser, which row-level security does not hold."""
        return self._url(_SUPERUSER, database)

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """The address of a new database that the ordinary role owns, a copy of `template`."""
        self._administer(
            "CREATE DATABASE {} OWNER {} TEMPLATE {}", name, OWNER, template or "template1"
        )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Deletes a database, cutting its sessions, if it exists."""
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def rename_databases(self, names: Mapping[str, str]) -> None:
        """Gives databases that nobody uses new names, in this order, all or none."""
        with psycopg.connect(self.superuser_url()) as connection:
            for old, new in names.items():
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))

    def __enter__(self) -> Postgres:
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

    def _launch(self) -> None:
        place = find_place(self.data_dir)
        recovery.refuse_unusable(place.cluster, self.data_dir)
        if not place.cluster.exists():
            self._initialise(place)
        recovery.clear_remains(place.cluster)
        if self.process:
            self.process.wait()
        try:
            self._run(place)
        except recovery.PortTaken:  # between our look and Postgres': the next look finds another
            self._run(place)
        self._ensure_owner()

    def _initialise(self, place: Place) -> None:
        """Makes an empty cluster: beside its place first, so that a half-made one is never used."""
        recovery.refuse_full_disk(place.cluster.parent)
        passwords = {_SUPERUSER: secrets.token_urlsafe(24), OWNER: secrets.token_urlsafe(24)}
        fresh = place.cluster.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        place.account.own(fresh)
        password = place.cluster.with_name("postgres.password")
        write_private(password, passwords[_SUPERUSER])
        place.account.own(password)
        done = subprocess.run(  # noqa: S603
            [
                place.program("initdb"), f"--pgdata={fresh}", f"--username={_SUPERUSER}",
                f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            ],
            capture_output=True, check=False, cwd="/", env=_ENVIRONMENT, **place.account.popen,
        )  # fmt: skip
        password.unlink()
        if done.returncode:
            reason = recovery.last_line(done.stderr.decode(errors="replace"))
            raise Misconfigured(f"Cannot make a database in {self.data_dir}: {reason}")
        write_private_json(self.data_dir / "postgres.json", {"passwords": passwords})
        fresh.rename(place.cluster)

    def _run(self, place: Place) -> None:
        """Starts the server; on return it answers."""
        state = self._state()
        state["port"] = free_port(state.get("port"))
        write_private_json(self.data_dir / "postgres.json", state)
        # The last one means nothing to Postgres: it makes `ps` show whose server this is.
        settings = {
            **self._settings, "port": str(state["port"]), "botpe.data_dir": str(self.data_dir)
        }  # fmt: skip
        flags = [flag for key, value in settings.items() for flag in ("-c", f"{key}={value}")]
        log = self.data_dir / "logs" / "postgres.log"
        with open_log(log) as output:
            begin = output.tell()
            command = [place.program("postgres"), "-D", str(place.cluster), *flags]
            self.process = spawn(
                command,
                output,
                _ENVIRONMENT,
                when_parent_ends=signal.SIGINT,  # a fast, clean shutdown
                cwd="/",
                **place.account.popen,
            )
        self._await_answer(log, begin)

    def _await_answer(self, log: Path, begin: int) -> None:
        """Returns once a connection works; a long crash recovery is waited for."""
        assert self.process  # noqa: S101
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.superuser_url(), connect_timeout=2).close()
                return
            if self.process.poll() is not None:
                self.process = None
                raise recovery.explain(log, begin, self.data_dir)
            time.sleep(0.02)
        self.stop()
        raise Unavailable(f"Postgres did not answer within 5 minutes; its log is {log}.")

    def _ensure_owner(self) -> None:
        """Makes the ordinary role and its database if they are not there yet."""
        with self._superuser() as connection:
            roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER])
            if not roles.fetchone():
                create = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}")
                password = self._state()["passwords"][OWNER]
                connection.execute(create.format(sql.Identifier(OWNER), sql.Literal(password)))
            bases = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER])
            if not bases.fetchone():
                self.create_database(OWNER)

    def _administer(self, statement: LiteralString, *names: str) -> None:
        with self._superuser() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _superuser(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.superuser_url(), autocommit=True)

    def _url(self, role: str, database: str) -> str:
        state = self._state()
        return (
            f"postgresql://{role}:{state['passwords'][role]}@127.0.0.1:{state['port']}/{database}"
        )

    def _state(self) -> dict[str, Any]:
        """The passwords and the last port."""
        state = read_json(self.data_dir / "postgres.json")
        if state is None:
            raise Misconfigured(
                f"{self.data_dir / 'postgres.json'}, which holds the database's passwords, is "
                "missing. Restore it from a backup, or move the data dir away to begin empty.",
                field="BOTPE_DATA_DIR",
            )
        return state


# Nothing of ours leaks into it, and its messages stay in English for `recovery.explain`.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
