"""/settings/ai/knowledge."""

from __future__ import annotations

import reflex as rx
from reflex.event import passthrough_event_spec

from botpe_app.services.knowledge import READABLE
from botpe_app.ui.ai.knowledge_state import Document, KnowledgeState
from botpe_app.ui.components import (
    Toasts,
    ago,
    area,
    button,
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
from botpe_app.ui.settings.frame import settings_frame


class SendFiles(rx.Component):
    """A button that sends files to the API, and tells how many it took."""

    library = "$/public/files.jsx"
    tag = "SendFiles"
    path: rx.Var[str]
    label: rx.Var[str]
    accept: rx.Var[str]
    on_done: rx.EventHandler[passthrough_event_spec(int)]
    on_problem: rx.EventHandler[passthrough_event_spec(str, str)]


@page("Knowledge", route="/settings/ai/knowledge", here="Settings", on_load=KnowledgeState.enter)
def documents() -> rx.Component:
    """The documents that agents answer from."""
    return settings_frame(
        "Knowledge",
        rx.cond(
            KnowledgeState.may_manage,
            rx.el.div(
                _send("btn plain"),
                button("Write one", kind="solid", icon="plus", on_click=KnowledgeState.edit("new")),
                class_name="row",
            ),
        ),
        rx.el.p(
            "Agents answer customers with what stands here, and with nothing else.",
            class_name="mute",
        ),
        rx.el.input(
            type="search",
            placeholder="Search",
            aria_label="Search the documents",
            on_change=KnowledgeState.seek.debounce(300),
            class_name="input",
        ),
        rx.cond(
            KnowledgeState.loaded,
            rx.cond(
                KnowledgeState.documents.length() > 0,
                rx.el.div(
                    rx.el.ul(rx.foreach(KnowledgeState.documents, _document), class_name="runs"),
                    class_name="card",
                ),
                _none(),
            ),
            skeleton_rows(4, kind="row"),
        ),
        rx.cond(KnowledgeState.more, button("Show more", on_click=KnowledgeState.show_more)),
        _form(),
        confirm(
            f"Remove {KnowledgeState.removing_name}?",
            "The agents answer nothing from it any more. This cannot be undone.",
            "Remove",
            open=KnowledgeState.removing != "",
            on_close=KnowledgeState.close,
            on_confirm=KnowledgeState.remove,
        ),
    )


def _document(document: rx.vars.ObjectVar[Document]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(document.title, class_name="strong clip grow"),
            rx.cond(document.language != "", chip(document.language)),
            rx.el.span(document.size, class_name="mute small number"),
            rx.el.span(ago(at=document.changed), class_name="mute small"),
            rx.cond(
                KnowledgeState.may_manage,
                rx.fragment(
                    icon_button("pencil", "Edit", on_click=KnowledgeState.edit(document.id)),
                    icon_button(
                        "trash_2", "Remove", on_click=KnowledgeState.ask_remove(document.id)
                    ),
                ),
            ),
            class_name="row",
        ),
        rx.el.p(document.beginning, class_name="small mute clip"),
        key=document.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        rx.cond(
            KnowledgeState.sought != "",
            empty("search", "Nothing found", "No document holds these words."),
            empty(
                "book_open",
                "The agents know nothing yet",
                "Give them your opening hours, shipping, returns and prices: write or paste them "
                "here, or upload files of text, Markdown, CSV, HTML or PDF.",
                rx.cond(KnowledgeState.may_manage, _send("btn solid")),
            ),
        ),
        class_name="card",
    )


def _send(look: str) -> rx.Component:
    return SendFiles.create(
        rx.icon("upload", size=16, aria_hidden="true"),
        rx.el.span("Upload files", class_name="label"),
        path="/knowledge",
        label="Files to know",
        accept=",".join(READABLE),
        on_done=KnowledgeState.sent,
        on_problem=Toasts.tell,
        class_name=look,
    )


def _form() -> rx.Component:
    error = KnowledgeState.errors
    return dialog(
        rx.cond(KnowledgeState.editing == "new", "A new document", "Edit the document"),
        dialog_form(
            field(
                "title",
                "Title",
                default_value=KnowledgeState.title,
                placeholder="Shipping and returns",
                error=error.get("title", ""),
            ),
            area(
                "text",
                "Text",
                default_value=KnowledgeState.text,
                rows=12,
                placeholder="Shipping takes 3 to 5 days and costs 4.90 EUR.",
                help="An empty line begins a new passage; customers may be given one as it is.",
                error=error.get("text", ""),
            ),
            act="Save",
            error=error.get("form", ""),
            key=KnowledgeState.editing,
            on_submit=KnowledgeState.save,
            on_cancel=KnowledgeState.close,
        ),
        open=KnowledgeState.editing != "",
        on_close=KnowledgeState.close,
    )
