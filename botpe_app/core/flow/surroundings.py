"""Problems with what a flow names outside itself: templates, bots, secrets, people."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from botpe_app.core.conditions.values import items, lower, mapping
from botpe_app.core.flow.messages import content_of
from botpe_app.core.flow.nodes import (
    ActionNode,
    ApiCallNode,
    BaseNode,
    GoToBotNode,
    HandOffNode,
    MessageNode,
    TemplateNode,
)
from botpe_app.core.flow.parse import Problem
from botpe_app.core.flow.schema import Flow
from botpe_app.core.flow.work import AddToCampaign, Assign
from botpe_app.core.templating import has_placeholder, lookup
from botpe_app.errors import Invalid

CheckMessage = Callable[[str, object], Any]
_APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Known:
    """What exists around a flow; None where that is not known, and then not checked.

    `templates`: status by (name, language). `check_message`: raises Invalid for a content that
    WhatsApp would not take, as `whatsapp.messages.validate` does.
    """

    templates: Mapping[tuple[str, str], str] | None = None
    bots: Collection[str] | None = None
    secrets: Collection[str] | None = None
    users: Collection[str] | None = None
    teams: Collection[str] | None = None
    campaigns: Collection[str] | None = None
    check_message: CheckMessage | None = None


def surrounding_problems(flow: Flow, known: Known) -> Iterator[Problem]:
    """What the flow names and nobody knows, and messages that WhatsApp would not take."""
    for node in flow.nodes:
        for field, what, name, names in _named(node, known):
            if name and names is not None and not has_placeholder(name) and name not in names:
                told = f"There is no {what} {name}."
                yield Problem(node.id, field, "error", told, f"unknown_{what}")
        if isinstance(node, TemplateNode):
            yield from _template(node, known)
        if isinstance(node, MessageNode) and known.check_message:
            yield from _messages(node, known.check_message)


_Named = tuple[str, str, str | None, Collection[str] | None]


def _named(node: BaseNode, known: Known) -> Iterator[_Named]:
    """(field, what it is, its name, the names there are)."""
    if isinstance(node, GoToBotNode):
        yield "bot_id", "bot", node.data.bot_id, known.bots
    elif isinstance(node, ApiCallNode):
        yield "auth.secret", "secret", node.data.auth.secret, known.secrets
    elif isinstance(node, HandOffNode):
        yield "team_id", "team", node.data.team_id, known.teams
        yield "user_id", "person", node.data.user_id, known.users
    elif isinstance(node, ActionNode):
        for place, action in enumerate(node.data.actions):
            field = f"actions[{place}]"
            if isinstance(action, Assign):
                yield f"{field}.team_id", "team", action.team_id, known.teams
                yield f"{field}.user_id", "person", action.user_id, known.users
            if isinstance(action, AddToCampaign):
                yield f"{field}.campaign_id", "campaign", action.campaign_id, known.campaigns


def _template(node: TemplateNode, known: Known) -> Iterator[Problem]:
    if known.templates is None:
        return
    template = node.data.template
    status = known.templates.get((template.name, template.language))
    name = f"{template.name} ({template.language})"
    if status is None:
        # Where none is known at all, they may just not have been fetched yet.
        told = f"There is no template {name}."
        severity = "error" if known.templates else "warning"
        yield Problem(node.id, "template.name", severity, told, "unknown_template")
    elif lower(status) != _APPROVED:
        told = f"The template {name} is not approved: its status is {status.lower()}."
        yield Problem(node.id, "template.name", "error", told, "template_not_approved")


def _messages(node: MessageNode, check: CheckMessage) -> Iterator[Problem]:
    for place, message in enumerate(node.data.messages):
        if message.type == "reaction":
            continue
        content = content_of(message)
        given = content["contacts"] if message.type == "contacts" else content
        try:
            check(message.type, _sampled(given))
        except Invalid as error:
            if not has_placeholder(_at(given, error.field or "", message.type)):
                field = f"messages[{place}].{error.field or message.type}"
                yield Problem(node.id, field, "error", error.message, "bad_message")


def _sampled(content: object) -> object:
    """The content with something short in place of every placeholder."""
    if isinstance(content, str):
        return re.sub(r"\{\{.*?\}\}", "1", content)
    if isinstance(content, dict):
        return {name: _sampled(value) for name, value in mapping(cast("object", content)).items()}
    return [_sampled(value) for value in items(content)] or content


def _at(content: object, field: str, kind: str) -> str:
    """The text at a path like `interactive.action.parameters.url`, "" if there is none."""
    found = lookup(content, re.findall(r"[^.\[\]]+", field.removeprefix(kind)))
    return found if isinstance(found, str) else ""
