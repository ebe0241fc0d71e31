"""When the organization is open: by weekday, in its zone, except on holidays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from botpe_app.core.conditions.hours import DAYS, Hours
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import BusinessHours
from botpe_app.models.base import utc_now
from botpe_app.services.access import Actor, organization_of
from botpe_app.services.team_views import BusinessHoursItem

_MOST_HOLIDAYS, _MOST_SPANS = 400, 12
_ALWAYS = {day: [["00:00", "24:00"]] for day in DAYS}


def get_hours(session: Session, actor: Actor, *, now: datetime | None = None) -> BusinessHoursItem:
    """The organization's hours; open around the clock until somebody sets them."""
    actor.require(Permission.READ)
    zone, days, holidays = _kept(session, actor)
    hours = Hours.read({"days": days, "holidays": holidays, "timezone": zone})
    whole = {day: days.get(day, []) for day in DAYS}
    return BusinessHoursItem(zone, whole, holidays, hours.is_open(now or utc_now()))


def hours_of(session: Session, actor: Actor) -> Hours:
    """The organization's hours, to ask of any moment."""
    zone, days, holidays = _kept(session, actor)
    return Hours.read({"days": days, "holidays": holidays, "timezone": zone})


def _kept(session: Session, actor: Actor) -> tuple[str, dict[str, list[list[str]]], list[str]]:
    row = session.get(BusinessHours, actor.organization_id)
    zone = (row and row.timezone) or organization_of(session, actor).time_zone
    return zone, row.days if row else _ALWAYS, list(row.holidays) if row else []


def update_hours(session: Session, actor: Actor, **given: Any) -> BusinessHoursItem:
    """Changes timezone (None: the organization's own), days or holidays; what is not named stays.

    Of `days` only the days named change; an empty list closes one. Raises Forbidden, Invalid.
    """
    actor.require(Permission.MANAGE_ORGANIZATION)
    session.connection().execute(
        insert(BusinessHours)
        .values(organization_id=actor.organization_id, days=_ALWAYS, holidays=[])
        .on_conflict_do_nothing()
    )
    row = session.get_one(BusinessHours, actor.organization_id, with_for_update=True)
    if "timezone" in given:
        row.timezone = given["timezone"]
    if given.get("days") is not None:
        row.days = {**row.days, **given["days"]}
    if given.get("holidays") is not None:
        row.holidays = _dates(given["holidays"])
    _check(row)
    session.add(row)
    session.flush()
    return get_hours(session, actor)


def _check(row: BusinessHours) -> None:
    if any(len(spans) > _MOST_SPANS for spans in row.days.values()):
        raise Invalid(f"A day has at most {_MOST_SPANS} spans.", field="days")
    try:
        Hours.read({"days": row.days, "timezone": row.timezone})
    except Invalid as error:
        field = (error.field or "").removeprefix("business_hours.")
        message = error.message.replace("business_hours.", "")
        raise Invalid(message, field=field) from None


def _dates(holidays: list[str]) -> list[str]:
    if len(holidays) > _MOST_HOLIDAYS:
        raise Invalid(f"At most {_MOST_HOLIDAYS} holidays.", field="holidays")
    for place, day in enumerate(holidays):
        try:
            if date.fromisoformat(day).isoformat() != day:
                raise ValueError
        except ValueError:
            raise Invalid(
                "A holiday is a date like 2026-12-25.", field=f"holidays.{place}"
            ) from None
    return sorted(set(holidays))
