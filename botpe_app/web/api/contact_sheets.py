"""/api/contacts/import and /export: customers as CSV."""

from __future__ import annotations

import io
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import StreamingResponse

from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError
from botpe_app.models.base import new_id
from botpe_app.services import (
    contact_export,
    contact_import,
    contact_imports,
    contact_rows,
    contacts,
    segments,
)
from botpe_app.services.access import Actor
from botpe_app.services.contact_imports import ImportItem
from botpe_app.services.views import Imported, Page
from botpe_app.storage import storage
from botpe_app.web.api import bodies, csv_files, errors, forms
from botpe_app.web.api.routes import Caller, Route, Work, in_thread, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape

routes = router("/contacts", "Contacts")

_LARGEST = 32 * 1024 * 1024  # bytes
_CSV = {"type": "string", "example": "phone,name,tags\n+15550100123,Ana,vip;order\n"}
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
_BODY = {"content": {"multipart/form-data": {"schema": _FORM}, "text/csv": {"schema": _CSV}}}


class SheetError(Shape):
    """A row that was skipped and why; the header is row 1."""

    row: int
    message: str


class ImportReport(Shape):
    """What became of the rows."""

    created: int
    updated: int
    skipped: int
    errors: list[SheetError]


class ImportJob(Shape):
    """A long sheet that is being brought in: waiting, running, completed, failed or cancelled."""

    id: Id
    status: str
    rows: int
    done: int
    created: int
    updated: int
    skipped: int
    problem: str
    created_at: Moment
    finished_at: Moment | None


class ImportProgress(ImportJob):
    """With the first 1,000 rows that were skipped and why."""

    errors: list[SheetError]


class ExportQuery(BaseModel):
    """Whose rows are wanted; everybody's unless said."""

    q: str | None = Field(None, description="Part of a name, or digits of a number")
    tag: str | None = None
    segment_id: Id | None = Field(None, description="Only those whom this segment means")


class _ImportRoute(Route):
    """A Route that takes a sheet: it is read before the transaction, not within it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Knows who sends before it reads what they send."""
        work = self.work()

        async def handle(request: Request) -> Response:
            try:
                actor = await in_thread(work.actor, request)
                raw = await _sheet(request)
                return await in_thread(_take, work, request, actor, raw)
            except BotpeError as error:
                return errors.answer(error)

        return handle


async def _sheet(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return await bodies.read_all(request, largest=_LARGEST)
    async with forms.received(request, largest=_LARGEST) as form:
        return await in_thread(form.file.read)


def _take(work: Work, request: Request, actor: Actor, raw: bytes) -> Response:
    rows = contact_rows.count(raw)
    if rows <= contact_rows.MOST_ROWS:
        request.state.work = partial(contact_import.import_contacts, sheet=contact_rows.read(raw))
        return work.answer(request, raw)
    return _keep(work, request, actor, raw, rows)


def _keep(work: Work, request: Request, actor: Actor, raw: bytes, rows: int) -> Response:
    """Answers once the sheet lies in the storage, where it stays only if it was recorded."""
    import_id = new_id()
    key = contact_imports.key_of(actor.organization_id, import_id)
    storage().put(key, io.BytesIO(raw))
    request.state.work = partial(contact_imports.begin, import_id=import_id, rows=rows)
    kept = False
    try:
        response = work.answer(request, raw)
        kept = response.status_code == 202 and "Idempotent-Replayed" not in response.headers
        return response
    finally:
        if not kept:
            storage().delete(key)


@needs(Permission.MANAGE_CONTACTS)
def import_contacts(call: Caller) -> Imported | Response:
    """Add and change customers from CSV: up to 10,000 are answered when done.

    More are answered with 202 and a job, to be watched at `/api/contacts/imports/{id}`. Columns:
    `phone`, `name`, `email`, `language`, `tags` (`;` between them), `marketing_opt_in`; any other
    is a custom field. A row that cannot be taken is skipped and costs no other.
    """
    told = call.request.state.work(call.session, call.actor)
    if isinstance(told, Imported):
        return told
    begun = ImportProgress.model_validate(told)
    return Response(begun.model_dump_json(), 202, media_type="application/json")


routes.add_api_route(
    "/import",
    import_contacts,
    methods=["POST"],
    response_model=ImportReport,
    responses={202: {"model": ImportProgress}},
    route_class_override=_ImportRoute,
    openapi_extra={"requestBody": _BODY},
)


@routes.get("/imports", response_model=Listed[ImportJob])
@needs(Permission.READ)
def list_imports(call: Caller, query: FromQuery[Paging]) -> Page[ImportItem]:
    """Long sheets of customers that were sent in the last 30 days, newest first."""
    return contact_imports.list_imports(call.session, call.actor, **query.model_dump())


@routes.get("/imports/{import_id}", response_model=ImportProgress)
@needs(Permission.READ)
def get_import(call: Caller, import_id: Id) -> ImportItem:
    """How far a long sheet of customers is."""
    return contact_imports.get_import(call.session, call.actor, import_id)


@routes.post("/imports/{import_id}/cancel", response_model=ImportProgress)
@needs(Permission.MANAGE_CONTACTS)
def cancel_import(call: Caller, import_id: Id) -> ImportItem:
    """Stop bringing in a sheet; what was taken stays."""
    return contact_imports.cancel(call.session, call.actor, import_id)


@routes.get(
    "/export", response_model=None, responses={200: {"content": {"text/csv": {"schema": _CSV}}}}
)
@needs(Permission.READ)
def export_contacts(call: Caller, query: FromQuery[ExportQuery]) -> StreamingResponse:
    """Customers as CSV, with the columns that an import takes."""
    wanted = query.model_dump(exclude={"segment_id"})
    if query.segment_id:
        segment = segments.get_segment(call.session, call.actor, query.segment_id)
        wanted["filter"] = segment.filter
    fields = contacts.custom_field_names(call.session, call.actor, **wanted)
    actor = call.actor

    def part(session: Session, cursor: str) -> Page[str]:
        return contact_export.part(session, actor, fields, cursor=cursor, **wanted)

    return csv_files.streamed("contacts", contact_export.header(fields), part, actor)
