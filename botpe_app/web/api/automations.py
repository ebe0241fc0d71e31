"""/api/automations: what is done by itself, what it did, and events from other programs."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.automations import ACTIONS, EVENTS, SURROUNDINGS
from botpe_app.core.permissions import Permission
from botpe_app.services import automation_log, automation_trials, automations
from botpe_app.services.automation_views import RuleItem, RunItem, Trial
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/automations", "Automations")

_TRIGGER = f'`{{"type": …}}` with one of {", ".join(EVENTS)}, and its details'
_CONDITIONS = "As a segment's filter; beside a contact's fields it may test " + ", ".join(
    SURROUNDINGS
)
_ACTIONS = f'In their order, each `{{"type": …}}` with one of {", ".join(ACTIONS)}'


class Automation(Shape):
    """A rule. `fired` counts the last 30 days."""

    id: Id
    name: str
    enabled: bool
    position: int
    trigger: dict[str, Any]
    conditions: dict[str, Any]
    actions: list[dict[str, Any]]
    rest_minutes: int
    stops: bool
    fired: int
    last_fired_at: Moment | None
    created_at: Moment
    updated_at: Moment


class NewAutomation(BaseModel):
    """A rule to make; it comes after those there are."""

    name: str
    trigger: Any = Field(description=_TRIGGER)
    conditions: dict[str, Any] | None = Field(None, description=_CONDITIONS)
    actions: list[Any] = Field(description=_ACTIONS)
    enabled: bool = True
    rest_minutes: int = Field(0, description="After it fired in a conversation, until it may again")
    stops: bool = Field(False, description="Whether the rules after it are then not looked at")
    position: int | None = None


class AutomationChange(BaseModel):
    """What may be changed; what is not named stays."""

    name: str | None = None
    trigger: Any = Field(None, description=_TRIGGER)
    conditions: dict[str, Any] | None = Field(None, description=_CONDITIONS)
    actions: list[Any] | None = Field(None, description=_ACTIONS)
    enabled: bool | None = None
    rest_minutes: int | None = None
    stops: bool | None = None
    position: int | None = None


class Step(Shape):
    """What became of an action; an empty problem: it is done."""

    type: str
    problem: str


class AutomationRun(Shape):
    """A rule at work: done, partly, failed, or held by the loop guard."""

    id: Id
    rule_id: Id
    conversation_id: Id
    contact_name: str
    outcome: str
    steps: list[Step]
    at: Moment


class RunsQuery(Paging):
    """Which runs are wanted."""

    automation_id: str | None = None


class Draft(BaseModel):
    """What to try instead of what is saved."""

    trigger: Any = Field(None, description=_TRIGGER)
    conditions: dict[str, Any] | None = Field(None, description=_CONDITIONS)


class WouldFire(Shape):
    """Something of the past at which the rule would have started."""

    id: Id
    conversation_id: Id
    contact_name: str
    text: str
    at: Moment


class Tried(Shape):
    """What a rule would have fired on: `count` of `looked_at`, the newest in `matches`."""

    looked_at: int
    count: int
    about: str
    matches: list[WouldFire]


class NewEvent(BaseModel):
    """An event of another program, about a conversation, a contact or a phone number."""

    event: str
    conversation_id: str | None = None
    contact_id: str | None = None
    phone: str | None = None
    data: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="For texts: `{{event.data.…}}`"
    )


class Taken(Shape):
    """The conversation the event is about."""

    conversation_id: Id


@routes.get("", response_model=Listed[Automation])
@needs(Permission.READ)
def list_automations(call: Caller, query: FromQuery[Paging]) -> Page[RuleItem]:
    """The rules, in the order in which they are looked at."""
    return page_of(automations.list_rules(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=Automation)
@needs(Permission.MANAGE_AUTOMATIONS)
def create_automation(call: Caller, body: NewAutomation) -> RuleItem:
    """Make a rule."""
    return automations.create_rule(call.session, call.actor, **body.model_dump())


@routes.get("/runs", response_model=Listed[AutomationRun])
@needs(Permission.READ)
def list_automation_runs(call: Caller, query: FromQuery[RunsQuery]) -> Page[RunItem]:
    """What the rules did in the last 30 days, newest first."""
    return automation_log.list_runs(call.session, call.actor, **query.model_dump())


@routes.post("/events", status_code=202, response_model=Taken)
@needs(Permission.ANSWER)
def raise_event(call: Caller, body: NewEvent) -> dict[str, str]:
    """Tell the rules of something that happened elsewhere."""
    found = automations.raise_event(call.session, call.actor, **body.model_dump())
    return {"conversation_id": found}


@routes.get("/{automation_id}", response_model=Automation)
@needs(Permission.READ)
def get_automation(call: Caller, automation_id: Id) -> RuleItem:
    """One rule."""
    return automations.get_rule(call.session, call.actor, automation_id)


@routes.patch("/{automation_id}", response_model=Automation)
@needs(Permission.MANAGE_AUTOMATIONS)
def change_automation(call: Caller, automation_id: Id, body: AutomationChange) -> RuleItem:
    """Change a rule; `conditions` null removes them."""
    return automations.update_rule(call.session, call.actor, automation_id, **given(body))


@routes.delete("/{automation_id}", status_code=204)
@needs(Permission.MANAGE_AUTOMATIONS)
def delete_automation(call: Caller, automation_id: Id) -> None:
    """Remove a rule and the log of what it did."""
    automations.delete_rule(call.session, call.actor, automation_id)


@routes.post("/{automation_id}/test", response_model=Tried)
@needs(Permission.MANAGE_AUTOMATIONS)
def test_automation(call: Caller, automation_id: Id, body: Draft) -> Trial:
    """What the rule would have fired on; nothing is done."""
    return automation_trials.would_fire(
        call.session, call.actor, automation_id, **body.model_dump()
    )
