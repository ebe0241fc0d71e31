"""Reactions, edits and deletions of messages that are there, or come later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Business, count
from tests.services.ingesting import (
    change,
    events,
    message,
    one,
    receive,
    rows,
    sent_message,
    work_off,
)
from tests.whatsapp import bodies


def reaction(number: int, emoji: str, target: str = "wamid.1") -> bytes:
    return message(number, "reaction", {"message_id": target, "emoji": emoji})


def edit(number: int, body: str, target: str = "wamid.1") -> bytes:
    changed = {"type": "text", "text": {"body": body}}
    return message(number, "edit", {"original_message_id": target, "message": changed})


def revoke(number: int, target: str = "wamid.1") -> bytes:
    return message(number, "revoke", {"original_message_id": target})


def emojis(url: str) -> list[str]:
    return [row["emoji"] for row in rows(url, "select emoji from reactions")]


def test_a_reaction_is_put_on_its_message_and_is_no_message(
    services: str, business: Business
) -> None:
    receive(services, message(1), reaction(2, "👍"))
    assert emojis(services) == ["👍"]
    assert count(services, "messages") == 1
    assert one(services, "select unread_count from conversations")["unread_count"] == 1
    found = one(services, "select by_customer, wa_message_id from reactions")
    assert found == {"by_customer": True, "wa_message_id": "wamid.1"}


def test_a_reaction_to_a_message_of_ours_is_kept(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, reaction(2, "❤️", "wamid.out"))
    assert emojis(services) == ["❤️"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_latest_reaction_wins_in_whatever_order_they_come(
    services: str, business: Business, order: tuple[int, ...]
) -> None:
    receive(services, message(1))
    posts = [reaction(2, "👍"), reaction(3, "😂"), reaction(4, "")]
    for index in order:
        receive(services, posts[index])
    assert emojis(services) == [""]  # taken back


def test_an_edit_changes_the_message_and_what_the_list_shows(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    receive(services, edit(2, "better"))
    said = one(services, "select * from messages")
    assert (said["content"], said["text"]) == ({"body": "better"}, "better")
    assert said["edited_at"] is not None
    assert one(services, "select last_message from conversations")["last_message"] == "better"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_latest_edit_wins(services: str, business: Business, order: tuple[int, ...]) -> None:
    receive(services, message(1))
    posts = [edit(2, "second"), edit(3, "third")]
    for index in order:
        receive(services, posts[index])
    assert one(services, "select text from messages")["text"] == "third"


def test_a_deleted_message_is_marked_and_the_list_does_not_show_it(
    services: str, business: Business
) -> None:
    receive(services, message(1), revoke(2))
    assert one(services, "select deleted_at from messages")["deleted_at"] is not None
    assert "Deleted" in one(services, "select last_message from conversations")["last_message"]


def test_an_edit_after_the_deletion_does_not_bring_it_back(
    services: str, business: Business
) -> None:
    receive(services, message(1), revoke(3))
    receive(services, edit(2, "secret"))
    assert one(services, "select deleted_at from messages")["deleted_at"] is not None
    assert "secret" not in one(services, "select last_message from conversations")["last_message"]


def test_an_edit_of_an_older_message_leaves_the_list_alone(
    services: str, business: Business
) -> None:
    receive(services, message(1), message(5), edit(6, "better"))
    assert one(services, "select last_message from conversations")["last_message"] == "text 5"


@pytest.mark.parametrize(
    "make", [lambda: reaction(2, "👍"), lambda: edit(2, "new"), lambda: revoke(2)]
)
def test_what_overtakes_its_message_waits_and_is_then_applied(
    services: str, business: Business, make: Callable[[], bytes]
) -> None:
    receive(services, make())
    ((state, problem),) = events(services)
    assert (state, problem) == ("new", "The message that this is about is not here.")
    receive(services, message(1))
    work_off(services)
    assert events(services) == [("handled", "")] * 2
    said = one(services, "select * from messages")
    assert said["edited_at"] or said["deleted_at"] or emojis(services) == ["👍"]


def test_what_waits_is_tried_within_a_second_then_less_often_then_given_up(
    services: str, business: Business
) -> None:
    receive(services, reaction(2, "👍"))
    waits: list[float] = []
    for age in ("0 s", "10 s", "10 min"):
        change(services, "update webhook_events set received_at = now() - %s::interval", age)
        work_off(services)
        row = one(
            services, "select extract(epoch from next_at - now()) as left from webhook_events"
        )
        waits.append(float(row["left"]))
    assert waits[0] <= 0.6 < 9 < waits[1] <= 11 < 59 < waits[2] + 1 <= 61.1
    change(services, "update webhook_events set received_at = now() - interval '16 min'")
    work_off(services)
    assert events(services) == [("ignored", "The message that this is about is not here.")]
    assert emojis(services) == []


def test_a_customer_cannot_edit_or_delete_what_we_sent(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, edit(2, "hacked", "wamid.out"), revoke(3, "wamid.out"))
    problem = "A customer cannot change a message of ours."
    assert events(services)[1:] == [("ignored", problem)] * 2
    said = one(services, "select * from messages where wa_message_id = 'wamid.out'")
    assert (said["text"], said["deleted_at"], said["edited_at"]) == ("hello", None, None)


def test_another_business_cannot_touch_our_message(
    services: str, make_business: Callable[..., Business]
) -> None:
    make_business("Acme")
    make_business("Other", "200")
    receive(services, message(1))
    posts: list[Any] = [reaction(2, "👍"), edit(3, "hacked"), revoke(4)]
    receive(services, *(post.replace(bodies.NUMBER.encode(), b"200") for post in posts))
    assert emojis(services) == []
    said = one(services, "select * from messages")
    assert (said["text"], said["deleted_at"]) == ("text 1", None)
