"""A flow made ready to run, and what surrounds one turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from botpe_app.core.conditions import Env, Hours, date_order, zone
from botpe_app.core.flow.messages import content_of
from botpe_app.core.flow.nodes import NEXT, BaseNode, MessageNode, StartNode
from botpe_app.core.flow.schema import Edge, Flow, Settings
from botpe_app.core.flow.texts import Part
from botpe_app.core.flow.wording import texts
from botpe_app.errors import Invalid


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message of a message node; `fixed`: no placeholder is in it."""

    type: str
    content: dict[str, Any]
    fixed: bool
    delay_seconds: float
    typing: bool


class Program:
    """A flow with its nodes and edges at hand. Make one a version and keep it: it never changes."""

    def __init__(self, flow: Flow, bot_id: str = "", version: str = "") -> None:
        self.flow, self.bot_id, self.version = flow, bot_id, version
        self.settings: Settings = flow.settings
        self.nodes: dict[str, BaseNode] = {node.id: node for node in flow.nodes}
        self.start = next((node.id for node in flow.nodes if isinstance(node, StartNode)), "")
        self.scopes = {variable.name: variable for variable in flow.variables}
        self._ways = {(edge.source, edge.source_handle): edge for edge in flow.edges}
        self.messages = {n.id: _prepared(n) for n in flow.nodes if isinstance(n, MessageNode)}
        self._choices = {(node.id, choice.id) for node in flow.nodes for choice in node.choices}
        self.hours = _hours(flow.settings)

    def way(self, node_id: str, handle: str) -> Edge | None:
        """The edge that leaves a handle; for a choice without its own, the one from `next`."""
        found = self._ways.get((node_id, handle))
        if found is None and (node_id, handle) in self._choices:
            found = self._ways.get((node_id, NEXT))
        return found


def _prepared(node: MessageNode) -> list[Prepared]:
    return [
        Prepared(
            message.type,
            content_of(message),
            not _has_placeholders(message),
            message.delay_seconds,
            message.typing,
        )
        for message in node.data.messages
    ]


def _has_placeholders(part: Part) -> bool:
    return next(texts(part), None) is not None


def _hours(settings: Settings) -> Hours | None:
    """The flow's own hours, if it has any that can be read."""
    own = settings.business_hours
    if own is None or own.days is None:
        return None
    try:
        return Hours.read(own.model_dump(mode="json", exclude={"closed_text"}))
    except Invalid:
        return None


@dataclass(frozen=True, slots=True)
class Context:
    """Who and where: what is true outside the flow when a turn is made.

    `contact`: phone, name, email, language, tags, custom_fields … `organization`: name, language,
    variables. `date_format` like DD-MM-YYYY; `contact_timezone` "" if it is not known.
    """

    contact: Mapping[str, Any] = field(default_factory=dict[str, Any])
    organization: Mapping[str, Any] = field(default_factory=dict[str, Any])
    conversation: Mapping[str, Any] = field(default_factory=dict[str, Any])
    timezone: str = "UTC"
    contact_timezone: str = ""
    country: str = ""
    date_format: str = "DD-MM-YYYY"
    business_hours: Hours | None = None

    def env(self, program: Program, now: datetime) -> Env:
        """The environment of tests and filters: the flow's settings before the organization's."""
        own = program.settings
        timezone = _zone(own.timezone or self.timezone)
        return Env(
            now=now.astimezone(timezone),
            timezone=timezone,
            date_order=_order(own.date_format or self.date_format),
            country=own.country or self.country,
            hours=program.hours or self.business_hours,
        )


def _zone(name: str) -> Any:
    try:
        return zone(name, "timezone")
    except Invalid:
        return zone("UTC", "timezone")


@lru_cache(maxsize=64)
def _order(date_format: str) -> str:
    try:
        return date_order(date_format, "date_format")
    except Invalid:
        return "dmy"
