"""The drawers beside the phone: faults, and the raw log."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button, chip, icon_button
from botpe_app.ui.simulator.log import LogRow
from botpe_app.ui.simulator.screens import MISHAPS, QUALITIES, SWITCHES
from botpe_app.ui.simulator.state import SimulatorState


def drawer() -> rx.Component:
    """Whichever drawer is open."""
    return rx.el.aside(
        rx.el.div(
            rx.el.h2(rx.cond(SimulatorState.drawer == "log", "Raw log", "Faults")),
            rx.el.span(class_name="grow"),
            icon_button("x", "Close", on_click=SimulatorState.open_drawer("")),
            class_name="row",
        ),
        rx.cond(SimulatorState.drawer == "log", _log(), _faults()),
        class_name="drawer",
    )


def _faults() -> rx.Component:
    return rx.fragment(
        rx.el.h3("From now on"),
        *(_fault(name, words) for name, words in SWITCHES),
        rx.el.h3("The next message you send"),
        rx.el.div(
            *(
                button(
                    words,
                    on_click=SimulatorState.next_send(mishap, code),
                    class_name="small",
                )
                for words, mishap, code in MISHAPS
            ),
            class_name="row wrap",
        ),
        rx.el.h3("The number's quality"),
        rx.el.div(
            *(
                button(words, on_click=SimulatorState.rate(word), class_name="small")
                for words, word in QUALITIES
            ),
            class_name="row wrap",
        ),
        rx.cond(
            SimulatorState.upcoming.length() > 0,
            rx.el.div(
                rx.el.span("Coming: ", class_name="mute"),
                rx.foreach(SimulatorState.upcoming, lambda one: chip(one, tone="warn")),
                class_name="row wrap",
            ),
        ),
        button("Everything works again", icon="sun", on_click=SimulatorState.clear_weather),
    )


def _fault(name: str, words: str) -> rx.Component:
    on = SimulatorState.weather.get(name, False).to(bool)
    return rx.el.button(
        rx.el.span(words, class_name="grow"),
        rx.el.i(aria_hidden="true", class_name="knob"),
        type="button",
        role="switch",
        aria_checked=rx.cond(on, "true", "false"),
        on_click=SimulatorState.switch_weather(name, ~on),
        class_name="switch",
    )


def _log() -> rx.Component:
    return rx.fragment(
        rx.foreach(SimulatorState.log, _row),
        rx.cond(
            SimulatorState.log.length() == 0,
            rx.el.p("Nothing yet. Write something on a phone.", class_name="mute"),
        ),
    )


def _row(row: rx.vars.ObjectVar[LogRow]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.el.time(row.time, class_name="mute number"),
            rx.cond(
                row.kind == "webhook",
                rx.icon("arrow_down_left", size=14),
                rx.icon("arrow_up_right", size=14),
            ),
            rx.el.span(row.title, class_name="grow clip"),
            chip(row.status, tone=row.tone),
            class_name="row",
        ),
        rx.el.pre(row.body),
        key=row.id,
        class_name="log-row",
    )
