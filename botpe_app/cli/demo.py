"""Demo data from the command line."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

import click

from botpe_app.cli.common import data_dir_option, json_option, show
from botpe_app.errors import Misconfigured


@click.group()
def demo() -> None:
    """A believable organization to try things with."""


@demo.command()
@click.option("--messages", type=click.IntRange(0), default=0, help="So many more messages.")
@click.option("--contacts", type=click.IntRange(0), default=0, help="So many more contacts.")
@data_dir_option
@json_option
def seed(messages: int, contacts: int, data_dir: Path, as_json: bool) -> None:
    """Make the demo organization unless it is there, and add rows in bulk."""
    from botpe_app import db
    from botpe_app.embedded.attach import services
    from botpe_app.models.base import utc_now
    from botpe_app.services import demo as demo_service

    with services(data_dir):
        with db.transaction() as session:
            seeded = demo_service.seed(session, now=utc_now(), messages=messages, contacts=contacts)
        remember_chats()
    show(dataclasses.asdict(seeded), as_json=as_json)


@demo.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--url", help="Of a running app; else the one `botpe up` runs on the data dir.")
@data_dir_option
def screenshots(folder: Path, url: str | None, data_dir: Path) -> None:
    """Picture every page at 390, 1280 and 1920 pixels, light and dark, signed in as the demo."""
    from botpe_app import pictures
    from botpe_app.embedded.datadir import DataDir
    from botpe_app.services.demo import SIGN_INS

    address = url or DataDir(data_dir).reachable().get("BOTPE_BASE_URL")
    if not address:
        raise Misconfigured(f"Nothing runs on {data_dir}. Start `botpe up` first, or say --url.")
    boss = SIGN_INS[0]
    for file in pictures.take(address, folder, email=boss.email, password=boss.password):
        click.echo(file)


def seed_for_show() -> list[str]:
    """Makes the demo organization unless it is there; who can sign in, a line each."""
    from botpe_app import db
    from botpe_app.models.base import utc_now
    from botpe_app.services import demo as demo_service

    with db.transaction() as session:
        seeded = demo_service.seed(session, now=utc_now())
    width = max(len(person.email) for person in seeded.sign_ins)
    people = [
        f"  {person.email:<{width}}  {person.password}  {person.role.lower()}"
        for person in seeded.sign_ins
    ]
    return ["Sign in as", *people]


def remember_chats() -> None:
    """Has the pretend customers' phones show what was said before, if the simulator runs."""
    from botpe_app import db
    from botpe_app.config import settings
    from botpe_app.errors import Unavailable
    from botpe_app.services import demo_phones

    if not settings().simulated:
        return
    with db.transaction() as session:
        found = demo_phones.chats(session)
    if found:
        with contextlib.suppress(Unavailable):  # it is told when `botpe up` starts
            demo_phones.remember(found)


COMMANDS = (demo,)
