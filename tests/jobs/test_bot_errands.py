"""What bots do beside talking: e-mails, events, campaigns, teams, showing that they type."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from unittest.mock import Mock

import pytest

from botpe_app.errors import Invalid
from botpe_app.queue import Lane
from botpe_app.services import (
    bot_publishing,
    bots,
    campaigns,
    contacts,
    mail_posting,
    teams,
    templates,
    webhooks,
)
from jobs import conversations
from jobs import drain as drains
from tests.acting import within
from tests.conftest import Business, count
from tests.pretend_graph import serving
from tests.services.conversing import end, flow, publish, say, transcript
from tests.services.ingesting import change, one, rows


def acting(*actions: dict[str, Any]) -> dict[str, Any]:
    """A flow that does these things and says so."""
    node = {"id": "act", "type": "action", "data": {"actions": list(actions)}}
    return flow([node, end("bye", "Done")], ["start next act", "act next bye"])


def work() -> None:
    """Until nothing is under way."""
    drains.run(Lane.CONVERSATIONS, conversations.open_work, idle_seconds=0.3)


def notes(url: str) -> list[str]:
    return [row["text"] for row in rows(url, "select text from notes order by id")]


MAIL = {
    "type": "send_email",
    "to": "{{input.text}}",
    "subject": "New\norder",
    "body": "From {{contact.name}}",
}


def test_an_email_leaves_once_after_its_turn(
    services: str, business: Business, post: Callable[[], list[EmailMessage]]
) -> None:
    publish(business, acting(MAIL))
    say(services, 1, "shop@example.com")
    (mail,) = post()
    assert (mail["To"], mail["Subject"]) == ("shop@example.com", "New order")
    assert mail.get_content() == "From Ana\n"
    assert (post(), notes(services)) == ([], [])
    assert transcript(services)[-1] == ("bot", "Done")


def test_that_an_email_could_not_leave_is_told_to_the_staff_by_the_bot(
    services: str, business: Business, post: Callable[[], list[EmailMessage]]
) -> None:
    publish(business, acting(MAIL))
    say(services, 1, "shop@example.com")
    with pytest.MonkeyPatch.context() as patched:
        refusal = smtplib.SMTPRecipientsRefused({"shop@example.com": (550, b"No such box")})
        patched.setattr(mail_posting, "_hand_over", Mock(side_effect=refusal))
        assert post() == []
    (note,) = rows(services, "select author, text from notes")
    assert note["text"] == "The e-mail to shop@example.com was not sent. No such box"
    assert note["author"] == one(services, "select name from bots")["name"]


@pytest.mark.parametrize(("to", "told"), [("nobody", "is no address"), ("a@b.example", "SMTP_URL")])
def test_an_email_to_nowhere_or_without_a_server_is_told_to_the_staff(
    services: str, business: Business, to: str, told: str
) -> None:
    publish(business, acting(MAIL))
    say(services, 1, to)
    work()
    assert told in notes(services)[0]


def test_programs_that_asked_for_bots_events_are_told_and_others_are_not(
    services: str, business: Business
) -> None:
    for events in (["bot.event"], ["message.status"]):
        within(business.admin, webhooks.create_webhook, url="https://example.com/", events=events)
    act = {"type": "call_webhook", "event": "order_placed", "payload": {"said": "{{input.text}}"}}
    bot = publish(business, acting(act))
    say(services, 1, "two")
    told = one(services, "select * from webhook_deliveries where event = 'bot.event'")
    assert told["state"] == "pending"
    assert told["payload"] == {
        "name": "order_placed", "payload": {"said": "two"}, "bot_id": bot,
        "contact_id": str(one(services, "select id from contacts")["id"]),
        "conversation_id": str(one(services, "select id from conversations")["id"]),
    }  # fmt: skip


def test_a_customer_is_added_to_a_campaign_once_and_nobody_to_one_that_is_gone(
    services: str, business: Business
) -> None:
    body = [{"type": "BODY", "text": "Hello"}]
    template = within(
        business.admin, templates.create_template, account_id=str(business.account_id),
        name="hi", language="en", category="UTILITY", components=body,
    )  # fmt: skip
    first = within(business.admin, contacts.create_contact, phone="+351910000999").id
    made = within(
        business.admin, campaigns.create_campaign, name="Sale",
        account_id=str(business.account_id), template_id=template.id, contact_ids=[first],
    )  # fmt: skip
    publish(business, acting({"type": "add_to_campaign", "campaign_id": made.id}))
    say(services, 1, "hi")
    say(services, 2, "hi")
    asked = one(services, "select contact_ids from campaigns")["contact_ids"]
    contact = one(services, "select contact_id from conversations")["contact_id"]
    assert sorted(map(str, asked)) == sorted([first, str(contact)])
    assert notes(services) == []
    change(services, "delete from campaigns")
    say(services, 3, "hi")
    assert "begun or is gone" in notes(services)[0]


@pytest.mark.parametrize("how", ["assign", "hand_off"])
def test_a_team_means_whoever_of_it_has_least_to_do(
    services: str, business: Business, how: str
) -> None:
    people = [str(business.agent.user_id), str(business.admin.user_id)]
    team = within(business.admin, teams.create_team, name="Sales", member_ids=people).id
    if how == "assign":
        held = acting({"type": "assign", "team_id": team})
    else:
        hand_off = {"id": "h", "type": "hand_off", "data": {"team_id": team}}
        held = flow([hand_off], ["start next h"])
    publish(business, held)
    for number in range(4):
        say(services, number, "hi", **{"from": f"1650555000{number}"})
    found = rows(
        services, "select assignee_id, count(*) as n from conversations group by 1 order by 1"
    )
    assert sorted((str(row["assignee_id"]), row["n"]) for row in found) == sorted(
        (one, 2) for one in people
    )


def test_the_customer_sees_that_the_bot_types_before_a_message_that_takes_time(
    services: str, business: Business, configure: Callable[..., None]
) -> None:
    messages = [
        {"type": "text", "text": {"body": "one"}, "delay_seconds": 2, "typing": True},
        {"type": "text", "text": {"body": "two"}, "delay_seconds": 3, "typing": False},
    ]
    node = {"id": "m", "type": "message", "data": {"messages": messages}}
    with serving() as graph:
        configure(WHATSAPP_GRAPH_URL=graph.url)
        publish(business, flow([node], ["start next m"]))
        say(services, 1, "hi")
        work()
    (asked,) = graph.asked
    assert asked.path == f"/{business.phone_number_id}/messages"
    assert asked.body == {
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1",
        "typing_indicator": {"type": "text"},
    }  # fmt: skip
    assert count(services, "bot_calls") == 0


def test_that_typing_cannot_be_shown_costs_nothing(
    services: str, business: Business, configure: Callable[..., None]
) -> None:
    configure(WHATSAPP_GRAPH_URL="http://127.0.0.1:9")
    said = {"type": "text", "text": {"body": "one"}, "delay_seconds": 1, "typing": True}
    node = {"id": "m", "type": "message", "data": {"messages": [said]}}
    publish(business, flow([node], ["start next m"]))
    say(services, 1, "hi")
    work()
    assert (count(services, "bot_calls"), notes(services)) == (0, [])
    assert transcript(services)[-1] == ("bot", "one")


def test_a_template_must_be_known_and_approved_where_any_is_known(business: Business) -> None:
    held = flow(
        [{"id": "t", "type": "template", "data": {"template": {"name": "hi", "language": "en"}}}],
        ["start next t"],
    )
    bot = within(business.admin, bots.create_bot, flow=held).id

    def found() -> list[tuple[str, str]]:
        checked = within(business.admin, bots.validate_bot, bot).problems
        return [(one.code, one.severity) for one in checked if one.node_id == "t"]

    assert ("unknown_template", "warning") in found()
    body = [{"type": "BODY", "text": "Hello"}]
    for name in ("other", "hi"):
        assert ("unknown_template", "error") in found() or name == "other"
        within(
            business.admin, templates.create_template, account_id=str(business.account_id),
            name=name, language="en", category="UTILITY", components=body,
        )  # fmt: skip
    assert ("template_not_approved", "error") in found()


def test_a_secret_that_is_not_stored_is_a_problem(business: Business) -> None:
    call = {"url": "https://example.com", "auth": {"type": "bearer", "secret": "shop"}}
    held = flow([{"id": "c", "type": "api_call", "data": call}], ["start next c"])
    bot = within(business.admin, bots.create_bot, flow=held).id
    told = within(business.admin, bots.validate_bot, bot).problems
    assert ("c", "auth.secret", "unknown_secret") in [(p.node_id, p.field, p.code) for p in told]
    with pytest.raises(Invalid, match="no secret shop"):
        within(business.admin, bot_publishing.publish_bot, bot)
