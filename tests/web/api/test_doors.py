"""Who may call what: every route of the API with every kind of caller."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from botpe_app import db
from botpe_app.core.permissions import may
from botpe_app.models.base import new_id
from botpe_app.services import bots, contact_imports, contacts, inbox, media, messages
from botpe_app.web.api import api
from botpe_app.web.api.routes import Route, needs, public, router
from tests.conftest import Business
from tests.web.conftest import Browser

PUBLIC = {
    ("POST", "/api/auth/sign-up"),
    ("POST", "/api/auth/sign-in"),
    ("POST", "/api/auth/sign-out"),
    ("POST", "/api/auth/accept-invite"),
    ("POST", "/api/auth/forgot-password"),
    ("POST", "/api/auth/reset-password"),
    ("POST", "/api/auth/verify-email"),
}


def routes() -> list[tuple[str, str, APIRoute]]:
    """Every (method, path, route) of the API."""
    found = [context.original_route for context in iter_route_contexts(api().routes)]
    return [
        (method, route.path, route)
        for route in found
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


EVERYBODY = {"name": "Everybody", "filter": {"all": []}}
GUEST = {"email": "guest@example.com", "role": "viewer"}
RULE = {"name": "Log", "trigger": "message", "actions": [{"type": "resolve"}]}
HELLO = {"shortcut": "hello", "text": "Hello!"}
HOURS = {"title": "Hours", "text": "We are open from nine to six."}
GUARDED = [found for found in routes() if found[:2] not in PUBLIC]


def with_ids(path: str, ids: dict[str, str]) -> str:
    """The path with its {names} filled in, unknown ids where there is none."""
    return re.sub(r"{(\w+)}", lambda name: ids.get(name[1], str(uuid.uuid4())), path)


TEMPLATE = {
    "name": "hi", "language": "en", "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Hello"}],
}  # fmt: skip


@dataclass
class Things:
    """One row of each kind, and a program of each role in their organization."""

    ids: dict[str, str]
    by_role: dict[str, Browser]


@pytest.fixture
def make_things(
    with_key: Callable[..., Browser], configure: Callable[..., None]
) -> Callable[[Business], Things]:
    """Makes the rows that paths can name; nobody answers where the Graph API should be."""
    configure(WHATSAPP_GRAPH_URL="http://127.0.0.1:9")

    def make(business: Business) -> Things:
        by_role = {role: with_key(business.admin, role) for role in ("VIEWER", "AGENT", "ADMIN")}
        ask = by_role["ADMIN"]
        hook = ask("POST", "/api/webhooks", {"url": "https://example.com/"}).json()["id"]
        with db.transaction() as session:
            db.act_for(session, business.organization_id)
            contact = contacts.create_contact(session, business.admin, phone="+351910000123")
            template = {"name": "hello", "language": {"code": "en"}}
            sent = messages.send_to(
                session, business.admin, to="+351910000123", type="template", content=template
            )
            found = inbox.get_conversation(session, business.admin, sent.conversation_id)
            sheet = contact_imports.begin(session, business.admin, new_id(), 10_001).id
            file = media.Examined("document", "application/pdf", 4, "ab" * 32, "a.pdf")
            bot = bots.create_bot(session, business.admin, library="faq")
            kept = media.add(session, business.admin, new_id(), file)
        key = ask("POST", "/api/api-keys", {"name": "other"}).json()["id"]
        ids = {
            "account_id": str(business.account_id),
            "automation_id": ask("POST", "/api/automations", RULE).json()["id"],
            "bot_id": bot.id,
            "contact_id": contact.id,
            "conversation_id": found.id,
            "message_id": sent.id,
            "media_id": kept.id,
            "import_id": sheet,
            "invitation_id": ask("POST", "/api/users/invite", GUEST).json()["id"],
            "key_id": key,
            "webhook_id": hook,
            "delivery_id": ask("GET", f"/api/webhooks/{hook}/deliveries").json()["data"][0]["id"],
            "user_id": str(business.viewer.user_id),
            "secret_id": ask("POST", "/api/bot-secrets", {"name": "k", "value": "v"}).json()["id"],
            "segment_id": ask("POST", "/api/segments", EVERYBODY).json()["id"],
            "intent_id": ask("POST", "/api/intents", {"name": "track"}).json()["id"],
            "item_id": ask("POST", "/api/knowledge", HOURS).json()["id"],
            "tag_id": ask("POST", "/api/tags", {"name": "vip"}).json()["id"],
            "field_id": ask("POST", "/api/custom-fields", {"name": "size"}).json()["id"],
            "reply_id": ask("POST", "/api/canned-replies", HELLO).json()["id"],
            "team_id": ask("POST", "/api/teams", {"name": "Sales"}).json()["id"],
            "template_id": ask("POST", "/api/templates", TEMPLATE).json()["id"],
            "run_id": ask("POST", "/api/agents/support", {"text": "hi"}).json()["run_id"],
        }
        campaign = {
            "name": "Sale", "account_id": ids["account_id"], "template_id": ids["template_id"],
            "contact_ids": [contact.id],
        }  # fmt: skip
        ids["campaign_id"] = ask("POST", "/api/campaigns", campaign).json()["id"]
        return Things(ids, by_role)

    return make


@pytest.fixture
def things(business: Business, make_things: Callable[[Business], Things]) -> Things:
    """The usual tenant's."""
    return make_things(business)


def test_every_route_is_behind_the_hinge() -> None:
    assert len(GUARDED) > 20
    assert all(isinstance(route, Route) for _, _, route in routes())


def test_only_coming_in_and_going_out_is_open_to_anybody() -> None:
    opened = {(m, p) for m, p, route in routes() if route.endpoint.needs is None}  # pyright: ignore
    assert opened == PUBLIC


def test_a_route_that_does_not_say_who_may_call_it_does_not_start() -> None:
    def forgotten(call: object) -> None:
        """Says nothing."""

    with pytest.raises(TypeError, match="forgotten"):
        router("/x", "x").get("/y")(forgotten)
    router("/x", "x").get("/y", response_model=None)(public(forgotten))


def test_a_stranger_is_refused_whatever_they_send(anonymous: Browser) -> None:
    for method, path, _ in GUARDED:
        response = anonymous(method, with_ids(path, {}), content=b"not json")
        assert response.status_code == 401, f"{method} {path}: {response.text}"
        assert response.json()["error"]["code"] == "unauthorized"
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", ["VIEWER", "AGENT", "ADMIN"])
def test_each_role_passes_exactly_the_doors_of_its_permissions(things: Things, role: str) -> None:
    ask = things.by_role[role]
    for method, path, route in GUARDED:
        if method == "DELETE":
            continue  # tried below, one by one
        allowed = may(role, route.endpoint.needs)  # pyright: ignore
        response = ask(method, with_ids(path, things.ids), content=b"[]")
        code = response.json()["error"]["code"] if response.status_code >= 400 else ""
        assert (code == "forbidden") != allowed, f"{role} {method} {path}: {response.text}"


def test_a_viewer_cannot_delete_and_an_admin_can(things: Things) -> None:
    for path in ("/api/contacts/{contact_id}", "/api/api-keys/{key_id}"):
        address = with_ids(path, things.ids)
        assert things.by_role["VIEWER"]("DELETE", address).status_code == 403
        assert things.by_role["ADMIN"]("DELETE", address).status_code in (204, 409)


@pytest.mark.parametrize("named", ["none", "malformed", "nul"])
def test_an_id_that_is_nothing_is_404_before_the_body_is_read(things: Things, named: str) -> None:
    ask = things.by_role["ADMIN"]
    other = {"none": str(uuid.uuid4()), "malformed": "1", "nul": "%00"}[named]
    with_an_id = [(m, p) for m, p, r in GUARDED if "{" in p and may("ADMIN", r.endpoint.needs)]  # pyright: ignore
    assert len(with_an_id) > 12
    for method, path in with_an_id:
        address = with_ids(path, dict.fromkeys(things.ids, other))
        response = ask(method, address, content=b"not json")
        assert response.status_code == 404, f"{method} {path}: {response.text}"
        assert response.json()["error"]["code"] == "not_found"


def test_another_organizations_admin_finds_nothing_of_ours_and_changes_nothing(
    things: Things,
    make_business: Callable[..., Business],
    make_things: Callable[[Business], Things],
) -> None:
    stranger = make_things(make_business("Globex", "999")).by_role["ADMIN"]
    ours = things.by_role["ADMIN"]
    before = {path: ours("GET", path).json() for path in LISTS}
    for method, path, route in GUARDED:
        if "{" in path and may("ADMIN", route.endpoint.needs):  # pyright: ignore
            response = stranger(method, with_ids(path, things.ids), {"status": "closed"})
            assert response.status_code == 404, f"{method} {path}: {response.text}"
    after = {path: ours("GET", path).json() for path in LISTS}
    for found in (before, after):
        for key in found["/api/api-keys"]["data"]:
            key.pop("last_used_at")
    assert after == before


LISTS = (
    "/api/automations",
    "/api/contacts",
    "/api/conversations",
    "/api/whatsapp/accounts",
    "/api/api-keys",
    "/api/tags",
    "/api/custom-fields",
    "/api/canned-replies",
    "/api/teams",
    "/api/webhooks",
    "/api/templates",
    "/api/campaigns",
    "/api/bots",
    "/api/knowledge",
)


def test_lists_hold_our_rows_and_nobody_elses(
    things: Things,
    make_business: Callable[..., Business],
    make_things: Callable[[Business], Things],
) -> None:
    theirs = make_things(make_business("Globex", "999"))
    for path in LISTS:
        mine = {row["id"] for row in things.by_role["ADMIN"]("GET", path).json()["data"]}
        other = {row["id"] for row in theirs.by_role["ADMIN"]("GET", path).json()["data"]}
        assert mine
        assert other
        assert not mine & other


def test_a_revoked_key_is_refused_at_its_next_request(things: Things, business: Business) -> None:
    admin, agent = things.by_role["ADMIN"], things.by_role["AGENT"]
    assert agent("GET", "/api/users/me").status_code == 200
    key = agent("GET", "/api/users/me").json()["id"]
    assert admin("DELETE", f"/api/api-keys/{key}").status_code == 204
    assert agent("GET", "/api/users/me").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer bp_wrong", "Basic YTpi", "bp_x", "Bearer \xff"]
)
def test_a_credential_that_is_none_is_401(anonymous: Browser, header: str) -> None:
    given = {"Authorization": header.encode("latin-1")}
    assert anonymous("GET", "/api/users/me", headers=given).status_code == 401


def test_what_a_route_needs_is_what_its_mark_says() -> None:
    from botpe_app.core.permissions import Permission

    def endpoint() -> None:
        """Marked below."""

    assert needs(Permission.ANSWER)(endpoint).needs is Permission.ANSWER  # pyright: ignore
