"""Passing a conversation on, with a word for whoever gets it."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button, dialog, select
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.inbox.work_state import WorkState


def passing() -> rx.Component:
    """To whom, and why."""
    return dialog(
        "Pass it on",
        rx.el.form(
            rx.el.label(
                rx.el.span("To"),
                select(
                    rx.foreach(
                        InboxState.teams,
                        lambda pair: rx.el.option(f"Team {pair[1]}", value=f"team:{pair[0]}"),
                    ),
                    rx.foreach(
                        InboxState.people,
                        lambda one: rx.el.option(one.name, value=f"user:{one.id}"),
                    ),
                    name="to",
                ),
                class_name="labelled",
            ),
            rx.el.label(
                rx.el.span("A word for them"),
                rx.el.textarea(name="note", rows=3, max_length=3000, class_name="input area"),
                class_name="labelled",
            ),
            rx.el.div(
                button("Cancel", on_click=WorkState.ask_pass("")),
                button("Pass it on", kind="solid", type="submit"),
                class_name="row end",
            ),
            on_submit=WorkState.pass_on,
            reset_on_submit=True,
            class_name="stack",
        ),
        open=WorkState.passing != "",
        on_close=WorkState.ask_pass(""),
    )
