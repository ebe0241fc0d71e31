"""/inbox: list, thread, person."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.inbox.conversations import conversations
from botpe_app.ui.inbox.person import person
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.inbox.thread import thread
from botpe_app.ui.layout import page


@page("Inbox", on_load=InboxState.enter)
def inbox() -> rx.Component:
    """Three panes; one at a time on a phone."""
    return rx.el.div(
        conversations(),
        thread(),
        person(),
        class_name=rx.cond(
            InboxState.open.id != "",
            rx.cond(InboxState.person_shown, "inbox at-person", "inbox at-thread"),
            "inbox at-list",
        ),
    )
