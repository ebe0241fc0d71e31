"""`botpe up` from outside: one real run, its processes killed one after another, then stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from botpe_app.config import VARIABLES
from botpe_app.embedded.files import free_port
from botpe_app.embedded.postgres import Postgres
from botpe_app.embedded.remains import is_alive
from botpe_app.queue import Lane

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("up")]

PASSWORD = "a long enough password"
ROLES = ("up", "web", "worker", "scheduler", "simulator")


def bare_environment() -> dict[str, str]:
    settings = set(VARIABLES.values())
    return {name: value for name, value in os.environ.items() if name not in settings}


def botpe(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "botpe_app.cli", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=bare_environment(), timeout=200
    )


def soon(condition: Callable[[], Any], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@dataclass
class Run:
    """A `botpe up` that was started."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.data_dir / "up.log").read_text()

    def start(self, *words: str) -> None:
        command = [sys.executable, "-m", "botpe_app.cli", "up", "--port", str(self.port)]
        with (self.data_dir / "up.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--data-dir", str(self.data_dir), *words],
                stdout=log, stderr=log, env=bare_environment(), cwd="/",
            )  # fmt: skip
        assert soon(lambda: "Ctrl-C stops it" in self.log or self.ended(), 240), self.log
        assert not self.ended(), self.log

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def get(self, path: str, key: str = "") -> tuple[int, str]:
        """The status and body that the one port answers; status 0 if nobody does."""
        url = f"http://127.0.0.1:{self.port}{path}"
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, headers=headers), timeout=10
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def family(self) -> dict[int, str]:
        """Every living descendant and its command line, itself first."""
        assert self.process
        parents = {pid: parent for pid, parent in _parents() if is_alive(pid)}
        found = [self.process.pid]
        for pid in found:
            found.extend(child for child, parent in parents.items() if parent == pid)
        return {pid: _command_line(pid) for pid in found}

    def one(self, beginning: str) -> int:
        """The pid of the first descendant whose command line holds `beginning`; 0 if none."""
        return next((pid for pid, line in self.family().items() if beginning in line), 0)


def _parents() -> Iterator[tuple[int, int]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One run that all tests of this module share, in their order."""
    run = Run(tmp_path_factory.mktemp("up"))
    run.start("--no-demo")
    yield run
    if run.process:
        run.process.terminate()
        run.process.wait(30)
    Postgres(run.data_dir).remove()


def test_one_port_answers_pages_health_api_and_webhook(up: Run) -> None:
    assert soon(up.ready, 30)
    assert up.get("/healthz")[0] == 200
    assert "<html" in up.get("/login")[1]
    assert up.get("/api/organizations/current")[0] == 401
    assert up.get("/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=wrong")[0] == 403


def test_it_tells_what_it_does_and_where_it_is(up: Run) -> None:
    assert f"ready at http://localhost:{up.port}" in up.log
    for step in ("Database", "Redis", "Schema", "Pages", "Processes"):
        assert f"✓ {step}" in up.log


def test_every_process_is_its_descendant_and_says_what_it_is(up: Run) -> None:
    lines = list(up.family().values())
    for role in ("up", "web", "worker ingest", "worker outbox", "scheduler"):
        assert any(line.startswith(f"botpe: {role}") for line in lines), lines
    assert sum(line.startswith("botpe: worker outbox") for line in lines) == 2
    assert sum(line.startswith("botpe: web worker") for line in lines) >= 2
    for line in lines:
        ours = line.startswith(tuple(f"botpe: {role}" for role in ROLES))
        assert ours or line.startswith("postgres: ") or str(up.data_dir) in line, line


def test_each_lane_has_a_worker(up: Run) -> None:
    lines = list(up.family().values())
    for lane in Lane:
        assert any(line == f"botpe: worker {lane.value}" for line in lines), lines


def test_commands_beside_it_find_its_database(up: Run) -> None:
    owner = ["--admin-email", "a@beside.example", "--admin-password", PASSWORD]
    where = ["--data-dir", str(up.data_dir)]
    done = botpe("org", "create", "--name", "Beside", *owner, "--json", *where)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout.splitlines()[-1])
    status, body = up.get("/api/organizations/current", made["api_key"])
    assert status == 200
    assert json.loads(body)["slug"] == made["slug"]


def test_the_doctor_finds_it_healthy(up: Run) -> None:
    done = botpe("doctor", "--json", "--data-dir", str(up.data_dir))
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["healthy"], report
    assert done.returncode == 0
    assert {"workers", "isolation", "ledger"} <= {found["check"] for found in report["findings"]}


def test_what_it_keeps_is_for_its_owner_only(up: Run) -> None:
    for secret in ("secrets.json", "postgres.json", "redis.json", "redis.conf", "runtime.json"):
        assert (up.data_dir / secret).stat().st_mode & 0o777 == 0o600


def test_a_second_one_on_the_same_data_dir_is_refused(up: Run) -> None:
    done = botpe("up", "--port", str(free_port()), "--data-dir", str(up.data_dir))
    assert done.returncode == 2
    assert "already runs" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert soon(up.ready, 30)


def test_a_busy_port_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = botpe("up", "--port", str(port), "--data-dir", str(tmp_path / "new"))
    assert done.returncode == 2
    assert f"Port {port} is in use" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "victim",
    [
        "botpe: worker ingest",
        "botpe: worker outbox",
        "botpe: scheduler",
        "botpe: web worker-1",
        "botpe: web",
        "redis-server",
        "/bin/postgres -D",
    ],
)
def test_a_killed_process_comes_back(up: Run, victim: str) -> None:
    pid = up.one(victim)
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert soon(lambda: up.one(victim) not in (0, pid), 30), up.log
    assert soon(up.ready, 60), up.log
    assert len([line for line in up.family().values() if line.startswith("botpe: web")]) >= 3


def test_a_backup_is_made_while_it_runs_and_a_restore_is_not(up: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "all.backup")
    assert botpe("backup", file, "--data-dir", str(up.data_dir)).returncode == 0
    refused = botpe("restore", file, "--data-dir", str(up.data_dir))
    assert refused.returncode == 2
    assert "Stop `botpe up` first" in refused.stderr


def test_ctrl_c_stops_everything_and_the_next_start_finds_all_data(up: Run) -> None:
    assert_stops(up, signal.SIGINT)
    up.start("--no-demo")
    assert soon(up.ready, 30)
    where = ["--data-dir", str(up.data_dir)]
    key = botpe("apikey", "create", "--org", "beside", "--role", "viewer", "--json", *where)
    assert key.returncode == 0, key.stderr


def test_nothing_outlives_it_and_the_next_one_recovers(up: Run) -> None:
    assert up.process
    family = up.family()
    assert len(family) > 8
    up.process.kill()
    up.process.wait()
    assert soon(lambda: not any(map(is_alive, family)), 10), family
    up.start("--no-demo")
    assert soon(up.ready, 30)


def test_sigterm_stops_everything(up: Run) -> None:
    assert_stops(up, signal.SIGTERM)


def assert_stops(up: Run, how: signal.Signals) -> None:
    """Told `how`, it and all its processes are gone within 15 seconds."""
    assert up.process
    family = up.family()
    up.process.send_signal(how)
    assert up.process.wait(15) == 0, up.log
    assert not [line for pid, line in family.items() if is_alive(pid)]
    assert not (up.data_dir / "runtime.json").exists()
