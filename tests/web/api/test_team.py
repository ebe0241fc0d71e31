"""What staff work with: tags, custom fields, canned replies, teams, business hours."""

from __future__ import annotations

from typing import Any

import pytest

from botpe_app.errors import NotFound
from botpe_app.services import canned_replies
from tests.acting import within
from tests.conftest import Business
from tests.web.api.conftest import CUSTOMER, problem
from tests.web.conftest import Browser


@pytest.mark.parametrize(
    ("path", "body", "change"),
    [
        ("tags", {"name": "vip", "color": "#2563EB"}, {"name": "VIP"}),
        ("custom-fields", {"name": "size", "type": "choice", "options": ["S"]}, {"label": "Size"}),
        ("canned-replies", {"shortcut": "/Hello", "text": "Hi!"}, {"text": "Hello!"}),
        ("teams", {"name": "Sales"}, {"name": "Support"}),
    ],
)
def test_each_is_made_read_changed_listed_and_removed(
    admin: Browser, path: str, body: dict[str, Any], change: dict[str, Any]
) -> None:
    made = admin("POST", f"/api/{path}", body)
    assert made.status_code == 201, made.text
    address = f"/api/{path}/{made.json()['id']}"
    assert admin("GET", address).json() == made.json()
    changed = admin("PATCH", address, change).json()
    assert changed == {**made.json(), **change}
    assert admin("GET", f"/api/{path}").json() == {"data": [changed], "next": None}
    assert admin("POST", f"/api/{path}", {**body, **change}).status_code in (201, 409)
    assert admin("DELETE", address).status_code == 204
    assert admin("GET", address).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("tags", {"name": " "}, "name"),
        ("tags", {"name": "x" * 51}, "name"),
        ("tags", {"name": "a\u0000"}, "name"),
        ("tags", {"name": "vip", "color": "red"}, "color"),
        ("custom-fields", {"name": "Größe"}, "name"),
        ("custom-fields", {"name": "a", "type": "colour"}, "type"),
        ("custom-fields", {"name": "a", "type": "choice"}, "options"),
        ("custom-fields", {"name": "a", "options": ["x"]}, "options"),
        ("canned-replies", {"shortcut": "two words", "text": "x"}, "shortcut"),
        ("canned-replies", {"shortcut": "x", "text": ""}, "text"),
        ("canned-replies", {"shortcut": "x", "text": "x", "personal": True}, "personal"),
        ("teams", {"name": "x", "member_ids": ["1"]}, "member_ids"),
        ("teams", {}, "name"),
    ],
)
def test_what_cannot_be_names_its_field(
    admin: Browser, path: str, body: dict[str, Any], field: str
) -> None:
    assert problem(admin("POST", f"/api/{path}", body)) == (422, "invalid", field)
    assert admin("GET", f"/api/{path}").json()["data"] == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("tags", {"name": "vip"}, "name"),
        ("custom-fields", {"name": "size"}, "name"),
        ("canned-replies", {"shortcut": "hi", "text": "Hi"}, "shortcut"),
        ("teams", {"name": "Sales"}, "name"),
    ],
)
def test_a_second_one_of_the_same_name_is_a_conflict(
    admin: Browser, path: str, body: dict[str, Any], field: str
) -> None:
    assert admin("POST", f"/api/{path}", body).status_code == 201
    assert problem(admin("POST", f"/api/{path}", body)) == (409, "conflict", field)


def test_a_renamed_tag_is_renamed_on_contacts_and_conversations_and_a_removed_one_leaves(
    admin: Browser, conversation: str
) -> None:
    tag = admin("POST", "/api/tags", {"name": "vip"}).json()["id"]
    thread = f"/api/conversations/{conversation}"
    admin("POST", f"{thread}/tags", {"tags": ["vip", "order"]})
    person = f"/api/contacts/{admin('GET', thread).json()['contact']['id']}"
    admin("PATCH", person, {"tags": ["gold", "vip"]})
    admin("PATCH", f"/api/tags/{tag}", {"name": "gold"})
    assert admin("GET", thread).json()["tags"] == ["gold", "order"]
    assert admin("GET", person).json()["tags"] == ["gold"]
    assert len(admin("GET", "/api/conversations?tag=gold").json()["data"]) == 1
    admin("DELETE", f"/api/tags/{tag}")
    assert admin("GET", thread).json()["tags"] == ["order"]
    assert admin("GET", person).json()["tags"] == []


@pytest.mark.parametrize(
    ("kind", "good", "kept", "bad"),
    [
        ("text", 12, "12", [1]),
        ("number", "3.5", 3.5, "many"),
        ("boolean", "yes", True, "perhaps"),
        ("date", "2026-02-28", "2026-02-28", "2026-02-30"),
        ("choice", "M", "M", "XXL"),
    ],
)
def test_a_contacts_value_is_of_its_fields_kind(
    admin: Browser, kind: str, good: Any, kept: Any, bad: Any
) -> None:
    options = {"options": ["S", "M"]} if kind == "choice" else {}
    admin("POST", "/api/custom-fields", {"name": "x", "type": kind, **options})
    body = {"phone": CUSTOMER, "custom_fields": {"x": good, "other": [1]}}
    made = admin("POST", "/api/contacts", body).json()
    assert made["custom_fields"] == {"x": kept, "other": [1]}
    address = f"/api/contacts/{made['id']}"
    refused = admin("PATCH", address, {"custom_fields": {"x": bad}})
    assert problem(refused) == (422, "invalid", "custom_fields.x")
    removed = admin("PATCH", address, {"custom_fields": {"x": None}}).json()
    assert removed["custom_fields"] == {"other": [1]}


def test_a_personal_reply_is_its_owners_only(business: Business, admin: Browser) -> None:
    mine = {"shortcut": "hi", "text": "Hi", "personal": True}
    own = within(business.agent, canned_replies.create_reply, **mine)
    admin("POST", "/api/canned-replies", {"shortcut": "hi", "text": "Hello"})
    assert len(within(business.agent, canned_replies.list_replies)) == 2
    assert len(within(business.admin, canned_replies.list_replies)) == 1
    for method in ("GET", "PATCH", "DELETE"):
        assert admin(method, f"/api/canned-replies/{own.id}", {}).status_code == 404
    with pytest.raises(NotFound):
        within(business.admin, canned_replies.get_reply, own.id)


def test_a_team_holds_members_of_the_organization_only(
    business: Business, make_business: Any, admin: Browser
) -> None:
    ours, theirs = str(business.agent.user_id), str(make_business("Globex", "9").agent.user_id)
    team = admin("POST", "/api/teams", {"name": "Sales", "member_ids": [ours, ours]}).json()
    assert team["member_ids"] == [ours]
    refused = admin("PATCH", f"/api/teams/{team['id']}", {"member_ids": [theirs]})
    assert problem(refused) == (422, "invalid", "member_ids")
    assert admin("GET", f"/api/teams/{team['id']}").json() == team
    assert admin("PATCH", f"/api/teams/{team['id']}", {"member_ids": []}).json()["member_ids"] == []


def test_business_hours_are_always_until_set_and_keep_what_is_not_named(admin: Browser) -> None:
    before = admin("GET", "/api/business-hours").json()
    assert before["open_now"] is True
    assert before["days"]["sun"] == [["00:00", "24:00"]]
    days = {day: [] for day in before["days"]} | {"mon": [["09:00", "12:00"], ["13:00", "18:00"]]}
    body = {"timezone": "Asia/Kolkata", "days": days, "holidays": ["2026-12-25", "2026-01-01"]}
    changed = admin("PATCH", "/api/business-hours", body).json()
    assert changed["timezone"] == "Asia/Kolkata"
    assert changed["days"] == days
    assert changed["holidays"] == ["2026-01-01", "2026-12-25"]
    again = admin("PATCH", "/api/business-hours", {"timezone": None}).json()
    assert (again["timezone"], again["days"]) == ("UTC", days)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timezone": "Mars"}, "timezone"),
        ({"days": {"someday": []}}, "days"),
        ({"days": {"mon": [["9", "10"]]}}, "days.mon[0][0]"),
        ({"days": {"mon": [["09:00"]]}}, "days.mon"),
        ({"days": {"mon": [["09:00", "10:00"]] * 13}}, "days"),
        ({"holidays": ["tomorrow"]}, "holidays.0"),
        ({"holidays": ["20261225"]}, "holidays.0"),
    ],
)
def test_hours_that_cannot_be_are_refused(admin: Browser, body: dict[str, Any], field: str) -> None:
    before = admin("GET", "/api/business-hours").json()
    assert problem(admin("PATCH", "/api/business-hours", body)) == (422, "invalid", field)
    assert admin("GET", "/api/business-hours").json() == before


def test_agents_keep_tags_and_replies_but_not_fields_teams_and_hours(agent: Browser) -> None:
    assert agent("POST", "/api/tags", {"name": "x"}).status_code == 201
    assert agent("POST", "/api/canned-replies", {"shortcut": "x", "text": "x"}).status_code == 201
    assert agent("POST", "/api/custom-fields", {"name": "x"}).status_code == 403
    assert agent("POST", "/api/teams", {"name": "x"}).status_code == 403
    assert agent("PATCH", "/api/business-hours", {}).status_code == 403
