"""The forms in which a node's data are written, made from the models that check them. Pure.

A new field of a model appears in its form by itself, with its limits; `form_words` says what
fields are called, when they matter and what helps to choose.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from botpe_app.core.flow import nodes, schema
from botpe_app.core.flow.messages import Media
from botpe_app.core.flow.steps import Group
from botpe_app.core.flow.texts import Id, Limit, Name
from botpe_app.ui.bots.form_words import option_label, words_of

Json = dict[str, Any]
LONG = 300  # characters from which a text gets several lines
_NONE = type(None)
_MARKS = {repr(get_args(kind)[1]): mark for kind, mark in ((Id, "id"), (Name, "name"))}


@cache
def forms() -> dict[str, list[Json]]:
    """The fields of each kind of node's data, by its type; `flow` holds those of the whole."""
    made = {_type(node): form(node.model_fields["data"].annotation) for node in _nodes()}
    whole = ("triggers", "variables", "settings")
    made["flow"] = [one for one in form(schema.Flow) if one["name"] in whole]
    return made


def form(model: Any) -> list[Json]:
    """The fields of a model, its own before those it shares; ids are made, not written."""
    own = inspect.get_annotations(model)
    names = sorted(model.model_fields, key=lambda name: name not in own)
    fields = [_field(model, name, model.model_fields[name]) for name in names]
    shown = [one for one in fields if one["kind"] not in ("id", "type")]
    return _with_files(model, shown)


def fresh(model: Any) -> Json:
    """The least that a new one of a model holds. `$id` stands for an id to be made."""
    return {
        name: _fresh(info.annotation, info.metadata)
        for name, info in model.model_fields.items()
        if info.is_required() or name == "type"
    }


def _nodes() -> Iterable[Any]:
    return get_args(get_args(nodes.Node)[0])


def _type(node: Any) -> str:
    return get_args(node.model_fields["type"].annotation)[0]


def _with_files(model: Any, fields: list[Json]) -> list[Json]:
    """One field for a file in place of its id and its link."""
    if not issubclass(model, Media):
        return fields
    file = {"name": "", "kind": "file", "label": "File"}
    return [file, *(one for one in fields if one["name"] not in ("id", "link"))]


def _field(model: Any, name: str, info: FieldInfo) -> Json:
    made = {"name": name, **_kind(info.annotation, info.metadata)}
    if name == "type" and made["kind"] == "select" and info.is_required():
        made["kind"] = "type"
    if not info.is_required():
        default = info.get_default(call_default_factory=True)
        made["default"] = _plain(default)
    return {**made, **words_of(model, name)}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    return list(value) if isinstance(value, tuple) else value


def _kind(annotation: Any, metadata: Iterable[Any] = ()) -> Json:
    """What is written there, and its limits."""
    annotation, metadata = _open(annotation, list(metadata))
    parts = [one for one in get_args(annotation) if one is not _NONE]
    if get_origin(annotation) in (Union, types.UnionType):
        optional = {"optional": True} if _NONE in get_args(annotation) else {}
        return {**_of_union(parts, metadata), **optional}
    if get_origin(annotation) is Literal:
        return {"kind": "select", "options": [[one, option_label(one)] for one in parts]}
    if get_origin(annotation) is tuple:
        return _list(parts[0], metadata)
    if isinstance(annotation, type) and issubclass(annotation, Group):
        return {"kind": "tests"}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {"kind": "group", "fields": form(annotation), "fresh": fresh(annotation)}
    return _scalar(annotation, metadata)


def _open(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    """The annotation without what is annotated, which is added to the metadata."""
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        metadata = [*metadata, *more]
    return annotation, metadata


def _of_union(parts: list[Any], metadata: list[Any]) -> Json:
    opened = [_open(part, [])[0] for part in parts]
    models = [one for one in opened if isinstance(one, type) and issubclass(one, BaseModel)]
    if len(models) == len(parts) > 1:
        return {"kind": "variants", "variants": [one for m in models for one in _variants(m)]}
    if len(parts) == 1:
        return _kind(parts[0], metadata)
    if parts and any(one is dict for one in (get_origin(part) for part in opened)):
        return {"kind": "json"}
    return {"kind": "text", "loose": True}  # a number, or a text with a placeholder


def _variants(model: Any) -> list[Json]:
    made = {"fields": form(model), "fresh": fresh(model)}
    names = get_args(model.model_fields["type"].annotation)
    return [
        {
            **made,
            "type": name,
            "label": option_label(name),
            "fresh": {**made["fresh"], "type": name},
        }
        for name in names
    ]


def _list(part: Any, metadata: list[Any]) -> Json:
    inner = _kind(part)
    limits = _limits(metadata, "min_length", "max_length", "fewest", "most")
    if inner["kind"] in ("text", "long"):
        return {**limits, "kind": "strings", "limit": inner.get("limit")}
    if inner["kind"] == "select":
        return {**limits, "kind": "several", "options": inner["options"]}
    if inner["kind"] == "variants":
        return {**limits, "kind": "list", "variants": inner["variants"]}
    if inner["kind"] == "group":
        return {**limits, "kind": "list", "fields": inner["fields"], "fresh": inner["fresh"]}
    return {"kind": "json", "fresh": []}


def _scalar(annotation: Any, metadata: list[Any]) -> Json:
    if annotation is bool:
        return {"kind": "toggle"}
    if annotation in (int, float):
        whole = {"step": 1} if annotation is int else {}
        return {"kind": "number", **whole, **_limits(metadata, "ge", "le", "min", "max")}
    if annotation is not str:
        return {"kind": "json"}
    for one in metadata:
        if isinstance(one, Limit):
            kind = "long" if one.most > LONG and one.most != 1000 else "text"
            return {"kind": kind, "limit": one.most}
        if repr(one) in _MARKS:
            return {"kind": _MARKS[repr(one)]}
    return {"kind": "text"}


def _limits(metadata: list[Any], least: str, most: str, low: str, high: str) -> Json:
    """The two limits that pydantic keeps in `metadata`, under our names."""
    found: Json = {}
    for one in metadata:
        for part in getattr(one, "metadata", [one]):
            for name, ours in ((least, low), (most, high), (least.replace("e", "t"), low)):
                if getattr(part, name, None) is not None:
                    found[ours] = getattr(part, name)
    return found


def _fresh(annotation: Any, metadata: Iterable[Any]) -> Any:
    annotation, metadata = _open(annotation, list(metadata))
    made = _kind(annotation, metadata)
    if made["kind"] == "list":
        first = made["variants"][0]["fresh"] if "variants" in made else made["fresh"]
        return [first] * made.get("fewest", 0)
    if made["kind"] in ("select", "type"):
        return made["options"][0][0]
    return made.get("fresh", _EMPTY.get(made["kind"], ""))


_EMPTY: dict[str, Any] = {
    "id": "$id",
    "strings": [],
    "several": [],
    "json": {},
    "toggle": False,
    "number": 0,
    "tests": {"match": "all", "tests": [{"op": "has_any_word", "args": [""]}]},
}
