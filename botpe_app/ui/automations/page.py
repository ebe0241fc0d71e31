"""/automations: what is done by itself, and what it did."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.automations.drafts import STARTS
from botpe_app.ui.automations.editor import editor
from botpe_app.ui.automations.editor_state import EditorState
from botpe_app.ui.automations.state import AutomationsState, Deeds, Rule, Run
from botpe_app.ui.components import (
    ago,
    button,
    chip,
    confirm,
    dialog,
    empty,
    icon_button,
    menu,
    menu_item,
    skeleton_rows,
    switch,
)
from botpe_app.ui.layout import head, page


@page("Automations", on_load=AutomationsState.enter)
def automations() -> rx.Component:
    """Rules in their order, and the log of what they did."""
    return rx.fragment(
        head(
            "Automations",
            rx.cond(
                AutomationsState.may_manage,
                button(
                    "New automation",
                    kind="solid",
                    icon="plus",
                    on_click=EditorState.choose(True),
                ),
            ),
        ),
        rx.el.div(
            rx.cond(
                AutomationsState.loaded,
                rx.cond(AutomationsState.rules, _both(), _none()),
                skeleton_rows(4, kind="card"),
            ),
            class_name="body",
        ),
        dialog(
            "What should happen by itself?",
            _starts(),
            open=EditorState.choosing,
            on_close=EditorState.choose(False),
        ),
        editor(),
        confirm(
            f"Delete {AutomationsState.deleting_name}?",
            "The rule and the log of what it did are gone. What it has done stays done.",
            "Delete",
            open=AutomationsState.deleting != "",
            on_close=AutomationsState.ask_delete(""),
            on_confirm=AutomationsState.delete,
        ),
    )


def _both() -> rx.Component:
    return rx.fragment(
        rx.el.ol(
            rx.foreach(AutomationsState.rules, _rule),
            aria_label="Rules, in the order in which they are looked at",
            class_name="rules",
        ),
        _log(),
    )


def _rule(rule: rx.vars.ObjectVar[Rule]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            switch(
                f"{rule.name} is on",
                rule.enabled,
                disabled=rx.cond(AutomationsState.may_manage, False, True),
                on_click=AutomationsState.switch(rule.id, ~rule.enabled),
            ),
            rx.el.h2(rule.name, class_name="clip grow", dir="auto"),
            rx.el.span(
                rx.cond(rule.last != "", rx.fragment(rule.fired, " · last "), "Has not fired yet"),
                rx.cond(rule.last != "", ago(at=rule.last)),
                class_name="small mute number rule-fired",
            ),
            rx.cond(AutomationsState.may_manage, _changes(rule)),
            class_name="row",
        ),
        rx.el.p(
            rx.el.span("When ", class_name="mute"),
            rule.trigger,
            rx.cond(
                rule.conditions != "",
                rx.fragment(rx.el.span(", if ", class_name="mute"), rule.conditions),
            ),
            class_name="rule-when",
        ),
        rx.el.div(rx.foreach(rule.deeds, _deed), class_name="row wrap"),
        key=rule.id,
        class_name=rx.cond(rule.enabled, "card rule", "card rule off"),
    )


def _deed(deed: rx.vars.ObjectVar[Deeds]) -> rx.Component:
    return rx.el.span(
        rx.match(
            deed.icon,
            *(
                (icon, rx.icon(icon, size=13, aria_hidden="true"))
                for icon in (
                    "message_square", "user_plus", "tag", "pencil", "sticky_note", "bot",
                    "circle_check", "webhook", "mail", "file_text",
                )
            ),
            rx.icon("zap", size=13, aria_hidden="true"),
        ),
        rx.el.span(deed.text, class_name="clip", dir="auto"),
        class_name="chip deed",
    )  # fmt: skip


def _changes(rule: rx.vars.ObjectVar[Rule]) -> rx.Component:
    return rx.fragment(
        icon_button(
            "arrow_up",
            f"Move {rule.name} up",
            size=16,
            disabled=rule.first,
            on_click=AutomationsState.move(rule.id, -1),
            class_name="small wide-only",
        ),
        icon_button(
            "arrow_down",
            f"Move {rule.name} down",
            size=16,
            disabled=rule.final,
            on_click=AutomationsState.move(rule.id, 1),
            class_name="small wide-only",
        ),
        button("Edit", class_name="small", on_click=EditorState.edit(rule.id)),
        menu(
            rx.el.summary(
                rx.icon("ellipsis", size=17),
                aria_label=f"What to do with {rule.name}",
                class_name="btn small square quiet",
            ),
            menu_item("Move up", icon="arrow_up", on_click=AutomationsState.move(rule.id, -1)),
            menu_item("Move down", icon="arrow_down", on_click=AutomationsState.move(rule.id, 1)),
            menu_item("Delete", icon="trash_2", on_click=AutomationsState.ask_delete(rule.id)),
            side="right",
        ),
    )


def _log() -> rx.Component:
    return rx.el.section(
        rx.el.h2("What they did", class_name="body-title"),
        rx.cond(
            AutomationsState.runs,
            rx.el.div(
                rx.el.ul(rx.foreach(AutomationsState.runs, _run), class_name="lines"),
                class_name="card",
            ),
            rx.el.p("Nothing yet. What a rule does in a conversation is listed here.",
                    class_name="mute"),
        ),
        rx.cond(
            AutomationsState.more_runs,
            rx.el.div(
                button("Older", class_name="small", on_click=AutomationsState.show_more),
                class_name="row center",
            ),
        ),
        class_name="stack",
    )  # fmt: skip


def _run(run: rx.vars.ObjectVar[Run]) -> rx.Component:
    return rx.el.li(
        chip(run.outcome, tone=run.tone),
        rx.el.span(
            rx.el.span(
                rx.el.span(run.rule, class_name="strong"),
                " for ",
                rx.el.a(run.person, href=run.href, class_name="link"),
                class_name="clip",
            ),
            rx.cond(run.problem != "", rx.el.span(run.problem, class_name="small bad")),
            class_name="who grow",
        ),
        ago(at=run.at, class_name="small mute"),
        key=run.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "zap",
            "Nothing happens by itself yet",
            "A rule greets new customers, answers at night, brings a topic to the right team, or "
            "tells you who waits too long.",
        ),
        rx.cond(AutomationsState.may_manage, _starts()),
        class_name="card",
    )


def _starts() -> rx.Component:
    return rx.el.div(
        *(_start(name, icon, title, text) for name, (icon, title, text, _) in STARTS.items()),
        _start("", "plus", "Blank", "Choose what starts it and what it does."),
        class_name="starts",
    )


def _start(name: str, icon: str, title: str, text: str) -> rx.Component:
    return rx.el.button(
        rx.el.span(rx.icon(icon, size=18), class_name="empty-mark small-mark"),
        rx.el.span(
            rx.el.span(title, class_name="strong"),
            rx.el.span(text, class_name="small mute"),
            class_name="who",
        ),
        type="button",
        on_click=EditorState.begin(name),
        class_name="start",
    )
