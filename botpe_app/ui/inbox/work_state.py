"""What one does with conversations beyond answering: taking, snoozing, ranking, many at once."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.services import assignment, inbox, inbox_bulk, media, message_undo, messages
from botpe_app.ui import words
from botpe_app.ui.base import PageState
from botpe_app.ui.components import Toasts
from botpe_app.ui.inbox.snoozes import SNOOZES, until
from botpe_app.ui.inbox.state import InboxState, now
from botpe_app.ui.session import SessionState

_MOST = 200


class WorkState(PageState, rx.State):
    """The conversations that are marked, and what is done with one or all of them."""

    marked: rx.Field[list[str]] = rx.field(default_factory=list)
    passing: str = ""  # the conversation that is to be passed on

    @rx.event
    async def claim(self, conversation_id: str):
        """Takes a conversation that nobody has."""
        await self._call(assignment.claim, conversation_id)
        await self._again()

    @rx.event
    async def to_team(self, conversation_id: str, team_id: str):
        """Gives a conversation to a team."""
        item = await self._call(assignment.assign_team, conversation_id, team_id or None)
        await self._again()
        who = f", {item.assignee_name} has it" if item.assignee_name else ""
        return Toasts.tell(f"Given to {item.team_name or 'no team'}{who}")

    @rx.event
    def ask_pass(self, conversation_id: str):
        """Asks to whom, and why; "" closes the question."""
        self.passing = conversation_id[:64]

    @rx.event
    async def pass_on(self, form: dict[str, str]):
        """Passes the conversation on with a word."""
        kind, _, who = str(form.get("to", "")).partition(":")
        to = {"team_id" if kind == "team" else "user_id": who or None}
        note = str(form.get("note", ""))
        conversation_id, self.passing = self.passing, ""
        item = await self._call(assignment.transfer, conversation_id, note=note, **to)
        await self._again()
        return Toasts.tell(f"Passed on to {item.assignee_name or item.team_name or 'nobody'}")

    @rx.event
    async def snooze(self, conversation_id: str, choice: str):
        """Puts a conversation away for a while."""
        if choice not in SNOOZES:
            return
        session = await self.get_state(SessionState)
        moment = until(choice, now(), words.zone(session._zone))
        await self._call(inbox.set_status, conversation_id, "snoozed", moment)
        await self._again()
        toasts = await self.get_state(Toasts)
        undo = InboxState.set_status(conversation_id, "open")
        toasts._say(f"Snoozed: {SNOOZES[choice].lower()}", undo=undo)

    @rx.event
    async def rank(self, conversation_id: str, priority: str):
        """Says how urgent a conversation is."""
        await self._call(inbox.set_priority, conversation_id, priority)
        await self._again()

    @rx.event
    async def resume_bot(self, conversation_id: str):
        """Gives a conversation back to its bot."""
        await self._call(inbox.resume_bot, conversation_id)
        await self._again()
        return Toasts.tell("The bot goes on from here")

    @rx.event
    async def undo(self, message_id: str):
        """Takes back what has not left; its text goes back to whoever wrote it."""
        item = await self._call(message_undo.cancel, message_id)
        page = await self.get_state(InboxState)
        if item.type == "text":
            page._give_back(item.conversation_id, str(item.content["body"]))
        await self._again()
        return Toasts.tell("Taken back: the customer does not get it")

    @rx.event
    async def fetch(self, media_id: str):
        """Tries once more to fetch a customer's file."""
        await self._call(media.fetch_again, media_id)
        await self._again()

    @rx.event
    async def react(self, conversation_id: str, wamid: str, emoji: str):
        """Puts our emoji on a message, or with "" takes it back."""
        content = {"message_id": wamid, "emoji": emoji}
        await self._call(messages.reply, conversation_id, type="reaction", content=content)
        await self._again()

    @rx.event
    async def add_tag(self, form: dict[str, str]):
        """Adds a tag to the open conversation."""
        talk = (await self.get_state(InboxState)).open
        tag = str(form.get("tag", "")).strip()
        if tag and tag not in talk.tags:
            await self._call(inbox.set_tags, talk.id, [*talk.tags, tag])
            await self._again()

    @rx.event
    async def remove_tag(self, tag: str):
        """Takes a tag off the open conversation."""
        talk = (await self.get_state(InboxState)).open
        await self._call(inbox.set_tags, talk.id, [one for one in talk.tags if one != tag])
        await self._again()

    @rx.event
    def mark(self, conversation_id: str):
        """Marks a conversation for a change of many, or no longer."""
        if conversation_id in self.marked:
            self.marked = [one for one in self.marked if one != conversation_id]
        elif len(self.marked) < _MOST:
            self.marked = [*self.marked, conversation_id[:64]]

    @rx.event
    async def mark_all(self):
        """Marks every conversation that is listed."""
        page = await self.get_state(InboxState)
        self.marked = [row.id for row in page.conversations][:_MOST]

    @rx.event
    def unmark(self):
        """Marks nothing any more."""
        self.marked = []

    @rx.event
    async def resolve_marked(self):
        """Resolves all that are marked."""
        return await self._change("resolved", status="resolved")

    @rx.event
    async def read_marked(self):
        """Marks all that are marked as read."""
        return await self._change("read", read=True)

    @rx.event
    async def take_marked(self):
        """Takes all that are marked."""
        session = await self.get_state(SessionState)
        return await self._change("yours now", assignee=session._user_id)

    @rx.event
    async def snooze_marked(self):
        """Snoozes all that are marked until tomorrow."""
        session = await self.get_state(SessionState)
        moment = until("tomorrow", now(), words.zone(session._zone))
        return await self._change("snoozed", status="snoozed", snoozed_until=moment)

    @rx.event
    async def give_marked(self, team_id: str):
        """Gives all that are marked to a team."""
        return await self._change("given to the team", team=team_id)

    @rx.event
    async def tag_marked(self, form: dict[str, str]):
        """Tags all that are marked."""
        tag = str(form.get("tag", "")).strip()[:50]
        return await self._change(f"tagged {tag}", add_tags=[tag]) if tag else None

    async def _change(self, done: str, **change: Any) -> Any:
        result = await self._call(inbox_bulk.change, list(self.marked), **change)
        self.marked = [failure.id for failure in result.failed]
        await self._again()
        said = f"{words.plural(result.changed, 'conversation')} {done}"
        if result.failed:
            return Toasts.tell(
                f"{said}; {len(result.failed)} not: {result.failed[0].message}", "bad"
            )
        return Toasts.tell(said)

    async def _again(self) -> None:
        page = await self.get_state(InboxState)
        await page._read(page._filters())
