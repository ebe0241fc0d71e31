"""Taking a conversation out of its bot, once it is seen where it is in it."""

from __future__ import annotations

import reflex as rx

from botpe_app.services import bot_sessions
from botpe_app.services.bot_sessions import BotSessionItem
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts, confirm
from botpe_app.ui.inbox.state import InboxState

_WAITS = {
    "reply": "waits for the customer",
    "callback": "waits for another program",
    "timer": "waits for its time",
    "person": "waits for a person",
}
_STUCK = {
    "failing": "What it has to hear fails again and again.",
    "overdue": "Its time is long up.",
    "unanswered_call": "Nobody answered its call.",
    "bot_is_paused": "The bot is paused.",
    "nobody_came": "Nobody came for an hour.",
}


class BotState(PageState, rx.State):
    """The conversation that is to be taken out of its bot."""

    asked: str = ""
    standing: str = ""

    @rx.event
    async def ask(self, conversation_id: str):
        """Asks, and says where it is in the bot; "" closes the question."""
        self.asked = ""
        if not conversation_id:
            return None
        found = await self._call(bot_sessions.session_of, conversation_id)
        if found is None:
            return Toasts.tell("No bot is in this conversation", "bad")
        self.asked, self.standing = found.conversation_id, _standing(found)
        return None

    @rx.event
    async def reset_bot(self):
        """Takes it out."""
        conversation_id, self.asked = self.asked, ""
        await self._call(bot_sessions.reset_bot, conversation_id)
        page = await self.get_state(InboxState)
        await page._read(page._filters())
        return Toasts.tell("It is in no bot any more")


def leaving_bot() -> rx.Component:
    """The question whether to."""
    return confirm(
        "Take it out of its bot?",
        BotState.standing,
        "Take it out",
        open=BotState.asked != "",
        on_close=BotState.ask(""),
        on_confirm=BotState.reset_bot,
    )


def _standing(item: BotSessionItem) -> str:
    waits = _WAITS.get(item.waits_for, "has stopped")
    told = [
        f"{item.bot_name} {waits} at the step {item.node_id}.",
        _STUCK.get(item.stuck or "", ""),
        "What it still had to say is dropped, and the customer's next message begins anew.",
    ]
    return " ".join(part for part in told if part)
