"""Backups: everything of a data dir, back in another one or over a broken one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from botpe_app.embedded.backup import backup, restore
from botpe_app.embedded.datadir import DataDir
from botpe_app.embedded.postgres import Postgres
from botpe_app.errors import Conflict, Invalid, Misconfigured


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data dir with a row, a secret and a file, running."""
    path = tmp_path / "data"
    with Postgres(path) as postgres:
        say(postgres, "CREATE TABLE kept (word text)")
        say(postgres, "ALTER TABLE kept ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        say(postgres, "CREATE POLICY all_ours ON kept USING (word <> 'hidden')")
        say(postgres, "INSERT INTO kept VALUES ('first')")
        DataDir(path).secrets()
        (path / "media").mkdir()
        (path / "media" / "photo").write_bytes(b"picture")
        yield path
        postgres.remove()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "other"
    yield path
    Postgres(path).remove()


def say(postgres: Postgres, statement: str) -> None:
    with psycopg.connect(postgres.url("botpe")) as connection:
        connection.execute(statement.encode())


def words(data_dir: Path, database: str = "botpe") -> list[str]:
    with Postgres(data_dir) as postgres, psycopg.connect(postgres.url(database)) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM kept ORDER BY 1")]


def test_everything_comes_back_in_another_data_dir(home: Path, other: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    assert backup(home, file) == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    restore(other, file)
    assert words(other) == ["first"]
    assert DataDir(other).kept_secrets() == DataDir(home).kept_secrets()
    assert (other / "media" / "photo").read_bytes() == b"picture"
    with Postgres(other) as postgres:
        say(postgres, "INSERT INTO kept VALUES ('second')")  # the ordinary role owns it all


def test_what_a_restore_replaces_is_kept(home: Path, other: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    backup(home, file)
    restore(other, file)
    with Postgres(other) as postgres:
        say(postgres, "INSERT INTO kept VALUES ('later')")
    (other / "media" / "photo").write_bytes(b"newer")
    restore(other, file)
    assert words(other) == ["first"]
    assert words(other, "before_restore") == ["first", "later"]
    assert (other / "before_restore" / "media" / "photo").read_bytes() == b"newer"


def test_a_database_that_does_not_start_is_replaced(
    home: Path, other: Path, tmp_path: Path
) -> None:
    file = tmp_path / "all.backup"
    backup(home, file)
    restore(other, file)
    cluster = next(path for path in (other / "postgres", _outside(other)) if path.exists())
    (cluster / "global" / "pg_control").write_bytes(b"")
    restore(other, file)
    assert words(other) == ["first"]
    assert list(cluster.parent.glob("postgres-broken-*"))


def test_a_file_that_is_no_backup_changes_nothing(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("Dear reader")
    with pytest.raises(Invalid, match="not a backup"):
        restore(home, file)
    assert words(home) == ["first"]


def test_a_file_that_exists_is_not_overwritten(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("Dear reader")
    with pytest.raises(Conflict, match="exists"):
        backup(home, file)
    assert file.read_text() == "Dear reader"


def test_a_data_dir_without_a_database_says_how_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="pg_dump"):
        backup(tmp_path, tmp_path / "all.backup")


def _outside(data_dir: Path) -> Path:
    record = data_dir / "postgres-home"
    return Path(record.read_text().strip()) / "postgres" if record.exists() else data_dir / "none"
