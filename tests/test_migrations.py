"""Which migrations a database lacks, asked with Alembic and without."""

from __future__ import annotations

import pytest
from alembic.script import ScriptDirectory

from botpe_app import db


@pytest.fixture
def scripts(database: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(db._alembic())


def test_the_newest_file_is_the_head_that_alembic_finds(scripts: ScriptDirectory):
    assert scripts.get_heads() == [db._newest_revision()]


def test_every_file_begins_with_its_revision(scripts: ScriptDirectory):
    for script in scripts.walk_revisions():
        assert script.path.rpartition("/")[2].startswith(f"{script.revision}_")


def test_a_migrated_schema_lacks_nothing(database: str):
    assert db.is_current()
    assert db.pending_migrations() == []


def test_one_of_an_earlier_release_lacks_what_came_since(
    scripts: ScriptDirectory, monkeypatch: pytest.MonkeyPatch
):
    newest, before, *_ = (script.revision for script in scripts.walk_revisions())
    monkeypatch.setattr(db, "_revisions", lambda: {before})
    assert not db.is_current()
    assert db.pending_migrations() == [newest]


def test_an_empty_database_lacks_all(scripts: ScriptDirectory, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(db, "_revisions", set)
    assert not db.is_current()
    assert len(db.pending_migrations()) == len(list(scripts.walk_revisions()))
