"""The web server: Granian with a few processes, each with the whole app."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import signal
import sys
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from botpe_app import logs, processes
from botpe_app.config import adopt, environment, settings
from botpe_app.embedded.frontend import PROJECT, Frontend, serving

_APP = "botpe_app.botpe_app:app"
_STOP_SECONDS = 8  # open sockets may hold a process this long


def serve(host: str, port: int, workers: int) -> None:
    """Serves until SIGTERM or SIGINT; builds the pages first if their sources changed."""
    logs.configure("web")
    if "REFLEX_WEB_WORKDIR" not in environment():
        adopt(serving(Frontend(settings().data_dir).build(environment())))
    sys.path.insert(0, str(PROJECT))  # where rxconfig.py is
    if multiprocessing.get_start_method() == "fork":  # then one import serves all processes
        importlib.import_module(_APP.partition(":")[0])
        gc.freeze()
    Server(
        _APP,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=_STOP_SECONDS,
        process_name="botpe: web",
        log_level=LogLevels.warning,
        log_dictconfig={"version": 1, "disable_existing_loggers": False},
    ).serve(target_loader=load)


def load(target: str) -> Any:
    """The ASGI app, made in the server process that calls this."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the server's own come once it serves
        signal.signal(number, signal.SIG_DFL)
    processes.end_with_parent()
    logs.configure("web")
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)()
