"""/settings/tags."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import (
    button,
    confirm,
    dialog,
    dialog_form,
    empty,
    field,
    icon_button,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import may, settings_frame
from botpe_app.ui.settings.tags_state import Tag, TagsState

_MANAGES = may(Permission.MANAGE_CONTACTS)


@page("Tags", route="/settings/tags", here="Settings", on_load=TagsState.enter)
def tags() -> rx.Component:
    """The words that people and conversations are marked with."""
    return settings_frame(
        "Tags",
        rx.cond(_MANAGES, button("Add a tag", kind="solid", icon="plus", on_click=TagsState.add)),
        rx.cond(
            TagsState.loaded,
            rx.cond(
                TagsState.tags.length() > 0,
                rx.el.ul(rx.foreach(TagsState.tags, _tag), class_name="card lines"),
                _none(),
            ),
            skeleton_rows(4, kind="row"),
        ),
        _form(),
        confirm(
            f"Remove the tag {TagsState.removing_name}?",
            "Every contact and conversation that bears it loses it.",
            "Remove",
            open=TagsState.removing != "",
            on_close=TagsState.close,
            on_confirm=TagsState.remove,
        ),
    )


def tag_mark(name: rx.Var[str] | str, color: rx.Var[str] | str) -> rx.Component:
    """A tag as it looks everywhere."""
    return rx.el.span(
        rx.el.i(aria_hidden="true", style={"background": color}, class_name="tag-dot"),
        name,
        class_name="chip",
    )


def _tag(tag: rx.vars.ObjectVar[Tag]) -> rx.Component:
    return rx.el.li(
        rx.el.span(tag_mark(tag.name, tag.color), class_name="grow"),
        rx.cond(
            _MANAGES,
            rx.fragment(
                icon_button("pencil", f"Change {tag.name}", on_click=TagsState.edit(tag.id)),
                icon_button("trash_2", f"Remove {tag.name}", on_click=TagsState.ask_remove(tag.id)),
            ),
        ),
        key=tag.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "tag",
            "No tag yet",
            "Tags sort conversations and contacts: “order”, “urgent”, “VIP”. Segments, bots and "
            "automations can ask for them.",
            rx.cond(_MANAGES, button("Add a tag", kind="solid", on_click=TagsState.add)),
        ),
        class_name="card",
    )


def _form() -> rx.Component:
    return dialog(
        rx.cond(TagsState.editing == "new", "A new tag", "Change a tag"),
        dialog_form(
            field(
                "name",
                "Name",
                default_value=TagsState.name,
                max_length=50,
                auto_complete="off",
                error=TagsState.errors.get("name", ""),
            ),
            rx.el.div(
                rx.foreach(TagsState.colors, _swatch),
                role="group",
                aria_label="Colour",
                class_name="swatches",
            ),
            act="Save",
            error=TagsState.errors.get("form", ""),
            key=TagsState.editing,
            on_submit=TagsState.save,
            on_cancel=TagsState.close,
        ),
        open=TagsState.editing != "",
        on_close=TagsState.close,
    )


def _swatch(color: rx.vars.ArrayVar[list[str]]) -> rx.Component:
    return rx.el.button(
        type="button",
        title=color[1],
        aria_label=color[1],
        aria_pressed=rx.cond(TagsState.color == color[0], "true", "false"),
        on_click=TagsState.paint(color[0]),
        style={"background": color[0]},
        class_name="swatch",
    )
