"""/settings/problems of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx

from botpe_app.services import problems
from botpe_app.services.views import Problem
from botpe_app.ui import live
from botpe_app.ui.base import PageState
from botpe_app.ui.session import SessionState

TOPICS: tuple[str, ...] = ("accounts", "dashboard", "inbox", "mails")
_ACTS = {
    "/settings/numbers": "Open the number",
    "/settings/people": "Open the people",
    "/inbox": "Open the inbox",
}
_STOPS = frozenset(("paused", "late", "ban", "connection"))


@dataclass(frozen=True)
class Trouble:
    """A problem as the page shows it."""

    id: str
    title: str
    mend: str
    link: str
    act: str
    grave: bool  # something does not work until it is mended


class ProblemsState(PageState, rx.State):
    """What needs a person now, the gravest first."""

    loaded: bool = False
    troubles: rx.Field[list[Trouble]] = rx.field(default_factory=list)

    @rx.event
    async def enter(self):
        """Shows them."""
        token = self.router.session.client_token
        live.listen(token, dict.fromkeys(TOPICS, ProblemsState.refresh))
        await self._read()

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the live relay calls it."""
        await self._read()
        # This stands in the place of the frame's own handler, which counts what is unread.
        return SessionState.refresh(topics) if "inbox" in topics else None

    async def _read(self) -> None:
        found = await self._call(problems.list_problems, now=datetime.now(UTC))
        self.troubles = [_trouble(place, problem) for place, problem in enumerate(found)]
        self.loaded = True


def _trouble(place: int, problem: Problem) -> Trouble:
    return Trouble(
        id=f"{place}:{problem.kind}",
        title=problem.title,
        mend=problem.mend,
        link=problem.link,
        act=next(words for place, words in _ACTS.items() if problem.link.startswith(place)),
        grave=problem.kind in _STOPS,
    )
