"""The drawer of one customer."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.blocking import BlockState
from botpe_app.ui.components import (
    ago,
    avatar,
    button,
    chip,
    drawer,
    empty,
    icon_button,
    menu,
    menu_item,
)
from botpe_app.ui.contacts.person_state import PersonState
from botpe_app.ui.contacts.profile import Evidence, Fact, Line, Talk

_WHO: Any = PersonState.person


def person_drawer() -> rx.Component:
    """Identity, fields, tags, consent, conversations and what happened."""
    return drawer(
        rx.cond(_WHO.id != "", _WHO.title, "Contact"),
        rx.cond(PersonState.missing, _missing(), _whole()),
        open=(_WHO.id != "") | PersonState.missing,
        on_close=PersonState.close,
    )


def _missing() -> rx.Component:
    return empty(
        "user_x",
        "Nobody is here",
        "This contact was removed or became part of another one.",
        button("Close", on_click=PersonState.close),
    )


def _whole() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            avatar(_WHO.initials, _WHO.hue, size="large"),
            rx.el.div(
                rx.el.h2(_WHO.title, dir="auto", class_name="clip"),
                rx.el.span(_WHO.phone, class_name="small mute number"),
                class_name="who grow",
            ),
            rx.cond(_WHO.blocked, chip("Blocked", tone="bad")),
            rx.cond(PersonState.may_manage, _actions()),
            icon_button("x", "Close", on_click=PersonState.close),
            class_name="person-head",
        ),
        _section("Details", _facts(_WHO.facts)),
        rx.cond(_WHO.custom.length() > 0, _section("Fields", _facts(_WHO.custom))),
        _section("Tags", _tags()),
        _section("Marketing", _consent()),
        _section("AI", _ai()),
        rx.cond(
            _WHO.talks.length() > 0,
            _section("Conversations", rx.el.ul(rx.foreach(_WHO.talks, _talk), class_name="lines")),
        ),
        _section("What happened", rx.el.ol(rx.foreach(_WHO.lines, _line), class_name="history")),
    )


def _actions() -> rx.Component:
    return rx.fragment(
        button("Edit", class_name="small", on_click=PersonState.show_form("edit")),
        menu(
            rx.el.summary(
                rx.icon("ellipsis", size=18),
                aria_label="More",
                class_name="btn quiet square",
            ),
            menu_item("Merge with…", icon="merge", on_click=PersonState.ask("merge")),
            rx.cond(
                (_WHO.talks.length() > 0) & ~_WHO.blocked,
                menu_item("Block…", icon="ban", on_click=BlockState.ask(_WHO.id, "", _WHO.title)),
            ),
            menu_item("Delete…", icon="trash_2", on_click=PersonState.ask("delete")),
            rx.cond(
                PersonState.may_erase,
                menu_item("Erase for good…", icon="eraser", on_click=PersonState.ask("erase")),
            ),
            side="right",
        ),
    )


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h3(title), *content, class_name="person-section")


def _facts(facts: rx.Var[list[Fact]]) -> rx.Component:
    return rx.el.dl(
        rx.foreach(facts, lambda f: rx.fragment(rx.el.dt(f.label), rx.el.dd(f.value, dir="auto"))),
        class_name="facts",
    )


def _tags() -> rx.Component:
    return rx.el.div(
        rx.foreach(_WHO.tags, _tag),
        rx.cond(
            PersonState.may_manage,
            rx.el.form(
                rx.el.input(
                    name="tag",
                    placeholder="Add a tag",
                    aria_label="Add a tag",
                    auto_complete="off",
                    max_length=50,
                ),
                on_submit=PersonState.add_tag,
                reset_on_submit=True,
                class_name="add-tag",
            ),
            rx.cond(_WHO.tags.length() == 0, rx.el.span("None", class_name="mute small")),
        ),
        class_name="row wrap",
    )


def _tag(tag: rx.Var[str]) -> rx.Component:
    return rx.cond(
        PersonState.may_manage,
        rx.el.span(
            tag,
            rx.el.button(
                rx.icon("x", size=12),
                type="button",
                aria_label=f"Remove the tag {tag}",
                on_click=PersonState.remove_tag(tag),
            ),
            class_name="chip tag",
        ),
        chip(tag),
    )


def _consent() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            chip(_WHO.marketing, tone=_WHO.tone),
            rx.el.span(class_name="grow"),
            rx.cond(
                PersonState.may_manage,
                button(
                    rx.cond(_WHO.allowed, "They stopped it…", "They allowed it…"),
                    class_name="small",
                    on_click=PersonState.show_form("consent"),
                ),
            ),
            class_name="row",
        ),
        rx.foreach(_WHO.evidence, _evidence),
        class_name="stack",
    )


def _ai() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _WHO.ai_opt_out,
            chip("Wants no AI", tone="warn"),
            rx.el.span("May read what they write", class_name="small mute"),
        ),
        rx.el.span(class_name="grow"),
        rx.cond(
            PersonState.may_manage,
            button(
                rx.cond(_WHO.ai_opt_out, "Allow AI", "Keep AI away"),
                class_name="small",
                on_click=PersonState.turn_ai,
            ),
        ),
        class_name="row",
    )


def _evidence(item: rx.vars.ObjectVar[Evidence]) -> rx.Component:
    return rx.el.div(
        chip(item.words, tone=item.tone),
        rx.el.span(item.how, class_name="small mute grow"),
        ago(at=item.at, class_name="small mute"),
        class_name="row evidence",
    )


def _talk(talk: rx.vars.ObjectVar[Talk]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                rx.el.span(talk.title, class_name="strong clip"),
                rx.el.span(talk.last, class_name="small mute clip", dir="auto"),
                class_name="who grow",
            ),
            chip(talk.status),
            ago(at=talk.at, class_name="small mute"),
            href=talk.href,
            class_name="row grow",
        ),
        rx.cond(
            talk.blocked & PersonState.may_manage,
            button(
                "Let in again",
                class_name="small",
                on_click=BlockState.let_in(_WHO.id, talk.account_id, _WHO.title),
            ),
        ),
    )


def _line(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    said = rx.cond(
        line.href != "",
        rx.el.a(line.words, href=line.href, class_name="grow plain-link"),
        rx.el.span(line.words, class_name="grow"),
    )
    return rx.el.li(
        rx.match(
            line.icon,
            *(
                (name, rx.icon(name, size=15, aria_hidden="true"))
                for name in ("user_plus", "badge_check", "message_circle", "sticky_note")
            ),
            rx.icon("megaphone", size=15, aria_hidden="true"),
        ),
        said,
        ago(at=line.at, class_name="small mute"),
    )
