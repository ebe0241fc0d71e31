"""The API's description of itself, and the page that reads it out."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.web.api.test_doors import routes
from tests.web.conftest import Browser


@pytest.fixture
def document(anonymous: Browser) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = anonymous("GET", "/api/openapi.json").json()
    return found


def test_every_route_is_described_and_nothing_else(document: dict[str, Any]) -> None:
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert described == {(method, path) for method, path, _ in routes()}


def test_every_operation_has_words_an_id_of_its_own_and_the_envelope(
    document: dict[str, Any],
) -> None:
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert one["description"].endswith("."), one["operationId"]
        for status in ("401", "403", "404", "409", "422", "429"):
            schema = one["responses"][status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Refused"}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    names = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))
    assert names
    assert set(names) <= set(document["components"]["schemas"])


def test_guarded_writes_take_an_idempotency_key_and_reads_do_not(document: dict[str, Any]) -> None:
    def takes(operation: dict[str, Any]) -> bool:
        return "Idempotency-Key" in {one["name"] for one in operation.get("parameters", [])}

    contacts = document["paths"]["/api/contacts"]
    assert takes(contacts["post"])
    assert not takes(contacts["get"])
    assert not takes(document["paths"]["/api/auth/sign-in"]["post"])


def test_the_page_and_what_it_loads_come_from_here(anonymous: Browser) -> None:
    page = anonymous("GET", "/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    for address in loaded:
        if not address.startswith("data:"):
            assert anonymous("GET", address).status_code == 200
    assert "<script>" not in page.text


def test_the_reader_never_writes_markup_or_runs_text(anonymous: Browser) -> None:
    script = anonymous("GET", "/api/docs/reader.js").text
    for risky in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert risky not in script
