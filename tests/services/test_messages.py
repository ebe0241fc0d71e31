"""Replies: who may, when, and once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from botpe_app import db
from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound, WindowClosed
from botpe_app.models.base import new_id, utc_now
from botpe_app.services import inbox, messages
from tests.acting import within
from tests.conftest import count

HELLO = {"type": "text", "content": {"body": "Hello!"}}
TEMPLATE = {
    "type": "template",
    "content": {"name": "hello_world", "language": {"code": "en_US"}},
}


@pytest.fixture(autouse=True)
def _services(services):
    pass


@pytest.fixture
def wrote(business, database):
    """Makes a customer who wrote so many hours ago; returns the conversation's id."""

    def make(hours_ago=1.0, phone="491511234567"):
        contact, conversation = new_id(), new_id()
        at = utc_now() - timedelta(hours=hours_ago)
        ours = business.organization_id
        with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
            connection.execute(
                "insert into contacts (organization_id, id, name, phone, marketing_opt_in)"
                " values (%s, %s, 'Ana', %s, false)",
                [ours, contact, f"+{phone}"],
            )
            connection.execute(
                "insert into contact_identities values (%s, 'phone', %s, %s, %s)",
                [ours, phone, contact, phone],
            )
            connection.execute(
                "insert into conversations (organization_id, id, account_id, contact_id, status,"
                " owner, owner_epoch, unread_count, last_message, last_direction, last_inbound_at,"
                " waiting_since) values (%s, %s, %s, %s, 'open', 'nobody', 0, 2, 'Hi', 'incoming',"
                " %s, %s)",
                [ours, conversation, business.account_id, contact, at, at],
            )
        return conversation

    return make


def test_a_reply_is_queued_and_moves_the_conversation(business, wrote):
    conversation = wrote()
    sent = within(business.agent, messages.reply, conversation, **HELLO)
    assert (sent.status, sent.direction, sent.text) == ("queued", "outgoing", "Hello!")
    assert (sent.sent_by_kind, sent.sent_by_name) == ("user", "Agent")
    now = within(business.viewer, inbox.get_conversation, conversation)
    assert (now.last_message, now.last_direction, now.last_status) == (
        "Hello!",
        "outgoing",
        "queued",
    )
    assert (now.unread_count, now.assignee_name, now.owner) == (0, "Agent", "human")


def test_one_composer_key_is_one_message_however_often_and_at_once_it_is_sent(
    business, wrote, database
):
    conversation = wrote()

    def send(_):
        return within(business.agent, messages.reply, conversation, **HELLO, client_key="k1").id

    with ThreadPoolExecutor(5) as crowd:
        ids = set(crowd.map(send, range(10)))
    assert len(ids) == 1
    assert count(database, "messages") == 1


def test_a_key_of_one_conversation_does_not_serve_another(business, wrote):
    first, second = wrote(), wrote(phone="491519999999")
    within(business.agent, messages.reply, first, **HELLO, client_key="k1")
    with pytest.raises(Conflict):
        within(business.agent, messages.reply, second, **HELLO, client_key="k1")


def test_outside_the_window_only_a_template_goes(business, wrote):
    conversation = wrote(hours_ago=24.01)
    with pytest.raises(WindowClosed):
        within(business.agent, messages.reply, conversation, **HELLO)
    assert within(business.agent, messages.reply, conversation, **TEMPLATE).status == "queued"


def test_the_window_is_open_to_the_last_second(business, wrote):
    conversation = wrote(hours_ago=0)
    closes = within(business.agent, inbox.get_conversation, conversation).window_closes_at
    just_before, just_then = closes - timedelta(seconds=1), closes
    with pytest.raises(WindowClosed):
        within(business.agent, messages.reply, conversation, **HELLO, now=just_then)
    within(business.agent, messages.reply, conversation, **HELLO, now=just_before)


def test_a_viewer_does_not_answer_and_a_stranger_finds_nothing(business, wrote, make_business):
    conversation = wrote()
    other = make_business("Other", "999")
    with pytest.raises(Forbidden):
        within(business.viewer, messages.reply, conversation, **HELLO)
    with pytest.raises(NotFound):
        within(other.agent, messages.reply, conversation, **HELLO)
    with pytest.raises(NotFound):
        within(other.agent, messages.thread, conversation)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("type", {"type": "telegram", "content": {}}),
        ("text.body", {"type": "text", "content": {"body": ""}}),
        ("text.body", {"type": "text", "content": {"body": "x" * 4097}}),
    ],
)
def test_what_whatsapp_would_refuse_is_refused_here_and_leaves_nothing(
    business, wrote, database, field, message
):
    conversation = wrote()
    with pytest.raises(Invalid) as refused:
        within(business.agent, messages.reply, conversation, **message)
    assert refused.value.field == field
    assert count(database, "messages") == 0


def test_a_new_number_gets_a_template_and_a_known_one_its_own_conversation(business, wrote):
    with pytest.raises(WindowClosed):
        within(business.admin, messages.send_to, to="+14155550123", **HELLO)
    first = within(business.admin, messages.send_to, to="+14155550123", **TEMPLATE)
    again = within(business.admin, messages.send_to, to="+1 (415) 555-0123", **TEMPLATE)
    assert first.conversation_id == again.conversation_id
    conversation = wrote()
    known = within(business.admin, messages.send_to, to="+491511234567", **HELLO)
    assert known.conversation_id == str(conversation)


def test_a_refused_send_makes_no_contact(business, database):
    with pytest.raises(WindowClosed):
        within(business.admin, messages.send_to, to="+14155550123", **HELLO)
    assert count(database, "contacts") == 0
    with pytest.raises(Invalid) as refused:
        within(business.admin, messages.send_to, to="5678", **TEMPLATE)
    assert refused.value.field == "to"


def test_a_failed_or_uncertain_message_is_sent_again_only_by_a_person_and_once(
    business, wrote, database
):
    conversation = wrote()
    sent = within(business.agent, messages.reply, conversation, **HELLO)
    with pytest.raises(Conflict):
        within(business.agent, messages.resend, sent.id)
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        connection.execute("update messages set status = 'uncertain'")
    again = within(business.agent, messages.resend, sent.id)
    assert (again.status, again.id != sent.id) == ("queued", True)
    assert within(business.agent, messages.resend, sent.id).id == again.id  # a double click


def test_a_thread_is_read_newest_first_in_pages_without_gaps(business, wrote):
    conversation = wrote()
    bodies = [f"line {n}" for n in range(7)]
    for body in bodies:
        within(business.agent, messages.reply, conversation, type="text", content={"body": body})
    seen, cursor = [], None
    while True:
        page = within(business.viewer, messages.thread, conversation, limit=3, cursor=cursor)
        seen += [item.text for item in page.data]
        cursor = page.next
        if cursor is None:
            break
    assert seen == bodies[::-1]


def test_answering_a_resolved_conversation_opens_it_again(business, wrote):
    conversation = wrote()
    within(business.agent, inbox.set_status, conversation, "resolved")
    within(business.agent, messages.reply, conversation, **HELLO)
    assert within(business.agent, inbox.get_conversation, conversation).status == "open"


def test_a_conversation_after_a_closed_one_keeps_the_window(business, wrote):
    old = wrote()
    within(business.agent, inbox.set_status, old, "closed")
    sent = within(business.agent, messages.send_to, to="+491511234567", **HELLO)
    assert sent.conversation_id != str(old)
    with pytest.raises(Conflict):
        within(business.agent, inbox.set_status, old, "open")
