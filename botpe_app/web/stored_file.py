"""A file of the storage as an answer: in parts if asked, shown only if it is harmless."""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from botpe_app.core import ranges
from botpe_app.core.filenames import disposition
from botpe_app.core.files import served_as
from botpe_app.errors import BotpeError
from botpe_app.services.media import Stored
from botpe_app.storage import storage
from botpe_app.web.api import errors


class StoredFile(Response):
    """Answers with a file's bytes, or those that `asked` (the request's headers) wants.

    The storage is asked only once this is sent, when the request's transaction is over.
    """

    def __init__(self, file: Stored, asked: Mapping[str, str], *, download: bool = False) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._key = file.key
        self._part: tuple[int, int | None] = (0, file.size)
        self._etag = f'"{file.sha256}"'
        self._describe(file, download)
        if self._etag in asked.get("if-none-match", ""):
            self.status_code = 304
        elif file.size is not None:
            self._choose_part(asked, file.size)

    def _describe(self, file: Stored, download: bool) -> None:
        media_type, inline = served_as(file.mime_type)
        self.headers.update(
            {
                "Content-Type": media_type,
                "Content-Disposition": disposition(file.filename, inline=inline and not download),
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "X-Content-Type-Options": "nosniff",
                "ETag": self._etag,
                # For this browser only, and for this session only.
                "Cache-Control": "private, max-age=86400, immutable",
                "Vary": "Cookie, Authorization",
            }
        )

    def _choose_part(self, asked: Mapping[str, str], size: int) -> None:
        self.headers["Accept-Ranges"] = "bytes"
        wanted = asked.get("range", "") if asked.get("if-range", self._etag) == self._etag else ""
        try:
            part = ranges.part(wanted, size)
        except ranges.Unsatisfiable:
            self.status_code = 416
            self.headers["Content-Range"] = f"bytes */{size}"
            return
        start, stop = part or (0, size)
        if part:
            self.status_code = 206
            self.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        self._part = (start, stop)
        self.headers["Content-Length"] = str(stop - start)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it; if the storage cannot give it, says so instead."""
        if self.status_code in (304, 416):
            await Response(None, self.status_code, self.headers)(scope, receive, send)
            return
        try:
            chunks = await anyio.to_thread.run_sync(storage().read, self._key, *self._part)
        except BotpeError as error:
            await errors.answer(error)(scope, receive, send)
            return
        await StreamingResponse(chunks, self.status_code, self.headers)(scope, receive, send)
