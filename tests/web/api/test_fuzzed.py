"""Every operation of the OpenAPI document, asked what it describes and what it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from tests.conftest import Business
from tests.web.api.test_doors import Things, make_things
from tests.web.conftest import Browser

__all__ = ["make_things"]  # a fixture
EXAMPLES = 2  # of each operation, as often fitting as unfitting
# Files are asked for in test_media and test_contact_sheets.
NOT_ASKED = {"/api/media", "/api/contacts/import"}
_PATIENT = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
_ORDER = {"GET": 0, "POST": 1, "PATCH": 2, "PUT": 2, "DELETE": 3}


def operations(document: dict[str, Any]) -> list[Any]:
    """What is described; what removes comes last, so that the rest finds something."""
    schema: Any = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in schema.get_all_operations()]
    return sorted(found, key=lambda one: _ORDER[one.method.upper()])


def asked(operation: Any, ids: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Requests of an operation, about what there is; the same ones each time."""
    cases: list[Any] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        strategy = operation.as_strategy(generation_mode=mode)
        settings = hypothesis.settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=_PATIENT,
        )

        @settings
        @hypothesis.given(strategy)
        def keep(case: Any) -> None:
            cases.append(case)

        try:
            keep()
        except Unsatisfiable:
            continue  # nothing can be wrong about it
    for case in cases:
        if case.path_parameters:
            case.path_parameters = {**case.path_parameters, **ids}
        yield case.as_transport_kwargs(base_url="http://localhost:3000")


def fault(ask: Browser, request: dict[str, Any]) -> str:
    """What went wrong on our side, "" if nothing did."""
    known = {name: request[name] for name in ("params", "json", "data") if name in request}
    if isinstance(known.get("data"), bytes):
        known["content"] = known.pop("data")
    headers = {
        name: value
        for name, value in dict(request.get("headers") or {}).items()
        if name.lower() not in {"authorization", "user-agent"} and value.isascii()
    }
    try:
        response = ask(request["method"], request["url"], headers=headers, **known)
    except Exception as error:  # noqa: BLE001 - what we look for
        return f"{type(error).__name__}: {error}"
    # Nobody answers where the Graph API should be, and that is said so.
    sound = response.status_code < 500 or response.json()["error"]["code"] == "unavailable"
    return "" if sound else response.text[:200]


def test_no_operation_breaks_whatever_it_is_asked(
    anonymous: Browser, business: Business, make_things: Callable[[Business], Things]
) -> None:
    things = make_things(business)
    document = anonymous("GET", "/api/openapi.json").json()
    faults: dict[str, str] = {}
    for operation in operations(document):
        if operation.path in NOT_ASKED:
            continue
        for request in asked(operation, things.ids):
            if found := fault(things.by_role["ADMIN"], request):
                faults[f"{operation.method.upper()} {operation.path}"] = f"{found} {request}"
    assert "\n".join(f"{name}: {said[:700]}" for name, said in faults.items()) == ""
