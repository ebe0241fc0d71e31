"""/settings/hours."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button, chip, choice, form_error, icon_button, skeleton_rows
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import settings_frame
from botpe_app.ui.settings.hours_state import Day, HoursState, Span

_MAY = HoursState.may_change
_MAY_NOT = rx.cond(_MAY, False, True)


@page("Business hours", route="/settings/hours", here="Settings", on_load=HoursState.enter)
def hours() -> rx.Component:
    """When the organization is open: by weekday, in its zone, except on holidays."""
    return settings_frame(
        "Business hours",
        rx.cond(
            HoursState.loaded & _MAY,
            button(
                "Save",
                kind="solid",
                disabled=~HoursState.changed,
                on_click=HoursState.save,
            ),
        ),
        rx.el.p(
            "Bots, automations and away replies ask whether you are open. ",
            rx.cond(
                HoursState.open_now, chip("Open now", tone="good"), chip("Closed now", tone="warn")
            ),
            class_name="mute",
        ),
        form_error(
            HoursState.errors.get(
                "days", HoursState.errors.get("timezone", HoursState.errors.get("holidays", ""))
            )
        ),
        rx.cond(HoursState.loaded, rx.fragment(_week(), _holidays()), skeleton_rows(7, kind="row")),
    )


def _week() -> rx.Component:
    return rx.el.section(
        rx.el.ul(rx.foreach(HoursState.days, _day), class_name="lines week"),
        rx.cond(
            _MAY,
            rx.el.div(
                button(
                    "Monday's for Tuesday to Friday",
                    icon="copy",
                    class_name="small",
                    on_click=HoursState.copy_monday,
                ),
                class_name="row",
            ),
        ),
        choice(
            "timezone",
            "By the clock of",
            HoursState.zones,
            value=HoursState.timezone,
            on_change=HoursState.choose_zone,
            disabled=_MAY_NOT,
        ),
        class_name="card",
    )


def _day(day: rx.vars.ObjectVar[Day]) -> rx.Component:
    spans = day.spans.to(list[Span])
    return rx.el.li(
        rx.el.span(day.name, class_name="strong day-name"),
        rx.el.div(
            rx.cond(
                spans.length() > 0,
                rx.foreach(spans, lambda span: _span(day, span)),
                rx.el.span("Closed", class_name="mute"),
            ),
            class_name="spans grow",
        ),
        rx.cond(
            _MAY,
            icon_button(
                "plus", f"Another while on {day.name}", on_click=HoursState.add_span(day.key)
            ),
        ),
        key=day.key,
    )


def _span(day: rx.vars.ObjectVar[Day], span: rx.vars.ObjectVar[Span]) -> rx.Component:
    return rx.el.div(
        _clock(day, span, "start", span.start, f"{day.name} from"),
        rx.el.span("to", class_name="mute"),
        _clock(day, span, "end", span.end, f"{day.name} until"),
        rx.cond(
            _MAY,
            icon_button(
                "x",
                f"Not on {day.name} from {span.start}",
                size=16,
                on_click=HoursState.drop_span(day.key, span.id),
            ),
        ),
        key=span.id,
        class_name="row",
    )


def _clock(
    day: rx.vars.ObjectVar[Day],
    span: rx.vars.ObjectVar[Span],
    end: str,
    value: rx.Var[str],
    label: rx.Var[str] | str,
) -> rx.Component:
    return rx.el.input(
        type="time",
        default_value=value,
        aria_label=label,
        disabled=_MAY_NOT,
        on_blur=lambda clock: HoursState.move(day.key, span.id, end, clock),
        class_name="input small number clock",
    )


def _holidays() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Holidays"),
        rx.el.p("Closed all day, whatever the weekday.", class_name="mute"),
        rx.el.div(rx.foreach(HoursState.holidays, _holiday), class_name="row wrap"),
        rx.cond(
            _MAY,
            rx.el.form(
                rx.el.input(
                    type="date", name="holiday", aria_label="Date", class_name="input small date"
                ),
                button("Add", type="submit", class_name="small"),
                on_submit=HoursState.add_holiday,
                reset_on_submit=True,
                class_name="row",
            ),
        ),
        class_name="card",
    )


def _holiday(date: rx.vars.StringVar) -> rx.Component:
    return rx.el.span(
        date,
        rx.cond(
            _MAY,
            rx.el.button(
                rx.icon("x", size=13),
                type="button",
                aria_label=f"Open on {date} again",
                on_click=HoursState.drop_holiday(date),
            ),
        ),
        key=date,
        class_name="chip number",
    )
