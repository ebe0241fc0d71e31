"""Numbers as the Graph API describes them, how they are, and what they cost."""

from __future__ import annotations

import re
from collections import Counter

from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator.world import Number, World, display_number

_SPAN = re.compile(r"pricing_analytics\.start\((\d{1,12})\)\.end\((\d{1,12})\)")
DAY = 86400
PRICES = {"marketing": 0.06, "utility": 0.02, "authentication": 0.02}  # made up, in dollars


def described(number: Number) -> Json:
    """What a number's fields say."""
    return {
        "id": number.id,
        "display_phone_number": "+" + display_number(number),
        "verified_name": number.name or "Test business",
        "quality_rating": number.quality,
        "status": "CONNECTED" if number.registered else "PENDING",
        "name_status": number.name_status,
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "HIGH" if number.per_second >= 1000 else "STANDARD"},
        "whatsapp_business_manager_messaging_limit": number.messaging_limit,
    }


def addresses(world: World, number: Number, usual: str) -> Json:
    """Where its webhooks go."""
    told = {
        "phone_number": number.webhook,
        "whatsapp_business_account": world.webhooks.get(number.waba_id, ""),
        "application": usual,
    }
    return {"id": number.id, "webhook_configuration": {k: v for k, v in told.items() if v}}


def health(number: Number) -> Json:
    """Whether it can send, and why not."""
    state, why = "AVAILABLE", ("", "")
    if number.quality == "RED":
        state = "LIMITED"
        why = "The quality of the number is low.", "Write only to people who asked for it."
    if number.name_status not in ("APPROVED", ""):
        state = "LIMITED"
        why = "The display name is not approved.", "Choose another display name."
    if not number.registered:
        state = "BLOCKED"
        why = "The number is not registered.", "Register the number with its PIN."
    entity: Json = {"entity_type": "PHONE_NUMBER", "id": number.id, "can_send_message": state}
    if state != "AVAILABLE":
        error = {"error_code": 141000, "error_description": why[0], "possible_solution": why[1]}
        entity["errors"] = [error]
    return {"id": number.id, "health_status": {"can_send_message": state, "entities": [entity]}}


def spending(world: World, waba_id: str, fields: str) -> Json:
    """What the business account's delivered messages cost, by day, country and kind."""
    span = _SPAN.match(fields)
    start, end = (int(span[1]), int(span[2])) if span else (0, 0)
    ours = {number.id for number in world.numbers.values() if number.waba_id == waba_id}
    counted: Counter[tuple[int, str, str]] = Counter()
    for thread in world.threads.values():
        customer = world.customers.get(thread.customer)
        if thread.number not in ours or customer is None:
            continue
        country = customer.user_id[:2]
        for entry in thread.entries:
            arrived = entry.status in ("delivered", "read")
            if entry.sender == "business" and arrived and start <= entry.at < end:
                counted[int(entry.at) // DAY * DAY, country, entry.category] += 1
    points = [_point(*key, volume) for key, volume in sorted(counted.items())]
    return {"id": waba_id, "pricing_analytics": {"data": [{"data_points": points}]}}


def _point(day: int, country: str, category: str, volume: int) -> Json:
    price = PRICES.get(category, 0.0)
    return {
        "start": day,
        "end": day + DAY,
        "country": country,
        "pricing_category": category.upper(),
        "pricing_type": "REGULAR" if price else "FREE_CUSTOMER_SERVICE",
        "volume": volume,
        "cost": round(volume * price, 4),
    }
