"""The contact and the organization's variables: what acts of a bot do to them, and what others do
between its turns, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from botpe_app.core.conditions.values import as_text, items, lower, mapping
from botpe_app.core.engine.effects import Act

Json = dict[str, Any]
_COLUMNS = ("name", "email", "language")
_FIXED = ("id", "phone", "tags", "custom_fields", "marketing_opt_in")  # not by this door


def contact_after(contact: Mapping[str, Any], act: Act) -> Json:
    """The contact once this is done; the same for acts that are not about the contact."""
    held = dict(contact)
    if act.action == "update_contact":
        _set(held, as_text(act.params.get("field")), act.params.get("value"))
    elif act.action in ("add_tags", "remove_tags"):
        held["tags"] = _tagged(held, act)
    elif act.action in ("opt_in", "opt_out"):
        held["marketing_opt_in"] = act.action == "opt_in"
    return held


def variables_after(variables: Mapping[str, Any], act: Act) -> Json:
    """The organization's variables once this is done."""
    held = dict(variables)
    if act.action == "set_organization_variable":
        held[as_text(act.params.get("name"))] = act.params.get("value")
    return held


def _set(held: Json, name: str, value: object) -> None:
    if name in _COLUMNS:
        held[name] = as_text(value)[:120]
    elif name and name not in _FIXED:
        fields = {**mapping(held.get("custom_fields")), name: value}
        held["custom_fields"] = {key: one for key, one in fields.items() if one is not None}


def _tagged(held: Json, act: Act) -> list[str]:
    named = [as_text(tag) for tag in items(act.params.get("tags"))]
    changed = {lower(tag) for tag in named}
    kept = [tag for tag in map(as_text, items(held.get("tags"))) if lower(tag) not in changed]
    return kept + named if act.action == "add_tags" else kept


def marks_of(contact: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, str]:
    """What tells later whether something of the contact or a variable was changed."""
    return {name: _mark(value) for name, value in _apart(contact, variables).items()}


def changed_since(
    marks: Mapping[str, object], contact: Mapping[str, Any], variables: Mapping[str, Any]
) -> Json:
    """What is not as the marks say, by name; None for what is gone."""
    now = _apart(contact, variables)
    gone = {name: None for name in marks if name not in now}
    return {**gone, **{name: one for name, one in now.items() if marks.get(name) != _mark(one)}}


def with_changes(
    contact: Mapping[str, Any], variables: Mapping[str, Any], changes: Mapping[str, Any]
) -> tuple[Json, Json]:
    """The contact and the variables after what `changed_since` found."""
    parts: dict[str, Json] = {
        "contact": {**contact},
        "tags": dict.fromkeys(map(as_text, items(contact.get("tags"))), True),
        "custom_fields": {**mapping(contact.get("custom_fields"))},
        "variables": {**variables},
    }
    for path, value in changes.items():
        part, _, name = path.partition(".")
        held = parts.get(part, {})
        if value is None:
            held.pop(name, None)
        else:
            held[name] = value
    contact = {**parts["contact"], "custom_fields": parts["custom_fields"]}
    return {**contact, "tags": list(parts["tags"])}, parts["variables"]


def _apart(contact: Mapping[str, Any], variables: Mapping[str, Any]) -> Json:
    """Everything by a name of its own, each tag too."""
    own = {f"contact.{k}": v for k, v in contact.items() if k not in ("tags", "custom_fields")}
    tags = {f"tags.{as_text(tag)}": True for tag in items(contact.get("tags"))}
    fields = {f"custom_fields.{k}": v for k, v in mapping(contact.get("custom_fields")).items()}
    return own | tags | fields | {f"variables.{k}": v for k, v in variables.items()}


def _mark(value: object) -> str:
    return f"{crc32(json.dumps(value, sort_keys=True).encode()):x}"
