"""/api/teams: people of the organization under one name."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import teams
from botpe_app.services.team_views import TeamItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/teams", "Teams")


class Team(Shape):
    """A team; `member_ids` are users' ids.

    `assignment` says who of it gets what it is given: nobody until somebody takes it (manual),
    or somebody who is there, by turns (round_robin) or with the least to do (least_busy).
    """

    id: Id
    name: str
    member_ids: list[Id]
    assignment: str
    created_at: Moment


class NewTeam(BaseModel):
    """A team to make."""

    name: str
    member_ids: list[str] = Field(default_factory=list[str], max_length=1000)
    assignment: str = "manual"


class TeamChange(BaseModel):
    """What may be changed; `member_ids` replaces all members."""

    name: str | None = None
    member_ids: list[str] | None = Field(None, max_length=1000)
    assignment: str | None = None


@routes.get("", response_model=Listed[Team])
@needs(Permission.READ)
def list_teams(call: Caller, query: FromQuery[Paging]) -> Page[TeamItem]:
    """The organization's teams, by name."""
    return page_of(teams.list_teams(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=Team)
@needs(Permission.MANAGE_PEOPLE)
def create_team(call: Caller, body: NewTeam) -> TeamItem:
    """Make a team."""
    return teams.create_team(call.session, call.actor, **body.model_dump())


@routes.get("/{team_id}", response_model=Team)
@needs(Permission.READ)
def get_team(call: Caller, team_id: Id) -> TeamItem:
    """One team."""
    return teams.get_team(call.session, call.actor, team_id)


@routes.patch("/{team_id}", response_model=Team)
@needs(Permission.MANAGE_PEOPLE)
def change_team(call: Caller, team_id: Id, body: TeamChange) -> TeamItem:
    """Rename a team or replace its members."""
    return teams.update_team(call.session, call.actor, team_id, **given(body))


@routes.delete("/{team_id}", status_code=204)
@needs(Permission.MANAGE_PEOPLE)
def delete_team(call: Caller, team_id: Id) -> None:
    """Dissolve a team; its people stay."""
    teams.delete_team(call.session, call.actor, team_id)
