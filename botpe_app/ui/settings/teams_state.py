"""/settings/teams of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from botpe_app.db import Session
from botpe_app.services import people, teams
from botpe_app.services.access import Actor
from botpe_app.services.team_views import TeamItem
from botpe_app.services.views import Member
from botpe_app.ui import words
from botpe_app.ui.components import Toasts
from botpe_app.ui.settings.editing import NEW, Editing

_MEMBER = "member:"


@dataclass(frozen=True)
class Colleague:
    """Somebody who can be in a team."""

    id: str
    name: str
    initials: str
    hue: int


@dataclass(frozen=True)
class Team:
    """A team as the settings show it."""

    id: str
    name: str
    members: list[Colleague]
    who: str


class TeamsState(Editing, rx.State):
    """The teams, and the form for one."""

    teams: rx.Field[list[Team]] = rx.field(default_factory=list)
    everybody: rx.Field[list[Colleague]] = rx.field(default_factory=list)
    name: str = ""
    chosen: rx.Field[list[str]] = rx.field(default_factory=list)

    @rx.event
    async def enter(self):
        """Shows the teams."""
        await self._read()

    @rx.event
    def add(self):
        """Opens an empty form."""
        self._open(NEW)
        self.name, self.chosen = "", []

    @rx.event
    def edit(self, team_id: str):
        """Opens the form of a team."""
        for team in self.teams:
            if team.id == team_id:
                self._open(team.id)
                self.name, self.chosen = team.name, [member.id for member in team.members]

    @rx.event
    async def save(self, form: dict[str, Any]):
        """Keeps what the form says."""
        name = str(form.get("name", ""))
        members = [key.removeprefix(_MEMBER) for key in form if key.startswith(_MEMBER)]
        if self.editing == NEW:
            item = await self._try(teams.create_team, name=name, member_ids=members)
        else:
            item = await self._try(teams.update_team, self.editing, name=name, member_ids=members)
        if item is None:
            return None
        self.editing = ""
        await self._read()
        return Toasts.tell(f"{item.name} is saved")

    @rx.event
    def ask_remove(self, team_id: str):
        """Asks whether to dissolve a team."""
        self._ask_about(team_id, next((team.name for team in self.teams if team.id == team_id), ""))

    @rx.event
    async def remove(self):
        """Dissolves the team that was asked about."""
        team_id, name = self._asked()
        await self._call(teams.delete_team, team_id)
        await self._read()
        return Toasts.tell(f"{name} is dissolved")

    async def _read(self) -> None:
        found, members = await self._call(_both)
        known = {one.id: _colleague(one) for one in members}
        self.teams = [_team(item, known) for item in found]
        self.everybody = [known[one.id] for one in members if one.active]
        self.loaded = True


def _both(session: Session, actor: Actor) -> tuple[list[TeamItem], list[Member]]:
    return teams.list_teams(session, actor), people.list_members(session, actor, all=True)


def _team(item: TeamItem, known: dict[str, Colleague]) -> Team:
    members = [known[one] for one in item.member_ids if one in known]
    members.sort(key=lambda one: one.name)
    names = ", ".join(member.name for member in members)
    return Team(item.id, item.name, members, names or "Nobody yet")


def _colleague(member: Member) -> Colleague:
    return Colleague(member.id, member.name, words.initials(member.name), words.hue(member.id))
