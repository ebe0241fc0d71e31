"""What every settings page shares."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.layout import head

# Only pages that exist: (name, address).
PAGES = [("WhatsApp numbers", "/settings/numbers"), ("API keys", "/settings/api-keys")]


def settings_frame(title: str, action: rx.Component, *content: rx.Component) -> rx.Component:
    """A settings page: its tabs, its one action and its content."""
    return rx.fragment(
        head("Settings", action),
        rx.el.div(
            rx.el.nav(
                *(
                    rx.el.a(
                        name,
                        href=address,
                        aria_current="page" if name == title else "false",
                        class_name="show",
                    )
                    for name, address in PAGES
                ),
                aria_label="Settings",
                class_name="row wrap",
            ),
            rx.el.h2(title, class_name="body-title"),
            *content,
            class_name="body narrow",
        ),
    )
