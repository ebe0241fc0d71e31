"""Lists, and who has what."""

import pytest

from botpe_app import db
from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.models import Contact, Conversation
from botpe_app.models.base import utc_now
from botpe_app.services import inbox, notes
from tests.acting import within


@pytest.fixture(autouse=True)
def _services(services):
    pass


@pytest.fixture
def talk(business):
    """Makes conversations; returns their ids."""

    def make(name="Ana", phone="+491511234567", **fields):
        with db.transaction() as session:
            db.act_for(session, business.organization_id)
            contact = Contact(organization_id=business.organization_id, name=name, phone=phone)
            session.add(contact)
            session.flush()
            row = Conversation(
                organization_id=business.organization_id,
                account_id=business.account_id,
                contact_id=contact.id,
                last_message_at=utc_now(),
                **fields,
            )
            session.add(row)
            session.flush()
            return row.id

    return make


def listed(actor, **filters):
    return [item.contact.name for item in within(actor, inbox.list_conversations, **filters).data]


def test_lists_filter_by_status_person_tag_and_words(business, talk):
    talk("Ana", assignee_id=business.agent.user_id, tags=["vip"])
    talk("Bob")
    talk("Cid", status="resolved")
    assert listed(business.agent) == ["Bob", "Ana"]
    assert listed(business.agent, status=None) == ["Cid", "Bob", "Ana"]
    assert listed(business.agent, status="resolved") == ["Cid"]
    assert listed(business.agent, assignee="me") == ["Ana"]
    assert listed(business.admin, assignee="me") == []
    assert listed(business.admin, assignee=str(business.agent.user_id)) == ["Ana"]
    assert listed(business.agent, assignee="none") == ["Bob"]
    assert listed(business.agent, tag="vip") == ["Ana"]
    assert listed(business.agent, q="ana") == ["Ana"]


@pytest.mark.parametrize(
    "wrong", [{"status": "lost"}, {"assignee": "somebody"}, {"cursor": "x"}, {"account_id": "x"}]
)
def test_a_filter_that_cannot_be_is_named(business, wrong):
    with pytest.raises(Invalid) as refused:
        listed(business.agent, **wrong)
    assert refused.value.field in wrong


def test_pages_show_everyone_once(business, talk):
    for n in range(7):
        talk(f"Person {n}", f"+49151000000{n}")
    first = within(business.viewer, inbox.list_conversations, limit=4)
    rest = within(business.viewer, inbox.list_conversations, limit=4, cursor=first.next)
    names = [item.contact.name for item in first.data + rest.data]
    assert names == [f"Person {n}" for n in reversed(range(7))]
    assert rest.next is None


def test_counts_are_of_the_open_ones(business, talk):
    talk("Ana", assignee_id=business.agent.user_id, unread_count=2)
    talk("Bob", unread_count=1)
    talk("Cid", status="resolved", unread_count=5)
    seen = within(business.agent, inbox.counts)
    assert (seen.mine, seen.unassigned, seen.all, seen.unread) == (1, 1, 2, 3)


def test_a_conversation_is_given_to_members_only(business, talk, make_business):
    conversation = talk()
    other = make_business("Other", "999")
    given = within(business.agent, inbox.assign, conversation, business.admin.user_id)
    assert given.assignee_name == "Admin"
    assert within(business.agent, inbox.assign, conversation, None).assignee_id is None
    for nobody in (other.agent.user_id, "not-an-id"):
        with pytest.raises(Invalid):
            within(business.agent, inbox.assign, conversation, nobody)
    with pytest.raises(NotFound):
        within(other.agent, inbox.assign, conversation, other.agent.user_id)


def test_a_viewer_changes_nothing(business, talk):
    conversation = talk()
    for service, argument in (
        (inbox.assign, None),
        (inbox.set_status, "resolved"),
        (notes.add_note, "hi"),
        (inbox.set_tags, ["x"]),
    ):
        with pytest.raises(Forbidden):
            within(business.viewer, service, conversation, argument)
    for service in (inbox.mark_read, inbox.hand_off, inbox.resume_bot):
        with pytest.raises(Forbidden):
            within(business.viewer, service, conversation)


def test_resolving_clears_what_was_unread(business, talk):
    conversation = talk(unread_count=3, waiting_since=utc_now())
    done = within(business.agent, inbox.set_status, conversation, "resolved")
    assert (done.status, done.unread_count) == ("resolved", 0)


def test_taking_over_moves_the_epoch_once(business, talk):
    conversation = talk(owner="bot")
    within(business.agent, inbox.hand_off, conversation)
    within(business.agent, inbox.hand_off, conversation)
    with db.transaction() as session:
        db.act_for(session, business.organization_id)
        row = session.get(Conversation, (business.organization_id, conversation))
        assert row is not None
        assert (row.owner, row.owner_epoch) == ("human", 1)
    with pytest.raises(Conflict):
        within(business.agent, inbox.resume_bot, conversation)


def test_notes_stay_with_the_staff_in_their_order(business, talk):
    conversation = talk()
    for text in ("first", "second"):
        within(business.agent, notes.add_note, conversation, text)
    kept = within(business.viewer, notes.list_notes, conversation)
    assert [(note.author, note.text) for note in kept] == [("Agent", "first"), ("Agent", "second")]
    with pytest.raises(Invalid):
        within(business.agent, notes.add_note, conversation, "  \x00 ")
