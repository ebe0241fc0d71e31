"""The wizard's third step: when it begins, how fast it goes, and what it keeps to."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.campaigns.timing import RATES
from botpe_app.ui.campaigns.wizard_state import WizardState
from botpe_app.ui.components import choice, field, switch

_RULES: Any = WizardState.rules
_whose_clock = rx.cond(
    _RULES.local,
    "By each recipient's own clock.",
    f"In the zone of your organization, {WizardState.zone}.",
)


def when_step() -> rx.Component:
    """Now or at a time, the rate, and rules that are off unless set."""
    return rx.fragment(_start(), _local(), _canary(), _quiet(), _cap())


def _start() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            _moment("As soon as you launch it", later=False),
            _moment("At a time", later=True),
            role="radiogroup",
            aria_label="When it begins",
            class_name="tiles",
        ),
        rx.cond(
            WizardState.later,
            field(
                "at",
                "Day and time",
                type="datetime-local",
                value=WizardState.at,
                on_change=WizardState.begin_at,
                help=_whose_clock,
            ),
        ),
        choice(
            "rate",
            "How fast at most",
            RATES.items(),
            value=WizardState.rate,
            on_change=WizardState.pace,
            help="Slower leaves your team time to answer. 100,000 messages in ten minutes need "
            "three numbers of 80 a second, or one of 1,000.",
        ),
        class_name="card",
    )


def _moment(words: str, *, later: bool) -> rx.Component:
    return rx.el.button(
        words,
        type="button",
        role="radio",
        aria_checked=rx.cond(WizardState.later == later, "true", "false"),
        on_click=WizardState.wait(later),
        class_name="tile strong",
    )


def _local() -> rx.Component:
    return _rule(
        "local",
        "By each recipient's clock",
        "The time above and quiet hours count in the zone each recipient is in: that of their "
        "field time_zone, else of their phone number. Where a number does not tell which of its "
        "country's zones, the one most people live in; where it tells none, yours.",
    )


def _canary() -> rx.Component:
    return _rule(
        "canary",
        "Try it on a few first",
        "A random few get it first. If many of them fail, block you or stop marketing, it pauses; "
        "else it goes on by itself.",
        _number("canary_percent", "Percent of the recipients", 50),
        _number("canary_minutes", "Minutes to watch them", 1440),
    )


def _quiet() -> rx.Component:
    return _rule(
        "quiet",
        "Quiet hours",
        rx.fragment("Nothing leaves between these times; what waits goes on after. ", _whose_clock),
        _input("quiet_from", "From", type="time"),
        _input("quiet_to", "To", type="time"),
    )


def _cap() -> rx.Component:
    return _rule(
        "cap",
        "Not too much for anybody",
        "Whoever had so many campaigns' messages lately is left out. For marketing only.",
        _number("cap_messages", "Messages at most", 100),
        _number("cap_days", "In so many days", 90),
    )


def _rule(name: str, title: str, words: Any, *inputs: rx.Component) -> rx.Component:
    on = _RULES[name]
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(title),
                rx.el.p(words, class_name="mute small"),
                class_name="who grow",
            ),
            switch(title, on, on_click=WizardState.turn_rule(name)),
            class_name="row",
        ),
        rx.cond(on, rx.el.div(*inputs, class_name="rule-inputs")) if inputs else rx.fragment(),
        class_name="card",
    )


def _number(name: str, label: str, most: int) -> rx.Component:
    return _input(name, label, type="number", min="1", max=str(most), input_mode="numeric")


def _input(name: str, label: str, **props: Any) -> rx.Component:
    return field(
        name,
        label,
        value=_RULES[name],
        on_change=lambda said: WizardState.keep_rule(name, said),
        **props,
    )
