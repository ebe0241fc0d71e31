"""/api/knowledge: the documents that agents answer from."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError
from botpe_app.services import knowledge
from botpe_app.services.knowledge import KnowledgeView
from botpe_app.services.views import Page
from botpe_app.web.api import bodies, errors, forms
from botpe_app.web.api.routes import Caller, Route, in_thread, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given

routes = router("/knowledge", "Agents")

_TEXT = {"type": "string"}
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "title": _TEXT,
        "language": _TEXT,
    },
}


class KnowledgeItem(Shape):
    """A document. In lists `text` is its beginning; `passages` is in how many parts it is kept."""

    id: Id
    title: str
    text: str
    language: str
    filename: str
    passages: int
    created_at: Moment
    updated_at: Moment


class NewKnowledge(BaseModel):
    """A document to add."""

    title: str
    text: str
    language: str | None = Field(None, description="Such as en; told from the text unless given")
    filename: str = Field("", max_length=200)


class KnowledgeChange(BaseModel):
    """What may be changed; what is not named stays."""

    title: str | None = None
    text: str | None = None
    language: str | None = None


class KnowledgeQuery(Paging):
    """Which documents are wanted."""

    q: str | None = Field(None, description="Part of a title or text")


class _DocumentRoute(Route):
    """A Route that takes a file as well: its text is the body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Knows who sends before it reads what they send."""
        work = self.work()

        async def handle(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            try:
                if kind == "multipart/form-data":
                    await in_thread(work.actor, request)
                    raw = await _document(request)
                else:
                    raw = await bodies.read_all(request)
                return await in_thread(work.answer, request, raw)
            except BotpeError as error:
                return errors.answer(error)

        return handle


async def _document(request: Request) -> bytes:
    async with forms.received(request, largest=knowledge.LARGEST_FILE) as form:
        content = await in_thread(form.file.read)
        found = await in_thread(knowledge.read_file, content, form.filename)
        said = {
            "title": form.fields.get("title") or found.title,
            "text": found.text,
            "language": form.fields.get("language"),
            "filename": found.filename,
        }
    return json.dumps(said).encode()


@routes.get("", response_model=Listed[KnowledgeItem])
@needs(Permission.READ)
def list_knowledge(call: Caller, query: FromQuery[KnowledgeQuery]) -> Page[KnowledgeView]:
    """Documents, newest first."""
    return knowledge.list_items(call.session, call.actor, **query.model_dump())


@needs(Permission.MANAGE_AGENTS)
def create_knowledge(call: Caller, body: NewKnowledge) -> KnowledgeView:
    """Add a document: as JSON, or a file of text, Markdown, CSV or HTML up to 1 MB, or a
    PDF up to 10 MB."""
    return knowledge.create_item(call.session, call.actor, **body.model_dump())


routes.add_api_route(
    "",
    create_knowledge,
    methods=["POST"],
    status_code=201,
    response_model=KnowledgeItem,
    route_class_override=_DocumentRoute,
    openapi_extra={"requestBody": {"content": {"multipart/form-data": {"schema": _FORM}}}},
)


@routes.get("/{item_id}", response_model=KnowledgeItem)
@needs(Permission.READ)
def get_knowledge(call: Caller, item_id: Id) -> KnowledgeView:
    """One document, whole."""
    return knowledge.get_item(call.session, call.actor, item_id)


@routes.patch("/{item_id}", response_model=KnowledgeItem)
@needs(Permission.MANAGE_AGENTS)
def change_knowledge(call: Caller, item_id: Id, body: KnowledgeChange) -> KnowledgeView:
    """Change a document; the agents know it as it is now at once."""
    return knowledge.update_item(call.session, call.actor, item_id, **given(body))


@routes.delete("/{item_id}", status_code=204)
@needs(Permission.MANAGE_AGENTS)
def delete_knowledge(call: Caller, item_id: Id) -> None:
    """Remove a document; the agents know it no more."""
    knowledge.delete_item(call.session, call.actor, item_id)
