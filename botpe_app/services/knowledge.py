"""What the agents may say: documents of an organization, kept in passages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, text
from sqlmodel import Session, col, select

from botpe_app.core import moods
from botpe_app.core.names import clean
from botpe_app.core.passages import config, for_search, passages, text_of_html
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import KnowledgeItem, KnowledgePassage
from botpe_app.models.base import new_id, utc_now
from botpe_app.services import paging, pdfs, plans
from botpe_app.services.access import Actor, get, get_locked, organization_of
from botpe_app.services.saving import short_text
from botpe_app.services.views import Page

MOST_PASSAGES = 5000  # of an organization: as many as are searched in a few milliseconds
LARGEST_FILE = 10 * 1024 * 1024  # bytes
_LARGEST_TEXT = 1024 * 1024  # bytes of a file that is not a PDF
_LONGEST_TITLE, _LONGEST_TEXT, _LONGEST_LANGUAGE = 200, 300_000, 12
READABLE = (".txt", ".md", ".markdown", ".csv", ".html", ".htm", ".pdf")
_EXCERPT = 200

_ADD = text("""
insert into knowledge_passages (organization_id, id, item_id, place, text, config, words)
values (:organization, :id, :item, :place, :text, cast(:config as text),
  setweight(to_tsvector(cast(cast(:config as text) as regconfig), :title), 'A')
  || to_tsvector(cast(cast(:config as text) as regconfig), :words))
""")


@dataclass(frozen=True, slots=True)
class KnowledgeView:
    """A document. In lists `text` is its beginning."""

    id: str
    title: str
    text: str
    language: str
    filename: str
    passages: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text, and what it is called."""

    title: str
    text: str
    filename: str


def read_file(raw: bytes, filename: str) -> Document:
    """A plain text, Markdown, CSV, HTML or PDF file; takes seconds.

    Raises Invalid naming `file` for any other.
    """
    name = clean(filename.replace("\\", "/").rpartition("/")[2])[-_LONGEST_TITLE:]
    lower = name.lower()
    if not lower.endswith(READABLE):
        kinds = ", ".join(READABLE)
        raise Invalid(f"A file of text is needed ({kinds}); save others as text.", field="file")
    said = pdfs.text_of(raw, _LONGEST_TEXT) if lower.endswith(".pdf") else _decoded(raw)
    if lower.endswith((".html", ".htm")):
        said = text_of_html(said)
    return Document(name.rpartition(".")[0] or name, said, name)


def _decoded(raw: bytes) -> str:
    if len(raw) > _LARGEST_TEXT or b"\0" in raw:
        raise Invalid("A text has at most 1 MB, and no NUL characters.", field="file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def list_items(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[KnowledgeView]:
    """Documents, newest first; with `q` those whose title or text holds it."""
    actor.require(Permission.READ)
    wanted = select(KnowledgeItem).where(KnowledgeItem.organization_id == actor.organization_id)
    if q:
        holds = col(KnowledgeItem.text).icontains(q, autoescape=True)
        wanted = wanted.where(holds | col(KnowledgeItem.title).icontains(q, autoescape=True))
    page = paging.newest_rows(session, wanted, KnowledgeItem, limit=limit, cursor=cursor)
    counts = _counts(session, actor, [row.id for row in page.data])
    return Page([_view(row, counts.get(row.id, 0), whole=False) for row in page.data], page.next)


def get_item(session: Session, actor: Actor, item_id: UUID | str) -> KnowledgeView:
    """One document, whole. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, KnowledgeItem, item_id)
    return _view(row, _counts(session, actor, [row.id]).get(row.id, 0))


def create_item(
    session: Session,
    actor: Actor,
    *,
    title: str,
    text: str,
    language: str | None = None,
    filename: str = "",
) -> KnowledgeView:
    """A new document, known to the agents at once. Without `language` it is told from the text.

    Raises Forbidden, Invalid naming the field, Conflict when there is too much.
    """
    actor.require(Permission.MANAGE_AGENTS)
    organization_of(session, actor)
    row = KnowledgeItem(
        organization_id=actor.organization_id,
        title=short_text(title, field="title", most=_LONGEST_TITLE),
        text=short_text(text, field="text", most=_LONGEST_TEXT),
        language="",
        filename=filename,
    )
    row.language = _language(language, row.text)
    return _learn(session, actor, row)


def update_item(
    session: Session, actor: Actor, item_id: UUID | str, **fields: Any
) -> KnowledgeView:
    """Changes title, text or language; what is not named stays.

    Raises Forbidden, NotFound, Invalid naming the field, Conflict.
    """
    actor.require(Permission.MANAGE_AGENTS)
    row = get_locked(session, actor, KnowledgeItem, item_id)
    if "title" in fields:
        row.title = short_text(fields["title"] or "", field="title", most=_LONGEST_TITLE)
    if "text" in fields:
        row.text = short_text(fields["text"] or "", field="text", most=_LONGEST_TEXT)
    if "language" in fields or "text" in fields:
        row.language = _language(fields.get("language"), row.text)
    row.updated_at = utc_now()
    return _learn(session, actor, row)


def delete_item(session: Session, actor: Actor, item_id: UUID | str) -> None:
    """The agents know it no more. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_AGENTS)
    row = get_locked(session, actor, KnowledgeItem, item_id)
    _forget(session, row)
    session.delete(row)
    session.flush()


def _language(given: str | None, said: str) -> str:
    code = clean(given or "")
    if len(code) > _LONGEST_LANGUAGE:
        raise Invalid("A language is a code such as en or pt_BR.", field="language")
    return code or moods.language(said) or ""


def _learn(session: Session, actor: Actor, row: KnowledgeItem) -> KnowledgeView:
    """Writes the document and its passages anew."""
    session.add(row)
    session.flush()
    _forget(session, row)
    pieces = passages(row.text)
    if plans.count(session, KnowledgePassage, actor) + len(pieces) > MOST_PASSAGES:
        raise Conflict("All documents together are too long; remove what is no longer needed.")
    name = config(row.language)
    rows = [
        {
            "organization": row.organization_id,
            "id": new_id(),
            "item": row.id,
            "place": place,
            "text": piece,
            "config": name,
            "title": for_search(row.title),
            "words": for_search(piece),
        }
        for place, piece in enumerate(pieces)
    ]
    if rows:
        session.connection().execute(_ADD, rows)
    session.refresh(row)
    return _view(row, len(rows))


def _forget(session: Session, row: KnowledgeItem) -> None:
    session.connection().execute(
        delete(KnowledgePassage).where(
            col(KnowledgePassage.organization_id) == row.organization_id,
            col(KnowledgePassage.item_id) == row.id,
        )
    )


def _counts(session: Session, actor: Actor, ids: list[UUID]) -> dict[UUID, int]:
    counted = (
        select(KnowledgePassage.item_id, func.count())
        .where(
            KnowledgePassage.organization_id == actor.organization_id,
            col(KnowledgePassage.item_id).in_(ids),
        )
        .group_by(col(KnowledgePassage.item_id))
    )
    return dict(session.exec(counted).all())


def _view(row: KnowledgeItem, passages: int, *, whole: bool = True) -> KnowledgeView:
    return KnowledgeView(
        str(row.id),
        row.title,
        row.text if whole else row.text[:_EXCERPT],
        row.language,
        row.filename,
        passages,
        row.created_at,
        row.updated_at,
    )
