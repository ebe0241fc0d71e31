"""/api/whatsapp/embedded-signup: a business connects its number by Meta's own dialog."""

from __future__ import annotations

from fastapi import Response
from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import signups
from botpe_app.services.signups import Connected
from botpe_app.web.api import errors
from botpe_app.web.api.accounts import Account
from botpe_app.web.api.asking import AskingRoute, answer_of, asks
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import Shape

routes = router("/whatsapp/embedded-signup", "WhatsApp numbers")


class Signup(BaseModel):
    """What Meta's dialog gave. What is left out is found, if there is only one."""

    code: str = Field(description="Works once, for 30 seconds; send it again to go on")
    waba_id: str = ""
    phone_number_id: str = ""
    pin: str = Field("", description="Of the number's two-step verification, if it has one")
    coexistence: bool = Field(
        False, description="The number stays in the WhatsApp Business app as well"
    )
    redirect_uri: str = Field("", description="Where the dialog sent the browser, if it did")


class SignedUp(Shape):
    """The number. `pin` is the two-step PIN it was given, told this once: keep it."""

    account: Account
    pin: str | None
    notes: list[str]


@needs(Permission.MANAGE_NUMBERS)
@asks(signups.prepare, signups.carry_through, hears_request=True)
def embedded_signup(call: Caller, body: Signup) -> Connected | Response:
    """Connect a number by Meta's dialog. A refusal names the step; the same code goes on there."""
    connected = signups.record(call.session, call.actor, answer_of(call))
    # Answered, not raised: what was reached so far is to be kept.
    return errors.answer(connected.failure) if connected.failure else connected


routes.add_api_route(
    "",
    embedded_signup,
    methods=["POST"],
    status_code=201,
    response_model=SignedUp,
    route_class_override=AskingRoute,
)
