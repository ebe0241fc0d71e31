"""What the agent beside the staff proposes."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button, copy_button, icon_button
from botpe_app.ui.inbox.copilot_state import CopilotState


def suggestions() -> rx.Component:
    """What the agent proposes, as it is written; Tab takes the first into the composer, nothing
    sends itself."""
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
            rx.cond(
                CopilotState.asking,
                button("Stop", class_name="small", on_click=CopilotState.put_away),
                icon_button("x", "Put it away", size=15, on_click=CopilotState.put_away),
            ),
            class_name="row",
        ),
        rx.foreach(
            CopilotState.suggestions,
            lambda text, place: rx.el.p(
                rx.el.span(text, class_name="grow", dir="auto"),
                rx.cond((place == 0) & ~CopilotState.asking, rx.el.kbd("Tab")),
                rx.cond(CopilotState.asking, rx.fragment(), copy_button(text)),
                class_name="row",
            ),
        ),
        aria_label="Suggestions",
        class_name="suggestions",
    )
