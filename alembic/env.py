"""How Alembic reaches the database: the models' metadata and the process's own settings."""

from alembic import context
from sqlmodel import SQLModel

from botpe_app import models  # noqa: F401 - loads every table
from botpe_app.db import engine


def run() -> None:
    if context.is_offline_mode():
        raise SystemExit("Migrations run against a live database only.")
    with engine().connect() as connection:
        context.configure(
            connection=connection, target_metadata=SQLModel.metadata, compare_type=True
        )
        with context.begin_transaction():
            connection.exec_driver_sql("set lock_timeout = '10s'")
            # Two upgrades at once wait for each other instead of tripping over each other.
            connection.exec_driver_sql("select pg_advisory_xact_lock(4711)")
            context.run_migrations()


run()
