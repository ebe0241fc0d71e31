"""What an orchestrator asks: is the process alive, and can it do its work?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from botpe_app import db, queue

_PATIENCE_SECONDS = 1.0


class NotReady(Exception):
    """A part that does not work, in words for an operator."""


async def alive(request: Request) -> JSONResponse:
    """200 as long as this process answers at all."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> JSONResponse:
    """200 when every part works, else 503 that says of each what is wrong."""
    found = await asyncio.gather(*(_problem(check) for check in _CHECKS.values()))
    parts = {name: problem or "ok" for name, problem in zip(_CHECKS, found, strict=True)}
    failing = [name for name, problem in zip(_CHECKS, found, strict=True) if problem]
    status = "not ready" if failing else "ready"
    body = {"status": status, "failing": failing, "parts": parts}
    return JSONResponse(body, 503 if failing else 200)


async def _problem(check: Callable[[], None]) -> str | None:
    try:
        await asyncio.wait_for(asyncio.to_thread(check), _PATIENCE_SECONDS)
    except TimeoutError:
        return f"no answer within {_PATIENCE_SECONDS:g} s"
    except NotReady as problem:
        return str(problem)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is why we are not ready
        return f"{type(error).__name__}: does not answer"
    return None


def _database() -> None:
    with db.engine().connect() as connection:
        connection.execute(text("select 1"))


def _migrations() -> None:
    missing = db.pending_migrations()
    if missing:
        raise NotReady(f"{len(missing)} to apply; run `botpe db upgrade`")


def _redis() -> None:
    queue.redis().ping()


def _workers() -> None:
    missing = queue.lanes_without_worker()
    if missing:
        raise NotReady(f"none for {', '.join(missing)}; run `botpe worker`")


_CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "workers": _workers,
}
ROUTES = (Route("/healthz", alive), Route("/readyz", ready))
