"""The table itself, and what to do with those who are ticked."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import (
    ago,
    avatar,
    button,
    chip,
    empty,
    pager,
    skeleton_rows,
    tick_box,
)
from botpe_app.ui.contacts.person_state import PersonState
from botpe_app.ui.contacts.rows import Cell, Head, Person
from botpe_app.ui.contacts.state import ContactsState


def table() -> rx.Component:
    """The customers of the page, or why there is none."""
    return rx.el.div(
        rx.cond(ContactsState.ticked.length() > 0, _chosen()),
        rx.cond(
            ContactsState.loaded,
            rx.cond(ContactsState.people.length() > 0, _rows(), _none()),
            skeleton_rows(8, kind="row"),
        ),
        class_name="card flush stack-0",
    )


def _rows() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.cond(
                            ContactsState.may_manage,
                            rx.el.th(
                                tick_box(
                                    "Everybody on this page",
                                    ContactsState.all_ticked,
                                    on_change=ContactsState.tick_all,
                                ),
                                scope="col",
                                class_name="tick-cell",
                            ),
                        ),
                        rx.foreach(ContactsState.heads, _head),
                    )
                ),
                rx.el.tbody(rx.foreach(ContactsState.people, _row)),
                class_name="table people",
            ),
            class_name="table-box",
        ),
        pager(
            ContactsState.words,
            back=ContactsState.back,
            on=ContactsState.forward,
            at_start=ContactsState.page == 0,
            at_end=~ContactsState.more,
        ),
    )


def _head(head: rx.vars.ObjectVar[Head]) -> rx.Component:
    return rx.el.th(
        rx.cond(
            head.href != "",
            rx.el.a(
                head.label,
                rx.match(
                    head.order,
                    ("ascending", rx.icon("arrow_up", size=13)),
                    ("descending", rx.icon("arrow_down", size=13)),
                    rx.icon("chevrons_up_down", size=13, class_name="faint"),
                ),
                href=head.href,
                class_name="sorter",
            ),
            head.label,
        ),
        scope="col",
        aria_sort=head.order,
    )


def _row(person: rx.vars.ObjectVar[Person]) -> rx.Component:
    return rx.el.tr(
        rx.cond(
            ContactsState.may_manage,
            rx.el.td(
                tick_box(
                    f"Choose {person.name}",
                    ContactsState.ticked.contains(person.id),
                    on_change=ContactsState.tick(person.id),
                ),
                class_name="tick-cell",
            ),
        ),
        rx.el.td(
            rx.el.a(
                avatar(person.initials, person.hue),
                rx.el.span(person.name, class_name="clip", dir="auto"),
                href=person.href,
                class_name="row strong cover",
            )
        ),
        rx.foreach(person.cells, _cell),
        key=person.id,
        class_name=rx.cond(ContactsState.ticked.contains(person.id), "chosen", ""),
    )


def _cell(cell: rx.vars.ObjectVar[Cell]) -> rx.Component:
    return rx.el.td(
        rx.match(
            cell.kind,
            (
                "tags",
                rx.el.span(
                    rx.foreach(cell.tags, lambda tag: chip(tag)),
                    rx.cond(cell.more != 0, rx.el.span(f"+{cell.more}", class_name="small mute")),
                    class_name="row chips-cell",
                ),
            ),
            ("marketing", chip(cell.text, tone=cell.tone)),
            (
                "time",
                rx.cond(
                    cell.text != "", ago(at=cell.text), rx.el.span("Never", class_name="faint")
                ),
            ),
            rx.el.span(cell.text, dir="auto"),
        )
    )


def _chosen() -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.el.strong(ContactsState.meant, class_name="number"), " chosen", role="status"
        ),
        rx.cond(
            ContactsState.all_ticked & ContactsState.more & ~ContactsState.everybody,
            button(
                f"Choose all {ContactsState.total}",
                kind="quiet",
                class_name="small",
                on_click=ContactsState.mean_everybody,
            ),
        ),
        rx.el.span(class_name="grow"),
        rx.el.form(
            rx.el.input(
                name="tag",
                placeholder="Tag",
                aria_label="Tag for those chosen",
                auto_complete="off",
                max_length=50,
                required=True,
                class_name="input small",
            ),
            button("Add tag", icon="tag", type="submit", class_name="small"),
            on_submit=ContactsState.tag_them,
            reset_on_submit=True,
            class_name="row",
        ),
        button(
            "Clear", kind="quiet", icon="x", class_name="small", on_click=ContactsState.tick_nobody
        ),
        class_name="row wrap chosen-bar",
    )


def _none() -> rx.Component:
    return rx.cond(
        (ContactsState.query != "") | (ContactsState.tag != ""),
        empty("search", "Nobody found", "No name, number or tag fits. Search for part of a name."),
        empty(
            "users",
            "No contact yet",
            "Whoever writes to you appears here by themselves. Bring in those you know already "
            "from a spreadsheet, or add one by hand.",
            rx.cond(
                ContactsState.may_manage,
                rx.fragment(
                    button(
                        "Import a spreadsheet",
                        kind="solid",
                        icon="upload",
                        on_click=ContactsState.show_import(True),
                    ),
                    button("Add contact", on_click=PersonState.show_form("new")),
                ),
            ),
        ),
    )
