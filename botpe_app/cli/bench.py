"""`botpe bench`."""

from __future__ import annotations

from pathlib import Path

import click

from botpe_app.cli.common import json_option, show

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("name")
@click.option("--train", type=_FILE, help="For intents: what to learn, a CSV of text,intent.")
@click.option("--test", type=_FILE, help="For intents: what to ask, a CSV of text,intent.")
@json_option
def bench(name: str, train: Path | None, test: Path | None, as_json: bool) -> None:
    """Measure NAME against a ceiling that the same run meets on this machine."""
    from botpe_app.bench import run

    show(run(name, train=train, test=test), as_json=as_json)


COMMANDS = (bench,)
