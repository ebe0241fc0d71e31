"""What is asked before a customer goes: deleted, erased, made part of another."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import avatar, button, confirm, dialog
from botpe_app.ui.contacts.person_state import PersonState
from botpe_app.ui.contacts.rows import Person

_WHO = PersonState.person


def questions() -> rx.Component:
    """All of them, each open when it is asked."""
    return rx.fragment(
        confirm(
            f"Delete {_WHO.title}?",
            "Only a contact nobody has talked with can be deleted. This cannot be undone.",
            "Delete",
            open=PersonState.asking == "delete",
            on_close=PersonState.ask(""),
            on_confirm=PersonState.delete,
        ),
        confirm(
            f"Erase {_WHO.title} for good?",
            "Their names, conversations, messages, notes and files are removed everywhere. Nobody "
            "can bring them back.",
            "Erase for good",
            open=PersonState.asking == "erase",
            on_close=PersonState.ask(""),
            on_confirm=PersonState.erase,
        ),
        _merge(),
    )


def _merge() -> rx.Component:
    return dialog(
        f"Merge with {_WHO.title}",
        rx.cond(
            PersonState.twin != "",
            rx.fragment(
                rx.el.p(
                    rx.el.strong(_WHO.title),
                    " gets the conversations, tags, fields and numbers of ",
                    rx.el.strong(PersonState.twin_name),
                    ", who is then gone from the list. This cannot be undone.",
                ),
                rx.el.div(
                    button("Choose another", on_click=PersonState.choose_twin("")),
                    button("Merge", kind="bad", on_click=PersonState.merge),
                    class_name="row end",
                ),
            ),
            rx.fragment(
                rx.el.p("Who else is the same person?", class_name="mute"),
                rx.el.input(
                    type="search",
                    placeholder="Name or number",
                    aria_label="Search for the same person",
                    auto_complete="off",
                    on_change=PersonState.find_twin.debounce(200),
                    class_name="input",
                ),
                rx.el.div(rx.foreach(PersonState.twins, _twin), class_name="stack-0"),
                rx.el.div(button("Cancel", on_click=PersonState.ask("")), class_name="row end"),
            ),
        ),
        open=PersonState.asking == "merge",
        on_close=PersonState.ask(""),
    )


def _twin(person: rx.vars.ObjectVar[Person]) -> rx.Component:
    return rx.el.button(
        avatar(person.initials, person.hue),
        rx.el.span(person.name, class_name="strong clip grow", dir="auto"),
        rx.foreach(person.cells, lambda cell: rx.el.span(cell.text, class_name="mute number")),
        type="button",
        on_click=PersonState.choose_twin(person.id),
        key=person.id,
        class_name="menu-item",
    )
