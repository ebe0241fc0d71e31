"""/automations of one tab."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.errors import Invalid
from botpe_app.services import (
    automation_log,
    automations,
    bots,
    people,
    teams,
    templates,
    webhooks,
)
from botpe_app.services.access import Actor
from botpe_app.services.automation_views import RuleItem, RunItem
from botpe_app.services.views import Page
from botpe_app.ui import live, words
from botpe_app.ui.automations import words as said
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState

RUNS, MOST_RUNS = 20, 200  # log lines at first, and shown at once


@dataclass(frozen=True)
class Deeds:
    """One thing that a rule does."""

    icon: str
    text: str


@dataclass(frozen=True)
class Rule:
    """A rule in the list."""

    id: str
    name: str
    enabled: bool
    trigger: str
    conditions: str
    deeds: list[Deeds]
    fired: str
    last: str
    first: bool
    final: bool


@dataclass(frozen=True)
class Run:
    """A line of the log."""

    id: str
    rule: str
    person: str
    href: str
    outcome: str
    tone: str
    problem: str
    at: str


@dataclass(frozen=True)
class Read:
    """What the page shows."""

    rules: list[RuleItem]
    runs: Page[RunItem]
    names: dict[str, str]  # of persons, teams and webhooks
    assignees: list[tuple[str, str]]
    hooks: list[tuple[str, str]]
    templates: list[tuple[str, str]]
    bots: list[tuple[str, str]]


class AutomationsState(PageState, rx.State):
    """The rules in their order, and the log."""

    loaded: bool = False
    may_manage: bool = False
    rules: rx.Field[list[Rule]] = rx.field(default_factory=list)
    runs: rx.Field[list[Run]] = rx.field(default_factory=list)
    more_runs: bool = False
    assignees: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    hooks: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    templates: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    bots: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)
    deleting: str = ""
    deleting_name: str = ""
    _shown: int = RUNS

    @rx.event
    async def enter(self):
        """Shows the rules."""
        self.deleting = ""
        topics = {"automations": AutomationsState.refresh}
        live.listen(self.router.session.client_token, topics)
        await self._read()

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the live relay calls it."""
        await self._read()

    @rx.event
    async def show_more(self):
        """Shows older lines of the log."""
        self._shown = min(self._shown + RUNS, MOST_RUNS)
        await self._read()

    @rx.event
    async def switch(self, rule_id: str, enabled: bool):
        """Turns a rule on or off."""
        item = await self._call(automations.update_rule, rule_id, enabled=bool(enabled))
        await self._read()
        toasts = await self.get_state(Toasts)
        undo = AutomationsState.switch(rule_id, not enabled)
        toasts._say(f"{item.name} is {'on' if item.enabled else 'off'}", undo=undo)

    @rx.event
    async def move(self, rule_id: str, step: int):
        """Moves a rule up or down."""
        await self._call(_moved, rule_id, -1 if step < 0 else 1)
        await self._read()

    @rx.event
    def ask_delete(self, rule_id: str):
        """Asks whether to delete a rule; "" closes the question."""
        self.deleting = rule_id
        self.deleting_name = next((rule.name for rule in self.rules if rule.id == rule_id), "")

    @rx.event
    async def delete(self):
        """Deletes the rule that was asked about."""
        rule_id, name, self.deleting = self.deleting, self.deleting_name, ""
        await self._call(automations.delete_rule, rule_id)
        await self._read()
        return Toasts.tell(f"{name} is deleted")

    async def _read(self) -> None:
        session = await self.get_state(SessionState)
        found = await self._call(read, self._shown)
        self.may_manage = may(session._role, Permission.MANAGE_AUTOMATIONS)
        last = len(found.rules) - 1
        self.rules = [_rule(item, found.names, n, last) for n, item in enumerate(found.rules)]
        names = {item.id: item.name for item in found.rules}
        self.runs = [_run(item, names) for item in found.runs.data]
        self.more_runs = found.runs.next is not None and self._shown < MOST_RUNS
        self.assignees, self.hooks = found.assignees, found.hooks
        self.templates, self.bots = found.templates, found.bots
        self.loaded = True


def read(session: Session, actor: Actor, runs: int) -> Read:
    """Everything the page shows."""
    members = people.list_members(session, actor)
    groups = teams.list_teams(session, actor)
    hooks: list[tuple[str, str]] = [("", "Choose one")]
    if may(actor.role, Permission.MANAGE_WEBHOOKS):
        hooks += [(hook.id, hook.url) for hook in webhooks.list_webhooks(session, actor)]
    approved = templates.list_templates(session, actor, status="APPROVED", limit=200).data
    letters = [("", "Choose one"), *((one.id, f"{one.name} · {one.language}") for one in approved)]
    active = [
        one for one in bots.list_bots(session, actor, limit=200).data if one.status == "active"
    ]
    talkers = [("", "Choose one"), *((one.id, one.name) for one in active)]
    names = {one.id: one.name for one in (*members, *groups)}
    names |= dict((*hooks[1:], *letters[1:], *talkers[1:]))
    assignees = [("", "Nobody")]
    assignees += [(f"team:{team.id}", f"Team {team.name}") for team in groups]
    assignees += [(f"user:{one.id}", one.name) for one in members if one.role != "VIEWER"]
    log = automation_log.list_runs(session, actor, limit=runs)
    return Read(
        automations.list_rules(session, actor), log, names, assignees, hooks, letters, talkers
    )


def _moved(session: Session, actor: Actor, rule_id: str, step: int) -> None:
    """Numbers the rules anew with this one a place up or down."""
    actor.require(Permission.MANAGE_AUTOMATIONS)
    order = [rule.id for rule in automations.list_rules(session, actor)]
    if rule_id not in order:
        raise Invalid("This rule is gone.")
    place = order.index(rule_id)
    order.insert(max(place + step, 0), order.pop(place))
    for position, one in enumerate(order):
        automations.update_rule(session, actor, one, position=position)


def _rule(item: RuleItem, names: dict[str, str], place: int, last: int) -> Rule:
    return Rule(
        id=item.id,
        name=item.name,
        enabled=item.enabled,
        trigger=_inside(said.trigger(item.trigger)),
        conditions=said.conditions(item.conditions),
        deeds=[
            Deeds(said.ICONS.get(one["type"], "zap"), said.deed(one, names)) for one in item.actions
        ],
        fired=words.plural(item.fired, "time"),
        last=words.stamp(item.last_fired_at) if item.last_fired_at else "",
        first=place == 0,
        final=place == last,
    )


def _inside(sentence: str) -> str:
    """As it stands after another word."""
    return sentence[:1].lower() + sentence[1:]


def _run(item: RunItem, names: dict[str, str]) -> Run:
    outcome, tone = said.OUTCOMES.get(item.outcome, (item.outcome, ""))
    problems = [
        f"{said.DEEDS.get(step.type, '')}: {step.problem}".removeprefix(": ")
        for step in item.steps
        if step.problem
    ]
    return Run(
        item.id,
        names.get(item.rule_id, ""),
        item.contact_name or "WhatsApp user",
        f"/inbox?status=any&c={item.conversation_id}",
        outcome,
        tone,
        " · ".join(problems),
        words.stamp(item.at),
    )
