"""/settings/replies."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import (
    area,
    button,
    check,
    chip,
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
from botpe_app.ui.settings.replies_state import RepliesState, Reply

_MANAGES = may(Permission.MANAGE_CANNED_REPLIES)
_NEW = RepliesState.editing == "new"


@page("Canned replies", route="/settings/replies", here="Settings", on_load=RepliesState.enter)
def replies() -> rx.Component:
    """Texts to answer with, everybody's and one's own."""
    return settings_frame(
        "Canned replies",
        rx.cond(
            _MANAGES, button("Add a reply", kind="solid", icon="plus", on_click=RepliesState.add)
        ),
        rx.el.input(
            type="search",
            placeholder="Search shortcuts and texts",
            aria_label="Search canned replies",
            value=RepliesState.search,
            on_change=RepliesState.find,
            class_name="input",
        ),
        rx.cond(
            RepliesState.loaded,
            rx.cond(
                RepliesState.replies.length() > 0,
                rx.el.ul(rx.foreach(RepliesState.replies, _reply), class_name="card lines"),
                rx.cond(
                    RepliesState.search != "",
                    rx.el.p("Nothing has these words.", class_name="mute"),
                    _none(),
                ),
            ),
            skeleton_rows(4, kind="row"),
        ),
        _form(),
        confirm(
            f"Remove /{RepliesState.removing_name}?",
            "What was sent with it stays as it is.",
            "Remove",
            open=RepliesState.removing != "",
            on_close=RepliesState.close,
            on_confirm=RepliesState.remove,
        ),
    )


def _reply(reply: rx.vars.ObjectVar[Reply]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(
                rx.el.code("/", reply.shortcut, class_name="strong"),
                rx.cond(reply.category != "", chip(reply.category)),
                rx.cond(reply.personal, chip("Only yours", tone="info", icon="lock")),
                class_name="row wrap",
            ),
            rx.el.span(reply.text, dir="auto", class_name="mute two-lines"),
            class_name="who grow",
        ),
        rx.cond(
            _MANAGES,
            rx.fragment(
                icon_button(
                    "pencil", f"Change {reply.shortcut}", on_click=RepliesState.edit(reply.id)
                ),
                icon_button(
                    "trash_2",
                    f"Remove {reply.shortcut}",
                    on_click=RepliesState.ask_remove(reply.id),
                ),
            ),
        ),
        key=reply.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "message_square_text",
            "No canned reply yet",
            "What you write every day, written once. The staff's AI suggestions draw on them too.",
            rx.cond(_MANAGES, button("Add a reply", kind="solid", on_click=RepliesState.add)),
        ),
        class_name="card",
    )


def _form() -> rx.Component:
    errors = RepliesState.errors
    return dialog(
        rx.cond(_NEW, "A new reply", "Change a reply"),
        dialog_form(
            field(
                "shortcut",
                "Shortcut",
                placeholder="shipping",
                default_value=RepliesState.shortcut,
                auto_complete="off",
                error=errors.get("shortcut", ""),
            ),
            area(
                "text",
                "Text",
                rows="5",
                dir="auto",
                default_value=RepliesState.text,
                on_change=RepliesState.show.debounce(300),
                help="{{contact.name|there}}, {{contact.custom_fields.city}}, {{agent.name}} and "
                "{{organization.name}} are filled in.",
                error=errors.get("text", ""),
            ),
            rx.cond(
                RepliesState.preview != "",
                rx.el.div(
                    rx.el.h3("As a customer reads it"),
                    rx.el.p(RepliesState.preview, dir="auto", class_name="said-preview"),
                ),
            ),
            field(
                "category",
                "Category",
                placeholder="Orders",
                default_value=RepliesState.category,
                list="reply-categories",
                auto_complete="off",
                error=errors.get("category", ""),
            ),
            rx.el.datalist(
                rx.foreach(RepliesState.categories, lambda name: rx.el.option(value=name)),
                id="reply-categories",
            ),
            rx.cond(_NEW, check("personal", "Only for me")),
            act="Save",
            error=errors.get("form", ""),
            key=RepliesState.editing,
            on_submit=RepliesState.save,
            on_cancel=RepliesState.close,
        ),
        open=RepliesState.editing != "",
        on_close=RepliesState.close,
    )
