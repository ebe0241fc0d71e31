"""Trying a template on a phone of one's own, in one tab."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.errors import BotpeError, Invalid
from botpe_app.services import template_trials
from botpe_app.ui import words
from botpe_app.ui.base import PageState
from botpe_app.ui.campaigns import places
from botpe_app.ui.campaigns.places import Place
from botpe_app.ui.components import Toasts, button, dialog, field, form_error


class TrialState(PageState, rx.State):
    """The dialog: to which number, and what its samples do not say."""

    template: str = ""  # the dialog is open while there is one
    needs: rx.Field[list[Place]] = rx.field(default_factory=list)
    problem: str = ""

    @rx.event
    async def show(self, template_id: str):
        """Opens it for a template; "" closes it."""
        self.problem = ""
        if template_id:
            found = await self._call(template_trials.needs, template_id)
            self.needs = places.places(found, {}, [], words.zone("UTC"))
        self.template = template_id

    @rx.event
    async def send(self, form: dict[str, Any]):
        """Sends it to the number."""
        variables: dict[str, dict[str, str]] = {}
        for place in self.needs:
            part, _, name = place.key.partition(".")
            variables.setdefault(part, {})[name] = str(form.get(place.key, "")).strip()
        to = str(form.get("to", ""))
        try:
            await self._call(template_trials.send_trial, self.template, to=to, variables=variables)
        except Invalid as error:
            self.problem = error.message
            return None
        except BotpeError as error:
            return Toasts.tell(error.message, "bad")
        self.template = ""
        return Toasts.tell(f"It is on its way to {to.strip()}")


def trial() -> rx.Component:
    """Where to send it."""
    return dialog(
        "Try it on a phone",
        rx.el.form(
            rx.el.p(
                "The template goes out once, with its samples in its places, and costs what a "
                "message costs.",
                class_name="mute",
            ),
            field(
                "to",
                "Phone number",
                placeholder="+14155550123",
                input_mode="tel",
                auto_complete="tel",
                help="One of your own, with its country code.",
            ),
            rx.foreach(TrialState.needs, _need),
            form_error(TrialState.problem),
            rx.el.div(
                button("Cancel", on_click=TrialState.show("")),
                button("Send it", kind="solid", icon="send", type="submit"),
                class_name="row end",
            ),
            on_submit=TrialState.send,
            no_validate=True,
            class_name="stack",
        ),
        open=TrialState.template != "",
        on_close=TrialState.show(""),
    )


def _need(place: rx.vars.ObjectVar[Place]) -> rx.Component:
    return rx.el.div(
        rx.el.label(place.label, html_for=place.key),
        rx.el.input(id=place.key, name=place.key, placeholder=place.example, class_name="input"),
        class_name="field",
        key=place.key,
    )
