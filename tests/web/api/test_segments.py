"""Segments over HTTP."""

from __future__ import annotations

from tests.web.api.conftest import CUSTOMER, RFC3339, problem
from tests.web.conftest import Browser

VIP = {"all": [{"field": "tags", "op": "contains", "value": "vip"}]}


def test_a_segment_is_made_read_changed_and_removed(agent: Browser) -> None:
    made = agent("POST", "/api/segments", {"name": "VIPs", "filter": VIP})
    assert made.status_code == 201
    segment = made.json()
    assert (segment["name"], segment["filter"]) == ("VIPs", VIP)
    assert RFC3339.fullmatch(segment["created_at"])
    address = f"/api/segments/{segment['id']}"
    assert agent("GET", address).json() == segment
    assert agent("PATCH", address, {"name": "Best"}).json()["filter"] == VIP
    assert [item["name"] for item in agent("GET", "/api/segments").json()["data"]] == ["Best"]
    assert agent("DELETE", address).status_code == 204
    assert agent("GET", address).status_code == 404


def test_a_preview_says_how_many_and_who(agent: Browser) -> None:
    for place, tags in enumerate((["vip"], ["other"])):
        agent("POST", "/api/contacts", {"phone": f"{CUSTOMER}{place}", "tags": tags})
    preview = agent("POST", "/api/segments/preview", {"filter": VIP}).json()
    assert preview["count"] == 1
    assert [contact["phone"] for contact in preview["sample"]] == [f"{CUSTOMER}0"]
    assert agent("POST", "/api/segments/preview", {"filter": {"all": []}}).json()["count"] == 2


def test_a_filter_that_cannot_be_names_its_faulty_part(agent: Browser) -> None:
    bad = {"all": [{"any": [{"field": "tags", "op": "like", "value": "v%"}]}]}
    for path, body in (("", {"name": "x", "filter": bad}), ("/preview", {"filter": bad})):
        refused = agent("POST", f"/api/segments{path}", body)
        assert problem(refused) == (422, "invalid", "filter.all.0.any.0.op")
    assert problem(agent("POST", "/api/segments", {"filter": VIP})) == (422, "invalid", "name")
    assert agent("GET", "/api/segments").json()["data"] == []
