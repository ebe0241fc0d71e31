"""`botpe up`: everything on one machine, from one command, until it is told to stop."""

from __future__ import annotations

import contextlib
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import redis

from botpe_app import db, processes
from botpe_app.config import VARIABLES, adopt, environment, settings
from botpe_app.embedded.attach import migrate, refuse_silent_database
from botpe_app.embedded.datadir import DataDir
from botpe_app.embedded.files import free_port, port_is_free, read_json, write_private_json
from botpe_app.embedded.frontend import Frontend, serving
from botpe_app.embedded.postgres import Postgres
from botpe_app.embedded.programs import Command, Kept, Program
from botpe_app.embedded.redis import Redis
from botpe_app.embedded.steps import Steps
from botpe_app.embedded.supervisor import Supervisor, stop_on_signals
from botpe_app.errors import Conflict, Misconfigured, Unavailable
from botpe_app.queue import Lane

_READY_WITHIN = 120  # seconds
# What a command beside us needs to know; the secrets it finds in the data dir.
_PUBLISHED = ("database_url", "redis_url", "base_url", "graph_url", "simulator_url")


@dataclass(frozen=True)
class Plan:
    """What `botpe up` was asked for."""

    data_dir: Path
    host: str
    port: int
    workers: int  # outbox processes
    demo: bool


class Up:
    """One run of `botpe up`.

    `seed` makes the demo data and returns lines to show at the end; `remember`, called once all
    runs, has the pretend phones show it.
    """

    def __init__(
        self,
        plan: Plan,
        steps: Steps,
        seed: Callable[[], list[str]],
        remember: Callable[[], None],
    ) -> None:
        self._plan = plan
        self._steps = steps
        self._seed = seed
        self._remember = remember
        self._folder = DataDir(plan.data_dir)
        self._programs: list[Program] = []
        self._ending = contextlib.ExitStack()

    def run(self) -> None:
        """Returns when it was told to stop and everything is.

        Raises a BotpeError that names the mend if something keeps it from starting.
        """
        refuse_busy_port(self._plan.host, self._plan.port)
        runner = processes.runner()
        processes.adopt_orphans()
        with contextlib.suppress(KeyboardInterrupt), self._ending:
            self._ending.callback(processes.end_orphans)
            stop_on_signals()
            self._own()
            self._servers()
            told = self._prepare()
            supervisor = Supervisor(self._programs, self._tell)
            self._ending.callback(supervisor.stop)
            self._await_ready(supervisor)
            if self._plan.demo:
                self._remember()
                db.engine().dispose()
            found = {VARIABLES[name]: getattr(settings(), name) for name in _PUBLISHED}
            self._ending.enter_context(self._folder.published(found))
            self._greet(told)
            self._ending.callback(self._say_goodbye)
            supervisor.run(lambda: runner in (None, os.getppid()))

    def _own(self) -> None:
        """Makes the data dir ours; waits for a short command that holds it."""
        with self._steps.step("Data") as step:
            step.outcome = str(self._folder.path)
            waited = False
            while True:
                with contextlib.suppress(Unavailable):
                    self._ending.enter_context(self._folder.owned("up", seconds=0.2))
                    return
                holder = self._folder.holder()
                if holder.get("role") == "up":
                    raise Conflict(
                        f"`botpe up` already runs on {self._folder.path} (process "
                        f"{holder['pid']}). Stop it, or choose another --data-dir and --port."
                    )
                if not waited:
                    step.say(f"waiting for process {holder.get('pid')}, which uses it")
                waited = True
                step.tick()

    def _servers(self) -> None:
        adopt({"BOTPE_DATA_DIR": str(self._folder.path), **self._folder.secrets()})
        adopt({"BOTPE_BASE_URL": f"http://localhost:{self._plan.port}"})
        with self._steps.step("Database") as step:
            step.outcome = self._database()
        with self._steps.step("Redis") as step:
            step.outcome = self._redis()

    def _database(self) -> str:
        if settings().database_url:
            refuse_silent_database(settings().database_url)
            return "the one DATABASE_URL names"
        postgres = Postgres(self._folder.path)
        if postgres.running_url():  # left behind by a run that was killed
            postgres.stop()
        self._ending.callback(postgres.stop)
        adopt({"DATABASE_URL": postgres.start()})
        self._programs.append(Kept("Postgres", postgres, settings().database_url))
        return "our own Postgres"

    def _redis(self) -> str:
        if settings().redis_url:
            try:
                redis.Redis.from_url(settings().redis_url, socket_timeout=3).ping()
            except redis.RedisError:
                raise Unavailable("The Redis that REDIS_URL names does not answer.") from None
            return "the one REDIS_URL names"
        server = Redis(self._folder.path)
        server.stop()
        self._ending.callback(server.stop)
        adopt({"REDIS_URL": server.start()})
        self._programs.append(Kept("Redis", server, settings().redis_url))
        return "our own Redis"

    def _prepare(self) -> list[str]:
        """Schema, pages and demo; the lines to show at the end."""
        with self._steps.step("Schema", "migrating") as step:
            applied = migrate()
            step.outcome = f"{applied} migrations applied" if applied else "up to date"
        with self._steps.step("Pages") as step:
            pages = Frontend(self._folder.path)
            step.outcome = "unchanged" if pages.existing() else "built"
            if not pages.existing():
                step.say("building them; the first time takes about half a minute")
            build = pages.build(environment(), step.tick)
        told: list[str] = []
        if self._plan.demo:
            with self._steps.step("Demo", "writing its data") as step:
                self._simulate()
                told = self._seed()
                step.outcome = "a business, its people and pretend customers"
        db.engine().dispose()
        self._list_commands(serving(build))
        return told

    def _simulate(self) -> None:
        """Has WhatsApp be the simulator, unless WHATSAPP_GRAPH_URL says otherwise."""
        if environment().get("WHATSAPP_GRAPH_URL", "").strip():
            return
        kept = self._folder.path / "simulator.json"
        port = free_port((read_json(kept) or {}).get("port"))
        write_private_json(kept, {"port": port})
        url = f"http://127.0.0.1:{port}"
        app = {"WHATSAPP_APP_ID": "1000000000000001", "WHATSAPP_CONFIG_ID": "simulated"}
        adopt({"WHATSAPP_GRAPH_URL": url, "BOTPE_SIMULATOR_URL": url, **app})
        self._add("simulator", "simulator", "--port", str(port))

    def _list_commands(self, pages: Mapping[str, str]) -> None:
        lanes = [*Lane, *[Lane.OUTBOX] * (self._plan.workers - 1)]
        self._add("workers", "worker", "--queues", ",".join(lanes))
        self._add("scheduler", "scheduler")
        where = ["--host", self._plan.host, "--port", str(self._plan.port)]
        self._add("web", "web", *where, extra=pages)

    def _add(self, name: str, *arguments: str, extra: Mapping[str, str] | None = None) -> None:
        variables = {**environment(), **(extra or {}), "PYTHONUNBUFFERED": "1"}
        log = self._folder.path / "logs" / f"{name.replace(' ', '-')}.log"
        self._programs.append(Command(name, arguments, variables, log))

    def _await_ready(self, supervisor: Supervisor) -> None:
        with self._steps.step("Processes", "starting them") as step:
            problem, deadline = "", time.monotonic() + _READY_WITHIN
            while problem is not None:
                supervisor.tick()
                step.tick()
                if failing := supervisor.failing():
                    raise Unavailable(
                        f"The {failing.name} does not start: {failing.last_words()} "
                        f"(log: {failing.log})."
                    )
                if time.monotonic() > deadline:
                    raise Unavailable(f"Not ready after {_READY_WITHIN} s: {problem}")
                time.sleep(0.1)
                problem = _problem(self._plan.host, self._plan.port)
            step.outcome = "all answer"

    def _greet(self, told: list[str]) -> None:
        lines = ["", f"BotPe AI is ready at {settings().base_url} ({self._steps.seconds:.1f} s)"]
        logs = self._folder.path / "logs"
        lines += ["", *told, *[""] * bool(told), f"Ctrl-C stops it. Logs: {logs}", ""]
        for line in lines:
            self._steps.line(line)

    def _tell(self, event: str) -> None:
        self._steps.line(f"{time.strftime('%H:%M:%S')} {event}")

    def _say_goodbye(self) -> None:
        self._steps.line("Stopping …")


def refuse_busy_port(host: str, port: int) -> None:
    """Raises Conflict if a web server could not listen there now."""
    if port < 1024 and os.geteuid() != 0:
        raise Misconfigured(f"Port {port} needs root. Choose one above 1023 with --port.")
    if not port_is_free(port, host):
        raise Conflict(f"Port {port} is in use by another program. Choose another with --port.")


def _problem(host: str, port: int) -> str | None:
    """Why the web server is not ready, or None if it is."""
    nearby = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{nearby}:{port}/readyz", timeout=5):
            return None
    except urllib.error.HTTPError as error:
        return _failing(error)
    except OSError as error:
        return f"the web server does not answer ({error})"


def _failing(answer: urllib.error.HTTPError) -> str:
    """What /readyz says is wrong, a clause a part."""
    try:
        parts = json.load(answer)["parts"]
        return "; ".join(f"{part}: {state}" for part, state in parts.items() if state != "ok")
    except (ValueError, LookupError, AttributeError):
        return f"/readyz answers {answer.code}"
