"""One long sheet of customers, from the storage into the contacts, for the media lane."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from botpe_app import db
from botpe_app.errors import Invalid, NotFound
from botpe_app.services import contact_import_work as work
from botpe_app.services import contact_rows
from botpe_app.services.contact_import_work import PART, Key
from botpe_app.services.contact_imports import key_of
from botpe_app.storage import storage
from jobs import drain as drains

log = logging.getLogger(__name__)

_GONE = "The sheet is gone from the storage."


def handle(key: Key) -> None:
    """Goes on with it until it is over, or this process is to stop; then removes the sheet."""
    begun = _record(work.done, key)
    if begun is not None and not _bring_in(key, begun):
        return
    storage().delete(key_of(*key))
    _record(work.forget, key)


def _bring_in(key: Key, begun: int) -> bool:
    """Takes the rows from `begun` on; whether it is over."""
    try:
        raw = b"".join(storage().read(key_of(*key)))
        for part in _parts(contact_rows.lines(raw), begun):
            if drains.stopping():
                _record(work.release, key)
                return False
            if not _record(work.take, key, part):
                return True
    except NotFound:
        _record(work.fail, key, _GONE)
    except Invalid as error:
        _record(work.fail, key, error.message)
    _record(work.complete, key)
    return True


def _parts(rows: Iterator[Any], begun: int) -> Iterable[list[Any]]:
    for _ in islice(rows, begun):
        pass
    while part := list(islice(rows, PART)):
        yield part


def _record(change: Callable[..., Any], key: Key, *what: object) -> Any:
    with db.transaction() as session:
        db.act_as_system(session)
        return change(session, key, *what)
