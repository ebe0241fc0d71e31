"""/settings/api-keys."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import ADMIN, Permission, may
from botpe_app.ui.components import (
    ago,
    button,
    check,
    chip,
    choice,
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
from botpe_app.ui.settings.frame import settings_frame
from botpe_app.ui.settings.keys_state import LASTS, ROLE_CHOICES, Key, KeysState

# What nobody of an organization holds, no key of theirs can.
SCOPES = [one for one in Permission if may(ADMIN, one)]


@page("API keys", route="/settings/api-keys", here="Settings", on_load=KeysState.enter)
def keys() -> rx.Component:
    """Keys for programs that use the API."""
    return settings_frame(
        "API keys",
        rx.cond(
            ~KeysState.denied,
            button("Make a key", kind="solid", icon="plus", on_click=KeysState.show_form),
        ),
        rx.el.p(
            "For programs that use the API. ",
            rx.el.a("Its documentation", href="/api/docs", target="_blank", class_name="link"),
            " says how.",
            class_name="mute",
        ),
        rx.cond(KeysState.denied, problem("Only admins see this", "Ask one for a key."), _list()),
        _form(),
        confirm(
            f"Revoke {KeysState.removing_name}?",
            "Programs that use it are refused from now on. This cannot be undone.",
            "Revoke",
            open=KeysState.removing != "",
            on_close=KeysState.close,
            on_confirm=KeysState.revoke,
        ),
    )


def _list() -> rx.Component:
    return rx.cond(
        KeysState.loaded,
        rx.cond(KeysState.keys.length() > 0, _table(), _none()),
        skeleton_rows(3, kind="row"),
    )


def _table() -> rx.Component:
    heads = ("Name", "Role", "Key", "Made", "Good until", "Last used", "")
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(words, scope="col") for words in heads))),
            rx.el.tbody(rx.foreach(KeysState.keys, _row)),
            class_name="table",
        ),
        class_name="card flush",
    )


def _row(key: rx.vars.ObjectVar[Key]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(key.name, class_name="strong"),
        rx.el.td(key.role, rx.el.p(key.may, class_name="small mute")),
        rx.el.td(rx.el.code(key.prefix)),
        rx.el.td(ago(at=key.made)),
        rx.el.td(rx.cond(key.until != "", key.until, "–"), class_name="number"),
        rx.el.td(rx.cond(key.used != "", ago(at=key.used), rx.el.span("Never", class_name="mute"))),
        rx.el.td(
            rx.cond(
                key.state != "",
                chip(key.state),
                button(
                    "Revoke",
                    kind="quiet",
                    class_name="small",
                    on_click=KeysState.ask_revoke(key.id),
                ),
            ),
            class_name="n",
        ),
        key=key.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "key_round",
            "No key yet",
            "A program signs in with a key of its own, so that it can be taken away alone.",
            button("Make a key", kind="solid", on_click=KeysState.show_form),
        ),
        class_name="card",
    )


def _form() -> rx.Component:
    return dialog(
        rx.cond(KeysState.fresh != "", "Your new key", "Make an API key"),
        rx.cond(KeysState.fresh != "", _fresh(), _asking()),
        open=KeysState.editing != "",
        on_close=KeysState.close,
    )


def _asking() -> rx.Component:
    return dialog_form(
        field("name", "Name", placeholder="Web shop", error=KeysState.errors.get("name", "")),
        choice("role", "Role", ROLE_CHOICES),
        choice("days", "Good for", LASTS.items(), default_value=""),
        rx.el.details(
            rx.el.summary("Only some of what its role may", class_name="link"),
            rx.el.fieldset(
                rx.el.legend("Nothing ticked means all of it."),
                *(check(f"scope:{one.value}", one.words) for one in SCOPES),
                class_name="checks",
            ),
        ),
        act="Make it",
        error=KeysState.errors.get("scopes", KeysState.errors.get("form", "")),
        on_submit=KeysState.make,
        on_cancel=KeysState.close,
    )


def _fresh() -> rx.Component:
    return rx.fragment(
        rx.el.p("Copy it now: it is shown this once and kept only as a hash.", class_name="mute"),
        copied(KeysState.fresh, whole=True),
        rx.el.div(button("Done", kind="solid", on_click=KeysState.close), class_name="row end"),
    )
