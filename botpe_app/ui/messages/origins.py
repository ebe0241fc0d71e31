"""Where a customer's message came from, in a line above it. Pure."""

from __future__ import annotations

from typing import Any

_LONGEST = 80


def origin(content: dict[str, Any]) -> str:
    """From an ad, from a group, passed on, about a product; "" where nothing is to be said."""
    said = (
        _referral(content.get("referral")),
        "Written in a group" if content.get("group_id") else "",
        _forwarded(content),
        _product(content.get("referred_product")),
    )
    return " · ".join(part for part in said if part)


def _referral(told: Any) -> str:
    if not isinstance(told, dict) or not told:
        return ""
    kind = "a post" if told.get("source_type") == "post" else "an ad"
    words = next((str(told[name]) for name in ("headline", "body") if told.get(name)), "")
    return f"From {kind}: {words[:_LONGEST]}" if words else f"From {kind}"


def _forwarded(content: dict[str, Any]) -> str:
    if content.get("frequently_forwarded"):
        return "Forwarded many times"
    return "Forwarded" if content.get("forwarded") else ""


def _product(told: Any) -> str:
    name = told.get("product_retailer_id") if isinstance(told, dict) else None
    return f"Asks about product {str(name)[:_LONGEST]}" if name else ""
