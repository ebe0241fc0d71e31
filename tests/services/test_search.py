"""Finding conversations by who and by what was said."""

import psycopg
import pytest

from botpe_app import db
from botpe_app.models import Contact, Conversation, Message
from botpe_app.models.base import new_id, utc_now
from botpe_app.services import inbox
from tests.acting import within


@pytest.fixture(autouse=True)
def _services(services):
    pass


@pytest.fixture
def say(make_business):
    """Has a new customer of a business say things, each in a message; the messages' ids."""

    def make(tenant, name, *lines, kind="contact"):
        with db.transaction() as session:
            db.act_for(session, tenant.organization_id)
            ours = {"organization_id": tenant.organization_id}
            contact = Contact(**ours, name=name)
            session.add(contact)
            session.flush()
            reach = {"account_id": tenant.account_id, "contact_id": contact.id}
            talk = Conversation(**ours, **reach, last_message_at=utc_now())
            session.add(talk)
            session.flush()
            rows = [
                Message(
                    **ours, **reach, conversation_id=talk.id, direction="incoming", type="text",
                    text=line, status="received", sent_by_kind=kind, correlation_id=new_id(),
                )
                for line in lines
            ]  # fmt: skip
            session.add_all(rows)
            return [row.id for row in rows]

    return make


def found(actor, q):
    page = within(actor, inbox.list_conversations, q=q, status=None)
    return sorted(item.contact.name for item in page.data)


def test_every_word_must_be_in_one_message_and_the_last_may_be_half_typed(business, say):
    say(business, "Ana", "Where is my order?", "The red jacket")
    say(business, "Bob", "I ordered a JACKET yesterday")
    assert found(business.agent, "jacket") == ["Ana", "Bob"]
    assert found(business.agent, "jack") == ["Ana", "Bob"]
    assert found(business.agent, "Jacket, red") == ["Ana"]
    assert found(business.agent, "ord") == ["Ana", "Bob"]
    assert found(business.agent, "ord where") == []  # only the last is half typed
    assert found(business.agent, "order jacket") == []  # in two messages


def test_names_are_found_beside_words(business, say):
    say(business, "Ana", "hello")
    say(business, "Bob", "Is Ana there?")
    assert found(business.agent, "ana") == ["Ana", "Bob"]


@pytest.mark.parametrize(
    ("said", "q"),
    [("Größe XL über alles", "GRÖSSE"), ("Größe XL", "größe"), ("مرحبا بالعالم", "مرحبا"),
     ("नमस्ते दुनिया", "दुनिया"), ("don't", "don't"), ("n° 4711-A", "4711")],
)  # fmt: skip
def test_words_of_all_scripts_are_words(business, say, said, q):
    say(business, "Ana", said)
    assert found(business.agent, q) == ([] if q == "GRÖSSE" else ["Ana"])


@pytest.mark.parametrize("q", ["?!", "%", "_", "'", '"; drop table messages', "x" * 500, "\\"])
def test_what_holds_no_word_of_a_message_finds_nothing(business, say, q):
    say(business, "Ana", "hello")
    assert found(business.agent, q) == []


def test_another_organization_finds_its_own_only(business, make_business, say):
    say(business, "Ana", "the secret jacket")
    other = make_business("Other", "2")
    say(other, "Zoe", "another jacket")
    assert found(other.admin, "jacket") == ["Zoe"]
    assert found(other.admin, "secret") == []


def test_what_a_campaign_said_is_not_found(business, say):
    say(business, "Ana", "Big sale", kind="campaign")
    assert found(business.agent, "sale") == []


def test_words_follow_what_is_edited_and_deleted(business, say, services):
    edited, deleted = say(business, "Ana", "the blue jacket", "the green hat")
    with psycopg.connect(services, options=db.SYSTEM_OPTIONS) as sql:
        sql.execute("update messages set text = 'the red coat' where id = %s", [edited])
        sql.execute("delete from messages where id = %s", [deleted])
    assert found(business.agent, "coat") == ["Ana"]
    assert found(business.agent, "jacket") == []
    assert found(business.agent, "hat") == []
    with psycopg.connect(services, options=db.SYSTEM_OPTIONS) as sql:
        words = sql.execute("select word from message_words order by word").fetchall()
    assert [word for (word,) in words] == ["coat", "red", "the"]


def test_a_search_reads_the_index_although_the_wall_stands(business, say, services):
    say(business, "Ana", *(f"line {n}" for n in range(50)))
    with psycopg.connect(services) as sql:
        sql.execute("set enable_seqscan = off")
        sql.execute("select set_config('botpe.organization_id', %s, false)",
                    [str(business.organization_id)])  # fmt: skip
        plan = sql.execute(
            "explain select from message_words where organization_id = %s and word = 'line'"
            " order by message_id desc limit 5", [business.organization_id]
        ).fetchall()  # fmt: skip
    told = "\n".join(line for (line,) in plan)
    assert "Index Cond: ((organization_id =" in told
    assert "(word = 'line'::text)" in told
