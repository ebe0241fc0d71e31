"""Whatever any handler asks of a service, asked by a viewer and by another tenant's ADMIN.

Handlers reach services through the hinge only (see test_handlers), which says who asks; so what
a socket can do is what these services let such a person do.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from botpe_app.services import (
    automations,
    bots,
    canned_replies,
    contacts,
    inbox,
    intents,
    messages,
    segments,
    tags,
    teams,
    webhooks,
)
from botpe_app.services.access import Actor
from tests.acting import within
from tests.conftest import Business
from tests.services.ingesting import rows

UI = Path(__file__).parents[2] / "botpe_app" / "ui"
HINGES = {"_call", "_try", "_ask", "_did", "_show_codes", "_change"}
# What people may change of themselves, and what is kept of the asking itself.
THEIR_OWN = {"users", "user_sessions", "throttles", "metric_buckets", "mail_tokens"}
HELLO = {"name": "hello", "language": {"code": "en"}}
RULE = {"name": "Rule", "trigger": {"type": "message"}, "actions": [{"type": "resolve"}]}


def asked_for() -> set[tuple[str, str]]:
    """(module, function) of every service that a handler hands to the hinge."""
    return {found for path in sorted(UI.rglob("*.py")) for found in _of(path)}


def _of(path: Path) -> Iterator[tuple[str, str]]:
    module = "botpe_app." + ".".join(path.relative_to(UI.parent).with_suffix("").parts)
    known = vars(import_module(module))
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        for given in node.args[:2] if node.func.attr in HINGES else ():
            if isinstance(given, ast.Name | ast.Attribute) and (found := _named(given, known)):
                yield found


def _named(given: ast.Name | ast.Attribute, known: dict[str, Any]) -> tuple[str, str] | None:
    value: Any = None
    if isinstance(given, ast.Name):
        value = known.get(given.id)
    elif isinstance(given.value, ast.Name):
        value = getattr(known.get(given.value.id), given.attr, None)
    return (value.__module__, value.__name__) if inspect.isfunction(value) else None


@pytest.fixture
def ours(services: str, business: Business) -> dict[str, str]:
    """A row of each kind, by the name that arguments have for it."""
    boss = business.admin
    sent = within(boss, messages.send_to, to="+351910000123", type="template", content=HELLO)
    talk = sent.conversation_id
    return {
        "conversation_id": talk,
        "message_id": sent.id,
        "contact_id": within(boss, inbox.get_conversation, talk).contact.id,
        "user_id": str(business.agent.user_id),
        "account_id": str(business.account_id),
        "automation_id": within(boss, automations.create_rule, **RULE).id,
        "bot_id": within(boss, bots.create_bot, library="faq").id,
        "reply_id": within(boss, canned_replies.create_reply, shortcut="hi", text="Hi").id,
        "intent_id": within(boss, intents.create_intent, name="track").id,
        "segment_id": within(boss, segments.create_segment, name="All", filter={"all": []}).id,
        "tag_id": within(boss, tags.create_tag, name="vip").id,
        "team_id": within(boss, teams.create_team, name="Sales").id,
        "webhook_id": within(boss, webhooks.create_webhook, url="https://example.com/")[0].id,
        "other_id": within(boss, contacts.create_contact, phone="+351910000124").id,
    }


def arguments(service: Callable[..., Any], ids: dict[str, str]) -> dict[str, Any]:
    """What it needs, about our rows where it names one."""
    given: dict[str, Any] = {}
    for name, one in list(inspect.signature(service).parameters.items())[2:]:
        kind = str(one.annotation)
        if one.default is not one.empty and not name.endswith("_id"):
            continue
        if name in ids or name.endswith("_id"):
            given[name] = ids.get(name, ids["conversation_id"])
        elif one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL):
            given[name] = [*ids.values()] if "list" in kind or "Sequence" in kind else "closed"
    return given


def kept(url: str, business: Business) -> dict[str, str]:
    """All that the business has, a digest for each table."""
    union = " union all ".join(
        f"select '{name}' as name, md5(string_agg(t::text, '|' order by t::text)) as held"  # noqa: S608
        f" from {name} t where organization_id = '{business.organization_id}'"
        for name, table in SQLModel.metadata.tables.items()
        if name not in THEIR_OWN and "organization_id" in table.c
    )
    return {row["name"]: row["held"] for row in rows(url, union)}


def test_nobody_changes_what_is_not_theirs_whatever_handler_they_call(
    services: str, business: Business, make_business: Callable[..., Business], ours: dict[str, str]
) -> None:
    found = asked_for()
    assert len(found) > 120
    before = kept(services, business)
    other = make_business("Globex", "206540352242922")

    def changed_by(actor: Actor) -> set[str]:
        for module, name in sorted(found):
            service = getattr(import_module(module), name)
            # Refused, or the arguments do not fit: what counts is what is there afterwards.
            with suppress(Exception):
                within(actor, service, **arguments(service, ours))
        after = kept(services, business)
        return {name for name in before if before[name] != after[name]}

    assert changed_by(business.viewer) == set()
    assert changed_by(other.admin) == set()
    assert {"contacts", "conversations", "tags"} <= changed_by(business.admin)
