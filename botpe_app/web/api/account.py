"""/api/users/me/…: one's own password, second factor and signed-in browsers."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import auth, memberships, recovery, sessions, two_factor
from botpe_app.services.memberships import MembershipItem
from botpe_app.services.sessions import SessionItem
from botpe_app.services.two_factor import Beginning
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, page_of

routes = router("/users/me", "Own account")


class OwnOrganization(Shape):
    """An organization one is a member of; `current` is the one that is acted in."""

    id: Id
    name: str
    slug: str
    role: str
    current: bool


class PasswordChange(BaseModel):
    """The password one has, and the one to have."""

    password: str
    new_password: str


class Password(BaseModel):
    """The password one has."""

    password: str


class Code(BaseModel):
    """What the authenticator app shows, or a recovery code."""

    code: str


class PasswordAndCode(Password, Code):
    """Both factors."""


class NewSecret(Shape):
    """What an authenticator app needs; `qr` is an SVG as a data address."""

    secret: str
    address: str
    qr: str


class RecoveryCodes(Shape):
    """Each is good once, when the phone is lost. Shown this once."""

    recovery_codes: list[str]


class SignedInBrowser(Shape):
    """A browser one is signed in with; `current` is the one that asks."""

    id: Id
    client: str = Field(description="What it calls itself")
    address: str
    created_at: Moment
    seen_at: Moment
    current: bool


@routes.post("/password", status_code=204)
@needs(Permission.READ)
def change_password(call: Caller, body: PasswordChange) -> None:
    """Change one's own password; every other browser is signed out."""
    auth.change_password(call.session, call.actor, **body.model_dump())


@routes.post("/two-factor", response_model=NewSecret)
@needs(Permission.READ)
def begin_two_factor(call: Caller, body: Password) -> Beginning:
    """Get a secret for an authenticator app; it counts once confirmed."""
    return two_factor.begin(call.session, call.actor, password=body.password)


@routes.post("/two-factor/confirm")
@needs(Permission.READ)
def confirm_two_factor(call: Caller, body: Code) -> RecoveryCodes:
    """Turn two-factor on with the code the app shows."""
    codes = two_factor.confirm(call.session, call.actor, code=body.code)
    return RecoveryCodes(recovery_codes=codes)


@routes.post("/two-factor/recovery-codes")
@needs(Permission.READ)
def renew_recovery_codes(call: Caller, body: Code) -> RecoveryCodes:
    """Get other recovery codes; those before are no good any more."""
    codes = two_factor.renew_codes(call.session, call.actor, code=body.code)
    return RecoveryCodes(recovery_codes=codes)


@routes.post("/two-factor/off", status_code=204)
@needs(Permission.READ)
def turn_two_factor_off(call: Caller, body: PasswordAndCode) -> None:
    """Go back to the password alone."""
    two_factor.turn_off(call.session, call.actor, **body.model_dump())


@routes.get("/sessions", response_model=Listed[SignedInBrowser])
@needs(Permission.READ)
def list_sessions(call: Caller, query: FromQuery[Paging]) -> Page[SessionItem]:
    """The browsers one is signed in with, the last seen first."""
    return page_of(sessions.list_sessions(call.session, call.actor), query)


@routes.delete("/sessions", status_code=204)
@needs(Permission.READ)
def end_other_sessions(call: Caller) -> None:
    """Sign out of every browser but this one."""
    sessions.end_others(call.session, call.actor)


@routes.delete("/sessions/{session_id}", status_code=204)
@needs(Permission.READ)
def end_session(call: Caller, session_id: Id) -> None:
    """Sign one of one's own browsers out."""
    sessions.end(call.session, call.actor, session_id)


@routes.post("/verify-email", status_code=204)
@needs(Permission.READ)
def verify_my_email(call: Caller) -> None:
    """Mail another link that proves one's address; 409 if it is proven or no mail can be sent."""
    recovery.ask_again(call.session, call.actor)


@routes.get("/organizations", response_model=Listed[OwnOrganization])
@needs(Permission.READ)
def list_my_organizations(call: Caller, query: FromQuery[Paging]) -> Page[MembershipItem]:
    """The organizations one is a member of; see `/api/auth/switch-organization`."""
    return page_of(memberships.list_memberships(call.session, call.actor), query)
