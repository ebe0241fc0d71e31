"""Answers that are CSV files: whole, or part by part as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from fastapi import Response
from sqlmodel import Session
from starlette.responses import StreamingResponse

from botpe_app.db import act_for, transaction
from botpe_app.services.access import Actor
from botpe_app.services.views import Page

Part: TypeAlias = Callable[[Session, str], Page[str]]
_TYPE = "text/csv"


def whole(name: str, text: str) -> Response:
    """The text as a file of this name."""
    return Response(text, media_type=_TYPE, headers=_headers(name))


def streamed(name: str, head: str, part: Part, actor: Actor) -> StreamingResponse:
    """The head, then what `part` reads for the actor from each cursor on; the first is ""."""
    return StreamingResponse(_written(head, part, actor), media_type=_TYPE, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "no-store",
    }


def _written(head: str, part: Part, actor: Actor) -> Iterator[str]:
    """The file part by part, each from a transaction of its own: the request's has ended."""
    yield head
    cursor: str | None = ""
    while cursor is not None:
        with transaction() as session:
            act_for(session, actor.organization_id)
            page = part(session, cursor)
        yield "".join(page.data)
        cursor = page.next
