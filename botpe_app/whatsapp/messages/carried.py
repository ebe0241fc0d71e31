"""The files that a message carries: as its content, in a header, in the cards of a carousel."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast
from uuid import UUID

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.messages.uploads import FILES

# The fields below which headers and cards lie. What a flow or button is given is not ours to read.
_WAYS = frozenset(("header", "action", "cards", "components", "parameters"))
_KINDS = {**{kind: kind for kind in FILES}, "gif": "video"}
_OUR_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Carried(NamedTuple):
    """A file in a message: its kind, the object that names it, and that object's field."""

    kind: str
    file: Json
    field: str

    @property
    def our_id(self) -> UUID | None:
        """The id under which we keep the file; None for Graph's own id or a link."""
        written = loose.text(self.file, "id")
        return UUID(written) if _OUR_ID.fullmatch(written) else None


def carried(message_type: str, content: Json) -> Iterator[Carried]:
    """Every file of a message, in its order."""
    if message_type in FILES:
        yield Carried(message_type, content, message_type)
    elif message_type in ("interactive", "template"):
        yield from _below(content, message_type)


def our_files(message_type: str, content: Json) -> set[UUID]:
    """The files among them that we keep ourselves."""
    return {found.our_id for found in carried(message_type, content) if found.our_id}


def with_graph_ids(message_type: str, content: Json, ids: Mapping[UUID, str]) -> Json:
    """The same content, with Graph's ids in place of ours."""
    written = copy.deepcopy(content)
    for found in carried(message_type, written):
        ours = found.our_id
        if ours and ours in ids:
            found.file["id"] = ids[ours]
    return written


def _below(value: object, field: str) -> Iterator[Carried]:
    if isinstance(value, list):
        for place, item in enumerate(cast("list[object]", value)):
            yield from _below(item, f"{field}[{place}]")
    elif isinstance(value, dict):
        for name, item in cast("dict[str, Any]", value).items():
            if name in _KINDS and isinstance(item, dict):
                yield Carried(_KINDS[name], cast("Json", item), f"{field}.{name}")
            elif name in _WAYS and not (name == "parameters" and isinstance(item, dict)):
                yield from _below(item, f"{field}.{name}")
