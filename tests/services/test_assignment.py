"""Who has a conversation: never two at once, and in turn where a team takes turns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from botpe_app import db
from botpe_app.errors import Conflict, Forbidden, Invalid
from botpe_app.models import Contact, Conversation, Membership, User
from botpe_app.services import assignment, inbox, notes, teams
from botpe_app.services.access import Actor
from tests.acting import within
from tests.conftest import Business


@pytest.fixture(autouse=True)
def _services(services: str) -> None:
    pass


@pytest.fixture
def talk(business: Business) -> Any:
    """Makes conversations; returns their ids."""

    def make(**fields: Any) -> UUID:
        with db.transaction() as session:
            db.act_for(session, business.organization_id)
            contact = Contact(organization_id=business.organization_id, name="Ana")
            session.add(contact)
            session.flush()
            row = Conversation(
                organization_id=business.organization_id,
                account_id=business.account_id,
                contact_id=contact.id,
                **fields,
            )
            session.add(row)
            session.flush()
            return row.id

    return make


def person(business: Business, name: str) -> Actor:
    with db.transaction() as session:
        db.act_as_system(session)
        user = User(email=f"{name.lower()}@acme.example", name=name, password_hash="!")
        session.add(user)
        session.flush()
        session.add(
            Membership(organization_id=business.organization_id, user_id=user.id, role="AGENT")
        )
        return Actor(business.organization_id, user.id, "AGENT", name)


def given(business: Business, conversation: UUID, team: str) -> str | None:
    return within(business.admin, assignment.assign_team, conversation, team).assignee_name


def test_of_many_who_claim_at_once_one_gets_it(business: Business, talk: Any) -> None:
    people = [person(business, f"P{n}") for n in range(8)]
    for _ in range(3):
        conversation = talk()

        def claim(actor: Actor, conversation: UUID = conversation) -> str | None:
            try:
                return within(actor, assignment.claim, conversation).assignee_name
            except Conflict:
                return None

        with ThreadPoolExecutor(8) as pool:
            won = [name for name in pool.map(claim, people) if name]
        assert len(won) == 1
        found = within(business.viewer, inbox.get_conversation, conversation)
        assert found.assignee_name == won[0]


def test_whoever_comes_second_is_told_who_has_it(business: Business, talk: Any) -> None:
    conversation = talk(owner="bot")
    mine = within(business.agent, assignment.claim, conversation)
    assert (mine.assignee_name, mine.owner) == ("Agent", "human")
    assert within(business.agent, assignment.claim, conversation).assignee_name == "Agent"
    with pytest.raises(Conflict, match="Agent has this"):
        within(business.admin, assignment.claim, conversation)
    with pytest.raises(Forbidden):
        within(business.viewer, assignment.claim, conversation)


def test_a_team_takes_turns_and_leaves_out_who_is_away(business: Business, talk: Any) -> None:
    ana, bob = person(business, "Ana"), person(business, "Bob")
    members = [str(ana.user_id), str(bob.user_id), str(business.viewer.user_id)]
    team = within(
        business.admin, teams.create_team, name="T", member_ids=members, assignment="round_robin"
    ).id
    turns = [given(business, talk(), team) for _ in range(4)]
    assert turns[:2] == turns[2:]
    assert set(turns) == {"Ana", "Bob"}, "a viewer cannot answer"
    within(ana, assignment.set_available, False)
    assert {given(business, talk(), team) for _ in range(3)} == {"Bob"}
    within(bob, assignment.set_available, False)
    assert given(business, talk(), team) is None
    kept = within(bob, assignment.claim, talk()).id
    assert given(business, UUID(kept), team) == "Bob", "whoever of the team has it keeps it"


def test_turns_stay_fair_when_many_conversations_come_at_once(
    business: Business, talk: Any
) -> None:
    people = [person(business, f"P{n}") for n in range(3)]
    members = [str(one.user_id) for one in people]
    team = within(
        business.admin, teams.create_team, name="T", member_ids=members, assignment="least_busy"
    ).id
    talks = [talk() for _ in range(9)]
    with ThreadPoolExecutor(4) as pool:
        names = list(pool.map(lambda one: given(business, one, team), talks))
    assert sorted(names.count(f"P{n}") for n in range(3)) == [3, 3, 3]
    for one in talks[:3]:
        within(business.admin, inbox.set_status, one, "resolved")
    load = {name: names[3:].count(name) for name in ("P0", "P1", "P2")}
    assert load[given(business, talk(), team) or ""] == min(load.values())


def test_a_team_without_turns_waits_for_somebody_to_take_it(business: Business, talk: Any) -> None:
    team = within(business.admin, teams.create_team, name="T").id
    conversation = talk()
    item = within(business.agent, assignment.assign_team, conversation, team)
    assert (item.team_name, item.assignee_name) == ("T", None)
    (found,) = within(business.viewer, inbox.list_conversations, team=team).data
    assert found.id == str(conversation)
    assert within(business.viewer, inbox.list_conversations, team="none").data == []
    within(business.admin, teams.delete_team, team)
    assert within(business.viewer, inbox.get_conversation, conversation).team_id is None
    with pytest.raises(Invalid) as refused:
        within(business.agent, assignment.assign_team, conversation, team)
    assert refused.value.field == "team"


def test_passing_on_leaves_a_word_that_names_whom_it_is_for(business: Business, talk: Any) -> None:
    conversation = talk()
    to = business.admin.user_id
    moved = within(
        business.agent, assignment.transfer, conversation, user_id=to, note="wants a refund"
    )
    assert moved.assignee_name == "Admin"
    (note,) = within(business.viewer, notes.list_notes, conversation)
    assert note.text == "Passed on to @Admin: wants a refund"
    assert note.mentions == [str(to)]
    (found,) = within(business.admin, inbox.list_conversations, mentioned=True).data
    assert found.id == str(conversation)
    assert within(business.agent, inbox.list_conversations, mentioned=True).data == []
