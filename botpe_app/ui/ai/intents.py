"""/settings/ai/intents."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.ai.intents_state import Candidate, Doubt, Intent, IntentsState
from botpe_app.ui.components import (
    area,
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
from botpe_app.ui.settings.frame import settings_frame


@page("Intents", route="/settings/ai/intents", here="Settings", on_load=IntentsState.enter)
def intents() -> rx.Component:
    """What customers want, taught by phrases."""
    return settings_frame(
        "Intents",
        rx.cond(
            IntentsState.may_manage,
            button("Add one", kind="solid", icon="plus", on_click=IntentsState.edit("new")),
        ),
        rx.cond(
            IntentsState.loaded,
            rx.cond(
                IntentsState.intents.length() > 0,
                rx.fragment(_list(), _trial(), _confusions()),
                _none(),
            ),
            skeleton_rows(4, kind="row"),
        ),
        rx.cond(IntentsState.unclear.length() > 0, _unclear()),
        _form(),
        confirm(
            f"Remove {IntentsState.removing_name}?",
            "Its phrases go with it. Texts that meant it are none of yours then.",
            "Remove",
            open=IntentsState.removing != "",
            on_close=IntentsState.close,
            on_confirm=IntentsState.remove,
        ),
    )


def _list() -> rx.Component:
    return rx.el.section(
        rx.el.ul(rx.foreach(IntentsState.intents, _intent), class_name="runs"),
        class_name="card",
    )


def _intent(intent: rx.vars.ObjectVar[Intent]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(intent.name, class_name="strong clip grow"),
            rx.el.span(intent.size, class_name="mute small number"),
            rx.cond(
                IntentsState.may_manage,
                rx.fragment(
                    icon_button("pencil", "Edit", on_click=IntentsState.edit(intent.id)),
                    icon_button("trash_2", "Remove", on_click=IntentsState.ask_remove(intent.id)),
                ),
            ),
            class_name="row",
        ),
        rx.el.p(intent.some, class_name="small mute clip"),
        key=intent.id,
    )


def _trial() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Try a text"),
        rx.el.form(
            rx.el.input(
                name="text",
                aria_label="What a customer may write",
                placeholder="wheres my order??",
                class_name="input grow",
            ),
            button("Try", type="submit"),
            on_submit=IntentsState.try_text,
            class_name="row",
        ),
        rx.cond(
            IntentsState.told != "",
            rx.el.div(
                rx.el.p("Taken for: ", rx.el.span(IntentsState.told, class_name="strong")),
                rx.foreach(IntentsState.candidates, _candidate),
                role="status",
                class_name="stack",
            ),
        ),
        class_name="card stack",
    )


def _candidate(candidate: rx.vars.ObjectVar[Candidate]) -> rx.Component:
    return rx.el.div(
        rx.el.span(candidate.name, class_name="small clip label-wide"),
        rx.el.div(
            rx.el.i(class_name="ok", style={"width": candidate.width}),
            aria_hidden="true",
            class_name="meter grow",
        ),
        rx.el.span(candidate.sure, class_name="small mute number"),
        key=candidate.name,
        class_name="row",
    )


def _confusions() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Confusions"),
            rx.el.span(class_name="grow"),
            button(
                "Look for them",
                icon="scan_search",
                disabled=IntentsState.checking,
                on_click=IntentsState.look,
            ),
            class_name="row wrap",
        ),
        rx.cond(
            IntentsState.checked,
            rx.fragment(
                rx.el.p(IntentsState.verdict, role="status"),
                rx.cond(IntentsState.doubts.length() > 0, _doubts()),
            ),
            rx.el.p(
                "Phrases that the others would have us take for another intent: reword them, move "
                "them, or teach more like them.",
                class_name="mute",
            ),
        ),
        class_name="card stack",
    )


def _doubts() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Phrase", scope="col"),
                    rx.el.th("Means", scope="col"),
                    rx.el.th("Taken for", scope="col"),
                    rx.el.th("Sure", scope="col", class_name="n"),
                )
            ),
            rx.el.tbody(rx.foreach(IntentsState.doubts, _doubt)),
            class_name="table",
        ),
        class_name="scroll",
    )


def _doubt(doubt: rx.vars.ObjectVar[Doubt]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(doubt.text),
        rx.el.td(doubt.meant, class_name="strong"),
        rx.el.td(doubt.taken_for),
        rx.el.td(doubt.sure, class_name="n"),
        key=f"{doubt.meant} {doubt.text}",
    )


def _unclear() -> rx.Component:
    return rx.el.section(
        rx.el.h2("What customers said that was none of them"),
        rx.el.ul(rx.foreach(IntentsState.unclear, _said), class_name="runs"),
        class_name="card stack",
    )


def _said(text: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(text, class_name="clip grow"),
            rx.cond(
                IntentsState.may_manage,
                button(
                    "Teach it",
                    kind="quiet",
                    class_name="small",
                    on_click=IntentsState.teach(text),
                ),
            ),
            class_name="row",
        ),
        key=text,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "messages_square",
            "No intent yet",
            "Teach what customers want by a few ways of saying it: “where is my order”, “track my "
            "parcel”. Bots, the inbox and its filters go by it.",
            rx.cond(
                IntentsState.may_manage,
                button("Add one", kind="solid", on_click=IntentsState.edit("new")),
            ),
        ),
        class_name="card",
    )


def _form() -> rx.Component:
    error = IntentsState.errors
    return dialog(
        rx.cond(IntentsState.editing == "new", "A new intent", "Edit the intent"),
        dialog_form(
            field(
                "name",
                "Name",
                default_value=IntentsState.name,
                placeholder="track order",
                error=error.get("name", ""),
            ),
            field(
                "description",
                "Description",
                default_value=IntentsState.description,
                help="Helps Claude where our own classifier is not sure.",
                error=error.get("description", ""),
            ),
            area(
                "phrases",
                "Phrases, one a line",
                default_value=IntentsState.phrases,
                rows=7,
                placeholder="where is my order\ntrack my parcel",
                error=error.get("phrases", ""),
            ),
            area(
                "entities",
                "Things to look for, one kind a line",
                default_value=IntentsState.entities,
                rows=2,
                placeholder="size: large = big, xl; small",
                help="Slips of the finger are understood.",
                error=error.get("entities", ""),
            ),
            act="Save",
            error=error.get("form", ""),
            key=IntentsState.editing,
            on_submit=IntentsState.save,
            on_cancel=IntentsState.close,
        ),
        open=IntentsState.editing != "",
        on_close=IntentsState.close,
    )
