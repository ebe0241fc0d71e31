"""Sample files of templates' headers: ours by their id, until Meta is handed them for review.

`{"example": {"header_handle": ["<id of POST /api/media>"]}}` stays as it is here; what goes to Meta
carries the handle of an upload of its own, since handles do not last.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from sqlmodel import Session

from botpe_app.config import settings
from botpe_app.errors import Conflict, Invalid, NotFound
from botpe_app.services import media
from botpe_app.services.access import Actor, as_id
from botpe_app.services.account_business import upload
from botpe_app.services.media import Stored
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.business import GraphBusiness
from botpe_app.whatsapp.loose import Json

_TYPES = {
    "IMAGE": ("image/jpeg", "image/png"),
    "VIDEO": ("video/mp4",),
    "GIF": ("video/mp4",),
    "DOCUMENT": ("application/pdf",),
}


def files(components: list[Json]) -> dict[tuple[str, str], str]:
    """The files of ours that stand in headers, by the place that takes their id."""
    found: dict[tuple[str, str], str] = {}
    for component in components:
        if loose.text(component, "type").upper() == "HEADER":
            ours = (handle for handle in _handles(component) if as_id(handle))
            if handle := next(ours, None):
                found["header", "id"] = handle
        for number, card in enumerate(loose.mappings(component, "cards")):
            inner = files(loose.mappings(card, "components"))
            found |= {("cards", f"{number}.{of}.{name}"): h for (of, name), h in inner.items()}
    return found


def find(session: Session, actor: Actor, components: list[Json]) -> dict[str, Stored]:
    """The files of ours that the headers name, by their id.

    Raises Invalid for one that is not there or that Meta does not take, Conflict where no upload
    is possible.
    """
    found: dict[str, Stored] = {}
    for header in _headers(components):
        kind = loose.text(header, "format").upper()
        for handle in _handles(header):
            if as_id(handle) is None:
                continue  # a handle of Meta's
            try:
                file = media.stored(session, actor, handle)
            except NotFound:
                raise Invalid("The sample file is not here.", field="components") from None
            if file.mime_type not in _TYPES.get(kind, ()):
                takes = " or ".join(_TYPES.get(kind, ("none",)))
                raise Invalid(f"A header of {kind} takes {takes}.", field="components")
            found[handle] = file
    if found and not settings().app_id:
        raise Conflict("Samples for Meta's review need WHATSAPP_APP_ID to be set.")
    return found


def handed_in(said: Json, token: str, samples: dict[str, Stored]) -> Json:
    """What Meta is told, its samples uploaded. Raises GraphRefused, Unavailable."""
    if not samples:
        return said
    chosen = settings()
    with GraphBusiness(chosen.graph_url, chosen.graph_version, token) as graph:
        handles = {media_id: upload(graph, file) for media_id, file in samples.items()}
    return {**said, "components": _with_handles(said["components"], handles)}


def _headers(components: list[Json]) -> Iterator[Json]:
    """The headers, also those of a carousel's cards."""
    for component in components:
        if loose.text(component, "type").upper() == "HEADER":
            yield component
        for card in loose.mappings(component, "cards"):
            yield from _headers(loose.mappings(card, "components"))


def _handles(header: Json) -> list[str]:
    handles = loose.listing(loose.mapping(header, "example"), "header_handle")
    return [handle for handle in handles if isinstance(handle, str)]


def _with_handles(components: list[Json], handles: dict[str, str]) -> list[Json]:
    told = deepcopy(components)
    for header in _headers(told):
        if mine := [handles.get(handle, handle) for handle in _handles(header)]:
            header["example"]["header_handle"] = mine
    return told
