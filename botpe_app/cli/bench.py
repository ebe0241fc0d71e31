"""`botpe bench`."""

from __future__ import annotations

import click

from botpe_app.cli.common import json_option, show


@click.command()
@click.argument("name")
@json_option
def bench(name: str, as_json: bool) -> None:
    """Measure NAME against a ceiling that the same run meets on this machine."""
    from botpe_app.bench import run

    show(run(name), as_json=as_json)


COMMANDS = (bench,)
