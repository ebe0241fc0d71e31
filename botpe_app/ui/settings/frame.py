"""What every settings page shares: the grouped list of them, a menu on a phone."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import menu
from botpe_app.ui.layout import head
from botpe_app.ui.session import SessionState


@dataclass(frozen=True)
class Link:
    """A settings page; with `needs`, only who may see it is offered it."""

    name: str
    address: str
    icon: str
    needs: Permission | None = None


# Only pages that exist.
GROUPS = [
    ("You", [Link("Your account", "/settings/account", "circle_user_round")]),
    (
        "Organization",
        [
            Link("General", "/settings/organization", "building_2"),
            Link("People", "/settings/people", "users"),
            Link("Teams", "/settings/teams", "network"),
            Link("Permissions", "/settings/permissions", "shield_check"),
        ],
    ),
    (
        "Channels",
        [
            Link("WhatsApp numbers", "/settings/numbers", "phone"),
            Link("Problems", "/settings/problems", "triangle_alert"),
        ],
    ),
    (
        "Inbox",
        [
            Link("Tags", "/settings/tags", "tag"),
            Link("Custom fields", "/settings/fields", "text_cursor_input"),
            Link("Canned replies", "/settings/replies", "message_square_text"),
            Link("Business hours", "/settings/hours", "clock"),
        ],
    ),
    (
        "AI",
        [
            Link("AI agents", "/settings/ai", "sparkles"),
            Link("Knowledge", "/settings/ai/knowledge", "book_open"),
            Link("Intents", "/settings/ai/intents", "messages_square"),
        ],
    ),
    (
        "Developers",
        [
            Link("API keys", "/settings/api-keys", "key_round", Permission.MANAGE_API_KEYS),
            Link("Webhooks", "/settings/webhooks", "webhook", Permission.MANAGE_WEBHOOKS),
            Link("Audit log", "/settings/audit", "scroll_text", Permission.READ_AUDIT_LOG),
        ],
    ),
]


def settings_frame(title: str, action: rx.Component, *content: rx.Component) -> rx.Component:
    """A settings page: the way to the others, its one action and its content."""
    return rx.fragment(
        head("Settings"),
        rx.el.div(
            rx.el.nav(*_groups(title), aria_label="Settings", class_name="settings-nav"),
            rx.el.div(
                _chooser(title),
                rx.el.div(
                    rx.el.h2(title, class_name="body-title grow"), action, class_name="row wrap"
                ),
                *content,
                class_name="body narrow",
            ),
            class_name="settings",
        ),
    )


def may(permission: Permission) -> rx.Var[bool]:
    """Whether who is signed in holds a permission; for showing controls, never for allowing."""
    return SessionState.permissions.contains(permission.value)


def _chooser(title: str) -> rx.Component:
    """The same list where there is no room beside the page."""
    return menu(
        rx.el.summary(
            rx.el.span(title, class_name="grow"),
            rx.icon("chevrons_up_down", size=16, aria_hidden="true"),
            aria_label="Settings: choose a page",
            class_name="btn wide",
        ),
        *_groups(title),
        class_name="settings-chooser",
    )


def _groups(title: str) -> list[rx.Component]:
    return [
        rx.el.div(
            rx.el.h3(name), *(_link(link, title) for link in links), class_name="settings-group"
        )
        for name, links in GROUPS
    ]


def _link(link: Link, title: str) -> rx.Component:
    made = rx.el.a(
        rx.icon(link.icon, size=16, aria_hidden="true"),
        link.name,
        href=link.address,
        aria_current="page" if link.name == title else "false",
        class_name="settings-link",
    )
    return rx.cond(may(link.needs), made) if link.needs else made
