"""How often one key may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from botpe_app import queue
from botpe_app.web.api import limits
from tests.conftest import Business
from tests.web.conftest import Browser


@pytest.fixture(autouse=True)
def _no_memory_of_a_dead_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(limits, "_blind_until", 0.0)
    yield
    limits._blind_until = 0.0


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three requests at once, then one a minute."""
    monkeypatch.setattr(limits, "BURST", 3)
    monkeypatch.setattr(limits, "_PER_MILLISECOND", 1 / 60_000)


def test_every_answer_tells_what_is_left(admin: Browser) -> None:
    first, second = (admin("GET", "/api/users/me").headers for _ in range(2))
    assert first["ratelimit-limit"] == "3000"
    assert int(first["ratelimit-remaining"]) == 2999
    assert int(second["ratelimit-remaining"]) <= 2999
    assert int(second["ratelimit-reset"]) >= 0


def test_a_refused_request_counts_and_tells_too(admin: Browser) -> None:
    assert "ratelimit-remaining" in admin("GET", "/api/contacts/1").headers


@pytest.mark.usefixtures("small")
def test_over_the_limit_is_429_with_the_seconds_to_wait(admin: Browser) -> None:
    codes = [admin("GET", "/api/users/me").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    refused = admin("GET", "/api/users/me")
    assert refused.json()["error"]["code"] == "rate_limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 60


@pytest.mark.usefixtures("small")
def test_each_key_has_a_limit_of_its_own(
    admin: Browser, business: Business, with_key: Callable[..., Browser]
) -> None:
    for _ in range(4):
        admin("GET", "/api/users/me")
    assert with_key(business.admin)("GET", "/api/users/me").status_code == 200


@pytest.mark.usefixtures("small")
def test_the_limit_is_shared_by_all_processes_through_redis_without_the_key_in_clear(
    admin: Browser,
) -> None:
    admin("GET", "/api/users/me")
    key = admin.headers["Authorization"].removeprefix("Bearer ")
    names = [name.decode() for name in queue.redis().scan_iter("botpe:api:*")]
    assert len(names) == 1
    assert key not in names[0]
    assert 0 < queue.redis().pttl(names[0]) <= 3 * 60_000  # pyright: ignore[reportOperatorIssue]


def test_twenty_thousand_a_minute_flow_after_a_burst_of_three_thousand(
    services: str,
) -> None:
    assert (limits.PER_MINUTE, limits.BURST) == (20_000, 3_000)
    for _ in range(50):
        limits.take("one")
    left = int(limits.take("one")["RateLimit-Remaining"])
    assert 2949 <= left < 3000


def test_without_redis_nothing_is_limited_and_it_is_not_asked_again_at_once(
    admin: Browser, configure: Callable[..., None]
) -> None:
    configure(REDIS_URL="redis://127.0.0.1:1/0")
    response = admin("GET", "/api/users/me")
    assert response.status_code == 200
    assert "ratelimit-limit" not in response.headers
    assert limits._blind_until > 0


def test_without_redis_a_message_is_still_taken(
    admin: Browser, configure: Callable[..., None]
) -> None:
    configure(REDIS_URL="redis://127.0.0.1:1/0")
    template = {"name": "hello", "language": {"code": "en"}}
    body = {"to": "+351910000123", "type": "template", "template": template}
    response = admin("POST", "/api/messages", body)
    assert response.status_code == 202
    assert admin("GET", f"/api/messages/{response.json()['id']}").json()["status"] == "queued"
