"""One file of the media lane, from WhatsApp to the storage."""

from __future__ import annotations

import io
import logging
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import IO, Any

from botpe_app import db, vault
from botpe_app.config import settings
from botpe_app.core.filenames import safe_name
from botpe_app.core.files import HEAD, type_of
from botpe_app.core.sounds import ENDS, ogg_seconds
from botpe_app.errors import BotpeError, Invalid, NotFound
from botpe_app.services import accounts, media, thumbnails
from botpe_app.services.media_fetching import (
    MOST_LOST,
    Facts,
    Job,
    again,
    failed,
    progress,
    ready,
    release,
)
from botpe_app.storage import storage
from botpe_app.whatsapp.client import GraphRefused
from botpe_app.whatsapp.media import GraphFiles, RemoteFile
from jobs import drain as drains

log = logging.getLogger(__name__)

_TELL_SECONDS = 1.0
_NO_SUCH_OBJECT = 100
_GONE_TRIES = 5  # WhatsApp also says "no such file" where the token lacks a right for a while

_one_picture = threading.Lock()  # drawing needs a core and much memory


class Interrupted(Exception):
    """The process is to stop, or another worker has taken the file over."""


def handle(job: Job) -> None:
    """Fetches the file, or looks into one that is here; what became of it is in the database."""
    known = {"media_id": str(job.id), "organization_id": str(job.organization_id)}
    try:
        if job.lost > MOST_LOST:
            _record(failed, job, "Its handling stopped the worker several times.")
            return
        with tempfile.TemporaryFile() as file:
            _work(job, file)
    except Interrupted:
        _record(release, job)
    except BotpeError as error:
        problem = _words(error)
        log.warning("media_not_fetched", extra={**known, "problem": problem})
        _record(failed if _is_final(job, error) else again, job, problem)
    except Exception:
        log.exception("media_failed", extra=known)
        _record(again, job, "Something went wrong on our side.")


def _work(job: Job, file: IO[bytes]) -> None:
    key = media.key_of(job.organization_id, job.id)
    if job.is_here:
        for chunk in storage().read(key):
            file.write(chunk)
        facts = _look(job, file, job.mime_type, job.sha256)
    else:
        found = _fetch(job, file)
        facts = _look(job, file, found.mime_type or job.mime_type, found.sha256)
        storage().put(key, file)
    _record(ready, job, facts)


def _fetch(job: Job, file: IO[bytes]) -> RemoteFile:
    """Writes the customer's file; what WhatsApp says of it."""
    if not (job.wa_media_id and job.account_id and job.token_sealed):
        raise Invalid("The number it came to is no longer connected.")
    place = accounts.place(job.organization_id, job.account_id)
    token = vault.open_sealed(job.token_sealed, place=place)
    with GraphFiles(settings().graph_url, settings().graph_version, token) as graph:
        return graph.fetch(job.wa_media_id, file, sha256=job.sha256, progress=_Teller(job).tell)


class _Teller:
    """Tells now and then how far a download is, and ends it when it may not go on."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._next = time.monotonic() + _TELL_SECONDS

    def tell(self, received: int, size: int | None) -> None:
        """Raises Interrupted."""
        if drains.stopping():
            raise Interrupted
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _TELL_SECONDS
        if not _record(progress, self._job, received, size):
            raise Interrupted


def _look(job: Job, file: IO[bytes], claimed: str, sha256: str) -> Facts:
    """What the file is; a picture's small copy goes into the storage."""
    file.seek(0)
    head = file.read(ENDS)
    size = file.seek(0, io.SEEK_END)
    mime_type = type_of(head[:HEAD], claimed, job.filename)
    name = safe_name(job.filename, mime_type) if job.filename else ""
    facts = Facts(mime_type, name, size, sha256)
    if mime_type in thumbnails.READABLE:
        return _with_thumbnail(job, file, facts)
    if mime_type == "audio/ogg":
        file.seek(max(0, size - ENDS))
        return replace(facts, seconds=ogg_seconds(head, file.read(ENDS)))
    return facts


def _with_thumbnail(job: Job, file: IO[bytes], facts: Facts) -> Facts:
    with _one_picture:
        drawn = thumbnails.draw(file, facts.mime_type)
    if drawn is None:
        return facts
    key = media.thumbnail_key(job.organization_id, job.id)
    storage().put(key, io.BytesIO(drawn.thumbnail))
    return replace(facts, width=drawn.width, height=drawn.height, has_thumbnail=True)


def _record(change: Callable[..., Any], job: Job, *what: object) -> Any:
    """Has a function of media_fetching write down what became of the job."""
    with db.transaction() as session:
        db.act_as_system(session)
        return change(session, job, *what)


def _is_gone(error: BotpeError) -> bool:
    return isinstance(error, GraphRefused) and error.refused.code == _NO_SUCH_OBJECT


def _is_final(job: Job, error: BotpeError) -> bool:
    if _is_gone(error):
        return job.attempts >= _GONE_TRIES
    return isinstance(error, Invalid | NotFound)


def _words(error: BotpeError) -> str:
    return "WhatsApp does not have this file." if _is_gone(error) else error.message
