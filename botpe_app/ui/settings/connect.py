"""Connecting a number with Meta's own dialog."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button, choice, copied, dialog, field, form_error
from botpe_app.ui.settings.connect_state import ConnectState


def connect_button() -> rx.Component:
    """Opens Meta's dialog, where the platform has an app of Meta's."""
    return rx.cond(
        ConnectState.offered,
        button("Connect with Meta", icon="link", on_click=ConnectState.open_dialog),
    )


def connect_dialogs() -> rx.Component:
    """The pretended dialog, what went wrong, and the PIN to write down."""
    return rx.fragment(_pretended(), _stopped(), _pin())


def _pretended() -> rx.Component:
    return dialog(
        "Connect with Meta",
        rx.el.p(
            "The simulator plays Meta here: what you enter is made up, and so is the number. "
            "With a real app this is Meta's own dialog, where you sign in, choose the business "
            "account and allow it to be used.",
            class_name="mute",
        ),
        rx.el.form(
            field("business", "Business", placeholder="Aurora Berlin"),
            field(
                "business_phone", "Phone number", placeholder="+49 30 901820222", input_mode="tel"
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
                    rx.cond(ConnectState.busy, "Connecting…", "Allow and connect"),
                    kind="solid",
                    type="submit",
                    disabled=ConnectState.busy,
                ),
                class_name="row end",
            ),
            key=rx.cond(ConnectState.pretending, "open", "shut"),
            on_submit=ConnectState.pretend,
            no_validate=True,
            class_name="stack",
        ),
        open=ConnectState.pretending,
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
        open=(ConnectState.error != "") & ~ConnectState.pretending,
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
