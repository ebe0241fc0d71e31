"""/templates."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import (
    ago,
    button,
    button_link,
    chip,
    empty,
    menu,
    search_box,
    show_button,
    skeleton_rows,
)
from botpe_app.ui.layout import head, page
from botpe_app.ui.templates.editor import editor
from botpe_app.ui.templates.editor_state import EditorState
from botpe_app.ui.templates.rows import SHOWN, Row
from botpe_app.ui.templates.starting import describing, starting
from botpe_app.ui.templates.state import TemplatesState


@page("Templates", on_load=TemplatesState.enter)
def templates() -> rx.Component:
    """The list, or what the address opens: the builder, the library, a description."""
    return rx.fragment(
        rx.match(
            EditorState.mode,
            ("library", starting()),
            ("describe", describing()),
            ("", _list()),
            editor(),
        )
    )


def _list() -> rx.Component:
    return rx.fragment(
        head(
            "Templates",
            rx.cond(
                TemplatesState.may_manage,
                rx.fragment(
                    button(
                        rx.cond(TemplatesState.syncing, "Asking Meta…", "Sync"),
                        icon="refresh_cw",
                        on_click=TemplatesState.sync,
                        disabled=TemplatesState.syncing,
                    ),
                    _new(),
                ),
            ),
        ),
        rx.el.div(
            rx.el.div(
                search_box(
                    "Search names",
                    value=TemplatesState.query,
                    on_search=TemplatesState.search,
                    label="Search names of templates",
                ),
                rx.el.div(
                    *(_state(key, words) for key, words in SHOWN.items()),
                    role="group",
                    aria_label="Status of the templates shown",
                    class_name="row wrap",
                ),
                class_name="row wrap bar-row",
            ),
            rx.cond(
                TemplatesState.loaded,
                rx.cond(TemplatesState.templates.length() > 0, _rows(), _none()),
                skeleton_rows(6, kind="row"),
            ),
            class_name="body",
        ),
    )


def _new() -> rx.Component:
    return menu(
        rx.el.summary(
            rx.icon("plus", size=16),
            rx.el.span("New template"),
            rx.icon("chevron_down", size=14),
            class_name="btn solid",
        ),
        *(
            rx.el.a(rx.icon(icon, size=16), words, href=href, class_name="menu-item")
            for icon, words, href in (
                ("library", "From the library", "/templates?t=library"),
                ("sparkles", "Describe it", "/templates?t=describe"),
                ("file", "From nothing", "/templates?t=new"),
            )
        ),
        side="right",
    )


def _state(key: str, words: str) -> rx.Component:
    return show_button(
        words, on=TemplatesState.status == key, on_click=TemplatesState.of_status(key)
    )


def _rows() -> rx.Component:
    return rx.el.div(
        rx.el.ul(rx.foreach(TemplatesState.templates, _row), class_name="lines segments"),
        rx.cond(
            TemplatesState.more_there,
            button("More templates", class_name="small more", on_click=TemplatesState.more),
        ),
        class_name="card flush",
    )


def _row(row: rx.vars.ObjectVar[Row]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                rx.el.span(
                    rx.el.span(row.name, class_name="strong clip"),
                    rx.el.span(row.language, class_name="small mute"),
                    class_name="row",
                ),
                rx.el.span(row.preview, class_name="small mute clip", dir="auto"),
                rx.cond(row.why != "", rx.el.span(row.why, class_name="small bad")),
                class_name="who grow",
            ),
            rx.cond(row.waiting, chip("Change not submitted", class_name="wide-only")),
            rx.cond(
                row.quality != "",
                chip(row.quality, tone=row.quality_tone, class_name="wide-only"),
            ),
            rx.el.span(row.category, class_name="small mute wide-only category-cell"),
            chip(row.state, tone=row.tone),
            ago(at=row.changed, class_name="small mute wide-only"),
            rx.icon("chevron_right", size=16, class_name="faint wide-only"),
            href=row.href,
            class_name="row grow",
        ),
        key=row.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        rx.cond(
            (TemplatesState.query != "") | (TemplatesState.status != ""),
            empty("search", "Nothing found", "No template fits this search and status."),
            empty(
                "file_text",
                "No template yet",
                "Outside the 24 hours after a customer's last message, WhatsApp delivers only "
                "templates that Meta has approved. Reminders, updates and campaigns are made of "
                "them.",
                rx.cond(
                    TemplatesState.may_manage,
                    rx.fragment(
                        button_link(
                            "Choose one from the library", "/templates?t=library", kind="solid"
                        ),
                        button_link("Describe it", "/templates?t=describe", icon="sparkles"),
                    ),
                ),
            ),
        ),
        class_name="card",
    )
