"""/bots: what answers customers, and what to start from."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.bots.cards import ICONS, Card, Start
from botpe_app.ui.bots.scripts import describe_bot, export_bot, import_bot
from botpe_app.ui.bots.state import BotsState
from botpe_app.ui.components import (
    Toasts,
    ago,
    button,
    chip,
    confirm,
    dialog,
    empty,
    menu,
    menu_item,
    skeleton_rows,
)
from botpe_app.ui.layout import head, page


@page("Bots", on_load=BotsState.enter)
def bots() -> rx.Component:
    """The bots as cards."""
    return rx.fragment(
        head("Bots", rx.cond(BotsState.may_manage, _actions())),
        rx.el.div(
            rx.cond(
                BotsState.loaded,
                rx.cond(BotsState.bots, _cards(), _none()),
                skeleton_rows(3, kind="card"),
            ),
            class_name="body",
        ),
        dialog(
            "What should the bot do?",
            describe_bot(on_made=BotsState.open),
            rx.el.p("Or start from one that works", class_name="strong"),
            _library(),
            open=BotsState.making,
            on_close=BotsState.show_library(False),
        ),
        confirm(
            f"Delete {BotsState.deleting_name}?",
            "Its draft and all its versions are gone. Conversations stay in the inbox.",
            "Delete",
            open=BotsState.deleting != "",
            on_close=BotsState.ask_delete(""),
            on_confirm=BotsState.delete,
        ),
    )


def _actions() -> rx.Component:
    return rx.el.div(
        import_bot(
            rx.icon("upload", size=16, aria_hidden="true"),
            rx.el.span("Import", class_name="label"),
            class_name="btn plain",
            on_made=BotsState.imported,
            on_problem=Toasts.tell,
        ),
        button("New bot", kind="solid", icon="plus", on_click=BotsState.show_library(True)),
        class_name="row",
    )


def _cards() -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(BotsState.bots, _card), class_name="bot-cards"),
        rx.cond(
            BotsState.more,
            rx.el.div(button("Older bots", on_click=BotsState.show_more), class_name="row center"),
        ),
    )


def _card(bot: rx.vars.ObjectVar[Card]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(rx.icon("bot", size=18), class_name="empty-mark small-mark"),
            rx.el.h2(
                rx.el.a(bot.name, href=f"/bots/{bot.id}", class_name="bot-link"),
                class_name="clip grow",
                dir="auto",
            ),
            _menu(bot),
            class_name="row",
        ),
        rx.el.div(
            chip(bot.standing, tone=bot.tone),
            rx.cond(bot.changed, chip("Unpublished changes", icon="pencil")),
            class_name="row wrap",
        ),
        rx.el.dl(
            _fact("phone", "Number", bot.number),
            _fact("messages_square", "Conversations", bot.sessions, bot.running),
            class_name="bot-facts",
        ),
        rx.el.p(bot.steps, " · edited ", ago(at=bot.edited), class_name="small mute bot-foot"),
        key=bot.id,
        class_name="card bot-card",
    )


def _fact(icon: str, label: str, *values: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(
            rx.icon(icon, size=15, aria_hidden="true"), rx.el.span(label, class_name="unseen")
        ),
        *(rx.el.dd(value, class_name="clip number") for value in values),
    )


def _menu(bot: rx.vars.ObjectVar[Card]) -> rx.Component:
    export = export_bot(
        rx.icon("download", size=16, aria_hidden="true"),
        "Export",
        bot=bot.id,
        class_name="menu-item",
        on_problem=Toasts.tell,
    )
    return menu(
        rx.el.summary(
            rx.icon("ellipsis", size=18),
            aria_label=f"What to do with {bot.name}",
            class_name="btn square quiet",
        ),
        rx.cond(BotsState.may_manage, rx.fragment(*_changes(bot))),
        export,
        rx.cond(
            BotsState.may_manage & (bot.status != "active"),
            menu_item("Delete", icon="trash_2", on_click=BotsState.ask_delete(bot.id)),
        ),
        side="right",
    )


def _changes(bot: rx.vars.ObjectVar[Card]) -> list[rx.Component]:
    return [
        rx.cond(
            bot.status == "active",
            menu_item("Pause", icon="pause", on_click=BotsState.pause(bot.id)),
        ),
        rx.cond(
            bot.status == "paused",
            menu_item("Activate", icon="play", on_click=BotsState.activate(bot.id)),
        ),
        menu_item("Clone", icon="copy", on_click=BotsState.clone(bot.id)),
    ]


def _library() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            rx.el.span(rx.icon("plus", size=18), class_name="empty-mark small-mark"),
            rx.el.span(
                rx.el.span("Blank", class_name="strong"),
                rx.el.span("Only a start. You build the rest.", class_name="small mute"),
                class_name="who",
            ),
            type="button",
            on_click=BotsState.make(""),
            class_name="start",
        ),
        rx.foreach(BotsState.library, _start),
        class_name="starts",
    )


def _start(item: rx.vars.ObjectVar[Start]) -> rx.Component:
    return rx.el.button(
        rx.el.span(_mark(item), class_name="empty-mark small-mark"),
        rx.el.span(
            rx.el.span(item.name, class_name="strong"),
            rx.el.span(item.text, class_name="small mute"),
            class_name="who",
        ),
        type="button",
        key=item.id,
        on_click=BotsState.make(item.id),
        class_name="start",
    )


def _mark(item: rx.vars.ObjectVar[Start]) -> rx.Component | rx.Var[Any]:
    """By name, one at a time: an icon that is a variable would bring all of Lucide to all pages."""
    known = ((name, rx.icon(icon, size=18)) for name, icon in ICONS.items())
    return rx.match(item.id, *known, rx.icon("bot", size=18))


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "bot",
            "No bot yet",
            "A bot answers customers at any hour: it greets, asks, looks things up and calls a "
            "person when it should. Start from one that works, then make it yours.",
        ),
        rx.cond(BotsState.may_manage, _library()),
        class_name="card",
    )
