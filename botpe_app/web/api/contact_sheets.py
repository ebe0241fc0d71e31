"""/api/contacts/import and /export: customers as CSV."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from botpe_app.core.permissions import Permission
from botpe_app.db import act_for, transaction
from botpe_app.errors import BotpeError
from botpe_app.services import contact_export, contact_import, contact_rows, contacts
from botpe_app.services.access import Actor
from botpe_app.services.views import Imported
from botpe_app.web.api import bodies, errors, forms
from botpe_app.web.api.routes import Caller, Route, Work, in_thread, needs, router
from botpe_app.web.api.shapes import FromQuery, Shape

routes = router("/contacts", "Contacts")

_LARGEST = 16 * 1024 * 1024  # bytes
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


class ExportQuery(BaseModel):
    """Whose rows are wanted; everybody's unless said."""

    q: str | None = Field(None, description="Part of a name, or digits of a number")
    tag: str | None = None


class _ImportRoute(Route):
    """A Route that takes a sheet: it is read before the transaction, not within it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Knows who sends before it reads what they send."""
        work = self.work()

        async def handle(request: Request) -> Response:
            try:
                await in_thread(work.actor, request)
                raw = await _sheet(request)
                return await in_thread(_take, work, request, raw)
            except BotpeError as error:
                return errors.answer(error)

        return handle


async def _sheet(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return await bodies.read_all(request, largest=_LARGEST)
    async with forms.received(request, largest=_LARGEST) as form:
        return await in_thread(form.file.read)


def _take(work: Work, request: Request, raw: bytes) -> Response:
    request.state.sheet = contact_rows.read(raw)
    return work.answer(request, raw)


@needs(Permission.MANAGE_CONTACTS)
def import_contacts(call: Caller) -> Imported:
    """Add and change up to 10,000 customers from CSV.

    Columns: `phone`, `name`, `email`, `language`, `tags` (`;` between them), `marketing_opt_in`;
    any other is a custom field. A row that cannot be taken is skipped and costs no other.
    """
    return contact_import.import_contacts(call.session, call.actor, call.request.state.sheet)


routes.add_api_route(
    "/import",
    import_contacts,
    methods=["POST"],
    response_model=ImportReport,
    route_class_override=_ImportRoute,
    openapi_extra={"requestBody": _BODY},
)


@routes.get(
    "/export", response_model=None, responses={200: {"content": {"text/csv": {"schema": _CSV}}}}
)
@needs(Permission.READ)
def export_contacts(call: Caller, query: FromQuery[ExportQuery]) -> StreamingResponse:
    """Customers as CSV, with the columns that an import takes."""
    wanted = query.model_dump()
    fields = contacts.custom_field_names(call.session, call.actor, **wanted)
    return StreamingResponse(
        _written(call.actor, fields, wanted),
        media_type="text/csv",
        headers={
            "Content-Disposition": 'attachment; filename="contacts.csv"',
            "Cache-Control": "no-store",
        },
    )


def _written(actor: Actor, fields: list[str], wanted: dict[str, Any]) -> Iterator[str]:
    """The file part by part, each from a transaction of its own: the request's has ended."""
    yield contact_export.header(fields)
    cursor: str | None = ""
    while cursor is not None:
        with transaction() as session:
            act_for(session, actor.organization_id)
            page = contact_export.part(session, actor, fields, cursor=cursor, **wanted)
        yield "".join(page.data)
        cursor = page.next
