"""What Meta counts of templates, asked twice a day and shown beside our own count."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from botpe_app.errors import BotpeError
from botpe_app.whatsapp.simulator.templates import default_templates
from jobs import number_checks
from tests.conftest import Business
from tests.pretend_graph import Graph, refused, serving
from tests.pretend_whatsapp import Pretended, pretending
from tests.services.ingesting import change, one, rows

KEPT = "select sent, delivered, read, clicked, cost from template_insights order by day"


@pytest.fixture
def template(services: str, business: Business) -> str:
    """Meta's id of an approved template of ours."""
    change(
        services,
        "insert into templates (organization_id, id, account_id, waba_id, name, language, category,"
        " components, status, wa_template_id) select organization_id, gen_random_uuid(), id,"
        " waba_id, 'season_sale', 'en', 'MARKETING', '[]', 'APPROVED', '77'"
        " from whatsapp_accounts",
    )
    return "77"


@pytest.fixture
def graph(configure: Callable[..., None]) -> Iterator[Graph]:
    """A Graph API."""
    with serving() as running:
        configure(WHATSAPP_GRAPH_URL=running.url)
        yield running


def point(template_id: str, day: int = 1, **told: Any) -> dict[str, Any]:
    return {"template_id": template_id, "start": day * 86400, "end": (day + 1) * 86400, **told}


def test_what_meta_counts_is_kept_by_the_day_and_counted_anew(
    services: str, graph: Graph, template: str
) -> None:
    told = {"sent": 5, "delivered": 4, "read": 2, "clicked": [{"count": 1}, {"count": 2}],
            "cost": [{"type": "amount_spent", "value": 0.25}]}  # fmt: skip
    points = [point(template, **told), point(template, 2, sent=1), point("78", sent=9), {}, "x"]
    graph.answer = lambda asked: (200, {"data": [{"data_points": points}]})
    assert number_checks.count_next()
    (asked,) = graph.asked
    assert asked.path.endswith("/template_analytics")
    assert (asked.query["template_ids"], asked.query["granularity"]) == ('["77"]', "daily")
    first, second = rows(services, KEPT)
    assert list(first.values()) == [5, 4, 2, 3, 0.25]
    assert list(second.values()) == [1, 0, 0, 0, None]
    assert not number_checks.count_next()
    change(services, "update whatsapp_accounts set insights_at = now() - interval '13 hours'")
    told["delivered"] = 5
    points[0] = point(template, **told)
    assert number_checks.count_next()
    assert rows(services, KEPT)[0]["delivered"] == 5


def test_an_account_that_is_not_counted_yet_is_told_to_be(
    services: str, graph: Graph, template: str
) -> None:
    graph.answer = lambda asked: refused(200005) if asked.method == "GET" else (200, {})
    assert number_checks.count_next()
    assert graph.asked[-1].query == {"is_enabled_for_insights": "true"}
    assert rows(services, KEPT) == []


def test_a_refusal_costs_only_this_time(services: str, graph: Graph, template: str) -> None:
    graph.answer = lambda asked: refused(10, 0, 403)
    with pytest.raises(BotpeError):
        number_checks.count_next()
    assert not number_checks.count_next()  # it counts as asked


def test_whoever_has_no_template_at_meta_is_not_asked_about(
    services: str, graph: Graph, business: Business
) -> None:
    assert not number_checks.count_next()


def test_the_simulator_counts_what_its_phones_got(
    configure: Callable[..., None], services: str, business: Business, tmp_path: Path
) -> None:
    with pretending(tmp_path / "meta") as meta:
        configure(WHATSAPP_GRAPH_URL=meta.url)
        _sale(meta, services, business)
        assert number_checks.count_next()  # it has Meta begin to count
        change(services, "update whatsapp_accounts set insights_at = null")
        assert number_checks.count_next()
    assert list(one(services, KEPT).values()) == [1, 1, 1, 0, 0.06]


def _sale(meta: Pretended, services: str, business: Business) -> None:
    """A template of the simulator's that one of its phones has read."""
    number = business.phone_number_id
    meta.phones.put_number(number, waba_id=business.waba_id, token=business.token)
    known = next(t for t in default_templates() if t.name == "season_sale")
    meta.simulator.world.templates[business.waba_id] = [known]
    said = {"name": known.name, "language": {"code": known.language}}
    entry = {"sender": "business", "type": "template", "content": said, "at": time.time() - 60}
    meta.phones.put_history(number, "ana", [{**entry, "status": "read"}])
    change(
        services,
        "insert into templates (organization_id, id, account_id, waba_id, name, language, category,"
        " components, status, wa_template_id) select organization_id, gen_random_uuid(), id,"
        " waba_id, %s, %s, 'MARKETING', '[]', 'APPROVED', %s from whatsapp_accounts",
        known.name,
        known.language,
        known.id,
    )
