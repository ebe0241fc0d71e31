"""The left pane: filters, search, conversations."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import (
    ago,
    avatar,
    button,
    button_link,
    chip,
    empty,
    menu,
    menu_item,
    search_box,
    show_button,
    skeleton_rows,
    window_chip,
)
from botpe_app.ui.inbox.filters import STATUSES
from botpe_app.ui.inbox.marks import priority_chip, tag_chip
from botpe_app.ui.inbox.narrowing import filter_menu, many, narrowed
from botpe_app.ui.inbox.rows import Row
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.inbox.work_state import WorkState
from botpe_app.ui.messages.ticks import tick
from botpe_app.ui.session import SessionState


def conversations() -> rx.Component:
    """The list of conversations and what narrows it."""
    return rx.el.section(
        rx.el.header(
            rx.el.h1("Inbox"),
            rx.el.span(class_name="grow"),
            filter_menu(),
            _status_menu(),
            class_name="head",
        ),
        search_box(
            "Search people and messages", value=InboxState.query, on_search=InboxState.search
        ),
        _shows(),
        narrowed(),
        rx.cond(WorkState.marked, many()),
        rx.cond(InboxState.loaded, _list(), skeleton_rows(8, kind="row")),
        aria_label="Conversations",
        class_name="pane list-pane",
    )


def _status_menu() -> rx.Component:
    return menu(
        rx.el.summary(
            rx.el.span(InboxState.status.capitalize()),
            rx.icon("chevron_down", size=14),
            aria_label="Status of the conversations shown",
            class_name="btn small",
        ),
        *(
            menu_item(
                status.capitalize(),
                on_click=InboxState.narrow("status", status),
                aria_current=rx.cond(InboxState.status == status, "true", "false"),
            )
            for status in STATUSES
        ),
        side="right",
    )


def _shows() -> rx.Component:
    return rx.el.div(
        _show("mine", "Mine", InboxState.mine),
        _show("unassigned", "Unassigned", InboxState.unassigned),
        _show("all", "All", InboxState.all),
        role="group",
        aria_label="Whose conversations",
        class_name="shows",
    )


def _show(show: str, words: str, count: int | rx.Var[int]) -> rx.Component:
    return show_button(
        words,
        " ",
        rx.el.span(count, class_name="number"),
        on=InboxState.show == show,
        on_click=InboxState.narrow("show", show),
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.foreach(InboxState.conversations, _row),
        rx.cond(
            InboxState.more_conversations,
            button("More conversations", on_click=InboxState.more, class_name="small more"),
        ),
        rx.cond(InboxState.conversations.length() == 0, _nothing()),
        custom_attrs={"data-rows": ""},
        class_name="rows",
    )


def _row(row: rx.vars.ObjectVar[Row]) -> rx.Component:
    marked = WorkState.marked.contains(row.id)
    return rx.el.div(
        _link(row),
        rx.cond(
            SessionState.role != "Viewer",
            rx.el.button(
                rx.icon("check", size=14),
                type="button",
                role="checkbox",
                aria_checked=rx.cond(marked, "true", "false"),
                aria_label=f"Mark {row.name}",
                on_click=WorkState.mark(row.id),
                class_name="row-mark",
            ),
        ),
        key=row.id,
        class_name=rx.cond(WorkState.marked, "row-box marking", "row-box"),
    )


def _preview(row: rx.vars.ObjectVar[Row]) -> rx.Component:
    return rx.cond(
        row.found != "",
        rx.el.span(
            row.before, rx.el.mark(row.found), row.after, dir="auto", class_name="preview clip grow"
        ),
        rx.el.span(
            row.preview,
            dir="auto",
            class_name=rx.cond(row.tick == "failed", "preview clip grow bad", "preview clip grow"),
        ),
    )


def _link(row: rx.vars.ObjectVar[Row]) -> rx.Component:
    return rx.el.a(
        avatar(row.initials, row.hue),
        rx.el.span(
            rx.el.span(
                rx.el.span(row.name, class_name="name clip grow", dir="auto"),
                ago(at=row.at, class_name="when"),
                class_name="line",
            ),
            rx.el.span(
                rx.cond(row.tick != "", tick(row.tick)),
                _preview(row),
                rx.cond(
                    row.unread != 0,
                    rx.el.b(
                        row.unread,
                        rx.el.span(" unread", class_name="unseen"),
                        class_name="count",
                    ),
                ),
                class_name="line",
            ),
            rx.el.span(
                rx.cond(row.status != "", chip(row.status)),
                priority_chip(row.priority),
                rx.cond(row.team != "", chip(row.team, icon="users")),
                rx.foreach(row.tags, tag_chip),
                window_chip(until=row.until, near=True),
                rx.el.span(class_name="grow"),
                rx.cond(
                    row.assignee != "",
                    rx.el.span(
                        avatar(row.assignee_initials, row.assignee_hue, size="tiny"),
                        rx.el.span("with ", row.assignee, class_name="unseen"),
                        title=row.assignee,
                    ),
                ),
                class_name="line chips",
            ),
            class_name="grow",
        ),
        href=row.href,
        aria_current=rx.cond(InboxState.open.id == row.id, "true", "false"),
        class_name=rx.cond(row.unread != 0, "conversation unread", "conversation"),
        custom_attrs={"data-row": ""},
    )


def _nothing() -> rx.Component:
    return rx.cond(
        InboxState.query != "",
        empty("search", "Nothing found", "Search looks at names, numbers and what was said."),
        rx.cond(
            InboxState.all == 0,
            empty(
                "message_circle",
                "No conversation yet",
                "When a customer writes to your WhatsApp number, it appears here at once.",
                button_link("Connect a number", "/settings/numbers", kind="solid"),
            ),
            empty("inbox", "Nothing here", "No conversation fits these filters."),
        ),
    )
