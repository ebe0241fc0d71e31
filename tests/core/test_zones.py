"""Where customers' clocks are, by their numbers."""

from __future__ import annotations

import pytest

from botpe_app.core.zones import zone_of_phone


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+12125551234", "America/New_York"), ("+13105551234", "America/Los_Angeles"),
        ("+18085551234", "Pacific/Honolulu"), ("+34612345678", "Europe/Madrid"),
        ("+351910000123", "Europe/Lisbon"), ("+5511987654321", "America/Sao_Paulo"),
        ("+919876543210", "Asia/Calcutta"), ("+61412345678", "Australia/Sydney"),
        ("+79161234567", "Europe/Moscow"), ("+15551000001", "America/New_York"),
        ("+6281234567890", "Asia/Jakarta"),
    ],
)  # fmt: skip
def test_a_number_tells_its_zone_or_its_countrys_largest(phone: str, zone: str) -> None:
    assert zone_of_phone(phone) == zone


@pytest.mark.parametrize("phone", [None, "", "5678", "+", "+999123456", "\0", "+9" * 40])
def test_what_is_no_number_of_a_place_tells_none(phone: str | None) -> None:
    assert zone_of_phone(phone) is None
