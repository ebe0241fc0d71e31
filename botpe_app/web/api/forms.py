"""Forms with a file in them, which goes to the disk as it arrives."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from botpe_app.errors import Invalid
from botpe_app.web.api.bodies import TooLarge

_FIELDS = 20
_LARGEST_FIELD = _ENVELOPE = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A file with its name and type as the sender claims them, and the form's other fields."""

    file: IO[bytes]
    filename: str
    claimed: str
    fields: dict[str, str]


@asynccontextmanager
async def received(request: Request, *, largest: int) -> AsyncIterator[Form]:
    """The form of a request, whose file is there as long as the block lasts.

    Raises Invalid for anything but a form with a part named `file`, TooLarge at the first byte
    beyond `largest`.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise Invalid("Send multipart/form-data with the file in a part named file.", field="file")
    parser = MultiPartParser(
        request.headers,
        _capped(request, largest + _ENVELOPE),
        max_files=1,
        max_fields=_FIELDS,
        max_part_size=_LARGEST_FIELD,
    )
    try:
        parsed = await parser.parse()
    except MultiPartException as error:
        raise Invalid(f"The form cannot be read: {error.message}", field="file") from None
    try:
        yield _form(dict(parsed))
    finally:
        await parsed.close()


def _form(parts: dict[str, UploadFile | str]) -> Form:
    file = parts.get("file")
    if not isinstance(file, UploadFile):
        raise Invalid("A part named file, with a filename, is missing.", field="file")
    fields = {name: value for name, value in parts.items() if isinstance(value, str)}
    return Form(file.file, file.filename or "", file.content_type or "", fields)


async def _capped(request: Request, largest: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise TooLarge(f"The body is larger than {largest // 2**20} MB.")
        yield part
