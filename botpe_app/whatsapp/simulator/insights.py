"""What the pretend WhatsApp counts of templates' messages (Cloud API docs, "Analytics")."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from botpe_app.errors import Invalid
from botpe_app.whatsapp import loose, storable
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator.answers import Refusal
from botpe_app.whatsapp.simulator.numbers import DAY, PRICES
from botpe_app.whatsapp.simulator.templates import default_templates
from botpe_app.whatsapp.simulator.world import Entry, Template, Thread, World

_MOST = 10
_ARRIVED = ("delivered", "read")


def insights(world: World, waba_id: str, query: Mapping[str, str]) -> Json:
    """The answer to GET /{waba}/template_analytics. Raises Refusal."""
    if waba_id not in world.insights:
        raise Refusal(200005, "Template insights are not enabled for this business account.")
    start, end = (loose.whole(dict(query), name) for name in ("start", "end"))
    ids = _ids(query.get("template_ids", ""))
    if start is None or end is None or not start < end or not 0 < len(ids) <= _MOST:
        raise Refusal(100, "start, end and one to ten template_ids are needed.")
    listed = world.templates.setdefault(waba_id, default_templates())
    wanted = {
        (template.name, template.language): template for template in listed if template.id in ids
    }
    points = _points(world, waba_id, wanted, range(start, end))
    part: Json = {"granularity": "DAILY", "product_type": "cloud_api", "data_points": list(points)}
    return {"data": [part], "paging": {"cursors": {"before": "", "after": ""}}}


def _points(
    world: World, waba_id: str, wanted: Mapping[tuple[str, str], Template], span: range
) -> Iterator[Json]:
    counted: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    prices = {
        template.id: PRICES.get(template.category.lower(), 0.0) for template in wanted.values()
    }
    for thread in world.threads.values():
        number = world.numbers.get(thread.number)
        if number is None or number.waba_id != waba_id:
            continue
        for entry in thread.entries:
            template = wanted.get(_named(entry))
            if template is not None and int(entry.at) in span:
                counted[template.id, int(entry.at) // DAY * DAY].update(_became(thread, entry))
    for (template_id, day), many in sorted(counted.items()):
        spent = round(many["delivered"] * prices[template_id], 4)
        clicks = [{"type": "quick_reply_button", "button_content": "", "count": many["clicked"]}]
        yield {
            "template_id": template_id,
            "start": day,
            "end": day + DAY,
            **{name: many[name] for name in ("sent", "delivered", "read")},
            "clicked": clicks if many["clicked"] else [],
            "cost": [{"type": "amount_spent", "value": spent}],
        }


def _named(entry: Entry) -> tuple[str, str]:
    if entry.sender != "business" or entry.type != "template" or entry.status == "failed":
        return "", ""
    language = loose.text(loose.mapping(entry.content, "language"), "code")
    return loose.text(entry.content, "name"), language


def _became(thread: Thread, entry: Entry) -> Json:
    tapped = any(one.type == "button" and one.answers == entry.wamid for one in thread.entries)
    return {
        "sent": 1,
        "delivered": int(entry.status in _ARRIVED),
        "read": int(entry.status == "read"),
        "clicked": int(tapped),
    }


def _ids(written: str) -> list[str]:
    try:
        read = storable.loads(written.encode())
    except (ValueError, Invalid):
        return []
    return [str(one) for one in loose.listing({"ids": read}, "ids")]
