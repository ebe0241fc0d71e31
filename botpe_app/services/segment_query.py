"""A segment's filter as a condition on contacts: every value a parameter, never SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    DateTime,
    Numeric,
    Text,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from botpe_app.core.segment_rules import OPPOSITES, wanted_of
from botpe_app.core.segments import (
    CUSTOM,
    Group,
    Node,
    Test,
    number,
    of_contacts,
)
from botpe_app.models import CampaignRecipient, Contact, Message
from botpe_app.models.base import utc_now

_Condition = ColumnElement[bool]
_NUMBER = r"^-?[0-9]{1,40}(\.[0-9]{1,40})?$"
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ARRIVED = ("delivered", "read")


def means(filter: object) -> _Condition:
    """What holds of the contacts that a segment's filter means by now. Raises Invalid."""
    return condition(of_contacts(filter), utc_now())


def condition(node: Node, now: datetime) -> _Condition:
    """What holds of the contacts that the filter means now; never null."""
    if isinstance(node, Group):
        parts = [condition(part, now) for part in node.parts]
        if node.kind == "all":
            return and_(true(), *parts)
        found = or_(false(), *parts)
        return found if node.kind == "any" else not_(found)
    if node.op in OPPOSITES:
        return not_(condition(Test(node.field, node.kind, OPPOSITES[node.op], node.value), now))
    wanted = wanted_of(node, now)
    if node.kind == "custom":
        return _of_custom(node.field.removeprefix(CUSTOM), node.op, wanted)
    if node.kind == "campaign":
        return _of_campaign(node.field.removeprefix("campaigns."), node.op, wanted)
    return _CONDITIONS[node.kind](getattr(Contact, node.field), node.op, wanted)


def _of_text(column: Any, op: str, wanted: Any) -> _Condition:
    said = func.lower(func.coalesce(column, ""))
    match op:
        case "exists":
            return said != ""
        case "eq":
            return said == wanted
        case "in":
            return said == any_(literal(wanted, ARRAY(Text)))
        case "contains":
            return func.strpos(said, wanted) > 0
        case _:
            return func.left(said, len(wanted)) == wanted


def _of_tags(column: Any, op: str, wanted: Any) -> _Condition:
    if op == "exists":
        return func.cardinality(column) > 0
    tag = func.unnest(column).column_valued("tag")
    op = "eq" if op == "contains" else op
    return select(tag).where(_of_text(tag, op, wanted)).correlate(Contact).exists()


def _of_boolean(column: Any, op: str, wanted: Any) -> _Condition:
    if op == "exists":
        return true()
    return column == any_(literal(wanted if op == "in" else [wanted], ARRAY(Boolean)))


def _of_moment(column: Any, op: str, wanted: Any) -> _Condition:
    if op == "exists":
        return column.is_not(None)
    match op:
        case "before":
            found = column < wanted
        case "after":
            found = column > wanted
        case "in":
            found = column == any_(literal(wanted, ARRAY(DateTime(timezone=True))))
        case "in_last":
            found = column.between(*wanted)
        case _:
            found = column == wanted
    return func.coalesce(found, false())


def _of_campaign(did: str, op: str, wanted: Any) -> _Condition:
    """Whether a contact received, read, clicked or answered a campaign."""
    theirs, message = aliased(CampaignRecipient), aliased(Message)
    sent = did in ("received", "read")
    at: Any = {
        "received": func.coalesce(message.delivered_at, message.read_at),
        "read": message.read_at,
        "clicked": theirs.clicked_at,
        "answered": theirs.replied_at,
    }[did]
    asked: list[Any] = [
        theirs.organization_id == Contact.organization_id,
        theirs.contact_id == Contact.id,
        at.is_not(None),
    ]
    if sent:
        asked += [
            message.organization_id == theirs.organization_id,
            message.id == theirs.message_id,
            col(message.status).in_(_ARRIVED),
        ]
    match op:
        case "in_last":
            asked.append(at.between(*wanted))
        case "eq" | "in":
            asked.append(col(theirs.campaign_id).in_(wanted if op == "in" else [wanted]))
        case _:
            pass
    tables = (theirs, message) if sent else (theirs,)
    return select(literal(1)).select_from(*tables).where(*asked).correlate(Contact).exists()


def _of_custom(name: str, op: str, wanted: Any) -> _Condition:
    value = col(Contact.custom_fields).op("->")(name)
    said = func.lower(func.coalesce(col(Contact.custom_fields).op("->>")(name), ""))
    match op:
        case "exists":
            return said.not_in(["", "[]", "{}"])
        case "gt" | "lt":
            size = _size(said)
            return func.coalesce(size > wanted if op == "gt" else size < wanted, false())
        case "before" | "after":
            day = func.left(said, 10).collate("C")
            later = day < wanted if op == "before" else day > wanted
            return and_(day.regexp_match(_DAY), later)
        case "in_last" | "in_next":
            day = func.left(said, 10).collate("C")
            return and_(day.regexp_match(_DAY), day.between(*wanted))
        case "eq":
            return _same(said, [wanted])
        case "in":
            return _same(said, wanted)
        case "contains":
            return case(
                (func.jsonb_typeof(value) == "array", _held(value, wanted)),
                else_=func.strpos(said, wanted) > 0,
            )
        case _:
            return _of_text(said, op, wanted)


def _same(said: Any, wanted: list[str]) -> _Condition:
    """Whether a text is one of those wanted, as a number or by the letter."""
    numbers = [size for size in map(number, wanted) if size is not None]
    found = said == any_(literal(wanted, ARRAY(Text)))
    if not numbers:
        return found
    sizes = _size(said) == any_(literal(numbers, ARRAY(Numeric)))
    return or_(found, func.coalesce(sizes, false()))


def _size(said: Any) -> ColumnElement[Any]:
    """The number that a text is, else null. Only a case keeps Postgres from casting the rest."""
    return case((said.regexp_match(_NUMBER), cast(said, Numeric)), else_=None)


def _held(value: Any, wanted: str) -> _Condition:
    item = func.jsonb_array_elements_text(
        case((func.jsonb_typeof(value) == "array", value), else_=func.jsonb_build_array())
    ).column_valued("item")
    return select(item).where(func.lower(item) == wanted).correlate(Contact).exists()


_CONDITIONS: dict[str, Callable[[Any, str, Any], _Condition]] = {
    "text": _of_text, "tags": _of_tags, "boolean": _of_boolean, "moment": _of_moment,
}  # fmt: skip
