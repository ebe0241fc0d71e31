"""The agent beside the staff, in one tab: it suggests, a person edits and sends."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import reflex as rx

from botpe_app.errors import BotpeError, Conflict, Invalid
from botpe_app.services import agent_asking, agent_runs, agent_support, agent_writing
from botpe_app.services.agent_asking import Asked, Prepared
from botpe_app.services.agent_support import Help
from botpe_app.services.agent_writing import ToldItem, WrittenItem
from botpe_app.ui.base import PageState

_SHOWN_EVERY = 0.12  # seconds


class CopilotState(PageState, rx.State):
    """What it suggests for the conversation that was asked about."""

    conversation: str = ""
    asking: bool = False
    suggestions: rx.Field[list[str]] = rx.field(default_factory=list)
    summary: str = ""
    mood: str = ""
    urgent: bool = False
    source: str = ""
    answering: bool = False
    answer: str = ""
    answer_for: str = ""  # the conversation
    _run: str = ""  # that is under way

    @rx.event(background=True)
    async def ask(self, conversation_id: str):
        """Has it read the conversation. Its words are shown as they come."""
        async with self:
            await self._hang_up()
            self.conversation, self.asking = conversation_id, True
            self.suggestions, self.summary = [], ""
        try:
            prepared = await self._call(agent_support.prepare, conversation_id, None)
            async with self:
                self._run = prepared.run_id or ""
            asked = await self._heard(prepared, conversation_id)
            found = await self._call(agent_support.finish, asked)
        except BotpeError:
            async with self:
                self.asking = False
            raise
        async with self:
            if self.conversation != conversation_id or self._run != (prepared.run_id or ""):
                return  # put away, or another one was asked about meanwhile
            self.asking, self._run = False, ""
            self.suggestions, self.summary = found.suggestions, found.summary
            self.mood, self.urgent = found.sentiment, found.urgency == "high"
            self.source = "Claude" if found.source == "claude" else "your canned replies"

    async def _heard(self, prepared: Prepared[Help], conversation_id: str) -> Asked[Help]:
        """What it answers; the suggestions are shown while they are written."""
        said = shown = ""

        def hear(text: str) -> None:
            nonlocal said
            said = text

        asking = asyncio.create_task(asyncio.to_thread(agent_asking.ask, prepared, hear))
        while not asking.done():
            await asyncio.wait({asking}, timeout=_SHOWN_EVERY)
            if said == shown:
                continue
            shown = said
            async with self:
                if self.conversation == conversation_id:
                    self.suggestions = agent_support.so_far(shown)
        return await asking

    @rx.event
    async def put_away(self):
        """Forgets what it suggested; what is still being written is cancelled."""
        await self._hang_up()
        self.conversation, self.suggestions, self.summary = "", [], ""

    @rx.event(background=True)
    async def ask_about(self, conversation_id: str, form: dict[str, Any]):
        """Answers a question about the customer."""
        question = str(form.get("question", ""))
        if question.strip():
            await self._answer(
                conversation_id,
                agent_writing.prepare_question,
                agent_writing.finish_question,
                question=question,
            )

    @rx.event(background=True)
    async def translate(self, conversation_id: str):
        """Puts what the customer wrote last into the organization's language."""
        await self._answer(
            conversation_id, agent_writing.prepare, agent_writing.finish, wish="translate"
        )

    async def _answer(self, conversation_id: str, prepare: Any, finish: Any, **wanted: Any) -> None:
        async with self:
            self.answering, self.answer, self.answer_for = True, "", conversation_id
        said = ""
        try:
            prepared = await self._call(prepare, conversation_id=conversation_id, **wanted)
            told = await self._call(finish, await asyncio.to_thread(agent_asking.ask, prepared))
            said = told.answer if isinstance(told, ToldItem) else told.text
            if isinstance(told, WrittenItem) and told.source == "local":
                said = "This needs Claude."
        except Invalid as error:
            said = error.message
        finally:
            async with self:
                if self.answer_for == conversation_id:
                    self.answering, self.answer = False, said

    async def _hang_up(self) -> None:
        run, self._run, self.asking = self._run, "", False
        if run:
            with contextlib.suppress(Conflict):  # it is over
                await self._call(agent_runs.cancel, run)
