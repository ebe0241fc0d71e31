"""/settings/fields."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import (
    area,
    button,
    chip,
    choice,
    confirm,
    dialog,
    dialog_form,
    empty,
    field,
    icon_button,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.fields_state import TYPES, Field, FieldsState
from botpe_app.ui.settings.frame import may, settings_frame

_MANAGES = may(Permission.MANAGE_ORGANIZATION)
_NEW = FieldsState.editing == "new"


@page("Custom fields", route="/settings/fields", here="Settings", on_load=FieldsState.enter)
def fields() -> rx.Component:
    """What the organization knows of its contacts beyond the usual."""
    return settings_frame(
        "Custom fields",
        rx.cond(
            _MANAGES, button("Add a field", kind="solid", icon="plus", on_click=FieldsState.add)
        ),
        rx.cond(
            FieldsState.loaded,
            rx.cond(FieldsState.fields.length() > 0, _table(), _none()),
            skeleton_rows(3, kind="row"),
        ),
        _form(),
        confirm(
            f"Remove the field {FieldsState.removing_name}?",
            "Contacts keep what they hold under its name; it is no longer checked or offered.",
            "Remove",
            open=FieldsState.removing != "",
            on_close=FieldsState.close,
            on_confirm=FieldsState.remove,
        ),
    )


def _table() -> rx.Component:
    heads = ("Field", "Kind", "In texts and filters", "")
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(words, scope="col") for words in heads))),
            rx.el.tbody(rx.foreach(FieldsState.fields, _row)),
            class_name="table",
        ),
        class_name="card flush",
    )


def _row(one: rx.vars.ObjectVar[Field]) -> rx.Component:
    options = one.options.to(list[str])
    return rx.el.tr(
        rx.el.td(
            rx.el.span(one.label, class_name="strong"),
            rx.cond(options.length() > 0, rx.el.p(options.join(", "), class_name="small mute")),
        ),
        rx.el.td(chip(one.type_words)),
        rx.el.td(rx.el.code("custom_fields.", one.name, class_name="small")),
        rx.el.td(
            rx.cond(
                _MANAGES,
                rx.el.div(
                    icon_button("pencil", f"Change {one.label}", on_click=FieldsState.edit(one.id)),
                    icon_button(
                        "trash_2", f"Remove {one.label}", on_click=FieldsState.ask_remove(one.id)
                    ),
                    class_name="row end",
                ),
            ),
            class_name="n",
        ),
        key=one.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "text_cursor_input",
            "No field yet",
            "A size, a birthday, a customer number: bots fill them in, segments filter by them, "
            "and each holds only what is of its kind.",
            rx.cond(_MANAGES, button("Add a field", kind="solid", on_click=FieldsState.add)),
        ),
        class_name="card",
    )


def _form() -> rx.Component:
    errors = FieldsState.errors
    return dialog(
        rx.cond(_NEW, "A new field", "Change a field"),
        dialog_form(
            field(
                "label",
                "Label",
                placeholder="Jacket size",
                default_value=FieldsState.label,
                auto_complete="off",
                error=errors.get("label", ""),
            ),
            rx.cond(
                _NEW,
                rx.fragment(
                    field(
                        "name",
                        "Name in texts and filters",
                        placeholder="jacket_size",
                        help="Made of the label if left empty. It cannot be changed later.",
                        auto_complete="off",
                        error=errors.get("name", ""),
                    ),
                    choice(
                        "type",
                        "Kind",
                        TYPES,
                        value=FieldsState.type,
                        on_change=FieldsState.choose_type,
                    ),
                ),
            ),
            rx.cond(
                FieldsState.type == "choice",
                area(
                    "options",
                    "The list, a line each",
                    default_value=FieldsState.options,
                    error=errors.get("options", ""),
                ),
            ),
            act="Save",
            error=errors.get("type", ""),
            key=FieldsState.editing,
            on_submit=FieldsState.save,
            on_cancel=FieldsState.close,
        ),
        open=FieldsState.editing != "",
        on_close=FieldsState.close,
    )
