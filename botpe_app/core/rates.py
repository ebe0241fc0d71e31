"""What a delivered template costs: dated cards of Meta's prices by market and category.

A market is found by the longest prefix of the number. The card is a transcription of Meta's
published list, so what is shown from it is an estimate; the invoice is Meta's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

OTHER = "Other"

_MARKETS = {
    "Argentina": "54", "Bangladesh": "880", "Brazil": "55", "Chile": "56", "Colombia": "57",
    "Egypt": "20", "France": "33", "Germany": "49", "Hong Kong": "852", "Hungary": "36",
    "India": "91", "Indonesia": "62", "Iraq": "964", "Israel": "972", "Italy": "39",
    "Kazakhstan": "76 77", "Kuwait": "965", "Malaysia": "60", "Mexico": "52", "Morocco": "212",
    "Nepal": "977", "Netherlands": "31", "Nigeria": "234", "Oman": "968", "Pakistan": "92",
    "Peru": "51", "Poland": "48", "Qatar": "974", "Romania": "40", "Russia": "7",
    "Saudi Arabia": "966", "Singapore": "65", "South Africa": "27", "Spain": "34",
    "Sri Lanka": "94", "Turkey": "90", "UAE": "971", "UK": "44", "Ukraine": "380",
    "North America": "1",
    "Rest of Africa": "211 213 216 218 220 221 222 223 225 226 227 228 229 231 232 233 235 237"
    " 241 242 244 245 249 250 251 252 254 255 256 257 258 260 261 264 265 266 267 268 291",
    "Rest of APAC": "61 63 64 66 675 81 84 855 856 86 886 93 976 992 993 998",
    "Rest of C&E Europe": "30 355 359 370 371 373 374 375 381 385 386 389 420 421 994 995",
    "Rest of LatAm": "502 503 504 505 506 507 509 58 591 593 595 598"
    " 1658 1787 1809 1829 1849 1876 1939",
    "Rest of Middle East": "961 962 967 973",
    "Rest of W Europe": "32 351 353 358 41 43 45 46 47",
    OTHER: "1242 1246 1264 1268 1284 1340 1345 1441 1473 1649 1664 1721 1758 1767 1784 1868 1869",
}  # fmt: skip
_BY_PREFIX = {prefix: market for market, all_ in _MARKETS.items() for prefix in all_.split()}
_LONGEST = max(map(len, _BY_PREFIX))

# market:marketing/utility; authentication costs what utility does.
_OCTOBER_2026 = """
Argentina:.0618/.0260 Bangladesh:.0732/.0037 Brazil:.0625/.0068 Chile:.0889/.0200
Colombia:.0125/.0008 Egypt:.0644/.0036 France:.0859/.0300 Germany:.1365/.0550
Hong_Kong:.0732/.0260 Hungary:.0860/.0350 India:.0118/.0014 Indonesia:.0411/.0250
Iraq:.0341/.0079 Israel:.0353/.0053 Italy:.0795/.0300 Kazakhstan:.0604/.0180 Kuwait:.0792/.0440
Malaysia:.0860/.0140 Mexico:.0397/.0085 Morocco:.0414/.0230 Nepal:.0732/.0034
Netherlands:.1597/.0500 Nigeria:.0516/.0067 Oman:.0341/.0247 Pakistan:.0473/.0150
Peru:.0703/.0300 Poland:.0366/.0122 Qatar:.0341/.0120 Romania:.0860/.0290 Russia:.0802/.0400
Saudi_Arabia:.0576/.0107 Singapore:.0732/.0160 South_Africa:.0379/.0095 Spain:.0707/.0200
Sri_Lanka:.0732/.0020 Turkey:.0109/.0009 UAE:.0576/.0157 UK:.0635/.0220 Ukraine:.0860/.0298
North_America:.0250/.0034 Rest_of_Africa:.0225/.0040 Rest_of_APAC:.0842/.0113
Rest_of_C&E_Europe:.0860/.0212 Rest_of_LatAm:.0740/.0113 Rest_of_Middle_East:.0392/.0091
Rest_of_W_Europe:.0592/.0171 Other:.0604/.0077
"""


@dataclass(frozen=True, slots=True)
class Card:
    """Prices that hold from a day on."""

    valid_from: date
    currency: str
    rates: dict[tuple[str, str], Decimal]

    def rate(self, market: str, category: str) -> Decimal:
        """The price of one delivered message; UTILITY's also for AUTHENTICATION."""
        return self.rates[market, "MARKETING" if category == "MARKETING" else "UTILITY"]


def _read(text: str) -> dict[tuple[str, str], Decimal]:
    rates: dict[tuple[str, str], Decimal] = {}
    for entry in text.split():
        market, _, prices = entry.replace("_", " ").partition(":")
        marketing, _, utility = prices.partition("/")
        rates[market, "MARKETING"], rates[market, "UTILITY"] = Decimal(marketing), Decimal(utility)
    return rates


CARDS = (Card(date(2026, 10, 1), "USD", _read(_OCTOBER_2026)),)  # the oldest first


def card_on(day: date) -> Card:
    """The card that holds on a day; before the first one, that."""
    return next((card for card in reversed(CARDS) if card.valid_from <= day), CARDS[0])


def market_of(phone: str) -> str:
    """The market of an E.164 number."""
    digits = phone.removeprefix("+")
    for length in range(_LONGEST, 0, -1):
        if market := _BY_PREFIX.get(digits[:length]):
            return market
    return OTHER
