"""What the commands share: options, one line for what goes wrong, and how results are printed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from botpe_app.config import settings

if TYPE_CHECKING:
    from sqlmodel import Session

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="BOTPE_DATA_DIR",
    default=Path(".botpe"),
    show_default=True,
    help="Where the embedded database and everything else is kept.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document as the last line."
)


@contextlib.contextmanager
def transaction(data_dir: Path) -> Iterator[Session]:
    """A transaction on the database of `data_dir`, running or started for this."""
    from botpe_app import db
    from botpe_app.embedded.attach import services

    with services(data_dir), db.transaction() as session:
        yield session


def show(document: Mapping[str, Any], *, as_json: bool) -> None:
    """Prints a result: as JSON, or a `name: value` a line."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, default=str))
        return
    width = max(map(len, document), default=0) + 1
    for name, value in document.items():
        click.echo(f"{name + ':':<{width}} {value}")


def one_line(error: Exception) -> str | None:
    """A sentence for the failures that are not ours to mend, None for a bug of ours."""
    from psycopg.errors import UndefinedTable
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from botpe_app.embedded.attach import silent_database

    cause = getattr(error, "orig", error)
    if isinstance(cause, UndefinedTable) and isinstance(error, ProgrammingError | UndefinedTable):
        return "The database has no tables of ours yet. Run `botpe db upgrade`."
    if isinstance(error, OperationalError):
        return silent_database(cause)
    return None


def production() -> None:
    """Raises Misconfigured, naming it, if a setting that `botpe up` would make is missing."""
    settings().require(
        "database_url",
        "redis_url",
        "secret_key",
        "encryption_keys",
        "app_secret",
        "verify_token",
    )
