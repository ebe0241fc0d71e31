"""Commands for the database itself: its schema, and whole backups."""

from __future__ import annotations

from pathlib import Path

import click

from botpe_app.cli.common import data_dir_option, json_option, show
from botpe_app.config import settings
from botpe_app.errors import Conflict, Unavailable


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


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_dir_option
@json_option
def backup(file: Path, data_dir: Path, as_json: bool) -> None:
    """Write everything embedded, secrets too, to FILE. It may run meanwhile."""
    from botpe_app.embedded import backup as backups
    from botpe_app.embedded.attach import services

    with services(data_dir):
        size = backups.backup(data_dir, file)
    show({"file": str(file), "bytes": size}, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_dir_option
def restore(file: Path, data_dir: Path) -> None:
    """Put what `botpe backup` wrote to FILE in place of what is there. Nothing may run."""
    from botpe_app.embedded import backup as backups
    from botpe_app.embedded.attach import services
    from botpe_app.embedded.datadir import DataDir

    if settings().database_url:
        raise Conflict("DATABASE_URL is set; restore works on the embedded database only.")
    try:
        with DataDir(data_dir).owned("command", seconds=5):
            backups.restore(data_dir, file)
    except Unavailable:
        raise Conflict(f"{data_dir} is in use. Stop `botpe up` first.") from None
    with services(data_dir):
        pass  # which brings an older backup's schema up to date
    click.echo(f"{data_dir} is what {file} holds; what was there is kept as before_restore.")


COMMANDS = (db, backup, restore)
