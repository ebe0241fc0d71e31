"""The wizard's last step: what launching would do."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.campaigns.parts import figure, lines
from botpe_app.ui.campaigns.wizard_state import WizardState

_CHECK: Any = WizardState.check


def check_step() -> rx.Component:
    """Who gets it, who does not and why, what it costs, how long it takes, how it reads."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                figure("Will get it", _CHECK.will, _CHECK.of),
                figure("Cost, at most", _CHECK.cost, _CHECK.cost_detail),
                figure("Takes about", _CHECK.takes, _CHECK.takes_detail),
                class_name="cards",
            ),
            _verdict(),
            rx.cond(
                _CHECK.variants.length() > 0,
                lines("Who gets which variant", _CHECK.variants, "in turn, at random"),
            ),
            rx.cond(
                _CHECK.zones.length() > 0,
                lines("When it begins where", _CHECK.zones, "by their own clocks"),
            ),
            rx.cond(
                _CHECK.left_out.length() > 0,
                lines("Left out, and why", _CHECK.left_out, _CHECK.left_out_words),
            ),
            rx.cond(
                _CHECK.markets.length() > 0,
                lines("Cost by country", _CHECK.markets, "from Meta's price list"),
            ),
            class_name="stack wizard-form",
        ),
        rx.cond(_CHECK.samples.length() > 0, _samples()),
        class_name="writer",
    )


def _verdict() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Before you launch"),
        rx.el.ul(
            _said("clock", f"It begins {_CHECK.begins}.", ""),
            rx.cond(
                _CHECK.first != "",
                _said(
                    "flask_conical",
                    f"{_CHECK.first} get it first and are watched; the others follow by "
                    "themselves unless too many fail or leave.",
                    "",
                ),
            ),
            rx.foreach(_CHECK.errors, lambda said: _said("circle_x", said, "bad")),
            rx.foreach(_CHECK.warnings, lambda said: _said("triangle_alert", said, "caution")),
            rx.cond(
                (_CHECK.errors.length() == 0) & (_CHECK.warnings.length() == 0),
                _said("circle_check", "Nothing speaks against it.", "fine"),
            ),
            class_name="verdicts",
        ),
        class_name="card",
    )


def _said(icon: str, words: str | rx.Var[str], tone: str) -> rx.Component:
    return rx.el.li(rx.icon(icon, size=17, aria_hidden="true", class_name=tone), rx.el.span(words))


def _samples() -> rx.Component:
    return rx.el.section(
        rx.el.h2("As they will read it"),
        rx.el.div(
            rx.foreach(
                _CHECK.samples,
                lambda said: rx.el.p(said, class_name="shown-bubble shown-body", dir="auto"),
            ),
            class_name="phone-paper samples-paper",
        ),
        class_name="writer-phone",
    )
