"""Whatever order news comes in, however often and in whatever batches, it ends the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Business
from tests.services.ingesting import ANA, BEA, change, events, message, receive, rows, status
from tests.services.ingesting import sent_message as put_sent_message
from tests.services.test_ingest_changes import edit, reaction, revoke
from tests.services.test_ingest_people import BSUID, moved

NEWS = [
    message(1),
    message(2, from_user_id=BSUID),
    message(3, **{"from": "", "from_user_id": BSUID}),
    message(4, **{"from": BEA}),
    message(5, "image", {"id": "1", "mime_type": "image/jpeg"}),
    reaction(6, "👍", "wamid.2"),
    reaction(7, "😂", "wamid.2"),
    edit(8, "better", "wamid.3"),
    edit(9, "best", "wamid.3"),
    revoke(10, "wamid.4"),
    moved(12),
    message(11, **{"from": "16505559999"}),
    reaction(13, "❤️", "wamid.out"),
    status("sent", at=20),
    status("delivered", at=21),
    status("read", at=22, recipient_user_id=BSUID),
    status("sent", "wamid.lost", at=23, biz_opaque_callback_data="0" * 31 + "1"),
    status("failed", "wamid.lost", at=24, biz_opaque_callback_data="0" * 31 + "1"),
]


def final_state(url: str) -> dict[str, Any]:
    """Everything that people see, without ids and the times of arrival."""
    return {
        "messages": rows(
            url,
            "select m.wa_message_id, m.type, m.content, m.text, m.status, m.sent_at,"
            " m.delivered_at, m.read_at, m.failed_at, m.error_code, m.edited_at, m.deleted_at,"
            " c.phone"
            " from messages m join contacts c on c.id = m.contact_id order by 1",
        ),
        "conversations": rows(
            url,
            "select v.status, unread_count, last_message, v.last_inbound_at, waiting_since, p.phone"
            " from conversations v join contacts p on p.id = v.contact_id order by p.phone",
        ),
        "contacts": rows(url, "select name, phone, last_inbound_at from contacts order by phone"),
        "names": rows(
            url,
            "select i.kind, i.value, c.phone from contact_identities i"
            " join contacts c on c.id = i.contact_id order by 1, 2",
        ),
        "reactions": rows(url, "select wa_message_id, emoji, reacted_at from reactions order by 1"),
        "events": {state for state, _ in events(url)},
    }


def replay(url: str, business: Business, batches: list[list[bytes]]) -> dict[str, Any]:
    """The final state of an empty organization with two sent messages after this news."""
    change(
        url,
        "truncate webhook_events, reactions, messages, conversations, contact_identities,"
        " contacts cascade",
    )
    put_sent_message(url, business)
    put_sent_message(
        url, business, wa_message_id=None, status="uncertain", attempt_id="0" * 31 + "1"
    )
    for batch in batches:
        receive(url, *batch)
    receive(url)  # what waited for its message
    return final_state(url)


def test_any_order_repetition_and_batching_ends_in_the_same_state(
    services: str, business: Business
) -> None:
    expected = replay(services, business, [NEWS])
    everything = range(len(NEWS))

    @settings(max_examples=25, deadline=None)
    @given(st.data())
    def shuffled(data: st.DataObject) -> None:
        again = data.draw(st.lists(st.sampled_from(everything), max_size=6))
        order = data.draw(st.permutations([*everything, *again]))
        cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1), max_size=5)))
        edges = zip([0, *cuts], [*cuts, len(order)], strict=True)
        batches = [[NEWS[index] for index in order[a:b]] for a, b in edges]
        assert replay(services, business, batches) == expected

    shuffled()


def test_the_sorted_state_is_what_one_would_expect(services: str, business: Business) -> None:
    state = replay(services, business, [NEWS])
    assert state["events"] == {"handled"}
    assert {row["phone"] for row in state["contacts"]} == {"+16505559999", f"+{BEA}"}
    said = {row["wa_message_id"]: row for row in state["messages"]}
    assert said["wamid.3"]["text"] == "best"
    assert said["wamid.4"]["deleted_at"] is not None
    assert said["wamid.out"]["status"] == "read"
    assert (said["wamid.lost"]["status"], said["wamid.lost"]["error_code"]) == ("failed", 0)
    assert [row["unread_count"] for row in state["conversations"]] == [5, 1]
    assert ANA in {row["value"] for row in state["names"]}
