"""Orders and payments in India and Brazil (Cloud API docs, "Payments, order details")."""

from __future__ import annotations

from botpe_app.errors import Invalid
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.messages.checks import (
    Check,
    anything,
    items,
    matching,
    one_of,
    shape,
    text,
    whole,
)

_REFERENCE = matching(r"[A-Za-z0-9_.\-]{1,60}", "1 to 60 letters, digits, _ . or -", 60)
_MONEY_FIELDS: dict[str, Check] = {"value": whole(0, 10**15), "offset": whole(1, 100)}
_MONEY = shape(_MONEY_FIELDS, {"description": text(60)})
_ITEM = shape(
    {"retailer_id": text(100), "name": text(60), "amount": _MONEY, "quantity": whole(1, 10**6)},
    {"sale_amount": _MONEY},
)
_ORDER = shape(
    {"status": one_of("pending"), "items": items(_ITEM, 999), "subtotal": _MONEY, "tax": _MONEY},
    {
        "shipping": _MONEY,
        "discount": _MONEY,
        "catalog_id": text(100),
        "expiration": shape({"timestamp": text(20)}, {"description": text(120)}),
    },
)
_DETAILS = shape(
    {
        "reference_id": _REFERENCE,
        "type": one_of("digital-goods", "physical-goods"),
        "payment_settings": items(anything, 10),
        "currency": one_of("INR", "BRL"),
        "total_amount": _MONEY,
        "order": _ORDER,
    },
    {"payment_type": text(20)},
)
ORDER_STATUS = shape(
    {
        "reference_id": _REFERENCE,
        "order": shape(
            {
                "status": one_of(
                    "pending", "processing", "partially-shipped", "shipped", "completed", "canceled"
                )
            },
            {"description": text(120)},
        ),
    },
    {
        "payment": shape(
            {"status": one_of("pending", "captured", "failed")}, {"timestamp": whole(0, 10**12)}
        )
    },
)


def check_order_details(value: object, field: str) -> Json:
    """An order whose sums are right: total = subtotal + tax + shipping - discount."""
    details: Json = _DETAILS(value, field)
    order: Json = details["order"]
    items_total = sum(
        item.get("sale_amount", item["amount"])["value"] * item["quantity"]
        for item in order["items"]
    )
    _agree(order["subtotal"]["value"], items_total, f"{field}.order.subtotal.value")
    total = items_total + sum(order[part]["value"] for part in ("tax", "shipping") if part in order)
    total -= order["discount"]["value"] if "discount" in order else 0
    _agree(details["total_amount"]["value"], total, f"{field}.total_amount.value")
    return details


def _agree(given: int, counted: int, field: str) -> None:
    if given != counted:
        raise Invalid(f"{field} is {given}, but its parts make {counted}.", field=field)
