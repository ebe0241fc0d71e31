"""The phone in the middle, and its switches."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.components import avatar, empty, icon_button
from botpe_app.ui.messages.parts import content, scroller
from botpe_app.ui.messages.ticks import tick
from botpe_app.ui.simulator.screens import KINDS, Spoken
from botpe_app.ui.simulator.state import SimulatorState

_DEVICE: Any = SimulatorState.device  # on the class it is a Var
_SWITCHES = [
    ("online", _DEVICE.online, "Online", "Messages wait while it is off"),
    ("read_receipts", _DEVICE.read_receipts, "Read receipts", "Blue ticks for the business"),
    ("shows_phone", _DEVICE.shows_phone, "Shows the number", "Else only a user id is sent"),
    ("wants_marketing", _DEVICE.wants_marketing, "Takes marketing", "Else offers are refused"),
    ("blocked", _DEVICE.blocked, "Blocks the business", "Nothing arrives any more"),
]


def phone() -> rx.Component:
    """The open phone, or a word on what this is."""
    return rx.el.section(
        rx.cond(
            _DEVICE.id != "",
            rx.fragment(_phone(), _switches()),
            empty(
                "smartphone",
                "A WhatsApp of your own",
                "Choose a person and write as they would. It arrives in the inbox like any "
                "customer's message, and your answers appear on the phone.",
            ),
        ),
        aria_label="Phone",
        class_name="phone-pane",
    )


def _phone() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.a(
                rx.icon("arrow_left", size=18),
                href=f"/simulator?n={SimulatorState.number}",
                aria_label="Back to the people",
                class_name="phone-back",
            ),
            avatar("B", 1),
            rx.el.div(
                rx.el.span(
                    rx.foreach(
                        SimulatorState.numbers,
                        lambda pair: rx.cond(pair[0] == SimulatorState.number, pair[1], ""),
                    ),
                    class_name="strong clip",
                ),
                rx.el.span(
                    rx.cond(SimulatorState.typing, "typing…", "business account"),
                    class_name="small",
                ),
                class_name="who grow",
            ),
            class_name="phone-head",
        ),
        scroller(
            rx.foreach(SimulatorState.lines, _line),
            conversation=_DEVICE.id,
            more=False,
        ),
        rx.el.form(
            rx.el.input(
                name="body",
                placeholder=rx.cond(_DEVICE.online, "Message", "This phone is offline"),
                aria_label=f"Write as {_DEVICE.name}",
                auto_complete="off",
                disabled=~_DEVICE.online,
                custom_attrs={"data-hotkey": "r"},
            ),
            icon_button(
                "send_horizontal", "Send", kind="solid", type="submit", disabled=~_DEVICE.online
            ),
            on_submit=SimulatorState.say,
            reset_on_submit=True,
            class_name="phone-write",
        ),
        class_name="phone",
    )


def _line(line: rx.vars.ObjectVar[Spoken]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            content(
                line.content,
                on_option=lambda option: SimulatorState.tap(line.id, option),
            ),
            rx.el.span(
                rx.el.time(line.time),
                rx.cond(line.tick != "", tick(line.tick)),
                class_name="bubble-foot",
            ),
            class_name=f"bubble first last {line.side}",
        ),
        key=line.id,
        class_name="entry-line",
    )


def _switches() -> rx.Component:
    return rx.el.aside(
        rx.el.div(
            rx.el.h2(_DEVICE.name, dir="auto"),
            rx.el.span(_DEVICE.phone, class_name="mute number"),
        ),
        _toggle(
            "look",
            _DEVICE.looking,
            "Looks at the chat",
            "What arrives is read at once",
            SimulatorState.look(~_DEVICE.looking),
        ),
        *(
            _toggle(name, on, words, help, SimulatorState.switch(name, ~on))
            for name, on, words, help in _SWITCHES
        ),
        rx.el.h3("Send"),
        rx.el.div(
            *(
                rx.el.button(
                    rx.icon(icon, size=16, aria_hidden="true"),
                    words,
                    type="button",
                    disabled=~_DEVICE.online,
                    on_click=SimulatorState.send(kind),
                    class_name="btn small",
                )
                for words, icon, kind, _ in KINDS
            ),
            class_name="row wrap",
        ),
        class_name="phone-switches",
    )


def _toggle(name: str, on: rx.Var[bool] | bool, words: str, help: str, act: Any) -> rx.Component:
    return rx.el.button(
        rx.el.span(
            rx.el.span(words, class_name="strong"),
            rx.el.span(help, class_name="small mute"),
            class_name="who grow",
        ),
        rx.el.i(aria_hidden="true", class_name="knob"),
        type="button",
        role="switch",
        id=f"switch-{name}",
        aria_checked=rx.cond(on, "true", "false"),
        on_click=act,
        class_name="switch",
    )
