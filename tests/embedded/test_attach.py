"""Which database a command gets: the one it was told, the running one, or one of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from botpe_app.config import settings
from botpe_app.embedded.attach import services
from botpe_app.embedded.datadir import DataDir
from botpe_app.embedded.postgres import Postgres
from botpe_app.errors import Unavailable


@pytest.fixture
def data_dir(tmp_path: Path, configure: Callable[..., None]) -> Iterator[Path]:
    """An empty data dir, and a process that was told nothing else."""
    configure(
        DATABASE_URL="",
        REDIS_URL="",
        BOTPE_BASE_URL="",
        BOTPE_SECRET_KEY="",
        BOTPE_ENCRYPTION_KEYS="",
        WHATSAPP_APP_SECRET="",
        WHATSAPP_VERIFY_TOKEN="",
    )
    yield tmp_path / "data"
    Postgres(tmp_path / "data").remove()


def test_the_database_it_was_told_wins(
    data_dir: Path, database: str, configure: Callable[..., None]
) -> None:
    configure(DATABASE_URL=database)
    with services(data_dir) as running:
        assert running
        assert settings().database_url == database
    assert not data_dir.exists()


def test_what_runs_on_the_data_dir_is_used(data_dir: Path, migrated: str, redis_url: str) -> None:
    folder = DataDir(data_dir)
    with folder.owned("up"), folder.published({"DATABASE_URL": migrated, "REDIS_URL": redis_url}):
        secrets = folder.secrets()
        with services(data_dir) as running:
            assert running
            assert settings().database_url == migrated
            assert settings().redis_url == redis_url
            assert settings().secret_key == secrets["BOTPE_SECRET_KEY"]


def test_one_that_died_is_not_believed(data_dir: Path) -> None:
    folder = DataDir(data_dir)
    with folder.owned("up"):
        dead = {"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/none", "REDIS_URL": "redis://x"}
        folder.published(dead).__enter__()  # killed: never left
    with services(data_dir) as running:
        assert not running
        assert settings().database_url == Postgres(data_dir).running_url()
        assert settings().encryption_keys
    assert Postgres(data_dir).running_url() is None


def test_a_data_dir_has_one_holder_at_a_time(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    with folder.owned("up"):
        assert folder.holder()["role"] == "up"
        with pytest.raises(Unavailable, match="Another botpe process"), folder.owned("command"):
            pass
    assert folder.holder() == {}
    with folder.owned("command"):
        assert folder.holder()["role"] == "command"


def test_nothing_is_reachable_once_it_stopped(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    with folder.published({"DATABASE_URL": "postgresql://x"}):
        assert folder.reachable() == {"DATABASE_URL": "postgresql://x"}
    assert folder.reachable() == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write in somebody's data dir")
def test_what_root_writes_in_somebodys_data_dir_stays_theirs(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    folder = DataDir(tmp_path / "data")
    folder.secrets()
    with folder.owned("command"), folder.published({}):
        for path in (folder.path, *folder.path.iterdir()):
            assert path.stat().st_uid == 65534, path
