"""Numbers' setups are looked at now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jobs import number_checks
from tests.conftest import Business
from tests.pretend_graph import Graph, serving
from tests.services.ingesting import change, one

ROW = "select checked_at, token_expires_at, quality, found from whatsapp_accounts"


@pytest.fixture
def graph(configure: Callable[..., None], services: str, business: Business) -> Iterator[Graph]:
    """A Graph API that says the same to everything."""
    with serving() as running:
        configure(WHATSAPP_GRAPH_URL=running.url)
        expires = int(time.time()) + 86400
        told: dict[str, Any] = {"data": {"is_valid": True, "expires_at": expires}}
        running.answer = lambda asked: (200, {**told, "quality_rating": "RED"})
        yield running


def test_a_number_is_looked_at_once_it_has_settled_and_then_twice_a_day(
    services: str, graph: Graph
) -> None:
    assert not number_checks.check_next()
    change(services, "update whatsapp_accounts set created_at = now() - interval '1 hour'")
    assert number_checks.check_next()
    row = one(services, ROW)
    assert row["quality"] == "RED"
    assert row["token_expires_at"] is not None
    assert not number_checks.check_next()
    change(services, "update whatsapp_accounts set checked_at = now() - interval '13 hours'")
    assert number_checks.check_next()


def test_a_token_that_was_replaced_meanwhile_is_not_judged_by_the_old_one(
    services: str, graph: Graph
) -> None:
    change(services, "update whatsapp_accounts set created_at = now() - interval '1 hour'")
    usual = graph.answer

    def replacing(asked: Any) -> Any:
        change(services, "update whatsapp_accounts set token_sealed = 'v1:another:x'")
        return usual(asked)

    graph.answer = replacing
    assert number_checks.check_next()
    assert one(services, ROW)["checked_at"] is None
