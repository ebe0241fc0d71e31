"""The `botpe` command: parse, call, print. What it does lives on the storeys below."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

import click

from botpe_app import processes
from botpe_app.cli.common import one_line
from botpe_app.errors import BotpeError

BAD_USE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="botpe", prog_name="botpe")
def cli() -> None:
    """BotPe AI: run a business's WhatsApp on your own machine."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits: 0 done, 1 doctor found something, 2 bad use."""
    # What modules define stays; looking for cycles among it after every 700 objects was a seventh
    # of a process's start.
    gc.set_threshold(10_000)
    words = list(sys.argv[1:] if arguments is None else arguments)
    processes.set_title(_role(words))
    for stream in (sys.stdout, sys.stderr):  # a terminal may know fewer letters than we write
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    _load_commands()
    try:
        code = cli.main(words, prog_name="botpe", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as missing:
        click.echo(missing.format_message(), err=True)
        code = BAD_USE
    except click.ClickException as error:
        code = _refuse(error.format_message(), getattr(error, "ctx", None))
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except BotpeError as error:
        named = error.field is None or error.field in error.message
        code = _refuse(error.message if named else f"{error.field}: {error.message}")
    except Exception as error:
        told = one_line(error)
        if told is None:
            raise
        code = _refuse(told)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse(message: str, context: click.Context | None = None) -> int:
    """Says in one line what is wrong."""
    help_for = f" See `{context.command_path} --help`." if context else ""
    click.echo(f"botpe: {' '.join(message.split())}{help_for}", err=True)
    return BAD_USE


def _role(words: Sequence[str]) -> str:
    """What `ps` shows: the command without its values, which may be secret."""
    plain: list[str] = []
    for word in words:
        if word.startswith("-"):
            break
        plain.append(word)
    lane = words[words.index("--queues") + 1 :][:1] if "--queues" in words else []
    return " ".join([*plain, *lane]) or "help"


def _load_commands() -> None:
    """Adds the commands to the group; the modules import the heavy rooms only when they run."""
    from botpe_app.cli import (
        bench,
        database,
        demo,
        evals,
        flow,
        health,
        running,
        scenarios,
        tenants,
    )

    for module in (running, scenarios, database, tenants, demo, health, flow, bench, evals):
        for command in module.COMMANDS:
            cli.add_command(command)
