"""How each agent works, where it does not as all do."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.ai.agents_state import EFFORT_CHOICES, MODEL_CHOICES, OF_ONE, AiState, Working
from botpe_app.ui.components import button, choice, dialog, dialog_form, field

_WAY = AiState.way
_ERRORS = AiState.errors


def ways() -> rx.Component:
    """One line an agent, and the form that changes it."""
    return rx.el.section(
        rx.el.h2("Each agent"),
        rx.el.ul(rx.foreach(AiState.ways, _line), class_name="runs"),
        dialog(
            _WAY.name,
            _form(),
            open=AiState.editing != "",
            on_close=AiState.close,
        ),
        class_name="card stack",
    )


def limits(effort: Any, max_tokens: Any, usual: str, *, prefix: str = "") -> rx.Component:
    """How hard to think, and how long an answer may be."""
    return rx.fragment(
        choice(f"{prefix}effort", "Effort", [("", usual), *EFFORT_CHOICES], default_value=effort),
        field(
            f"{prefix}max_tokens",
            "Most tokens of an answer",
            default_value=max_tokens,
            placeholder=usual,
            input_mode="numeric",
            error=_ERRORS.get("max_tokens", ""),
        ),
    )


def _line(way: rx.vars.ObjectVar[Working]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(way.name, class_name="strong"),
            rx.el.span(way.words, class_name="small mute grow"),
            rx.cond(
                AiState.may_manage,
                button("Change", class_name="small", on_click=AiState.edit_way(way.agent)),
            ),
            class_name="row wrap",
        ),
        key=way.agent,
    )


def _form() -> rx.Component:
    usual = "As all do"
    return dialog_form(
        choice(f"{OF_ONE}model", "Model", [("", usual), *MODEL_CHOICES], default_value=_WAY.model),
        limits(_WAY.effort, _WAY.max_tokens, usual, prefix=OF_ONE),
        field(
            f"{OF_ONE}monthly_budget_usd",
            "Budget a month, in US dollars",
            default_value=_WAY.budget,
            placeholder="Only that of all",
            input_mode="decimal",
            help="Within the budget of all agents.",
            error=_ERRORS.get("monthly_budget_usd", ""),
        ),
        act="Save",
        error=_ERRORS.get("form", ""),
        key=AiState.editing,
        on_submit=AiState.save_way,
        on_cancel=AiState.close,
    )
