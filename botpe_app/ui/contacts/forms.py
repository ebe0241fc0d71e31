"""The forms of one customer: new, changed, consent."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.components import button, check, dialog, field, form_error, select
from botpe_app.ui.contacts.person_state import PersonState
from botpe_app.ui.contacts.profile import Input

_WHO = PersonState.person
_ERRORS = PersonState.errors


def forms() -> rx.Component:
    """All of them, each open when it is its turn."""
    return rx.fragment(
        _dialog("new", "Add a contact", PersonState.add, "Add"),
        _dialog("edit", "Edit contact", PersonState.change, "Save"),
        _consent(),
    )


def _dialog(form: str, title: str, act: Any, words: str) -> rx.Component:
    new = form == "new"
    known = (lambda value: "") if new else (lambda value: value)
    return dialog(
        title,
        rx.cond(
            PersonState.form == form,
            rx.el.form(
                _plain("name", "Name", known(_WHO.name), placeholder="Ana Ruiz", dir="auto"),
                _plain(
                    "phone",
                    "Phone number",
                    known(_WHO.phone),
                    placeholder="+34 612 34 56 78",
                    input_mode="tel",
                ),
                _plain("email", "E-mail", known(_WHO.email), input_mode="email"),
                _plain("language", "Language", known(_WHO.language), placeholder="es"),
                *([_new_only()] if new else []),
                rx.foreach(PersonState.inputs, _input),
                form_error(_ERRORS.get("form", "")),
                rx.el.div(
                    button("Cancel", on_click=PersonState.show_form("")),
                    button(words, kind="solid", type="submit"),
                    class_name="row end",
                ),
                on_submit=act,
                no_validate=True,
                class_name="stack",
            ),
        ),
        open=PersonState.form == form,
        on_close=PersonState.show_form(""),
    )


def _plain(name: str, label: str, value: rx.Var[str] | str, **props: str) -> rx.Component:
    return field(
        name,
        label,
        default_value=value,
        auto_complete="off",
        error=_ERRORS.get(name, ""),
        **props,
    )


def _new_only() -> rx.Component:
    return rx.fragment(
        field(
            "tags",
            "Tags",
            placeholder="vip, newsletter",
            help="Separated by commas.",
            error=_ERRORS.get("tags", ""),
        ),
        check("marketing_opt_in", "They allowed marketing messages", value="yes"),
    )


def _input(item: rx.vars.ObjectVar[Input]) -> rx.Component:
    kind: Any = rx.match(item.type, ("number", "number"), ("date", "date"), "text")
    return rx.el.div(
        rx.el.label(item.label, html_for=item.name),
        rx.match(
            item.type,
            ("choice", _select(item, rx.foreach(item.options, lambda o: rx.el.option(o, value=o)))),
            (
                "boolean",
                _select(
                    item,
                    rx.fragment(
                        rx.el.option("Yes", value="true"), rx.el.option("No", value="false")
                    ),
                ),
            ),
            rx.el.input(
                id=item.name,
                name=item.name,
                default_value=item.value,
                type=kind,
                step="any",
                class_name="input",
            ),
        ),
        rx.cond(
            _ERRORS.get(item.name, "") != "",
            rx.el.p(_ERRORS.get(item.name, ""), class_name="error", role="alert"),
        ),
        class_name="field",
        key=item.name,
    )


def _select(item: rx.vars.ObjectVar[Input], options: rx.Component) -> rx.Component:
    return select(
        rx.el.option("Not known", value=""),
        options,
        id=item.name,
        name=item.name,
        default_value=item.value,
    )


def _consent() -> rx.Component:
    return dialog(
        rx.cond(_WHO.allowed, "They stopped marketing", "They allowed marketing"),
        rx.cond(
            PersonState.form == "consent",
            rx.el.form(
                rx.el.p(
                    rx.cond(
                        _WHO.allowed,
                        "No campaign reaches them from now on.",
                        "Campaigns may reach them from now on. Keep how you know: businesses must "
                        "be able to show it.",
                    ),
                    class_name="mute",
                ),
                field(
                    "evidence",
                    "How do you know?",
                    placeholder="Form in the shop, 3 March",
                    max_length=500,
                    error=_ERRORS.get("evidence", ""),
                ),
                rx.el.div(
                    button("Cancel", on_click=PersonState.show_form("")),
                    button("Keep it", kind="solid", type="submit"),
                    class_name="row end",
                ),
                on_submit=PersonState.consent,
                no_validate=True,
                class_name="stack",
            ),
        ),
        open=PersonState.form == "consent",
        on_close=PersonState.show_form(""),
    )
