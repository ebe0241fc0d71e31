"""What is begun in one browser goes on in another; and our own reactions."""

from __future__ import annotations

import pytest

from botpe_app.errors import Forbidden, Invalid
from botpe_app.services import drafts, messages
from tests.acting import within
from tests.conftest import Business, count
from tests.services.ingesting import change, message, one, receive


def test_a_draft_is_its_writers_alone_and_goes_when_it_is_emptied(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    talk = one(services, "select id from conversations")["id"]
    for text in ("Half", "Half a thought\0"):
        within(business.agent, drafts.save_draft, talk, text)
    assert within(business.agent, drafts.get_draft, talk).text == "Half a thought"
    assert within(business.admin, drafts.get_draft, talk).text == ""
    with pytest.raises(Forbidden):
        within(business.viewer, drafts.save_draft, talk, "x")
    with pytest.raises(Invalid):
        within(business.agent, drafts.save_draft, talk, "x" * 10_001)
    within(business.agent, drafts.save_draft, talk, " ")
    assert count(services, "reply_drafts") == 0


def test_our_reaction_stands_beside_its_message_until_it_is_taken_back(
    services: str, business: Business
) -> None:
    receive(services, message(1))
    change(services, "update conversations set last_inbound_at = now()")
    talk = one(services, "select id from conversations")["id"]

    def react(emoji: str) -> list[str]:
        content = {"message_id": "wamid.1", "emoji": emoji}
        within(business.agent, messages.reply, talk, type="reaction", content=content)
        page = within(business.agent, messages.thread, talk)
        return next(m.reactions for m in page.data if m.wa_message_id == "wamid.1")

    assert react("👍") == ["👍"]
    assert react("🙏") == ["🙏"]
    assert react("") == []
