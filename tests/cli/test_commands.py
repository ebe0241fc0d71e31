"""The botpe command as people and scripts use it: what it prints, and how it says no."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from botpe_app import db
from botpe_app.cli import main
from botpe_app.config import VARIABLES
from botpe_app.embedded.datadir import DataDir
from botpe_app.embedded.postgres import Postgres
from tests.conftest import count

BAD_USE = 2
PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Done:
    """What a run of the command left."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def botpe(configure: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process, with the settings `configure` made and those given."""

    def run(*words: str, **variables: str) -> Done:
        configure(**variables)
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, out, err)

    return run


def last_json(done: Done) -> dict[str, Any]:
    """The document that is the last line of standard output."""
    assert done.code == 0, done.err
    return json.loads(done.out.splitlines()[-1])


@pytest.fixture
def run(botpe: Run, database: str, redis_url: str) -> Run:
    """The command on this test's database."""

    def run(*words: str) -> Done:
        return botpe(*words, DATABASE_URL=database, REDIS_URL=redis_url)

    return run


@pytest.fixture
def shop(run: Run) -> dict[str, Any]:
    """An organization made by the command."""
    return last_json(
        run("org", "create", "--name", "Shop", "--admin-email", "a@shop.example",
            "--admin-password", PASSWORD, "--json")
    )  # fmt: skip


def test_an_organization_is_made_with_its_admin_and_a_key(
    shop: dict[str, Any], database: str
) -> None:
    assert shop.keys() == {"organization_id", "slug", "user_id", "api_key"}
    assert shop["slug"] == "shop"
    assert shop["api_key"].startswith("bp_")
    assert count(database, "organizations") == 1
    assert count(database, "api_keys") == 1


def test_a_number_is_connected_and_its_token_is_not_kept_in_clear(
    run: Run, shop: dict[str, Any], database: str
) -> None:
    added = last_json(
        run("account", "add", "--org", shop["slug"], "--waba-id", "1", "--phone-number-id", "2",
            "--phone", "+15550783881", "--token", "EAAtop-secret", "--json")
    )  # fmt: skip
    assert added.keys() == {"account_id"}
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        sealed = connection.execute("SELECT token_sealed FROM whatsapp_accounts").fetchone()
    assert sealed
    assert "top-secret" not in sealed[0]


def test_a_key_is_made_in_any_case_of_its_role_and_revoked(run: Run, shop: dict[str, Any]) -> None:
    made = last_json(run("apikey", "create", "--org", shop["slug"], "--role", "Viewer", "--json"))
    assert made.keys() == {"id", "api_key"}
    revoked = last_json(run("apikey", "revoke", made["id"], "--org", shop["slug"], "--json"))
    assert revoked["id"] == made["id"]
    assert revoked["revoked_at"]


def test_without_json_it_prints_for_people(run: Run, shop: dict[str, Any]) -> None:
    made = run("apikey", "create", "--org", shop["slug"], "--role", "admin")
    assert made.code == 0
    assert "api_key: bp_" in made.out


def test_a_superadmin_is_made_once(run: Run, database: str) -> None:
    asked = ["superadmin", "create", "--email", "root@example.com", "--password", PASSWORD]
    assert last_json(run(*asked, "--json"))["user_id"]
    again = run(*asked)
    assert again.code == BAD_USE
    assert count(database, "users") == 1


def test_demo_data_is_made_and_grows(run: Run, database: str) -> None:
    assert last_json(run("demo", "seed", "--json"))["made"] is True
    before = count(database, "contacts")
    assert last_json(run("demo", "seed", "--contacts", "5", "--json"))["made"] is False
    assert count(database, "contacts") == before + 5


def test_a_benchmark_tells_its_figures(run: Run) -> None:
    figures = last_json(run("bench", "engine", "--json"))
    assert figures["ratio"] > 0
    assert figures["steps_per_second"] > 0


def test_the_schema_is_checked(run: Run) -> None:
    assert run("db", "check").code == 0
    assert run("db", "upgrade").code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["org", "create", "--name", "x"], "Missing option '--admin-email'"),
        (["org", "create", "--nam", "x"], "No such option '--nam'"),
        (["account", "add", "--org", "nobody", "--waba-id", "1", "--phone-number-id", "2",
          "--phone", "+15550783881", "--token", "t"], "no organization with the slug 'nobody'"),
        (["apikey", "create", "--org", "shop", "--role", "boss"], "VIEWER, AGENT, ADMIN"),
        (["apikey", "revoke", "not-an-id", "--org", "shop"], "API key not found"),
        (["org", "create", "--name", "x", "--admin-email", "no mail", "--admin-password", PASSWORD],
         "email: "),
        (["org", "create", "--name", "x", "--admin-email", "b@shop.example",
          "--admin-password", "short"], "password"),
        (["dmeo"], "No such command 'dmeo'"),
        (["bench", "speed"], "There is no benchmark speed"),
        (["worker", "--queues", "outbocks"], "There is no queue outbocks"),
        (["db", "downgrade", "9999"], "9999"),
        (["up", "--port", "99999"], "--port"),
        (["up", "--workers", "0"], "--workers"),
    ],
)  # fmt: skip
def test_bad_use_is_one_line_and_changes_nothing(
    run: Run, shop: dict[str, Any], database: str, words: list[str], told: str
) -> None:
    done = run(*words)
    assert done.code == BAD_USE
    assert told.lower() in done.err.lower()
    assert len(done.err.splitlines()) == 1
    assert done.out == ""
    assert count(database, "organizations") == 1
    assert count(database, "users") == 1
    assert count(database, "whatsapp_accounts") == 0


@pytest.mark.parametrize("role", ["web", "worker", "scheduler", "simulator"])
def test_a_process_alone_names_the_setting_it_misses(botpe: Run, role: str) -> None:
    done = botpe(role, WHATSAPP_APP_SECRET="")
    assert done.code == BAD_USE
    assert "is not set" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_database_that_does_not_answer_is_one_line(botpe: Run) -> None:
    done = botpe("db", "upgrade", DATABASE_URL="postgresql://u:p@127.0.0.1:9/none")
    assert done.code == BAD_USE
    assert "DATABASE_URL" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_database_without_tables_says_how_to_make_them(botpe: Run, cluster: Postgres) -> None:
    url = cluster.create_database("bare")
    done = botpe("demo", "seed", DATABASE_URL=url)
    cluster.drop_database("bare")
    assert done.code == BAD_USE
    assert "botpe db upgrade" in done.err


def test_a_database_of_a_newer_release_is_told(botpe: Run, cluster: Postgres) -> None:
    url = cluster.create_database("newer")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num varchar(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('ffff')")
    done = botpe("db", "upgrade", DATABASE_URL=url)
    cluster.drop_database("newer")
    assert done.code == BAD_USE
    assert "newer release" in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("words", [["--help"], ["org", "create", "--help"], ["up", "-h"]])
def test_help_is_help(botpe: Run, words: list[str]) -> None:
    done = botpe(*words)
    assert done.code == 0
    assert done.out.startswith("Usage: botpe")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("data")
    yield path
    Postgres(path).remove()


def alone(*words: str, data_dir: Path) -> subprocess.Popen[str]:
    """The command in a process of its own, without any setting but its data dir."""
    settings = set(VARIABLES.values())
    bare = {name: value for name, value in os.environ.items() if name not in settings}
    command = [sys.executable, "-m", "botpe_app.cli", *words, "--data-dir", str(data_dir)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=bare)


def test_with_nothing_running_commands_bring_their_own_database_in_turns(data_dir: Path) -> None:
    create = ["org", "create", "--name", "Alone", "--admin-password", PASSWORD]
    both = [
        alone(*create, "--admin-email", f"{name}@alone.example", "--json", data_dir=data_dir)
        for name in ("ann", "ben")
    ]
    slugs = {json.loads(one.communicate(timeout=120)[0])["slug"] for one in both}
    assert len(slugs) == 2
    assert Postgres(data_dir).running_url() is None
    assert (data_dir / "secrets.json").stat().st_mode & 0o777 == 0o600
    third = alone("apikey", "create", "--org", "alone", "--role", "admin", data_dir=data_dir)
    assert "api_key: bp_" in third.communicate(timeout=120)[0]


def test_the_secrets_of_a_data_dir_are_made_once(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    assert folder.kept_secrets() == {}
    made = folder.secrets()
    assert set(made) >= {"BOTPE_SECRET_KEY", "BOTPE_ENCRYPTION_KEYS", "WHATSAPP_APP_SECRET"}
    assert len(set(made.values())) == len(made)
    assert folder.secrets() == made == folder.kept_secrets()


def test_evals_fail_where_an_agent_does_worse_than_the_baseline(run: Run, tmp_path: Path) -> None:
    baseline, kept = tmp_path / "baseline.json", tmp_path / "kept.json"
    words = ("evals", "--agent", "support", "--scores", str(kept), "--baseline", str(baseline))
    assert run(*words, "--record", "--json").code == 0
    assert json.loads(baseline.read_text()) == {"support local": 1.0}
    baseline.write_text('{"support local": 1.1}')
    done = run(*words, "--json")
    assert done.code == 1
    assert json.loads(done.out.splitlines()[-1])["regressions"] == ["support local: 100%, was 110%"]
    baseline.write_text("[]")
    assert run(*words).code == 2
