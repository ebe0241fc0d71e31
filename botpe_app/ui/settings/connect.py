"""Connecting a number with Meta's own dialog."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button, choice, copied, dialog, field, form_error
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.connect_state import ConnectState


def connect_button() -> rx.Component:
    """Opens Meta's dialog, where the platform has an app of Meta's."""
    return rx.cond(
        ConnectState.offered,
        button("Connect with Meta", icon="link", on_click=ConnectState.ask),
    )


def connect_dialogs() -> rx.Component:
    """What is asked first, what went wrong, and the PIN to write down."""
    return rx.fragment(_asked(), _stopped(), _pin())


def _asked() -> rx.Component:
    return dialog(
        "Connect with Meta",
        rx.el.p(
            rx.cond(
                SessionState.simulated,
                "The simulator plays Meta here: what you enter is made up, and so is the number. "
                "With a real app Meta's own dialog follows.",
                "Meta's own dialog follows: sign in there, choose the business account and allow "
                "everything it asks for.",
            ),
            class_name="mute",
        ),
        rx.el.form(
            rx.cond(
                SessionState.simulated,
                rx.fragment(
                    field("business", "Business", placeholder="Aurora Berlin"),
                    field(
                        "business_phone",
                        "Phone number",
                        placeholder="+49 30 901820222",
                        input_mode="tel",
                    ),
                ),
            ),
            choice(
                "coexistence",
                "Where is the number used?",
                [("no", "Here only"), ("yes", "Here and in the WhatsApp Business app")],
            ),
            form_error(ConnectState.error),
            rx.el.div(
                button("Cancel", on_click=ConnectState.close),
                button(
                    rx.cond(
                        ConnectState.busy,
                        "Connecting…",
                        rx.cond(SessionState.simulated, "Allow and connect", "Go on to Meta"),
                    ),
                    kind="solid",
                    type="submit",
                    disabled=ConnectState.busy,
                ),
                class_name="row end",
            ),
            key=rx.cond(ConnectState.asking, "open", "shut"),
            on_submit=ConnectState.go,
            no_validate=True,
            class_name="stack",
        ),
        open=ConnectState.asking,
        on_close=ConnectState.close,
    )


def _stopped() -> rx.Component:
    return dialog(
        "The number is not connected yet",
        rx.el.p(ConnectState.error),
        rx.el.form(
            rx.cond(
                ConnectState.asks_pin,
                field(
                    "pin",
                    "Six-digit PIN",
                    input_mode="numeric",
                    auto_complete="off",
                    help="Of the number's two-step verification.",
                ),
            ),
            rx.el.div(
                button("Close", on_click=ConnectState.close),
                button("Try again", kind="solid", type="submit", disabled=ConnectState.busy),
                class_name="row end",
            ),
            on_submit=ConnectState.go_on,
            no_validate=True,
            class_name="stack",
        ),
        open=(ConnectState.error != "") & ~ConnectState.asking,
        on_close=ConnectState.close,
    )


def _pin() -> rx.Component:
    return dialog(
        "Write this PIN down",
        rx.el.p(
            "The number was registered with it. Meta asks for it if the number is ever "
            "registered again; it is not kept here.",
            class_name="mute",
        ),
        copied(ConnectState.pin, whole=True),
        rx.el.div(button("Done", kind="solid", on_click=ConnectState.close), class_name="row end"),
        open=ConnectState.pin != "",
        on_close=ConnectState.close,
    )
