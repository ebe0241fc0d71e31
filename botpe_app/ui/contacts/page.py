"""/contacts."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.blocking import block_question
from botpe_app.ui.components import button, button_link, menu, menu_item, search_box, tabs
from botpe_app.ui.contacts.asking import questions
from botpe_app.ui.contacts.drawer import person_drawer
from botpe_app.ui.contacts.forms import forms
from botpe_app.ui.contacts.importing import import_button, import_dialog
from botpe_app.ui.contacts.person_state import PersonState
from botpe_app.ui.contacts.state import ContactsState
from botpe_app.ui.contacts.table import table
from botpe_app.ui.layout import head, page

TABS = [("Contacts", "/contacts"), ("Segments", "/segments")]


@page("Contacts", on_load=ContactsState.enter)
def contacts() -> rx.Component:
    """Everybody who wrote or was added: found, tagged, changed, brought in and taken out."""
    return rx.fragment(
        head(
            "Contacts",
            button_link(
                "Export",
                ContactsState.export,
                icon="download",
                class_name="wide-only",
                download="contacts.csv",
            ),
            rx.cond(
                ContactsState.may_manage,
                rx.fragment(
                    import_button(),
                    button(
                        "Add contact",
                        kind="solid",
                        icon="plus",
                        on_click=PersonState.show_form("new"),
                    ),
                ),
            ),
            after=tabs("Contacts and segments", TABS, "Contacts"),
        ),
        rx.el.div(_bar(), table(), class_name="body full"),
        person_drawer(),
        forms(),
        questions(),
        block_question(),
        import_dialog(),
    )


def _bar() -> rx.Component:
    return rx.el.div(
        search_box(
            "Search names and numbers",
            value=ContactsState.query,
            on_search=ContactsState.search,
        ),
        _tag_menu(),
        rx.el.span(class_name="grow"),
        _column_menu(),
        class_name="row wrap bar-row",
    )


def _tag_menu() -> rx.Component:
    return menu(
        rx.el.summary(
            rx.icon("tag", size=15),
            rx.el.span(rx.cond(ContactsState.tag != "", ContactsState.tag, "All tags")),
            rx.icon("chevron_down", size=14),
            aria_label="Tag of the contacts shown",
            class_name="btn",
        ),
        menu_item("All tags", on_click=ContactsState.with_tag("")),
        rx.foreach(
            ContactsState.tags,
            lambda tag: menu_item(
                tag,
                on_click=ContactsState.with_tag(tag),
                aria_current=rx.cond(ContactsState.tag == tag, "true", "false"),
            ),
        ),
    )


def _column_menu() -> rx.Component:
    return menu(
        rx.el.summary(
            rx.icon("columns_3", size=15),
            rx.el.span("Columns"),
            aria_label="Columns shown",
            class_name="btn",
        ),
        rx.foreach(
            ContactsState.columns,
            lambda column: rx.el.button(
                rx.icon(
                    "check",
                    size=16,
                    aria_hidden="true",
                    class_name=rx.cond(column.chosen, "", "hidden"),
                ),
                column.label,
                type="button",
                role="menuitemcheckbox",
                aria_checked=rx.cond(column.chosen, "true", "false"),
                on_click=ContactsState.choose(column.key),
                class_name="menu-item",
            ),
        ),
        side="right",
        class_name="wide-only",
    )
