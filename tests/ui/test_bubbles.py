from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from botpe_app.services.inbox_views import NoteItem
from botpe_app.services.outbox import UNDONE
from botpe_app.services.views import MessageError, MessageItem
from botpe_app.ui.inbox import bubbles
from botpe_app.ui.inbox.bubbles import Bubble
from tests.ui.samples import NOTE, NOW, answer, message


def draw(*messages: MessageItem, notes: list[NoteItem] | None = None) -> list[Bubble]:
    return bubbles.thread(
        messages,
        notes or [],
        user_id="u1",
        name="Ana",
        people={"u1": "Jonas Weber", "u2": "Mara"},
        zone=ZoneInfo("UTC"),
        now=NOW + timedelta(hours=1),
    )


def test_a_day_is_headed_once():
    drawn = draw(message(1, -24 * 60), message(2, 0), message(3, 1))
    assert [bubble.day for bubble in drawn] == ["Yesterday", "Today", ""]


def test_what_one_side_says_in_one_go_is_a_group():
    drawn = draw(message(1, 0), message(2, 1), answer(3, 2), message(4, 3), message(5, 30))
    assert [bubble.first for bubble in drawn] == [True, False, True, True, True]
    assert [bubble.last for bubble in drawn] == [False, True, True, True, True]


def test_two_colleagues_do_not_form_a_group():
    drawn = draw(answer(1), answer(2, 1, sent_by_id="u2", sent_by_name="Mara"))
    assert [(bubble.who, bubble.first) for bubble in drawn] == [("You", True), ("Mara", True)]


def test_ticks_are_ours_alone_and_have_words():
    theirs, ours = draw(message(1), answer(2, 1, status="read"))
    assert (theirs.tick, theirs.tick_words) == ("", "")
    assert (ours.tick, ours.tick_words) == ("read", "Read")


def test_a_failed_message_says_why_and_can_be_sent_again():
    error = MessageError(131026, "Not delivered", "The number is not on WhatsApp.")
    (drawn,) = draw(answer(1, status="failed", error=error))
    assert drawn.problem == "Not delivered. The number is not on WhatsApp."
    assert drawn.again


def test_an_uncertain_message_says_that_it_probably_arrived():
    (drawn,) = draw(answer(1, status="uncertain"))
    assert "probably arrived" in drawn.problem
    assert drawn.again


def test_what_went_well_offers_nothing():
    (drawn,) = draw(answer(1, status="delivered"))
    assert (drawn.problem, drawn.again) == ("", False)


def test_a_held_message_says_so_and_is_not_sent_again_by_hand():
    (drawn,) = draw(answer(1, status="held"))
    assert "holds it back" in drawn.problem
    assert not drawn.again


def test_notes_stand_where_they_were_written():
    later = replace(NOTE, created_at=NOW + timedelta(seconds=30))
    drawn = draw(message(1, 0), message(2, 1), notes=[later])
    assert [bubble.side for bubble in drawn] == ["in", "note", "in"]


def test_notes_older_than_what_is_loaded_wait_for_it():
    older = replace(NOTE, created_at=NOW - timedelta(days=1))
    assert [bubble.side for bubble in draw(message(1), notes=[older])] == ["in"]
    assert [bubble.side for bubble in draw(notes=[older])] == ["note"]


def test_a_quote_is_shown_also_where_its_message_is_not_loaded():
    found, lost = (
        draw(message(1, text="Is it blue?"), answer(2, 1, reply_to="wamid.1"))[1],
        draw(answer(1, reply_to="wamid.unknown"))[0],
    )
    assert (found.quote.who, found.quote.text) == ("Ana", "Is it blue?")
    assert lost.quote.text == "An earlier message"


def test_a_reaction_is_no_bubble_but_sits_on_its_target():
    drawn = draw(
        replace(message(1), reactions=["👍"]),
        message(2, 1, type="reaction", content={"message_id": "wamid.1", "emoji": "👍"}),
    )
    assert [bubble.reactions for bubble in drawn] == ["👍"]


def test_a_deleted_message_shows_nothing_of_what_it_said():
    (drawn,) = draw(replace(message(1), deleted=True))
    assert drawn.content.text == ""
    assert "deleted" in drawn.content.quiet


def test_an_empty_thread_is_empty():
    assert draw() == []


def test_a_note_brings_out_whom_it_names():
    (note,) = draw(notes=[replace(NOTE, text="@Mara and @Nobody, look")])
    assert note.named == ["@Mara"]


def test_what_waits_may_be_taken_back_and_what_a_campaign_sends_may_not():
    waits, gone, sale = draw(
        answer(1, status="queued"),
        answer(2, 1, status="sent"),
        answer(3, 2, status="queued", sent_by_kind="campaign"),
    )
    assert (waits.undo, gone.undo, sale.undo) == (True, False, False)


def test_what_was_taken_back_is_no_failure_and_what_failed_is():
    undone, failed = draw(
        answer(1, status="failed", error=MessageError(UNDONE, "Taken back", "")),
        answer(2, 1, status="failed", error=MessageError(131026, "Undeliverable", "")),
    )
    assert (undone.tick, undone.problem, undone.mark) == ("", "", "taken back")
    assert (failed.tick, failed.problem, failed.mark) == ("failed", "Undeliverable.", "")


def test_a_message_says_where_it_came_from():
    def drawn(**content: Any) -> str:
        return draw(message(content={"body": "hi", **content}))[0].origin

    assert drawn() == ""
    ad = {"source_type": "ad", "headline": "Winter sale", "ctwa_clid": "x"}
    assert drawn(referral=ad) == "From an ad: Winter sale"
    assert (
        drawn(referral={"source_type": "post"}, group_id="G1") == "From a post · Written in a group"
    )
    assert drawn(forwarded=True) == "Forwarded"
    assert drawn(forwarded=True, frequently_forwarded=True) == "Forwarded many times"
    asked = {"catalog_id": "1", "product_retailer_id": "fjell-m"}
    assert drawn(referred_product=asked) == "Asks about product fjell-m"
    assert drawn(referral="x", referred_product=7) == ""
