"""Commands for the database itself: its schema, and whole backups."""

from __future__ import annotations

from pathlib import Path

import click

from botpe_app.cli.common import data_dir_option
from botpe_app.errors import Conflict


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.argument("revision", default="head")
@data_dir_option
def upgrade(revision: str, data_dir: Path) -> None:
    """Bring the schema to REVISION, this release's by default."""
    from botpe_app import db as database
    from botpe_app.embedded.attach import migrating, services

    with services(data_dir), migrating():
        database.upgrade(revision)
    click.echo(f"The schema is at {revision}.")


@db.command()
@click.argument("revision")
@data_dir_option
def downgrade(revision: str, data_dir: Path) -> None:
    """Take the schema back to REVISION, "base" being empty. Data of newer tables is lost."""
    from botpe_app import db as database
    from botpe_app.embedded.attach import migrating, services

    with services(data_dir), migrating():
        database.downgrade(revision)
    click.echo(f"The schema is at {revision}.")


@db.command()
@data_dir_option
def check(data_dir: Path) -> None:
    """Say whether migrations are missing, or the models differ from the schema."""
    from botpe_app import db as database
    from botpe_app.embedded.attach import migrating, services

    with services(data_dir), migrating():
        missing = database.pending_migrations()
        if missing:
            raise Conflict(f"Not applied: {', '.join(missing)}. Run `botpe db upgrade`.")
        database.check()
    click.echo("The schema is this release's.")


COMMANDS = (db,)
