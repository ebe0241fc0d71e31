"""The database for a command beside `botpe up`: the running one, or one of its own meanwhile."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from botpe_app import db
from botpe_app.config import adopt, settings
from botpe_app.embedded.datadir import DataDir
from botpe_app.embedded.postgres import Postgres
from botpe_app.embedded.redis import Redis
from botpe_app.errors import Misconfigured, Unavailable

_PATIENCE = 180  # seconds for an `up` that is still on its way


@contextlib.contextmanager
def services(data_dir: Path) -> Iterator[bool]:
    """Inside the block this process's settings name a database and a Redis that answer.

    Gives True if they were running, False if they do for this block only.

    DATABASE_URL and REDIS_URL win; else those of a running `botpe up` on `data_dir` are used; else
    the embedded ones run, migrated, for as long as the block. Secrets come from the data dir.
    """
    folder = DataDir(data_dir)
    adopt({"BOTPE_DATA_DIR": str(folder.path), **folder.kept_secrets()})
    with contextlib.ExitStack() as stack:
        running = bool(settings().database_url) or _attach_or_own(folder, stack)
        if not running:
            postgres = stack.enter_context(Postgres(folder.path))
            redis = stack.enter_context(Redis(folder.path))
            adopt({"DATABASE_URL": postgres.start(), "REDIS_URL": redis.start()})
            adopt(folder.secrets())
            migrate()
        stack.callback(lambda: db.engine().dispose())
        yield running


def migrate() -> int:
    """How many migrations it took to bring the database to this release's schema.

    Raises Misconfigured if it is beyond it.
    """
    if db.is_current():
        return 0
    with migrating():
        waiting = len(db.pending_migrations())
        if waiting:
            db.upgrade()
    return waiting


@contextlib.contextmanager
def migrating() -> Iterator[None]:
    """Tells what Alembic refuses inside the block as Misconfigured."""
    from alembic.util import CommandError

    try:
        yield
    except CommandError as error:
        raise Misconfigured(
            f"The database is not of this release ({error}). Run the newer release that wrote it, "
            "or restore a backup that this release made."
        ) from error


def refuse_silent_database(database_url: str) -> None:
    """Raises Unavailable with the reason unless the database takes a connection now."""
    try:
        psycopg.connect(database_url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        raise Unavailable(silent_database(error)) from None


def silent_database(error: Exception) -> str:
    """What to tell when a connection could not be made."""
    reason = str(error).strip().splitlines()[0]
    return f"The database does not answer ({reason}). Check DATABASE_URL, and that it runs."


def _attach_or_own(folder: DataDir, stack: contextlib.ExitStack) -> bool:
    """True if a running `botpe up` was found; False if the data dir is ours until `stack` ends."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(Unavailable):
            if found := folder.reachable():
                refuse_silent_database(found["DATABASE_URL"])
                adopt(found)
                return True
        with contextlib.suppress(Unavailable):
            stack.enter_context(folder.owned("command", seconds=0.2))
            return False
    raise Unavailable(
        f"The process {folder.holder().get('pid')} holds {folder.path} and is not ready. "
        "Wait for it, or stop it."
    )
