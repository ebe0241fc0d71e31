"""What Claude costs, in US dollars a million tokens, by family of models.

As of 2026-11-25, as known here and not read from a published list: check them before you rely on a
budget to the cent. Rounded up where a family's members differ; a model of no known family counts
as the dearest, so that a budget is never overspent for want of a price.
"""

from __future__ import annotations

from decimal import Decimal

_MILLION = Decimal(1_000_000)
_INPUT_AND_OUTPUT = {
    "haiku": (Decimal(1), Decimal(5)),
    "sonnet": (Decimal(3), Decimal(15)),
    "opus": (Decimal(15), Decimal(75)),
}
_DEAREST = (Decimal(15), Decimal(75))


def cost(model: str, input_tokens: int, output_tokens: int) -> Decimal:
    """What so many tokens cost in US dollars, to a millionth, rounded up."""
    incoming, outgoing = _of(model)
    exact = (incoming * input_tokens + outgoing * output_tokens) / _MILLION
    return exact.quantize(Decimal("0.000001"), rounding="ROUND_UP")


def affordable(model: str, dollars: Decimal, input_tokens: int) -> int:
    """How many tokens of answer `dollars` pay for after the question; 0 or less for none."""
    incoming, outgoing = _of(model)
    return int((dollars * _MILLION - incoming * input_tokens) / outgoing)


def _of(model: str) -> tuple[Decimal, Decimal]:
    known = (price for family, price in _INPUT_AND_OUTPUT.items() if family in model)
    return next(known, _DEAREST)
