"""What the agent beside the staff proposes."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import copy_button, icon_button
from botpe_app.ui.inbox.copilot_state import CopilotState


def suggestions() -> rx.Component:
    """What the agent proposes; Tab takes the first into the composer, nothing sends itself."""
    return rx.el.section(
        rx.el.div(
            rx.icon("sparkles", size=15, aria_hidden="true"),
            rx.el.span(
                rx.cond(
                    CopilotState.asking,
                    "Reading the conversation …",
                    rx.cond(
                        CopilotState.suggestions.length() > 0,
                        f"Suggested from {CopilotState.source}",
                        "No suggestion for this one",
                    ),
                ),
                class_name="small mute grow",
            ),
            icon_button("x", "Put it away", size=15, on_click=CopilotState.put_away),
            class_name="row",
        ),
        rx.foreach(
            CopilotState.suggestions,
            lambda text, place: rx.el.p(
                rx.el.span(text, class_name="grow", dir="auto"),
                rx.cond(place == 0, rx.el.kbd("Tab")),
                copy_button(text),
                class_name="row",
            ),
        ),
        aria_label="Suggestions",
        class_name="suggestions",
    )
