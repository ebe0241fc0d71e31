"""What settings pages with a list, a form and a question before removing have in common."""

from __future__ import annotations

from typing import ParamSpec, TypeVar

import reflex as rx

from botpe_app.errors import Conflict, Invalid
from botpe_app.ui.base import PageState, Service

P = ParamSpec("P")
Answer = TypeVar("Answer")

NEW = "new"


class Editing(PageState, rx.State, mixin=True):
    """The form of a page, and the question before something goes."""

    loaded: bool = False
    editing: str = ""  # an id, `NEW`, or "" while the form is closed
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    removing: str = ""
    removing_name: str = ""

    @rx.event
    def close(self):
        """Closes the form and the question."""
        self._open("")
        self.removing = ""
        self._forget()

    def _forget(self) -> None:
        """Forgets what the form showed for once; for pages that show secrets."""

    def _open(self, what: str) -> None:
        self.editing, self.errors = what, {}

    def _ask_about(self, row_id: str, name: str) -> None:
        """Asks whether to remove a row, if there is such a one."""
        self.removing, self.removing_name = (row_id, name) if name else ("", "")

    def _asked(self) -> tuple[str, str]:
        """What the question was about; it is answered now."""
        asked, self.removing = (self.removing, self.removing_name), ""
        return asked

    async def _try(
        self, service: Service[P, Answer], /, *args: P.args, **kwargs: P.kwargs
    ) -> Answer | None:
        """What `service` answers; None, with the reason at its field, if it could not be."""
        try:
            answer = await self._call(service, *args, **kwargs)
        except (Invalid, Conflict) as error:
            self.errors = {error.field or "form": error.message}
            return None
        self.errors = {}
        return answer
