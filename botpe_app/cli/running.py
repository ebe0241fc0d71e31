"""Commands that run until they are told to stop: `botpe up`, and each of its processes alone."""

from __future__ import annotations

import gc
import importlib
import sys
from pathlib import Path

import click

from botpe_app import logs, processes
from botpe_app.cli.common import data_dir_option, production
from botpe_app.config import settings
from botpe_app.errors import Invalid

_PORT = click.IntRange(1, 65535)
_host = click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")


@click.command()
@click.option("--port", type=_PORT, default=3000, show_default=True, help="For everything.")
@_host
@data_dir_option
@click.option(
    "--workers", type=click.IntRange(1, 32), default=2, show_default=True, help="Outbox processes."
)
@click.option("--demo/--no-demo", default=True, show_default=True, help="Demo data and simulator.")
def up(port: int, host: str, data_dir: Path, workers: int, demo: bool) -> None:
    """Run everything: database, pages, API, workers and the WhatsApp simulator."""
    from botpe_app.cli.demo import remember_chats, seed_for_show
    from botpe_app.embedded.steps import Steps
    from botpe_app.embedded.up import Plan, Up

    plan = Plan(data_dir=data_dir, host=host, port=port, workers=workers, demo=demo)
    Up(plan, Steps(sys.stdout), seed_for_show, remember_chats).run()


@click.command()
@click.option("--port", type=_PORT, default=3000, show_default=True)
@_host
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def web(port: int, host: str, workers: int) -> None:
    """Serve the pages, the API and the webhook."""
    from botpe_app.cli.serve import serve
    from botpe_app.embedded.up import refuse_busy_port

    production()
    refuse_busy_port(host, port)
    serve(host, port, workers)


@click.command()
@click.option("--queues", default="", help="Lanes, a process for each; all if left out.")
def worker(queues: str) -> None:
    """Work through queues: ingest, outbox, …"""
    from botpe_app.queue import Lane

    lanes = [lane.value for lane in Lane]
    asked = [name.strip() for name in queues.split(",") if name.strip()] or lanes
    unknown = ", ".join(name for name in asked if name not in lanes)
    if unknown:
        raise Invalid(f"There is no queue {unknown}; there are {', '.join(lanes)}.")
    production()
    if len(asked) == 1:
        _work(asked[0])
    else:
        _work_on_each(asked)


@click.command()
def scheduler() -> None:
    """Look for everything that is due, every few seconds. One leads; two do no harm."""
    production()
    from jobs.sweeps import run

    logs.configure("scheduler")
    run()


@click.group(invoke_without_command=True)
@click.option("--port", type=_PORT, default=3900, show_default=True)
@_host
@click.pass_context
def simulator(context: click.Context, port: int, host: str) -> None:
    """Pretend to be WhatsApp: a Graph API that answers and sends signed webhooks back."""
    if context.invoked_subcommand:
        return
    settings().require("app_secret")
    from botpe_app.embedded.up import refuse_busy_port
    from botpe_app.whatsapp.simulator import serve

    refuse_busy_port(host, port)
    logs.configure("simulator")
    serve(host, port)


def _work(lane: str) -> None:
    """Works through a lane until we are told to stop."""
    from jobs.worker import run

    processes.set_title(f"worker {lane}")
    logs.configure(f"worker {lane}")
    run(lane)


def _work_on_each(lanes: list[str]) -> None:
    """Keeps a worker process for each lane until we are told to stop; they share one import."""
    from botpe_app.embedded.programs import Fork
    from botpe_app.embedded.supervisor import Supervisor, supervise
    from botpe_app.queue import Lane

    processes.set_title("worker")
    for lane in set(lanes):
        importlib.import_module(Lane(lane).job.rpartition(".")[0])
    gc.freeze()  # so that no collection copies the pages they share
    workers = [Fork(f"{lane} worker", _work, lane) for lane in lanes]
    supervise(Supervisor(workers, lambda event: click.echo(event, err=True)))


COMMANDS = (up, web, worker, scheduler)
