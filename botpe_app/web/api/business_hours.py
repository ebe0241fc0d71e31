"""/api/business-hours: when the organization is open."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import business_hours
from botpe_app.services.team_views import BusinessHoursItem
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import Shape, given

routes = router("/business-hours", "Business hours")


class BusinessHours(Shape):
    """Spans like ["09:00", "18:00"] by day, mon to sun, and dates that are closed.

    A span that ends before it begins goes over midnight; 24:00 is the end of a day.
    """

    timezone: str
    days: dict[str, list[list[str]]]
    holidays: list[str]
    open_now: bool


class BusinessHoursChange(BaseModel):
    """What may be changed; of `days` only those named change, [] closes a day."""

    timezone: str | None = Field(None, description="Null: the organization's own")
    days: dict[str, list[list[str]]] | None = None
    holidays: list[str] | None = Field(None, description="Dates like 2026-12-25")


@routes.get("", response_model=BusinessHours)
@needs(Permission.READ)
def get_business_hours(call: Caller) -> BusinessHoursItem:
    """The organization's hours; around the clock until they are set."""
    return business_hours.get_hours(call.session, call.actor)


@routes.patch("", response_model=BusinessHours)
@needs(Permission.MANAGE_ORGANIZATION)
def change_business_hours(call: Caller, body: BusinessHoursChange) -> BusinessHoursItem:
    """Set the hours."""
    return business_hours.update_hours(call.session, call.actor, **given(body))
