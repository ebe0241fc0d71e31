from datetime import date
from decimal import Decimal

import pytest

from botpe_app.core.rates import CARDS, card_on, market_of


@pytest.mark.parametrize(
    ("phone", "market"),
    [
        ("+919876543210", "India"),
        ("+5511987654321", "Brazil"),
        ("+351910000123", "Rest of W Europe"),
        ("+33612345678", "France"),
        ("+16505551234", "North America"),
        ("+18095551234", "Rest of LatAm"),
        ("+12425551234", "Other"),
        ("+77015551234", "Kazakhstan"),
        ("+79165551234", "Russia"),
        ("+2547015551234", "Rest of Africa"),
        ("+21261234567", "Morocco"),
        ("+290123456", "Other"),
    ],
)
def test_a_number_belongs_to_the_market_of_its_longest_prefix(phone: str, market: str) -> None:
    assert market_of(phone) == market


def test_prices_are_those_of_the_card_that_holds_on_the_day() -> None:
    card = card_on(date(2026, 11, 25))
    assert 1000 * card.rate("India", "MARKETING") == Decimal("11.80")
    assert 2500 * card.rate("Brazil", "UTILITY") == Decimal("17.00")
    assert 7 * card.rate("France", "MARKETING") == Decimal("0.6013")
    assert card.rate("Germany", "AUTHENTICATION") == card.rate("Germany", "UTILITY")
    assert card_on(date(2020, 1, 1)) is CARDS[0]


def test_every_market_has_a_price_of_each_category() -> None:
    markets = {market for market, _ in CARDS[0].rates}
    assert len(markets) == 47
    phones = {market_of(f"+{n}") for n in range(1, 2000)}
    assert phones <= markets
