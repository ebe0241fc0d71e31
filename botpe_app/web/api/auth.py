"""/api/auth: signing up, in and out of the pages. The token lives in a cookie only."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import auth, invitations, memberships, recovery
from botpe_app.services.views import Me
from botpe_app.web import cookies
from botpe_app.web.api import callers
from botpe_app.web.api.routes import Caller, Visit, Visitor, needs, public, router
from botpe_app.web.api.users import Person

routes = router("/auth", "Signing in")


class SignUp(BaseModel):
    """An organization and its first admin."""

    organization: str
    name: str
    email: str
    password: str


class SignIn(BaseModel):
    """What a person signs in with."""

    email: str
    password: str
    code: str = Field("", description="Of the second factor, where it is on; or a recovery code")


class Forgotten(BaseModel):
    """Whose password is forgotten."""

    email: str


class NewPassword(BaseModel):
    """The token of the mail's link, and the password to have."""

    token: str
    password: str
    code: str = Field("", description="As for signing in")


class Verification(BaseModel):
    """The token of the mail's link."""

    token: str


class Acceptance(BaseModel):
    """The invitation's token; a new person also gives a name, a known one their password."""

    token: str
    name: str = ""
    password: str
    code: str = Field("", description="As for signing in")


class Destination(BaseModel):
    """Which organization to go to."""

    organization_id: str


@routes.post("/sign-up", status_code=201)
@public
def sign_up(visit: Visitor, body: SignUp) -> Person:
    """Make an organization and its ADMIN, and sign them in."""
    done = auth.sign_up(visit.session, **body.model_dump(), client=_client(visit))
    return _welcome(visit, done)


@routes.post("/sign-in")
@public
def sign_in(visit: Visitor, body: SignIn) -> Person:
    """Sign in; the answer sets the session cookie for seven days.

    Where two-factor is on and no `code` came, the answer is 401 `code_needed`.
    """
    done = auth.sign_in(visit.session, **body.model_dump(), client=_client(visit))
    return _welcome(visit, done)


@routes.post("/sign-out", status_code=204)
@public
def sign_out(visit: Visitor) -> None:
    """End this session, everywhere its cookie was copied to."""
    if visit.token:
        auth.sign_out(visit.session, visit.token)
    visit.set_cookies.append(cookies.signed_out())


@routes.post("/switch-organization")
@needs(Permission.READ)
def switch_organization(call: Caller, body: Destination) -> Person:
    """Go on in another of one's own organizations, in a session of its own; this one ends."""
    asked = (call.session, call.actor, body.organization_id, call.token or "", _client(call))
    return _welcome(call, memberships.go_to(*asked))


@routes.get("/session")
@needs(Permission.READ)
def session(call: Caller) -> Person:
    """Who is signed in. Once a day the answer renews the cookie."""
    who = auth.me(call.session, call.actor)
    fresh = auth.rotate(call.session, call.token) if call.actor.user_id and call.token else None
    if fresh:
        call.set_cookies.append(cookies.signed_in(fresh.token))
    return Person.of(who)


@routes.post("/accept-invite", status_code=201)
@public
def accept_invite(visit: Visitor, body: Acceptance) -> Person:
    """Join the organization one was invited to, and sign in."""
    done = invitations.accept(visit.session, **body.model_dump(), client=_client(visit))
    return _welcome(visit, done)


@routes.post("/forgot-password", status_code=204)
@public
def forgot_password(visit: Visitor, body: Forgotten) -> None:
    """Mail a link for a new password; the answer is the same for an unknown address."""
    address = callers.address(visit.request)
    recovery.forgot_password(visit.session, email=body.email, address=address)


@routes.post("/reset-password")
@public
def reset_password(visit: Visitor, body: NewPassword) -> Person:
    """Set a new password by a mail's link, end all sessions, and sign in."""
    address = callers.address(visit.request)
    user = recovery.reset_password(visit.session, **body.model_dump(), address=address)
    return _welcome(visit, auth.enter(visit.session, user, _client(visit)))


@routes.post("/verify-email", status_code=204)
@public
def verify_email(visit: Visitor, body: Verification) -> None:
    """Prove by a mail's link that an address is one's own."""
    address = callers.address(visit.request)
    recovery.verify_email(visit.session, token=body.token, address=address)


def _welcome(visit: Visit, done: auth.SignedIn) -> Person:
    visit.set_cookies.append(cookies.signed_in(done.token))
    who: Me = auth.me(visit.session, done.actor)
    return Person.of(who)


def _client(visit: Visit) -> auth.Client:
    agent = visit.request.headers.get("user-agent", "")
    return auth.Client(callers.address(visit.request), agent)
