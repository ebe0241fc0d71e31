"""/simulator."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import (
    avatar,
    button,
    button_link,
    choice,
    dialog,
    empty,
    field,
    form_error,
    problem,
    skeleton_rows,
)
from botpe_app.ui.layout import head, page
from botpe_app.ui.simulator.drawers import drawer
from botpe_app.ui.simulator.phone import phone
from botpe_app.ui.simulator.screens import ANSWERS, Card
from botpe_app.ui.simulator.state import SimulatorState

_FIELDS = ("name", "email", "comment", "")  # what the fields of many Flows are called


@page("Simulator", on_load=SimulatorState.enter)
def simulator() -> rx.Component:
    """Pretend customers, their phones, and what happens behind them."""
    return rx.fragment(
        head(
            "Simulator",
            rx.cond(SimulatorState.numbers.length() > 1, _numbers()),
            _tab("faults", "Faults", "cloud_lightning"),
            _tab("log", "Raw log", "terminal"),
        ),
        rx.cond(
            SimulatorState.problem != "",
            rx.el.div(
                problem("The simulator cannot be reached", SimulatorState.problem),
                class_name="body",
            ),
            rx.cond(SimulatorState.loaded, _stage(), skeleton_rows(6, kind="row")),
        ),
        _form(),
        _flow(),
    )


def _stage() -> rx.Component:
    return rx.cond(
        SimulatorState.numbers.length() > 0,
        rx.el.div(
            _people(),
            phone(),
            rx.cond(SimulatorState.drawer != "", drawer()),
            on_unmount=SimulatorState.leave,
            class_name=rx.cond(SimulatorState.device.id != "", "stage at-phone", "stage at-people"),
        ),
        empty(
            "phone",
            "No number to write to",
            "Connect a number first; in the simulator any ids and any token will do.",
            button_link("Connect a number", "/settings/numbers", kind="solid"),
        ),
    )


def _numbers() -> rx.Component:
    return rx.el.div(
        choice(
            "number",
            "They write to",
            SimulatorState.numbers,
            value=SimulatorState.number,
            on_change=SimulatorState.choose_number,
        ),
        class_name="inline-field",
    )


def _tab(name: str, words: str, icon: str) -> rx.Component:
    shown = SimulatorState.drawer == name
    return button(
        words,
        icon=icon,
        aria_pressed=rx.cond(shown, "true", "false"),
        on_click=SimulatorState.open_drawer(rx.cond(shown, "", name)),
        class_name="small",
    )


def _people() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.foreach(SimulatorState.phones, _person), class_name="rows"),
        rx.el.div(
            button(
                "Add a person",
                icon="user_plus",
                on_click=SimulatorState.show_form(True),
                class_name="wide",
            ),
            class_name="people-foot",
        ),
        aria_label="Pretend customers",
        class_name="pane people-pane",
    )


def _person(card: rx.vars.ObjectVar[Card]) -> rx.Component:
    return rx.el.a(
        avatar(card.initials, card.hue),
        rx.el.span(
            rx.el.span(
                rx.el.span(card.name, class_name="name clip grow", dir="auto"),
                rx.cond(card.looking, rx.icon("eye", size=15, class_name="mute")),
                rx.cond(card.online, rx.fragment(), rx.icon("wifi_off", size=15)),
                class_name="line",
            ),
            rx.el.span(
                rx.el.span(card.last, class_name="preview clip grow", dir="auto"),
                rx.cond(card.unread != 0, rx.el.b(card.unread, class_name="count")),
                class_name="line",
            ),
            class_name="grow",
        ),
        key=card.id,
        href=card.href,
        aria_current=rx.cond(SimulatorState.device.id == card.id, "true", "false"),
        class_name="conversation",
        custom_attrs={"data-row": ""},
    )


def _flow() -> rx.Component:
    """The form of a Flow, with lines for what its fields are called and what is written."""
    return dialog(
        "Fill in the form",
        rx.el.p(
            "The simulator does not draw the Flow's screens: name its fields as the Flow does, and "
            "write what the customer would. What the form was opened with goes back too.",
            class_name="mute",
        ),
        rx.el.form(
            *(
                rx.el.div(
                    field(f"name{place}", f"Field {place + 1}", default_value=_FIELDS[place]),
                    field(f"value{place}", "Answer", auto_complete="off"),
                    class_name="pairs",
                )
                for place in range(ANSWERS)
            ),
            rx.el.div(
                button("Cancel", on_click=SimulatorState.close_form),
                button("Send the form", kind="solid", type="submit"),
                class_name="row end",
            ),
            key=SimulatorState.filling,
            on_submit=SimulatorState.fill_in,
            no_validate=True,
            class_name="stack",
        ),
        open=SimulatorState.filling != "",
        wide=True,
        on_close=SimulatorState.close_form,
    )


def _form() -> rx.Component:
    errors = SimulatorState.errors
    return dialog(
        "Add a person",
        rx.el.form(
            field("name", "Name", placeholder="Lena Fischer", error=errors.get("name", "")),
            field(
                "phone",
                "Phone number",
                placeholder="+49 151 1234567",
                help="Leave it empty for somebody who hides their number.",
                error=errors.get("phone", ""),
            ),
            form_error(errors.get("form", "")),
            rx.el.div(
                button("Cancel", on_click=SimulatorState.show_form(False)),
                button("Add", kind="solid", type="submit"),
                class_name="row end",
            ),
            key=rx.cond(SimulatorState.adding, "open", "shut"),
            on_submit=SimulatorState.add,
            no_validate=True,
            class_name="stack",
        ),
        open=SimulatorState.adding,
        on_close=SimulatorState.show_form(False),
    )
