"""What an organization knows of its contacts beyond the usual, and of which kind it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import CustomField
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.saving import save, short_text
from botpe_app.services.team_views import CustomFieldItem

TYPES = ("text", "number", "boolean", "date", "choice")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
_NUMBER = re.compile(r"\s*[+-]?\d{1,30}(\.\d{1,30})?\s*")
_MOST_OPTIONS, _LONGEST_OPTION, _LONGEST_LABEL, _LONGEST_TEXT = 200, 80, 80, 4000
_TAKEN = "There is a custom field of this name already."


def list_fields(session: Session, actor: Actor) -> list[CustomFieldItem]:
    """The organization's custom fields, oldest first."""
    actor.require(Permission.READ)
    return [_item(row) for row in _ours(session, actor)]


def get_field(session: Session, actor: Actor, field_id: UUID | str) -> CustomFieldItem:
    """One custom field. Raises NotFound."""
    actor.require(Permission.READ)
    return _item(get(session, actor, CustomField, field_id))


def create_field(
    session: Session,
    actor: Actor,
    *,
    name: str,
    label: str | None = None,
    type: str = "text",
    options: list[str] | None = None,
) -> CustomFieldItem:
    """A new custom field. Raises Forbidden, Invalid naming the field, Conflict."""
    actor.require(Permission.MANAGE_ORGANIZATION)
    if not _NAME.fullmatch(name):
        raise Invalid(
            "A name has lower-case letters, digits and _, and begins with a letter.", field="name"
        )
    if type not in TYPES:
        raise Invalid(f"A type is one of {', '.join(TYPES)}.", field="type")
    row = CustomField(
        organization_id=actor.organization_id,
        name=name,
        label=_label(label or name.replace("_", " ")),
        type=type,
        options=_options(type, options or []),
    )
    save(session, row, taken=_TAKEN, field="name")
    return _item(row)


def update_field(
    session: Session,
    actor: Actor,
    field_id: UUID | str,
    *,
    label: str | None = None,
    options: list[str] | None = None,
) -> CustomFieldItem:
    """Relabels a field or changes a choice's options; name and type stay, contacts hold them.

    Raises Forbidden, NotFound, Invalid.
    """
    actor.require(Permission.MANAGE_ORGANIZATION)
    row = get_locked(session, actor, CustomField, field_id)
    if label is not None:
        row.label = _label(label)
    if options is not None:
        row.options = _options(row.type, options)
    session.add(row)
    session.flush()
    return _item(row)


def delete_field(session: Session, actor: Actor, field_id: UUID | str) -> None:
    """Forgets a field; what contacts hold under its name stays, of any kind from now on.

    Raises Forbidden, NotFound.
    """
    actor.require(Permission.MANAGE_ORGANIZATION)
    session.delete(get_locked(session, actor, CustomField, field_id))
    session.flush()


def checked(session: Session, actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """A contact's values, each of its field's kind; names without a field pass, None removes.

    Raises Invalid naming `custom_fields.X`.
    """
    if all(value is None for value in values.values()):
        return values
    return checker(session, actor)(values)


def checker(session: Session, actor: Actor) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """`checked` for many contacts, which reads the fields once."""
    fields = {row.name: row for row in _ours(session, actor)}

    def check(values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: _FITTING[fields[name].type](value, fields[name])
            if value is not None and name in fields
            else value
            for name, value in values.items()
        }

    return check


def _text(value: Any, field: CustomField) -> str:
    if isinstance(value, dict | list) or len(str(value)) > _LONGEST_TEXT:
        raise _unfit(field, f"text of at most {_LONGEST_TEXT:,} characters")
    return str(value)


def _number(value: Any, field: CustomField) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _unfit(field, "a number")
    return float(found[0]) if found[1] else int(found[0])


def _boolean(value: Any, field: CustomField) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = known.get(str(value).strip().lower())
    if found is None:
        raise _unfit(field, "true or false")
    return found


def _date(value: Any, field: CustomField) -> str:
    try:
        return date.fromisoformat(value.strip()[:10]).isoformat()
    except (AttributeError, ValueError):
        raise _unfit(field, "a date like 2026-12-31") from None


def _choice(value: Any, field: CustomField) -> str:
    if value not in field.options:
        raise _unfit(field, f"one of {', '.join(field.options)}")
    return str(value)


_FITTING: dict[str, Callable[[Any, CustomField], Any]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
}


def _unfit(field: CustomField, wanted: str) -> Invalid:
    return Invalid(f"{field.label} must be {wanted}.", field=f"custom_fields.{field.name}")


def _ours(session: Session, actor: Actor) -> list[CustomField]:
    ours = select(CustomField).where(CustomField.organization_id == actor.organization_id)
    return list(session.exec(ours.order_by(col(CustomField.id))))


def _label(label: str) -> str:
    return short_text(label, field="label", most=_LONGEST_LABEL)


def _options(type: str, options: list[str]) -> list[str]:
    if type != "choice":
        if options:
            raise Invalid("Only a choice has options.", field="options")
        return []
    kept = [short_text(option, field="options", most=_LONGEST_OPTION) for option in options]
    kept = list(dict.fromkeys(kept))
    if not 1 <= len(kept) <= _MOST_OPTIONS:
        raise Invalid(f"A choice has 1 to {_MOST_OPTIONS} options.", field="options")
    return kept


def _item(row: CustomField) -> CustomFieldItem:
    return CustomFieldItem(
        str(row.id), row.name, row.label, row.type, list(row.options), row.created_at
    )
