"""What Claude costs, in US dollars a million tokens.

From Anthropic's pages of models and prices (platform.claude.com/docs, "Pricing" and the overviews
of the models) as stored copies of October 2026 show them; the dearer band of Haiku 5.5 from two
programs' release notes that cite that page on 16 and 24 October 2026. Looked up on 2026-11-25
without reaching the page itself: check it before you rely on a budget to the cent. A model that
is not known counts as the dearest, so that a budget is never overspent for want of a price.
"""

from __future__ import annotations

import re
from decimal import Decimal

_MILLION = Decimal(1_000_000)
_WRITING = Decimal("1.25")  # into the cache of five minutes, by the price of input
_READING = Decimal("0.1")  # out of it; some models take less
_LONG = 100_000  # tokens of a question, beyond which Haiku 5.5 costs more
_BY_MODEL: tuple[tuple[str, str, str], ...] = (
    (r"haiku-5-5", "0.10", "0.50"),
    (r"haiku-3|3-5-haiku|3-haiku", "0.80", "4"),
    (r"haiku", "1", "5"),
    (r"sonnet-5", "2", "10"),
    (r"sonnet", "3", "15"),
    (r"opus-5-5", "4", "20"),
    (r"opus-(?:5|4-[5-9])", "5", "25"),
    (r"opus", "15", "75"),
    (r"fable|mythos", "10", "50"),
)
_LONG_HAIKU = (Decimal("0.50"), Decimal("2.50"))
_DEAREST = (Decimal(15), Decimal(75))


def cost(
    model: str, input_tokens: int, output_tokens: int, *, written: int = 0, read: int = 0
) -> Decimal:
    """What so many tokens cost in US dollars, to a millionth, rounded up.

    `written` and `read` went into a cache and came out of one, beside the input.
    """
    incoming, outgoing = _of(model, input_tokens + written + read)
    weighed = input_tokens + _WRITING * written + _READING * read
    exact = (incoming * weighed + outgoing * output_tokens) / _MILLION
    return exact.quantize(Decimal("0.000001"), rounding="ROUND_UP")


def most(model: str, input_tokens: int, output_tokens: int) -> Decimal:
    """The most that a question and its answer can cost: all of it written into a cache."""
    return cost(model, 0, output_tokens, written=input_tokens)


def affordable(model: str, dollars: Decimal, input_tokens: int) -> int:
    """How many tokens of answer `dollars` surely pay for after the question; 0 or less for none."""
    incoming, outgoing = _of(model, input_tokens)
    return int((dollars * _MILLION - incoming * _WRITING * input_tokens) / outgoing)


def _of(model: str, question: int) -> tuple[Decimal, Decimal]:
    if "haiku-5-5" in model and question > _LONG:
        return _LONG_HAIKU
    for name, incoming, outgoing in _BY_MODEL:
        if re.search(name, model):
            return Decimal(incoming), Decimal(outgoing)
    return _DEAREST
