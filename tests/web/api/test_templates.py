"""Templates from draft to approval, with a foreign Graph API at the other end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import samples
from tests.campaigning import change
from tests.conftest import Business
from tests.pretend_graph import Asked, Graph, refused, serving
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

BODY = {
    "type": "BODY",
    "text": "Hi {{1}}, your order is on its way.",
    "example": {"body_text": [["Ana"]]},
}
NEW = {"name": "shipped", "language": "en", "category": "UTILITY", "components": [BODY]}
OTHER = [{"type": "BODY", "text": "Your order has left our house."}]


@pytest.fixture
def graph(configure: Callable[..., None], business: Business) -> Iterator[Graph]:
    """The Graph API that this organization's numbers speak to."""
    with serving() as running:
        configure(WHATSAPP_GRAPH_URL=running.url)
        yield running


def made(admin: Browser, **changes: Any) -> dict[str, Any]:
    response = admin("POST", "/api/templates", {**NEW, **changes})
    assert response.status_code == 201, response.text
    return response.json()


def accepting(asked: Asked) -> tuple[int, Any]:
    return 200, {"id": "77", "status": "PENDING", "category": "UTILITY", "success": True}


def test_a_template_is_drafted_read_listed_and_changed(admin: Browser, business: Business) -> None:
    template = made(admin)
    assert (template["status"], template["account_id"]) == ("DRAFT", str(business.account_id))
    assert template["components"] == [BODY]
    assert (template["quality"], template["wa_template_id"]) == (None, None)
    address = f"/api/templates/{template['id']}"
    change = {"name": "sent", "category": "marketing", "components": OTHER}
    changed = admin("PATCH", address, change).json()
    assert (changed["name"], changed["category"]) == ("sent", "MARKETING")
    assert admin("GET", address).json()["components"] == OTHER
    made(admin)
    listed = admin("GET", "/api/templates?limit=1").json()
    assert [row["name"] for row in listed["data"]] == ["shipped"]
    rest = admin("GET", f"/api/templates?limit=1&cursor={listed['next']}").json()
    assert [row["name"] for row in rest["data"]] == ["sent"]
    assert admin("GET", "/api/templates?q=SHIP&status=draft").json()["data"] == listed["data"]
    assert admin("GET", "/api/templates?status=approved").json()["data"] == []
    assert admin("DELETE", address).status_code == 204
    assert problem(admin("GET", address))[0] == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Order-1"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 513}, "name"),
        ({"name": None}, "name"),
        ({"language": "english"}, "language"),
        ({"category": "SERVICE"}, "category"),
        ({"components": "x"}, "components"),
        ({"components": ["x"]}, "components.0"),
        ({"components": [{"type": "BODY"}] * 21}, "components"),
        ({"components": [{"type": "a\0b"}]}, "components.0.type"),
    ],
)
def test_what_cannot_be_a_template_is_refused_by_its_field(
    admin: Browser, change: dict[str, Any], field: str
) -> None:
    assert problem(admin("POST", "/api/templates", {**NEW, **change})) == (422, "invalid", field)
    assert admin("GET", "/api/templates").json()["data"] == []


def test_a_name_is_taken_once_a_language(admin: Browser) -> None:
    first = made(admin)
    made(admin, language="pt_BR")
    assert problem(admin("POST", "/api/templates", NEW)) == (409, "conflict", "name")
    address = f"/api/templates/{first['id']}"
    assert problem(admin("PATCH", address, {"language": "pt_BR"})) == (409, "conflict", "name")


def test_lint_tells_problems_of_what_is_kept_or_of_what_is_being_typed(admin: Browser) -> None:
    address = f"/api/templates/{made(admin)['id']}/lint"
    assert admin("POST", address).json() == {"problems": []}
    typed = {"components": [{"type": "BODY", "text": "{{1}} hi"}]}
    found = admin("POST", address, typed).json()["problems"]
    assert [(p["field"], p["severity"]) for p in found[:2]] == [
        ("components[0].example", "error"),
        ("components[0].text", "error"),
    ]
    assert all(p["message"] for p in found)


def test_a_draft_is_submitted_as_it_stands(admin: Browser, graph: Graph) -> None:
    graph.answer = accepting
    template = made(admin)
    address = f"/api/templates/{template['id']}"
    submitted = admin("POST", f"{address}/submit")
    assert submitted.status_code == 200, submitted.text
    assert (submitted.json()["status"], submitted.json()["wa_template_id"]) == ("PENDING", "77")
    [asked] = graph.asked
    assert (asked.method, asked.path) == ("POST", "/waba-acme/message_templates")
    assert asked.body == {**NEW, "parameter_format": "POSITIONAL"}
    assert problem(admin("POST", f"{address}/submit"))[0] == 409
    assert problem(admin("PATCH", address, {"components": OTHER}))[0] == 409
    assert len(graph.asked) == 1
    versions = admin("GET", f"{address}/versions").json()["data"]
    assert [v["number"] for v in versions] == [1]
    assert versions[0]["submitted_at"]


def test_a_broken_draft_never_reaches_meta(admin: Browser, graph: Graph) -> None:
    broken = made(admin, components=[{"type": "BODY", "text": "Hi {{1}}, it is here now"}])
    refusal = problem(admin("POST", f"/api/templates/{broken['id']}/submit"))
    assert refusal == (422, "invalid", "components[0].example")
    assert graph.asked == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refused(100, 2388024), (409, "conflict", "name")),
        (refused(100, 2388299), (422, "invalid", "components")),
        (refused(190, 0, 401), (502, "whatsapp_refused", None)),
        ((500, {}), (503, "unavailable", None)),
    ],
)
def test_metas_refusal_leaves_the_draft_a_draft(
    admin: Browser, graph: Graph, answer: tuple[int, Any], expected: tuple[int, str, str | None]
) -> None:
    graph.answer = lambda asked: answer
    template = made(admin)
    assert problem(admin("POST", f"/api/templates/{template['id']}/submit")) == expected
    assert admin("GET", f"/api/templates/{template['id']}").json() == template


def test_the_same_submission_again_is_answered_without_asking(admin: Browser, graph: Graph) -> None:
    graph.answer = accepting
    address = f"/api/templates/{made(admin)['id']}/submit"
    once = {"Idempotency-Key": "k1", **admin.headers}
    first = admin("POST", address, headers=once)
    again = admin("POST", address, headers=once)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(graph.asked) == 1


def remote(**changes: Any) -> dict[str, Any]:
    full = {
        "id": "501", "name": "shipped", "language": "en", "status": "APPROVED",
        "category": "UTILITY", "components": [BODY], "quality_score": {"score": "GREEN"},
        "rejected_reason": "NONE", "parameter_format": "POSITIONAL",
    }  # fmt: skip
    return {name: value for name, value in {**full, **changes}.items() if value is not None}


def listing(*templates: dict[str, Any]) -> Callable[[Asked], tuple[int, Any]]:
    """Answers one template a page."""

    def answer(asked: Asked) -> tuple[int, Any]:
        place = int(asked.query.get("after", 0))
        cursors = {"cursors": {"after": str(place + 1)}}
        more = {"next": "https://x"} if place + 1 < len(templates) else {}
        return 200, {"data": templates[place : place + 1], "paging": {**cursors, **more}}

    return answer


def test_sync_fetches_every_page_and_then_changes_nothing(admin: Browser, graph: Graph) -> None:
    graph.answer = listing(
        remote(), remote(id="502", language="de"), {"name": "bare", "language": "en"}
    )
    first = admin("POST", "/api/templates/sync").json()
    assert (first["created"], first["updated"], first["unchanged"]) == (3, 0, 0)
    rows = {(r["name"], r["language"]): r for r in admin("GET", "/api/templates").json()["data"]}
    shipped, bare = rows["shipped", "en"], rows["bare", "en"]
    assert (shipped["status"], shipped["quality"]) == ("APPROVED", "GREEN")
    assert (shipped["wa_template_id"], shipped["rejection_reason"]) == ("501", None)
    assert (bare["status"], bare["category"], bare["components"]) == ("UNKNOWN", "", [])
    again = admin("POST", "/api/templates/sync").json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    after = {(r["name"], r["language"]): r for r in admin("GET", "/api/templates").json()["data"]}
    assert after == rows


def test_sync_keeps_what_an_answer_does_not_tell(admin: Browser, graph: Graph) -> None:
    graph.answer = listing(remote())
    admin("POST", "/api/templates/sync")
    [before] = admin("GET", "/api/templates").json()["data"]
    graph.answer = listing({"name": "shipped", "language": "en"})
    assert admin("POST", "/api/templates/sync").json()["unchanged"] == 1
    graph.answer = lambda asked: (200, {})
    assert admin("POST", "/api/templates/sync").json()["deleted"] == 0
    assert admin("GET", "/api/templates").json()["data"] == [before]


def test_sync_tells_what_changed_and_what_is_gone(admin: Browser, graph: Graph) -> None:
    graph.answer = listing(remote(), remote(id="502", language="de"))
    admin("POST", "/api/templates/sync")
    graph.answer = listing(remote(status="REJECTED", rejected_reason="SCAM", components=OTHER))
    synced = admin("POST", "/api/templates/sync").json()
    assert (synced["updated"], synced["deleted"]) == (1, 1)
    rows = {r["language"]: r for r in admin("GET", "/api/templates").json()["data"]}
    assert (rows["en"]["status"], rows["en"]["rejection_reason"]) == ("REJECTED", "SCAM")
    assert (rows["en"]["components"], rows["en"]["version"]) == (OTHER, 2)
    assert rows["de"]["status"] == "DELETED"


def test_a_samples_freshly_signed_address_is_no_change(admin: Browser, graph: Graph) -> None:
    def photo(handle: str) -> dict[str, Any]:
        return {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}

    graph.answer = listing(remote(components=[photo("https://x/1"), BODY]))
    admin("POST", "/api/templates/sync")
    graph.answer = listing(remote(components=[photo("https://x/2"), BODY]))
    assert admin("POST", "/api/templates/sync").json()["unchanged"] == 1


def test_a_sync_that_meta_refuses_is_told_and_changes_nothing(admin: Browser, graph: Graph) -> None:
    graph.answer = lambda asked: refused(190, 463, 401)
    assert problem(admin("POST", "/api/templates/sync"))[:2] == (502, "whatsapp_refused")
    assert admin("GET", "/api/templates").json()["data"] == []


def test_a_change_to_an_approved_template_waits_until_it_is_submitted(
    admin: Browser, graph: Graph
) -> None:
    graph.answer = listing(remote())
    admin("POST", "/api/templates/sync")
    [template] = admin("GET", "/api/templates").json()["data"]
    address = f"/api/templates/{template['id']}"
    assert problem(admin("POST", f"{address}/submit"))[0] == 409
    assert problem(admin("PATCH", address, {"name": "other"})) == (422, "invalid", "name")
    assert problem(admin("PATCH", address, {"category": "MARKETING"}))[2] == "category"
    changed = admin("PATCH", address, {"components": OTHER}).json()
    assert (changed["components"], changed["draft_components"]) == ([BODY], OTHER)
    graph.answer = accepting
    submitted = admin("POST", f"{address}/submit").json()
    assert (submitted["components"], submitted["draft_components"]) == (OTHER, None)
    assert submitted["status"] == "PENDING"
    assert (graph.asked[-1].path, graph.asked[-1].body["components"]) == ("/501", OTHER)
    graph.answer = listing(remote(components=OTHER))
    admin("POST", "/api/templates/sync")
    admin("PATCH", address, {"components": [BODY]})
    refusal = admin("POST", f"{address}/submit")
    assert problem(refusal)[0] == 409
    assert "once a day" in refusal.json()["error"]["message"]


def test_deleting_asks_meta_and_only_then_forgets(admin: Browser, graph: Graph) -> None:
    graph.answer = listing(remote())
    admin("POST", "/api/templates/sync")
    [template] = admin("GET", "/api/templates").json()["data"]
    address = f"/api/templates/{template['id']}"
    graph.answer = lambda asked: refused(200, 0, 403)
    assert problem(admin("DELETE", address))[0] == 502
    assert admin("GET", address).status_code == 200
    graph.answer = lambda asked: (200, {"success": True})
    assert admin("DELETE", address).status_code == 204
    assert graph.asked[-1].query == {"hsm_id": "501", "name": "shipped"}
    assert admin("GET", address).status_code == 404


def test_a_template_is_tried_on_a_number_of_ones_own(admin: Browser, business: Business) -> None:
    photo = admin("POST", "/api/media", files={"file": ("a.jpg", samples.picture(), "image/jpeg")})
    example = {"header_handle": [photo.json()["id"]]}
    header = {"type": "HEADER", "format": "IMAGE", "example": example}
    address = f"/api/templates/{made(admin, components=[header, BODY])['id']}/trial"
    to = {"to": "+34 612 34 56 78"}
    assert problem(admin("POST", address, to))[:2] == (409, "conflict")
    change("update templates set status = 'APPROVED'")
    queued = admin("POST", address, to)
    assert (queued.status_code, queued.json()["status"]) == (202, "queued")
    content = admin("GET", f"/api/messages/{queued.json()['id']}").json()["content"]
    image, body = (each["parameters"][0] for each in content["components"])
    assert (image["image"]["id"], body["text"]) == (photo.json()["id"], "Ana")
    said = admin("POST", address, {**to, "variables": {"body": {"1": "Tom"}}}).json()["id"]
    content = admin("GET", f"/api/messages/{said}").json()["content"]
    assert content["components"][1]["parameters"][0]["text"] == "Tom"
    for wrong, field in (({"to": "12"}, "to"), ({**to, "variables": {"x": {}}}, "variables.x")):
        assert problem(admin("POST", address, wrong)) == (422, "invalid", field)


def test_a_trial_whose_sample_is_metas_asks_for_the_file(admin: Browser) -> None:
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}}
    address = f"/api/templates/{made(admin, components=[header, BODY])['id']}/trial"
    change("update templates set status = 'APPROVED'")
    to = {"to": "+34612345678"}
    assert problem(admin("POST", address, to)) == (422, "invalid", "variables.header")
    link = {"header": {"link": "https://shop.example.com/a.jpg"}}
    assert admin("POST", address, {**to, "variables": link}).status_code == 202
