"""The files of messages on their way out: uploaded to WhatsApp first, once for each number.

An upload sends nothing to anybody, so it may be repeated. It goes on in a thread beside
everything else; only the messages that carry the file wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from botpe_app import db
from botpe_app.config import settings
from botpe_app.core.pacing import doubling
from botpe_app.errors import BotpeError, NotFound
from botpe_app.services import media_uploads
from botpe_app.services.media import Stored
from botpe_app.services.outbox import UNUSABLE, Result, Timing
from botpe_app.services.outbox_leases import Lease
from botpe_app.storage import storage
from botpe_app.whatsapp import messages as wire
from botpe_app.whatsapp.client import GraphRefused
from botpe_app.whatsapp.errors import Refused
from botpe_app.whatsapp.media import GraphFiles
from jobs.outbox_number import Outgoing
from jobs.outbox_outcomes import give_back
from jobs.threads import in_thread

log = logging.getLogger(__name__)

_AT_ONCE = 3  # a number
_REMEMBERED_SECONDS = 10.0  # a person who sends again may have had it uploaded anew
_LOOK_AGAIN_SECONDS = 3.0  # for a message that was given back while its file is under way
_LONGEST_WAIT = 60.0
_NEVER = ("", float("-inf"))

_Key = tuple[UUID, UUID]  # a number and a file


class Files:
    """Holds messages back until WhatsApp has their files."""

    def __init__(
        self,
        timing: Timing,
        ready: Callable[[Outgoing], None],
        record: Callable[[Outgoing, Result], None],
        refused: Callable[[Outgoing, Lease, Refused], None],
    ) -> None:
        """`ready` gets a message that may leave; the others one that may not, and why."""
        self._patience = timing.lease / 2  # then a message's own lease is near its end
        self._ready, self._record, self._refused = ready, record, refused
        self._known: dict[_Key, tuple[str, float]] = {}  # Graph's id, and when that was learned
        self._uploads: dict[_Key, asyncio.Task[str]] = {}
        self._failures: Counter[_Key] = Counter()
        self._turns = defaultdict[UUID, asyncio.Semaphore](lambda: asyncio.Semaphore(_AT_ONCE))
        self._waiting: set[asyncio.Task[None]] = set()

    def take(self, message: Outgoing) -> None:
        """Lets a message go on, at once if it carries no file of ours or WhatsApp has them all."""
        ours = wire.our_files(message.claimed.type, message.claimed.content)
        fresh = time.monotonic() - _REMEMBERED_SECONDS
        known = {one: self._known.get((message.claimed.account_id, one), _NEVER) for one in ours}
        if all(at > fresh for _, at in known.values()):
            self._go_on(message, {one: graph_id for one, (graph_id, _) in known.items()})
            return
        message.number.uploading[message.claimed.is_reply] += 1
        task = asyncio.create_task(self._wait(message, ours))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def close(self) -> None:
        """Gives back the messages that wait; what is under way is worth nothing then."""
        for task in self._waiting:
            task.cancel()
        if self._waiting:
            await asyncio.wait(self._waiting)

    async def _wait(self, message: Outgoing, ours: set[UUID]) -> None:
        uploads = {one: self._upload(message, one) for one in ours}
        try:
            _, late = await asyncio.wait(uploads.values(), timeout=self._patience)
            if late:
                self._record(message, _later(message, _LOOK_AGAIN_SECONDS))
            else:
                self._settle(message, uploads)
        except asyncio.CancelledError:
            self._record(message, give_back(message))
        finally:
            message.number.uploading[message.claimed.is_reply] -= 1

    def _settle(self, message: Outgoing, uploads: dict[UUID, asyncio.Task[str]]) -> None:
        failed = [(one, error) for one, task in uploads.items() if (error := task.exception())]
        if not failed:
            self._go_on(message, {one: task.result() for one, task in uploads.items()})
            return
        one, error = failed[0]
        if isinstance(error, GraphRefused):
            self._refused(message, message.number.lease, error.refused)
        elif isinstance(error, NotFound):
            self._record(message, _gone(message, error))
        else:
            tries = self._failures[message.claimed.account_id, one]
            wait = doubling(max(1, tries), longest=_LONGEST_WAIT)
            self._record(message, _later(message, wait, error))

    def _go_on(self, message: Outgoing, ids: dict[UUID, str]) -> None:
        if ids:
            claimed = message.claimed
            content = wire.with_graph_ids(claimed.type, claimed.content, ids)
            message.claimed = replace(claimed, content=content)
        self._ready(message)

    def _upload(self, message: Outgoing, media_id: UUID) -> asyncio.Task[str]:
        """The upload of a file by a number; all messages that carry it wait for the same one."""
        key = (message.claimed.account_id, media_id)
        if key not in self._uploads:
            lease, token = message.number.lease, message.number.token
            task = asyncio.create_task(self._in_turn(lease, token, media_id))
            self._uploads[key] = task
            task.add_done_callback(lambda task: self._uploaded(key, task))
        return self._uploads[key]

    async def _in_turn(self, lease: Lease, token: str, media_id: UUID) -> str:
        async with self._turns[lease.account_id]:
            return await in_thread(_obtain, lease, token, media_id)

    def _uploaded(self, key: _Key, task: asyncio.Task[str]) -> None:
        del self._uploads[key]
        if task.cancelled():
            return
        if error := task.exception():
            self._failures[key] += 1
            told = {"media_id": str(key[1]), "error": str(error)}
            log.warning("upload_failed", extra=told, exc_info=_bug(error))
            return
        self._failures.pop(key, None)
        self._known[key] = (task.result(), time.monotonic())
        if len(self._known) > 1000:
            self._known.clear()


def _obtain(lease: Lease, token: str, media_id: UUID) -> str:
    """Graph's id of the file for this number, uploading it if need be."""
    who = lease.organization_id, lease.account_id, media_id
    with db.transaction() as session:
        db.act_as_system(session)
        if known := media_uploads.graph_id(session, *who):
            return known
        file = media_uploads.to_upload(session, lease.organization_id, media_id)
    wa_media_id = _send(lease, token, file)
    with db.transaction() as session:
        db.act_as_system(session)
        media_uploads.keep(session, *who, wa_media_id)
    return wa_media_id


def _send(lease: Lease, token: str, file: Stored) -> str:
    place = settings()
    with (
        tempfile.TemporaryFile() as content,
        GraphFiles(place.graph_url, place.graph_version, token) as graph,
    ):
        for chunk in storage().read(file.key):
            content.write(chunk)
        content.seek(0)
        return graph.upload(lease.phone_number_id, file.filename, file.mime_type, content)


def _later(message: Outgoing, wait: float, error: BaseException | None = None) -> Result:
    if error is None:
        return replace(give_back(message), wait=wait)
    said = error.message if isinstance(error, BotpeError) else type(error).__name__
    back = give_back(message, title="The file could not be handed to WhatsApp", details=said)
    return replace(back, wait=wait)


def _gone(message: Outgoing, error: NotFound) -> Result:
    return Result(
        message.claimed,
        "failed",
        code=UNUSABLE,
        title="The file is no longer here",
        details=error.message,
        tried=True,
    )


def _bug(error: BaseException) -> BaseException | None:
    return None if isinstance(error, BotpeError) else error
