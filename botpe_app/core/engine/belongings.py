"""What acts of a bot do to the contact and to the organization's variables, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
