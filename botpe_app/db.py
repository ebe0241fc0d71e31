"""The database: transactions, row-level-security scopes, migrations.

A transaction sees no tenant rows until `act_for` names an organization or `act_as_system`
opens all of them; the policies are in the migrations. Alembic is imported only to migrate: it
costs every process a third of a second and ten megabytes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session

from botpe_app.config import settings

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parent.parent
_SCOPE = text(
    "select set_config('botpe.organization_id', :organization, true),"
    " set_config('botpe.system', :system, true)"
)
_ACTOR = text("select set_config('botpe.actor', :actor, true)")


@lru_cache(maxsize=1)
def engine() -> Engine:
    """This process's engine; made at first use, so after any fork."""
    settings().require("database_url")
    return create_engine(
        settings().database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=5,
        max_overflow=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": 5,
            "application_name": "botpe",
            # A plan kept from when a table was nearly empty reads all of it for every join once it
            # is not; planning anew costs under a millisecond and sees the table's size as it is.
            "options": "-c plan_cache_mode=force_custom_plan",
        },
    )


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose work is committed at the end, or undone if an exception leaves the block.

    Objects stay readable after the commit. Calls left with `after_commit` run after it.
    """
    with Session(engine(), expire_on_commit=False) as session:
        yield session
        session.commit()
        _run_after_commit(session)


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Runs `call` once this session's transaction is durable; never if it is undone."""
    session.info.setdefault("after_commit", []).append(call)


def act_for(session: Session, organization_id: UUID) -> None:
    """From here on this transaction sees and writes that organization's rows only."""
    session.connection().execute(_SCOPE, {"organization": str(organization_id), "system": "off"})


def act_in_the_name_of(session: Session, kind: str, who: UUID | None, name: str) -> None:
    """From here on what this transaction changes stands in the audit log under this name.

    `session.info["address"]` says where the request came from, if there was one.
    """
    address = session.info.get("address", "")
    actor = {"kind": kind, "id": str(who) if who else None, "name": name, "address": address}
    session.connection().execute(_ACTOR, {"actor": json.dumps(actor)})


def act_as_system(session: Session) -> None:
    """From here on this transaction sees every organization's rows; for jobs and sign-in."""
    session.connection().execute(_SCOPE, {"organization": "", "system": "on"})


SYSTEM_OPTIONS = "-c botpe.system=on"
# For lanes that only move rows from one table to another: a commit does not wait for the disk. A
# database that loses power then forgets their last moment as a whole, and it is done again from
# what it kept. What leaves the house follows a commit that waits, and so does not come before
# what led to it: the disk takes commits in their order.
DISK_LATER = "-c synchronous_commit=off"
# For lanes whose every statement touches a few rows through an index: a queue's statistics are
# always old, and a planner misled by them must not read whole tables instead.
BY_INDEX = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"


def connect_as_system(
    *, autocommit: bool = False, options: str = "", name: str = "botpe"
) -> psycopg.Connection[tuple[object, ...]]:
    """A plain psycopg connection that sees every organization's rows, for the hot paths.

    `options` are further settings, such as BY_INDEX; the database lists it as `name`.
    """
    settings().require("database_url")
    return psycopg.connect(
        settings().database_url,
        autocommit=autocommit,
        options=f"{SYSTEM_OPTIONS} {options}",
        connect_timeout=5,
        application_name=name,
    )


def _run_after_commit(session: Session) -> None:
    for call in session.info.pop("after_commit", []):
        try:
            call()
        except Exception:
            log.warning("after_commit_failed", exc_info=True)


def upgrade(revision: str = "head") -> None:
    """Brings the database's schema to `revision`."""
    from alembic import command

    command.upgrade(_alembic(), revision)


def downgrade(revision: str) -> None:
    """Takes the database's schema back to `revision`, `base` being empty."""
    from alembic import command

    command.downgrade(_alembic(), revision)


def check() -> None:
    """Raises if the models and the migrated schema differ."""
    from alembic import command

    command.check(_alembic())


def is_current() -> bool:
    """Whether the schema is this release's. Asked often and at every start: without Alembic."""
    return _revisions() == {_newest_revision()}


def pending_migrations() -> list[str]:
    """Revisions the database still lacks, oldest first; empty at head."""
    if is_current():
        return []
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_alembic())
    steps = scripts.iterate_revisions("head", next(iter(_revisions()), "base"))
    return [step.revision for step in steps][::-1]


def _revisions() -> set[str]:
    """What the database says it is at; nothing before its first migration."""
    with engine().connect() as connection:
        found = connection.execute(text("select to_regclass('alembic_version')")).scalar()
        rows = connection.execute(text("select version_num from alembic_version")) if found else []
        return {row[0] for row in rows}


@lru_cache(maxsize=1)
def _newest_revision() -> str:
    """The release's last revision; migrations are files that begin with their numbers."""
    names = (path.name for path in (PROJECT / "alembic" / "versions").glob("*.py"))
    return max(names).partition("_")[0]


def _alembic() -> Config:
    settings().require("database_url")
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(PROJECT / "alembic"))
    config.set_main_option("path_separator", "os")
    config.attributes["configure_logger"] = False
    return config
