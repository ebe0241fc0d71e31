"""Which origins are ours, and reading the session cookie."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.datastructures import Headers

from botpe_app.config import load
from botpe_app.web import cookies, origins

TWINS = ("http://localhost:3000", "http://127.0.0.1:3000")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://localhost:3000", TWINS),
        ("http://10.0.0.3:3000", ("http://10.0.0.3:3000", *TWINS)),
        ("http://localhost:80", ("http://localhost", "http://127.0.0.1")),
        ("https://Bot.example.com:443/", ("https://bot.example.com",)),
        ("https://bot.example.com:8443/x", ("https://bot.example.com:8443",)),
    ],
)
def test_the_public_address_decides_which_origins_are_ours(
    address: str, expected: tuple[str, ...]
) -> None:
    assert load({"BOTPE_BASE_URL": address}).origins == expected


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"origin": "http://localhost:3000"}, True),
        ({"origin": "HTTP://LOCALHOST:3000"}, True),
        ({"origin": "http://localhost:3000.evil.example"}, False),
        ({"origin": "https://localhost:3000"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
    ],
)
def test_a_request_is_ours_unless_a_browser_says_otherwise(
    configure: Callable[..., None], headers: dict[str, str], ours: bool
) -> None:
    configure()
    assert origins.is_ours(Headers(headers)) is ours


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (None, None),
        ("", None),
        ("botpe_session=abc", "abc"),
        ("a=b; botpe_session=abc; c=d", "abc"),
        ('botpe_session="abc"', "abc"),
        ("botpe_session=", None),
        ("xbotpe_session=abc; botpe_sessions=abd", None),
        ("broken; ;=; botpe_session=abc", "abc"),
    ],
)
def test_the_token_is_read_from_any_cookie_header(
    configure: Callable[..., None], header: str | None, token: str | None
) -> None:
    configure()
    assert cookies.token_of(header) == token


def test_under_https_a_cookie_without_the_prefix_is_not_taken(
    configure: Callable[..., None],
) -> None:
    configure(BOTPE_BASE_URL="https://bot.example.com")
    assert cookies.token_of("botpe_session=planted") is None
    assert cookies.token_of("__Host-botpe_session=abc") == "abc"
