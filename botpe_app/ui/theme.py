"""The look in one place: stylesheets in the order they apply, and the scripts pages import.

Colours, sizes and shadows are custom properties in assets/tokens.css. Light, dark and system
modes are Reflex's own: its script in the head sets the class before anything is painted.
"""

from __future__ import annotations

import reflex as rx

STYLESHEETS = [
    "tokens.css",
    "base.css",
    "parts.css",
    "forms.css",
    "feedback.css",
    "frame.css",
    "entry.css",
    "inbox.css",
    "person.css",
    "thread.css",
    "bubble.css",
    "attached.css",
    "composer.css",
    "pages.css",
    "chart.css",
    "analytics.css",
    "campaigns.css",
    "templates.css",
    "settings.css",
    "mends.css",
    "table.css",
    "importing.css",
    "segments.css",
    "logs.css",
    "simulator.css",
    "bots.css",
    "steps.css",
    "canvas.css",
    "tries.css",
    "panel.css",
    "proof.css",
    "automations.css",
    "inbox-more.css",
]

# Before anything is painted, so that the rail does not jump either.
_RAIL = "try{document.documentElement.dataset.rail=localStorage['botpe.rail']||'wide'}catch{}"

HEAD = [
    rx.el.script(_RAIL),
    rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
    rx.el.meta(name="theme-color", content="#0b7a4b"),
    rx.el.meta(name="color-scheme", content="light dark"),
]


def title(page: str | rx.Var[str]) -> str:
    """A page's browser title."""
    return f"{page} · BotPe"
