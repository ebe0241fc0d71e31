"""/api/media: files to send, and those that customers sent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError
from botpe_app.models.base import new_id
from botpe_app.services import media
from botpe_app.services.access import Actor
from botpe_app.services.views import MediaItem
from botpe_app.storage import storage
from botpe_app.web.api import errors, forms
from botpe_app.web.api.routes import Caller, Route, Work, in_thread, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Shape
from botpe_app.web.stored_file import StoredFile
from botpe_app.whatsapp.messages import FILES

routes = router("/media", "media")

_LARGEST = max(rule.largest for rule in FILES.values())
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "kind": {
            "type": "string",
            "enum": list(FILES),
            "description": "As what it will be sent; chosen by its type unless given",
        },
    },
}
_BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}


class Uploaded(Shape):
    """A file that can be sent: `{"type": kind, kind: {"id": id}}`."""

    id: Id
    kind: str
    mime_type: str
    size: int
    filename: str
    url: str


class FileQuery(BaseModel):
    """How a file is wanted."""

    download: bool = Field(False, description="To save it rather than to show it")


class _UploadRoute(Route):
    """A Route that takes a file: into the storage before its transaction, not within it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Knows who sends before it reads what they send."""
        work = self.work()

        async def handle(request: Request) -> Response:
            try:
                actor = await in_thread(work.actor, request)
                async with forms.received(request, largest=_LARGEST) as form:
                    return await in_thread(_keep, work, request, actor, form)
            except BotpeError as error:
                return errors.answer(error)

        return handle


def _keep(work: Work, request: Request, actor: Actor, form: forms.Form) -> Response:
    """Answers once the file lies in the storage, where it stays only if it was recorded."""
    file = media.examine(
        form.file, filename=form.filename, claimed=form.claimed, kind=form.fields.get("kind")
    )
    media_id = new_id()
    key = media.key_of(actor.organization_id, media_id)
    storage().put(key, form.file)
    request.state.upload = media_id, file
    kept = False
    try:
        response = work.answer(request, repr(file).encode())
        kept = response.status_code == 201 and "Idempotent-Replayed" not in response.headers
        return response
    finally:
        if not kept:
            storage().delete(key)


@needs(Permission.ANSWER)
def upload_media(call: Caller) -> MediaItem:
    """Keep a file of up to 100 MB so that it can be sent by its id, as often as you like."""
    media_id, file = call.request.state.upload
    return media.add(call.session, call.actor, media_id, file)


routes.add_api_route(
    "",
    upload_media,
    methods=["POST"],
    status_code=201,
    response_model=Uploaded,
    route_class_override=_UploadRoute,
    openapi_extra={"requestBody": {"content": {"multipart/form-data": {"schema": _FORM}}}},
)


@routes.get("/{media_id}", response_model=None, responses={200: _BYTES})
@needs(Permission.READ)
def get_media(call: Caller, media_id: Id, query: FromQuery[FileQuery]) -> StoredFile:
    """A file's bytes, or a `Range` of them; 404 while it is not here."""
    file = media.stored(call.session, call.actor, media_id)
    return StoredFile(file, call.request.headers, download=query.download)


@routes.get("/{media_id}/thumbnail", response_model=None, responses={200: _BYTES})
@needs(Permission.READ)
def get_thumbnail(call: Caller, media_id: Id) -> StoredFile:
    """A picture's small copy, a WebP of at most 640 pixels a side; 404 where there is none."""
    file = media.stored_thumbnail(call.session, call.actor, media_id)
    return StoredFile(file, call.request.headers)
