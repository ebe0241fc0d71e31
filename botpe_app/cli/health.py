"""`botpe doctor`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from botpe_app.cli.common import data_dir_option, json_option

_MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


@click.command()
@click.option("--reseal", is_flag=True, help="First seal every stored secret with the newest key.")
@click.option("--offline", is_flag=True, help="Do not try tokens against the Graph API.")
@data_dir_option
@json_option
@click.pass_context
def doctor(
    context: click.Context, *, reseal: bool, offline: bool, data_dir: Path, as_json: bool
) -> None:
    """Check every dependency, credential and queue; exit 1 if something is wrong."""
    from botpe_app import db
    from botpe_app.embedded.attach import services
    from botpe_app.services import doctor as doctors
    from botpe_app.services import sealing

    with services(data_dir) as running:
        if reseal:
            with db.transaction() as session:
                db.act_as_system(session)
                count = sealing.reseal(session)
            click.echo(f"{count} secrets sealed with the newest key.", err=as_json)
        report = doctors.examine(running=running, ask_graph=not offline)
    if as_json:
        findings = [dataclasses.asdict(finding) for finding in report.findings]
        click.echo(json.dumps({"healthy": report.healthy, "findings": findings}))
    else:
        for found in report.findings:
            mend = f"\n             → {found.mend}" if found.mend else ""
            click.echo(f"{_MARKS[found.state]} {found.check:<11}{found.message}{mend}")
        if not running:
            click.echo("(Workers were not looked for: nothing runs on this data dir.)")
    context.exit(0 if report.healthy else 1)


COMMANDS = (doctor,)
