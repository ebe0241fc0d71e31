"""How far a message got, as WhatsApp shows it; the words are for those who hear the page."""

from __future__ import annotations

import reflex as rx

_SHAPES = [
    ("waiting", "clock", "waiting to be sent"),
    ("sent", "check", "sent"),
    ("delivered", "check_check", "delivered"),
    ("read", "check_check", "read"),
    ("failed", "circle_alert", "not delivered"),
    ("uncertain", "circle_help", "uncertain"),
]


def tick(state: rx.Var[str]) -> rx.Component:
    """The mark of an outgoing message."""
    mark = rx.match(
        state,
        *(
            (
                name,
                rx.el.span(
                    rx.icon(icon, size=15),
                    role="img",
                    aria_label=words,
                    title=words.capitalize(),
                    class_name=f"tick {name}",
                ),
            )
            for name, icon, words in _SHAPES
        ),
        rx.fragment(),
    )
    return rx.fragment(mark)
