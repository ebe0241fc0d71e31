"""What narrows the list, and what is done with all that are marked in it."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button, icon_button, menu, menu_item
from botpe_app.ui.inbox.filters import ONLY, PRIORITIES
from botpe_app.ui.inbox.marks import tag_chip
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.inbox.work_state import WorkState


def filter_menu() -> rx.Component:
    """What is not always in sight: team, number, priority, tag, unread, mentions."""

    def choice(name: str, value: str | rx.Var[str], *words: rx.Component | str | rx.Var[str]):
        return menu_item(
            *words,
            on_click=InboxState.narrow(name, value),
            aria_current=rx.cond(getattr(InboxState.filters, name) == value, "true", "false"),
        )

    def listed(title: str, options: rx.Var, name: str) -> rx.Component:
        return rx.cond(
            options,
            rx.fragment(
                rx.el.p(title, class_name="menu-title"),
                rx.foreach(options, lambda pair: choice(name, pair[0], pair[1])),
            ),
        )

    return menu(
        rx.el.summary(
            rx.icon("list_filter", size=16),
            aria_label="Narrow the list",
            title="Narrow the list",
            class_name="btn small square",
        ),
        *(choice("only", value, words) for value, words in ONLY.items()),
        listed("Team", InboxState.teams, "team"),
        listed("Number", InboxState.numbers, "number"),
        rx.el.p("Priority", class_name="menu-title"),
        *(choice("priority", value, value.capitalize()) for value in PRIORITIES),
        rx.cond(
            InboxState.tags,
            rx.fragment(
                rx.el.p("Tag", class_name="menu-title"),
                rx.foreach(InboxState.tags, lambda tag: choice("tag", tag.name, tag_chip(tag))),
            ),
        ),
        side="right",
    )


def narrowed() -> rx.Component:
    """The filters that are on, each with a way to take it off."""

    def on(name: str, words: rx.Var[str] | str) -> rx.Component:
        return rx.cond(
            getattr(InboxState.filters, name) != "",
            rx.el.button(
                words,
                rx.icon("x", size=12),
                type="button",
                aria_label=f"Take off the filter {name}",
                on_click=InboxState.narrow(name, ""),
                class_name="chip good",
            ),
        )

    held = InboxState.filters
    return rx.el.div(
        on("only", rx.cond(held.only == "unread", "Unread", "Mentions me")),
        rx.foreach(
            InboxState.teams, lambda pair: rx.cond(pair[0] == held.team, on("team", pair[1]))
        ),
        rx.foreach(
            InboxState.numbers, lambda pair: rx.cond(pair[0] == held.number, on("number", pair[1]))
        ),
        on("priority", held.priority),
        on("tag", held.tag),
        class_name="narrowed",
    )


def many() -> rx.Component:
    """What may be done with all that are marked."""
    return rx.el.div(
        rx.el.span(WorkState.marked.length(), title="marked", class_name="strong small number"),
        button("All", kind="quiet", class_name="small", on_click=WorkState.mark_all),
        rx.el.span(class_name="grow"),
        icon_button("check_check", "Mark as read", size=16, on_click=WorkState.read_marked),
        icon_button("user_check", "Take them", size=16, on_click=WorkState.take_marked),
        icon_button("alarm_clock", "Snooze until tomorrow", size=16,
                    on_click=WorkState.snooze_marked),
        menu(
            rx.el.summary(
                rx.icon("ellipsis", size=16),
                aria_label="More for all",
                class_name="btn square quiet",
            ),
            rx.foreach(
                InboxState.teams,
                lambda pair: menu_item(
                    "Give to ", pair[1], icon="users", on_click=WorkState.give_marked(pair[0])
                ),
            ),
            rx.el.form(
                rx.el.input(
                    name="tag", placeholder="Tag them", aria_label="Tag them", max_length=50,
                    auto_complete="off", class_name="input",
                ),
                on_submit=WorkState.tag_marked,
                reset_on_submit=True,
            ),
            side="right",
        ),
        button("Resolve", kind="solid", class_name="small", on_click=WorkState.resolve_marked),
        icon_button("x", "Mark none", size=16, on_click=WorkState.unmark),
        role="toolbar",
        aria_label="For all that are marked",
        class_name="many",
    )  # fmt: skip
