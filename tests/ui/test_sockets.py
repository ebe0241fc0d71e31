"""What a web process tells a tab, over a real socket; and what it does not."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest
from socketio.exceptions import ConnectionError as Refused

from botpe_app import db
from botpe_app.models import Contact, Conversation, Membership
from botpe_app.models.base import utc_now
from botpe_app.services import auth, inbox, messages, notes
from botpe_app.services.access import Actor
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.session import SessionState
from tests.acting import within
from tests.conftest import Business
from tests.ui.tab import Tab

SignIn = Callable[[Actor], str]


@pytest.fixture
def other(make_business: Callable[..., Business]) -> Business:
    """Another tenant on the same server."""
    return make_business("Globex", "206540352242922")


def talk(business: Business, name: str = "Ana Ruiz") -> UUID:
    """A conversation of the business in which the customer has just written."""
    with db.transaction() as session:
        db.act_for(session, business.organization_id)
        contact = Contact(organization_id=business.organization_id, name=name, phone="+34612345678")
        session.add(contact)
        session.flush()
        conversation = Conversation(
            organization_id=business.organization_id,
            account_id=business.account_id,
            contact_id=contact.id,
            unread_count=1,
            last_message=f"A secret of {name}",
            last_inbound_at=utc_now(),
        )
        session.add(conversation)
        session.flush()
        return conversation.id


def test_a_tab_shows_its_own_organization_and_nothing_of_another(
    web: str, sign_in: SignIn, business: Business, other: Business
):
    talk(business, "Ana Ruiz")
    talk(other, "Bilal Mansoor")

    async def run() -> None:
        async with Tab(web, sign_in(business.agent)) as tab:
            await (await tab.open("/inbox")).until(lambda t: t.state("inbox_state").get("loaded"))
            assert "Ana Ruiz" in tab.said()
            assert "Bilal" not in tab.said()
            assert tab.state("session_state")["unread"] == 1

    asyncio.run(run())


def test_a_change_reaches_the_tabs_of_its_organization_at_once_and_no_other_tab(
    web: str, sign_in: SignIn, business: Business, other: Business
):
    mine, theirs = talk(business), talk(other, "Bilal Mansoor")

    async def run() -> None:
        async with (
            Tab(web, sign_in(business.agent)) as one,
            Tab(web, sign_in(business.admin)) as two,
            Tab(web, sign_in(other.agent)) as foreign,
        ):
            for tab in (one, two, foreign):
                await tab.open(f"/inbox?c={theirs if tab is foreign else mine}")
                await tab.until(lambda t: t.state("inbox_state").get("open"))
                await tab.until(lambda t: t.state("inbox_state")["open"]["id"])
            await asyncio.sleep(0.5)
            quiet = len(foreign.frames)
            await asyncio.to_thread(
                within,
                business.agent,
                messages.reply,
                mine,
                type="text",
                content={"body": "Hello from us"},
            )
            for tab in (one, two):
                took = await tab.until(lambda t: "Hello from us" in str(t.state("inbox_state")))
                assert took < 1
            await asyncio.sleep(1)
            assert len(foreign.frames) == quiet

    asyncio.run(run())


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("/dashboard", "dashboard_state"),
        ("/inbox", "inbox_state"),
        ("/campaigns", "campaigns_state"),
        ("/settings/problems", "problems_state"),
    ],
)
def test_every_page_counts_what_is_unread_as_it_changes(
    web: str, sign_in: SignIn, business: Business, address: str, state: str
):
    conversation = talk(business)

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open(address)
            await tab.until(lambda t: t.state(state).get("loaded"))
            assert tab.state("session_state")["unread"] == 1
            await asyncio.to_thread(within, business.agent, inbox.mark_read, str(conversation))
            await tab.until(lambda t: t.state("session_state")["unread"] == 0, seconds=5)

    asyncio.run(run())


def test_a_foreign_conversation_cannot_be_opened_changed_or_answered(
    web: str, sign_in: SignIn, business: Business, other: Business
):
    theirs = str(talk(other, "Bilal Mansoor"))

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open(f"/inbox?c={theirs}")
            await tab.until(lambda t: t.state("inbox_state").get("missing"))
            await tab.call(InboxState.set_status, conversation_id=theirs, status="closed")
            await tab.call(
                InboxState.send, conversation_id=theirs, text="Hi", key="k1", reply_to=""
            )
            await tab.call(InboxState.note, conversation_id=theirs, text="Hi", key="k2")
            await tab.call(InboxState.seen, conversation_id=theirs)
            await tab.until(lambda t: t.state("inbox_state").get("refused"))
            await asyncio.sleep(0.3)
            assert "Bilal" not in tab.said()

    asyncio.run(run())
    item = within(other.admin, inbox.get_conversation, theirs)
    assert (item.status, item.unread_count, item.last_message) == (
        "open",
        1,
        "A secret of Bilal Mansoor",
    )
    assert within(other.admin, messages.thread, theirs).data == []
    assert within(other.admin, notes.list_notes, theirs) == []


def test_without_a_session_there_is_nothing_to_see_and_the_way_to_the_sign_in(
    web: str, business: Business
):
    talk(business)

    async def run() -> None:
        async with Tab(web, "botpe_session=forged") as tab:
            await tab.open("/inbox?show=mine")
            await tab.until(lambda t: t.events)
            assert tab.events[0]["payload"]["path"] == "/login?next=/inbox%3Fshow%3Dmine"
            assert "Ana" not in tab.said()

    asyncio.run(run())


def test_whoever_is_removed_loses_the_open_tab_at_the_next_change(
    web: str, sign_in: SignIn, business: Business
):
    conversation = talk(business)

    async def run() -> None:
        async with Tab(web, sign_in(business.agent)) as tab:
            await (await tab.open("/inbox")).until(lambda t: t.state("inbox_state").get("loaded"))
            await asyncio.to_thread(dismiss, business)
            await asyncio.to_thread(within, business.admin, inbox.mark_read, conversation)
            await tab.until(lambda t: t.events)
            assert tab.events[0]["payload"]["path"].startswith("/login")
            await tab.go("/login")
            await tab.until(lambda t: t.state("inbox_state").get("conversations") == [])

    asyncio.run(run())


def dismiss(business: Business) -> None:
    """Ends the agent's membership."""
    with db.transaction() as session:
        db.act_as_system(session)
        key = (business.organization_id, business.agent.user_id)
        session.delete(session.get_one(Membership, key))


def test_signing_out_ends_the_open_tab_too(web: str, sign_in: SignIn, business: Business):
    cookie = sign_in(business.agent)

    async def run() -> None:
        async with Tab(web, cookie) as tab:
            await (await tab.open("/inbox")).until(lambda t: t.state("inbox_state").get("loaded"))
            with db.transaction() as session:
                auth.sign_out(session, cookie.split("=")[1])
            await tab.call(InboxState.narrow, name="show", value="mine")
            await tab.call(InboxState.more)
            await tab.until(lambda t: any("login" in str(event) for event in t.events))

    asyncio.run(run())


def test_the_next_person_on_a_tab_does_not_inherit_what_it_showed(
    web: str, sign_in: SignIn, business: Business, other: Business
):
    talk(business, "Ana Ruiz")

    async def run() -> None:
        async with Tab(web, sign_in(business.agent)) as tab:
            await (await tab.open("/inbox")).until(lambda t: "Ana Ruiz" in t.said())
        async with Tab(web, sign_in(other.agent), token=tab.token) as next_one:
            await next_one.open("/inbox")
            await next_one.until(lambda t: t.state("inbox_state").get("loaded"))
            assert "Ana" not in next_one.said()

    asyncio.run(run())


def test_a_page_of_another_site_cannot_open_a_socket(web: str, sign_in: SignIn, business: Business):
    async def run() -> None:
        async with Tab(web, sign_in(business.agent), origin="https://evil.example") as tab:
            with pytest.raises(Refused):
                await tab.open("/inbox")

    asyncio.run(run())


@pytest.mark.parametrize("name", ["_call", "_read", "_settle", "reset", "set_unread", "delete_all"])
def test_helpers_and_names_nobody_gave_cannot_be_called(
    web: str, sign_in: SignIn, business: Business, name: str
):
    state = SessionState.get_full_name()

    async def run() -> None:
        async with Tab(web, sign_in(business.agent)) as tab:
            await (await tab.open("/inbox")).until(lambda t: t.state("inbox_state").get("loaded"))
            before = tab.state("session_state")
            await tab.call(f"{state}.{name}", service="os.system", value=99)
            await tab.call(SessionState.refresh, topics=[])  # the socket still works
            await asyncio.sleep(0.3)
            assert tab.state("session_state") == before

    asyncio.run(run())


@pytest.mark.parametrize(
    "payload",
    [
        {"conversation_id": None, "status": None},
        {"conversation_id": {"$ne": 1}, "status": ["closed"]},
        {"conversation_id": "x" * 10_000, "status": "closed"},
        {"conversation_id": "' or 1=1 --", "status": "closed"},
        {},
    ],
)
def test_arguments_of_any_shape_change_nothing_and_break_nothing(
    web: str, sign_in: SignIn, business: Business, payload: dict[str, object]
):
    conversation = talk(business)

    async def run() -> None:
        async with Tab(web, sign_in(business.agent)) as tab:
            await (await tab.open("/inbox")).until(lambda t: t.state("inbox_state").get("loaded"))
            await tab.call(InboxState.set_status, **payload)
            await tab.until(lambda t: t.state("toasts").get("shown"))
            assert "Traceback" not in tab.said()
            await tab.go(f"/inbox?c={conversation}")
            await tab.until(lambda t: t.state("inbox_state")["open"]["id"] == str(conversation))

    asyncio.run(run())
    assert within(business.agent, inbox.get_conversation, conversation).status == "open"


def test_no_secret_is_ever_sent_to_a_tab(web: str, sign_in: SignIn, business: Business):
    conversation, cookie = talk(business), sign_in(business.admin)

    async def run() -> str:
        async with Tab(web, cookie) as tab:
            await tab.open(f"/inbox?c={conversation}")
            await tab.until(lambda t: t.state("inbox_state").get("loaded"))
            for address, state in (
                ("/dashboard", "dashboard_state"),
                ("/settings/numbers", "numbers_state"),
                ("/settings/api-keys", "keys_state"),
            ):
                await tab.go(address)
                await tab.until(lambda t, state=state: t.state(state).get("loaded"))
            return tab.said()

    said = asyncio.run(run())
    assert business.phone_number_id in said  # it did see the numbers
    for secret in (cookie.split("=")[1], business.token, "test-secret-key", "v1:"):
        assert secret not in said


def test_a_viewer_sees_and_changes_nothing(web: str, sign_in: SignIn, business: Business):
    conversation = str(talk(business))

    async def run() -> None:
        async with Tab(web, sign_in(business.viewer)) as tab:
            await tab.open(f"/inbox?c={conversation}")
            await tab.until(lambda t: t.state("inbox_state").get("loaded"))
            assert "role" in tab.state("inbox_state")["open"]["closed"]
            await tab.call(InboxState.set_status, conversation_id=conversation, status="closed")
            await tab.call(InboxState.seen, conversation_id=conversation)
            await tab.call(
                InboxState.send, conversation_id=conversation, text="x", key="k", reply_to=""
            )
            await tab.until(lambda t: t.state("inbox_state").get("refused"))

    asyncio.run(run())
    item = within(business.admin, inbox.get_conversation, conversation)
    assert (item.status, item.unread_count) == ("open", 1)
