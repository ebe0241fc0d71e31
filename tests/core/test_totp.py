"""One-time passwords, by the letter of RFC 6238."""

from datetime import UTC, datetime, timedelta

import pytest

from botpe_app.core import totp

SECRET = b"12345678901234567890"
NOW = datetime.fromtimestamp(1_111_111_109, UTC)


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, digits: str):
    assert totp.code(SECRET, seconds // totp.SECONDS) == digits


def test_a_code_is_good_about_now_and_once():
    step = totp.matching(SECRET, "081 804", NOW)
    assert step == 1_111_111_109 // 30
    assert totp.matching(SECRET, "081804", NOW + timedelta(seconds=30)) == step
    assert totp.matching(SECRET, "081804", NOW - timedelta(seconds=30)) == step
    assert totp.matching(SECRET, "081804", NOW + timedelta(seconds=90)) is None
    assert totp.matching(SECRET, "081804", NOW, after=step) is None


@pytest.mark.parametrize(
    "given", ["", "08180", "0818041", "abcdef", "٠٨١٨٠٤", "081805", "08\x0018"]
)
def test_what_is_no_code_is_none(given: str):
    assert totp.matching(SECRET, given, NOW) is None


def test_an_app_reads_the_secret_from_the_address():
    found = totp.address(SECRET, issuer="BotPe", person="ana@example.com")
    assert found == (
        "otpauth://totp/BotPe%3Aana%40example.com"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=BotPe"
    )
