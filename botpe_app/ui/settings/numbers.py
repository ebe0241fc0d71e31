"""/settings/numbers."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import (
    button,
    button_link,
    chip,
    confirm,
    copied,
    dialog,
    dialog_form,
    empty,
    field,
    problem,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.connect import connect_button, connect_dialogs
from botpe_app.ui.settings.frame import settings_frame
from botpe_app.ui.settings.numbers_state import Number, NumbersState


@page("WhatsApp numbers", route="/settings/numbers", here="Settings", on_load=NumbersState.enter)
def numbers() -> rx.Component:
    """WhatsApp numbers: connect, pause, remove, test; and where WhatsApp reports to."""
    return settings_frame(
        "WhatsApp numbers",
        rx.cond(
            NumbersState.may_manage,
            rx.fragment(
                connect_button(),
                button(
                    "Connect a number",
                    kind="solid",
                    icon="plus",
                    on_click=NumbersState.show_form,
                ),
            ),
        ),
        rx.cond(
            NumbersState.loaded,
            rx.cond(
                NumbersState.numbers.length() > 0,
                rx.fragment(rx.foreach(NumbersState.numbers, _number)),
                _none(),
            ),
            skeleton_rows(2, kind="card"),
        ),
        rx.cond(NumbersState.may_manage, _webhook()),
        _form(),
        _test(),
        connect_dialogs(),
        confirm(
            f"Remove {NumbersState.removing_name}?",
            "It stops receiving and sending here. A number that has conversations can only be "
            "paused.",
            "Remove",
            open=NumbersState.removing != "",
            on_close=NumbersState.close,
            on_confirm=NumbersState.remove,
        ),
    )


def _number(number: rx.vars.ObjectVar[Number]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.span(rx.icon("phone", size=18), class_name="empty-mark small-mark"),
            rx.el.div(
                rx.el.h2(number.name, class_name="clip"),
                rx.el.span(number.phone, class_name="mute number"),
                class_name="grow who",
            ),
            rx.cond(number.connected, chip("Connected", tone="good"), chip("Paused", tone="warn")),
            class_name="row",
        ),
        rx.cond((~number.connected) & (number.reason != ""), problem("Not sending", number.reason)),
        rx.el.dl(
            _fact("Phone number id", number.phone_number_id),
            _fact("Business account id", number.waba_id),
            _fact("Access token", number.token),
            _fact("Quality", number.quality),
            _fact("Pace", number.pace),
            class_name="facts wide",
        ),
        rx.el.div(
            button_link("Setup and profile", f"/settings/numbers/{number.id}", icon="list_checks"),
            rx.cond(NumbersState.may_manage, _actions(number)),
            class_name="row wrap",
        ),
        key=number.id,
        class_name="card",
    )


def _actions(number: rx.vars.ObjectVar[Number]) -> rx.Component:
    return rx.fragment(
        button("Send a test message", icon="send", on_click=NumbersState.ask_test(number.id)),
        rx.cond(
            number.connected,
            button("Pause", icon="pause", on_click=NumbersState.set_status(number.id, "paused")),
            button("Resume", icon="play", on_click=NumbersState.set_status(number.id, "connected")),
        ),
        rx.el.span(class_name="grow"),
        button("Remove", kind="quiet", icon="trash_2", on_click=NumbersState.ask_remove(number.id)),
    )


def _fact(label: str, value: rx.Var[str]) -> rx.Component:
    return rx.fragment(rx.el.dt(label), rx.el.dd(value, class_name="number"))


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "phone",
            "No number yet",
            "Customers write to a WhatsApp number of yours. From Meta's developer console you "
            "need the phone number's id, the business account's id and an access token.",
            rx.cond(
                NumbersState.may_manage,
                button("Connect a number", kind="solid", on_click=NumbersState.show_form),
            ),
        ),
        class_name="card",
    )


def _webhook() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Webhook"),
        rx.el.p(
            "Enter these two in Meta's app under WhatsApp, Configuration, and subscribe to "
            "“messages”.",
            class_name="mute",
        ),
        copied(NumbersState.webhook, "Callback URL"),
        copied(NumbersState.verify_token, "Verify token"),
        class_name="card",
    )


def _form() -> rx.Component:
    error = NumbersState.errors
    return dialog(
        "Connect a WhatsApp number",
        dialog_form(
            field("name", "Name", placeholder="Shop", help="What colleagues call it."),
            field(
                "phone",
                "Phone number",
                placeholder="+49 30 901820000",
                input_mode="tel",
                error=error.get("phone", ""),
            ),
            field(
                "phone_number_id",
                "Phone number id",
                placeholder="106540352242922",
                error=error.get("phone_number_id", ""),
            ),
            field(
                "waba_id",
                "WhatsApp business account id",
                placeholder="102290129340398",
                error=error.get("waba_id", ""),
            ),
            field(
                "token",
                "Access token",
                type="password",
                auto_complete="off",
                help="Of a system user, with whatsapp_business_messaging. Stored encrypted; "
                "it never comes back out.",
                error=error.get("token", ""),
            ),
            act="Connect",
            error=error.get("form", ""),
            key=NumbersState.editing,  # opened again, it begins empty
            on_submit=NumbersState.add,
            on_cancel=NumbersState.close,
        ),
        open=NumbersState.editing != "",
        on_close=NumbersState.close,
    )


def _test() -> rx.Component:
    return dialog(
        "Send a test message",
        rx.el.p(
            "Sends Meta's template “hello_world”, which may go to any phone at any time.",
            class_name="mute",
        ),
        dialog_form(
            field(
                "to",
                "To",
                placeholder="+34 612 345 678",
                input_mode="tel",
                error=NumbersState.test_error,
            ),
            act="Send",
            key=NumbersState.testing,
            on_submit=NumbersState.test,
            on_cancel=NumbersState.ask_test(""),
        ),
        open=NumbersState.testing != "",
        on_close=NumbersState.ask_test(""),
    )
