"""Icons by name: one that is a variable would bring every icon there is to every page."""

from __future__ import annotations

import reflex as rx
from reflex.page import DECORATED_PAGES

from botpe_app import botpe_app

ANY_ICON = "DynamicIcon"


def test_no_page_brings_every_icon_there_is():
    pages = [draw for found in DECORATED_PAGES.values() for draw, _ in found]
    assert len(pages) >= len(botpe_app.PAGES)
    assert [draw for draw in pages if ANY_ICON in str(draw())] == []


def test_the_guard_sees_an_icon_that_is_a_variable():
    assert ANY_ICON in str(rx.el.div(rx.icon(rx.Var("name").to(str))))
