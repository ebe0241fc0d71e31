"""The agent beside the staff, in one tab: it suggests, a person edits and sends."""

from __future__ import annotations

import asyncio

import reflex as rx

from botpe_app.errors import BotpeError
from botpe_app.services import agent_asking, agent_support
from botpe_app.ui.base import PageState


class CopilotState(PageState, rx.State):
    """What it suggests for the conversation that was asked about."""

    conversation: str = ""
    asking: bool = False
    suggestions: rx.Field[list[str]] = rx.field(default_factory=list)
    summary: str = ""
    mood: str = ""
    urgent: bool = False
    source: str = ""

    @rx.event(background=True)
    async def ask(self, conversation_id: str):
        """Has it read the conversation. Takes seconds; the tab goes on meanwhile."""
        async with self:
            self.conversation, self.asking = conversation_id, True
            self.suggestions, self.summary = [], ""
        try:
            prepared = await self._call(agent_support.prepare, conversation_id, None)
            asked = await asyncio.to_thread(agent_asking.ask, prepared)
            found = await self._call(agent_support.finish, asked)
        except BotpeError:
            async with self:
                self.asking = False
            raise
        async with self:
            self.asking = False
            if self.conversation != conversation_id:
                return  # another one was asked about meanwhile
            self.suggestions, self.summary = found.suggestions, found.summary
            self.mood, self.urgent = found.sentiment, found.urgency == "high"
            self.source = "Claude" if found.source == "claude" else "your canned replies"

    @rx.event
    def put_away(self):
        """Forgets what it suggested."""
        self.conversation, self.suggestions, self.summary = "", [], ""
