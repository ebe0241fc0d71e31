from datetime import timedelta

from botpe_app.ui.inbox import rows
from botpe_app.ui.inbox.rows import Filters
from tests.ui.samples import NOW, conversation


def test_the_address_holds_conversation_and_filters_and_leaves_out_the_usual():
    filters = Filters(show="mine", status="open", query="ana", conversation="c1")
    assert filters.address() == "/inbox?c=c1&show=mine&q=ana"
    assert Filters().address() == "/inbox"
    assert filters.address(c="", q="") == "/inbox?show=mine"


def test_an_address_reads_back_as_the_same_filters():
    filters = Filters("unassigned", "resolved", "a&b=ü", "c1")
    query = dict(pair.split("=") for pair in filters.address().split("?")[1].split("&"))
    assert query["q"] == "a%26b%3D%C3%BC"
    read = Filters.of({"show": "unassigned", "status": "resolved", "q": "a&b=ü", "c": "c1"})
    assert read == filters


def test_strange_values_in_an_address_fall_back_to_the_usual():
    filters = Filters.of({"show": "theirs", "status": "exploded", "q": "x" * 500})
    assert (filters.show, filters.status, len(filters.query)) == ("all", "open", 200)


def test_a_customer_without_a_name_goes_by_number_if_there_is_one():
    nameless = conversation().contact.__class__("p", "", "+34612345678")
    hidden = conversation().contact.__class__("p", "", None)
    assert rows.title(conversation(contact=nameless)) == "+34 612 34 56 78"
    assert rows.title(conversation(contact=hidden)) == "WhatsApp user"


def test_only_our_own_last_word_carries_a_tick():
    ours = conversation(last_direction="outgoing", last_status="read")
    assert rows.row(ours, Filters()).tick == "read"
    assert rows.row(conversation(last_status="received"), Filters()).tick == ""


def test_what_is_on_its_way_waits():
    assert [rows.tick(status) for status in ("queued", "sending", "held", "failed")] == [
        "waiting",
        "waiting",
        "waiting",
        "failed",
    ]


def test_writing_is_refused_in_words_where_it_cannot_be_done():
    may = {"user_id": "u1", "may_write": True, "is_open": True}
    closed = conversation(window_closes_at=NOW - timedelta(hours=1))
    stranger = conversation(window_closes_at=None)
    assert rows.opened(conversation(), **may).closed == ""
    assert "24 hours" in rows.opened(closed, **{**may, "is_open": False}).closed
    assert "not written yet" in rows.opened(stranger, **{**may, "is_open": False}).closed
    assert "role" in rows.opened(conversation(), **{**may, "may_write": False}).closed


def test_whoever_may_not_write_does_not_mark_as_read():
    viewer = rows.opened(conversation(), user_id="u1", may_write=False, is_open=True)
    agent = rows.opened(conversation(), user_id="u1", may_write=True, is_open=True)
    assert (viewer.unread, agent.unread) == (0, 2)
