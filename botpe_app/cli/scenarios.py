"""Recorded scenarios from the command line: `botpe simulator run FILE`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from botpe_app.cli.common import data_dir_option, json_option
from botpe_app.cli.running import simulator
from botpe_app.errors import Misconfigured

FAILED = 1


@simulator.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--number", default="", help="Phone number id, for those that name none.")
@data_dir_option
@json_option
@click.pass_context
def run(
    context: click.Context, files: tuple[str, ...], number: str, data_dir: Path, as_json: bool
) -> None:
    """Play recorded scenarios on the running simulator; exit 1 if one goes another way."""
    from botpe_app.config import adopt, settings
    from botpe_app.embedded.datadir import DataDir
    from botpe_app.whatsapp.simulator import scenarios
    from botpe_app.whatsapp.simulator.client import SimulatorClient

    read = [scenarios.read(_text(Path(file))) for file in files]
    if not settings().simulated:
        folder = DataDir(data_dir)
        adopt({**folder.kept_secrets(), **folder.reachable()})
    if not settings().simulated:
        raise Misconfigured(f"No simulator runs on {data_dir}. Start `botpe up` first.")
    with SimulatorClient(settings().simulator_url, settings().secret_key) as phone:
        played = [
            scenarios.play(dataclasses.replace(one, number=one.number or number), phone)
            for one in read
        ]
    for one in played if not as_json else ():
        for line in one.lines:
            click.echo(f"  {line}")
        click.echo(f"{'ok' if one.passed else 'FAILED'}  {one.name}  {one.problem}".rstrip())
    if as_json:
        found = [{**dataclasses.asdict(one), "passed": one.passed} for one in played]
        click.echo(json.dumps({"scenarios": found}, ensure_ascii=False))
    context.exit(0 if all(one.passed for one in played) else FAILED)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Misconfigured(f"{file} is no text.") from None


COMMANDS = (simulator,)
