"""/settings/ai."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.ai.agents_state import MODEL_CHOICES, AiState, Run, Share
from botpe_app.ui.ai.ways import limits, ways
from botpe_app.ui.components import (
    ago,
    area,
    button,
    chart,
    chip,
    choice,
    empty,
    field,
    form_error,
    problem,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import settings_frame


@page("AI agents", route="/settings/ai", here="Settings", on_load=AiState.enter)
def agents() -> rx.Component:
    """Model, budget and tone of the agents, and what they did."""
    return settings_frame(
        "AI agents",
        rx.fragment(),
        rx.cond(
            AiState.loaded,
            rx.fragment(_standing(), _settings(), ways(), _usage(), _runs()),
            skeleton_rows(3, kind="card"),
        ),
    )


def _standing() -> rx.Component:
    return rx.fragment(
        rx.cond(
            ~AiState.has_key,
            problem(
                "No key for Claude",
                "Set ANTHROPIC_API_KEY and start again. Until then the agents do what they can "
                "without it: intents, passages of your documents, patterns for templates and bots.",
            ),
        ),
        rx.cond(
            AiState.standing == "exhausted",
            problem(
                "This month's budget is used up",
                "The agents go on without Claude until the month ends or the budget is raised.",
            ),
        ),
    )


def _settings() -> rx.Component:
    error = AiState.errors
    return rx.el.section(
        rx.el.div(
            rx.el.h2("This month"),
            rx.el.span(class_name="grow"),
            rx.match(
                AiState.standing,
                ("warning", chip("Over 80 % of the budget", tone="warn")),
                ("exhausted", chip("Budget used up", tone="bad")),
                chip("Within the budget", tone="good"),
            ),
            class_name="row wrap",
        ),
        rx.el.p(AiState.spent, class_name="strong number"),
        rx.el.div(
            rx.el.i(class_name=AiState.standing, style={"width": AiState.share}),
            role="progressbar",
            aria_label="Of this month's budget",
            aria_valuemin=0,
            aria_valuemax=100,
            aria_valuenow=AiState.share_now,
            class_name="meter",
        ),
        rx.cond(
            AiState.may_manage,
            rx.el.form(
                choice("model", "Model", MODEL_CHOICES, default_value=AiState.model),
                field(
                    "monthly_budget_usd",
                    "Budget a month, in US dollars",
                    default_value=AiState.budget,
                    input_mode="decimal",
                    help="What a run can cost at most is set aside first, so it is never exceeded.",
                    error=error.get("monthly_budget_usd", ""),
                ),
                limits(AiState.effort, AiState.max_tokens, "Each agent's own"),
                field(
                    "cache_minutes",
                    "Minutes for which the same question gets the same answer",
                    default_value=AiState.cache_minutes,
                    input_mode="numeric",
                    help="It is not paid for again meanwhile. 0 asks anew each time.",
                    error=error.get("cache_minutes", ""),
                ),
                area(
                    "tone",
                    "Tone",
                    default_value=AiState.tone,
                    rows=2,
                    placeholder="Warm and brief; we say “you”, never “dear customer”.",
                    error=error.get("tone", ""),
                ),
                form_error(error.get("form", "")),
                rx.el.div(button("Save", kind="solid", type="submit"), class_name="row end"),
                on_submit=AiState.save,
                no_validate=True,
                class_name="stack",
            ),
            rx.el.p("Model: ", AiState.model, class_name="mute"),
        ),
        class_name="card stack",
    )


def _usage() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Runs of the last 30 days"),
        chart(title="Runs by day", labels=AiState.labels, series=AiState.runs_by_day),
        chart(title="Cost by day", labels=AiState.labels, series=AiState.cost_by_day, unit=" ¢"),
        _shares("Agent", AiState.shares),
        _shares("Bot", AiState.bots),
        class_name="card stack",
    )


def _shares(whose: str, shares: Any) -> rx.Component:
    return rx.cond(
        shares.length() > 0,
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th(whose, scope="col"),
                        rx.el.th("Runs", scope="col", class_name="n"),
                        rx.el.th("Cost", scope="col", class_name="n"),
                    )
                ),
                rx.el.tbody(rx.foreach(shares, _share)),
                class_name="table",
            ),
            class_name="scroll",
        ),
    )


def _share(share: rx.vars.ObjectVar[Share]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(share.name, class_name="strong"),
        rx.el.td(share.runs, class_name="n"),
        rx.el.td(share.cost, class_name="n"),
        key=share.name,
    )


def _runs() -> rx.Component:
    return rx.el.section(
        rx.el.h2("What they did"),
        rx.cond(
            AiState.runs.length() > 0,
            rx.el.ul(rx.foreach(AiState.runs, _run), class_name="runs"),
            empty(
                "sparkles",
                "Nothing yet",
                "Every run stands here with its cost and a sentence of why it answered so.",
            ),
        ),
        rx.cond(AiState.more, button("Show more", on_click=AiState.show_more)),
        class_name="card stack",
    )


def _run(run: rx.vars.ObjectVar[Run]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(run.agent, class_name="strong"),
            rx.match(
                run.state,
                ("running", chip("Running")),
                ("cancelling", chip("Being cancelled")),
                ("cancelled", chip("Cancelled", tone="warn")),
                ("lost", chip("Lost", tone="bad")),
                rx.cond(run.good, rx.fragment(), chip("Did without", tone="warn")),
            ),
            rx.el.span(class_name="grow"),
            rx.cond(
                (run.state == "running") & AiState.may_answer,
                button("Cancel", class_name="small", on_click=AiState.cancel(run.id)),
            ),
            rx.el.span(run.by, class_name="mute small"),
            rx.el.span(run.cost, class_name="mute small number"),
            rx.el.span(run.took, class_name="mute small number"),
            rx.el.span(ago(at=run.at), class_name="mute small"),
            class_name="row wrap",
        ),
        rx.el.p(run.explanation, class_name="small"),
        rx.cond(run.tools != "", rx.el.p(run.tools, class_name="small mute")),
        key=run.id,
    )
