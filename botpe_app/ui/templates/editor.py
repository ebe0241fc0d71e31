"""The builder with its bar, problems and questions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.components import (
    ago,
    back_link,
    button,
    chip,
    confirm,
    dialog,
    empty,
    form_error,
    icon_button,
    menu,
    menu_item,
    problem,
    select,
)
from botpe_app.ui.layout import head
from botpe_app.ui.session import SessionState
from botpe_app.ui.templates.editor_state import EditorState
from botpe_app.ui.templates.rows import Mend, Version
from botpe_app.ui.templates.scripts import builder
from botpe_app.ui.templates.trial import TrialState, trial

_OPEN: Any = EditorState.open


def editor() -> rx.Component:
    """One template; where the address names none, says so."""
    return rx.cond(EditorState.mode == "missing", _missing(), _whole())


def _missing() -> rx.Component:
    return rx.fragment(
        head("Templates", before=back_link("/templates", "templates")),
        rx.el.div(
            rx.el.div(
                empty("file_x", "This template is gone", "It was deleted, or the link is cut."),
                class_name="card",
            ),
            class_name="body",
        ),
    )


def _whole() -> rx.Component:
    return rx.fragment(
        head(
            _OPEN.title,
            rx.cond(EditorState.may_manage, _actions()),
            before=back_link("/templates", "templates"),
            after=rx.fragment(
                rx.cond(_OPEN.state != "", chip(_OPEN.state, tone=_OPEN.tone)),
                rx.cond(
                    _OPEN.quality != "",
                    chip(_OPEN.quality, tone=_OPEN.quality_tone, class_name="wide-only"),
                ),
            ),
        ),
        rx.el.div(
            rx.cond(EditorState.problem != "", problem("Not yet", EditorState.problem)),
            rx.cond(_OPEN.why != "", problem(_OPEN.state, _OPEN.why)),
            rx.cond(
                _OPEN.waiting,
                rx.el.p(
                    "The change below waits: what Meta approved keeps being sent until you submit "
                    "it. Meta takes one change a day and ten in 30 days.",
                    class_name="mute small",
                ),
            ),
            _summary(),
            builder(
                start=EditorState.start,
                languages=EditorState.languages,
                problems=EditorState.mends,
                fixed=_OPEN.fixed | ~EditorState.may_manage,
                named=_OPEN.named,
                counting=EditorState.counting,
                business=SessionState.organization,
                on_change=EditorState.write,
                key=f"{EditorState.turn}",
            ),
            class_name="body full",
        ),
        _questions(),
    )


def _actions() -> rx.Component:
    return rx.fragment(
        rx.cond(
            _OPEN.id != "",
            menu(
                rx.el.summary(
                    rx.icon("ellipsis", size=18), aria_label="More", class_name="btn quiet square"
                ),
                menu_item("For another language…", icon="languages", on_click=_ask("language")),
                rx.cond(
                    _OPEN.sendable,
                    menu_item(
                        "Try it on a phone…", icon="smartphone", on_click=TrialState.show(_OPEN.id)
                    ),
                ),
                menu_item("Versions…", icon="history", on_click=_ask("versions")),
                menu_item("Delete…", icon="trash_2", on_click=_ask("delete")),
                side="right",
            ),
        ),
        rx.cond(
            ~_OPEN.fixed,
            rx.fragment(
                button("Save", on_click=EditorState.save),
                button(
                    rx.cond(EditorState.busy == "submit", "Sending…", "Submit to Meta"),
                    kind="solid",
                    icon="send",
                    on_click=EditorState.submit,
                    disabled=(EditorState.errors > 0) | (EditorState.busy == "submit"),
                ),
            ),
        ),
    )


def _ask(question: str) -> rx.event.EventSpec:
    return EditorState.ask(question)  # pyright: ignore[reportReturnType]


def _summary() -> rx.Component:
    return rx.el.div(
        rx.cond(
            EditorState.mends.length() == 0,
            chip("Passes every check", tone="good", icon="check"),
            rx.el.details(
                rx.el.summary(
                    rx.cond(
                        EditorState.errors > 0,
                        chip(f"{EditorState.errors} to mend", tone="bad"),
                        chip("Could be better", tone="warn"),
                    ),
                ),
                rx.el.ul(rx.foreach(EditorState.mends, _mend), class_name="lint-list small"),
            ),
        ),
        rx.el.span(EditorState.price, class_name="small mute"),
        class_name="row wrap",
        role="status",
    )


def _mend(mend: rx.vars.ObjectVar[Mend]) -> rx.Component:
    return rx.el.li(rx.el.code(mend.field), " ", mend.message)


def _questions() -> rx.Component:
    return rx.fragment(
        confirm(
            f"Delete {_OPEN.title}?",
            "It is deleted at Meta too, and Meta keeps its name blocked for 30 days.",
            "Delete",
            open=EditorState.asking == "delete",
            on_close=EditorState.ask(""),
            on_confirm=EditorState.delete,
        ),
        _language(),
        _versions(),
        trial(),
    )


def _language() -> rx.Component:
    return dialog(
        "For another language",
        rx.el.form(
            rx.el.p(
                "A draft of the same name, for you to put its words into the other language.",
                class_name="mute",
            ),
            rx.el.div(
                rx.el.label("Language", html_for="language"),
                select(
                    rx.foreach(EditorState.languages, lambda code: rx.el.option(code, value=code)),
                    id="language",
                    name="language",
                ),
                class_name="field",
            ),
            form_error(EditorState.problem),
            rx.el.div(
                button("Cancel", on_click=EditorState.ask("")),
                button("Make the draft", kind="solid", type="submit"),
                class_name="row end",
            ),
            on_submit=EditorState.duplicate,
            class_name="stack",
        ),
        open=EditorState.asking == "language",
        on_close=EditorState.ask(""),
    )


def _versions() -> rx.Component:
    return dialog(
        "Versions",
        rx.el.ol(rx.foreach(EditorState.versions, _version), class_name="lines"),
        rx.el.div(button("Close", on_click=EditorState.ask("")), class_name="row end"),
        open=EditorState.asking == "versions",
        on_close=EditorState.ask(""),
    )


def _version(version: rx.vars.ObjectVar[Version]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(
                f"{version.number}. ",
                rx.el.span(version.made_by),
                rx.cond(version.submitted, chip("Submitted"), rx.fragment()),
                class_name="row strong",
            ),
            rx.el.span(version.preview, class_name="small mute clip", dir="auto"),
            class_name="who grow",
        ),
        ago(at=version.at, class_name="small mute"),
        rx.cond(
            ~_OPEN.fixed,
            icon_button(
                "undo_2", "Put it into the builder", on_click=EditorState.restore(version.number)
            ),
        ),
    )
