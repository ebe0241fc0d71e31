"""What a page says when there is nothing, not yet, no longer, or just now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from botpe_app.ui.components.basics import icon_button

KEPT = 4  # toasts on screen at once


@dataclass(frozen=True)
class Toast:
    """A line that says what happened; `number` tells two alike apart."""

    number: int
    text: str
    tone: str  # "", good, bad
    undo: bool = False


class Toasts(rx.State):
    """The toasts of one tab."""

    shown: list[Toast] = []
    _last: int = 0
    _undo: dict[int, Any] = {}

    def _say(self, text: str, tone: str = "good", *, undo: Any = None) -> None:
        """Shows a toast; with `undo`, it offers to run that event."""
        self._last += 1
        toast = Toast(self._last, text, tone, undo is not None)
        if undo is not None:
            self._undo = {self._last: undo}
        self.shown = [*self.shown, toast][-KEPT:]

    @rx.event
    def tell(self, text: str, tone: str = "good"):
        """Shows a toast, for handlers that return events."""
        self._say(str(text)[:300], "bad" if tone == "bad" else "good")

    @rx.event
    def dismiss(self, number: int):
        """Takes a toast away; the page calls it when its time is over too."""
        self.shown = [toast for toast in self.shown if toast.number != number]

    @rx.event
    def take_back(self, number: int):
        """Runs the toast's undo, once."""
        self.shown = [replace(toast, undo=False) for toast in self.shown if toast.number != number]
        return self._undo.pop(number, None)


class Passing(rx.el.Div):
    """A box that says when its animation, and so its time, is over."""

    on_animation_end: rx.EventHandler[rx.event.no_args_event_spec]


def toasts() -> rx.Component:
    """The corner where toasts appear; part of every page's frame."""
    return rx.el.div(
        rx.foreach(Toasts.shown, _toast),
        role="status",
        aria_live="polite",
        class_name="toasts",
    )


def _toast(toast: rx.vars.ObjectVar[Toast]) -> rx.Component:
    return Passing.create(
        rx.cond(
            toast.tone == "bad",
            rx.icon("circle_alert", size=18, class_name="bad"),
            rx.icon("circle_check", size=18, class_name="good"),
        ),
        rx.el.span(toast.text, class_name="grow"),
        rx.cond(
            toast.undo,
            rx.el.button("Undo", class_name="btn quiet", on_click=Toasts.take_back(toast.number)),
        ),
        icon_button("x", "Dismiss", size=16, on_click=Toasts.dismiss(toast.number)),
        class_name="toast",
        on_animation_end=Toasts.dismiss(toast.number),
        key=toast.number,
    )


def empty(icon: str, title: str, text: str | rx.Var[str], *actions: rx.Component) -> rx.Component:
    """An empty place that teaches: what this is for and the one next step."""
    return rx.el.div(
        rx.el.span(rx.icon(icon, size=22), class_name="empty-mark"),
        rx.el.h2(title),
        rx.el.p(text, class_name="mute"),
        rx.el.div(*actions, class_name="row wrap center") if actions else rx.fragment(),
        class_name="empty",
    )


def skeleton_rows(count: int, *, kind: str = "line") -> rx.Component:
    """Grey rows while something loads; they stay invisible for the first 200 ms."""
    return rx.el.div(
        *(rx.el.div(class_name=f"bone {kind}") for _ in range(count)),
        aria_hidden="true",
        class_name="bones",
    )


def problem(
    title: str | rx.Var[str], text: str | rx.Var[str], *actions: rx.Component
) -> rx.Component:
    """Something went wrong here: what happened, what was kept, what to do."""
    return rx.el.div(
        rx.icon("triangle_alert", size=18),
        rx.el.div(rx.el.p(title, class_name="strong"), rx.el.p(text), class_name="grow"),
        *actions,
        role="alert",
        class_name="problem",
    )
