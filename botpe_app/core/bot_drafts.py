"""A bot for what somebody describes, without a model: which one of the library comes nearest."""

from __future__ import annotations

import copy
import re
from typing import Any

from botpe_app.core.conditions.values import items, mapping

Json = dict[str, Any]
_LONGEST_NAME, _LONGEST_TEXT = 60, 1024

# Words that give the kind of bot away, in the languages we know.
_SIGNS: dict[str, str] = {
    "appointment": r"appointment|book|reserv|schedul|calendar|visit|dentist|salon|clinic|haircut"
    r"|cita|turno|agend|marca[rç]|consult[ao]|termin|rendez-vous|prenot|अपॉइंटमेंट|बुक|موعد|حجز",
    "order_status": r"order status|status of|track|where is|parcel|package|shipment|rastre"
    r"|seguimiento|envío|encomenda|estado d|suivi|colis|sendung|paket|spedizione|ट्रैक|शिपमेंट|تتبع",
    "shop": r"\bsell|shop|store|catalog|product|\bbuy|menu|food|pizza|restaurant|venta|vender"
    r"|tienda|loja|compra|boutique|vendre|verkauf|laden|negozio|दुकान|बेच|متجر|بيع",
    "lead_capture": r"\blead|quote|offer|interested|prospect|contact details|sign ?up|newsletter"
    r"|cotiza|presupuesto|orçament|interessad|devis|angebot|interessent|preventiv|लीड|عرض",
    "survey": r"survey|feedback|satisf|rating|\bnps\b|review|encuesta|opini|pesquisa|avalia"
    r"|sondage|enquête|umfrage|bewertung|sondaggio|सर्वे|राय|استبيان",
    "faq": r"faq|question|answer|support|help|opening hours|information|pregunta|ayuda|horario"
    r"|soporte|pergunta|dúvida|ajuda|suporte|aide|frage|hilfe|domand|aiuto|सवाल|मदद|سؤال|مساعدة",
}
_QUESTIONS: dict[str, list[str]] = {
    "appointment": [
        "Which services can be booked, and how long does each take?",
        "On which days and at which times?",
    ],
    "order_status": ["Under which address can your shop be asked for an order's status?"],
    "shop": ["What do you sell, and at which prices?", "How is it paid, and where do you deliver?"],
    "lead_capture": ["What do you want to know of an interested person?", "Who follows up?"],
    "survey": ["About what do you ask, and who should hear of an unhappy answer?"],
    "faq": ["Which questions come up most, and what is the answer to each?"],
}
_QUOTED = re.compile('["“”„«»]([^"“”„«»\n]{1,30})["“”„«»]')


def nearest(description: str) -> str:
    """The id of the library's bot whose signs stand most often in the description."""
    hits = {
        name: len({found.casefold() for found in re.findall(signs, description, re.IGNORECASE)})
        for name, signs in _SIGNS.items()
    }
    best = max(hits, key=lambda name: hits[name])
    return best if hits[best] else "faq"


def questions(library_id: str) -> list[str]:
    """What the owner has to say so that this bot of the library becomes their own."""
    return list(_QUESTIONS.get(library_id, ()))


def filled_in(flow: Json, description: str, business: str) -> Json:
    """The flow under the description's name, greeting for the business, started by its words.

    Words in quotation marks in the description start the bot as well.
    """
    made = copy.deepcopy(flow)
    made["name"] = " ".join(description.split())[:_LONGEST_NAME]
    _greet(made, business)
    known = {word.casefold() for one in made["triggers"] for word in one.get("keywords", ())}
    quoted = [word.strip() for word in _QUOTED.findall(description)]
    fresh = [word for word in dict.fromkeys(quoted) if word and word.casefold() not in known]
    if fresh:
        made["triggers"].append(
            {"id": "asked", "type": "keyword", "match": "contains", "keywords": fresh[:20]}
        )
    return made


def _greet(flow: Json, business: str) -> None:
    """Puts the business's name before the first words."""
    first = next((edge["target"] for edge in flow["edges"] if edge["source"] == "start"), None)
    for node in flow["nodes"]:
        text = node.get("data", {}).get("text")
        if node["id"] == first and isinstance(text, str):
            greeted = f"{business}: {text}"
            node["data"]["text"] = greeted if len(greeted) <= _LONGEST_TEXT else text


def difference(before: Json, after: Json) -> dict[str, list[str]]:
    """The ids of nodes that were added, removed or changed; where they lie does not count."""
    old, new = _nodes(before), _nodes(after)
    return {
        "added": [name for name in new if name not in old],
        "removed": [name for name in old if name not in new],
        "changed": [name for name in new if name in old and new[name] != old[name]],
    }


def _nodes(flow: Json) -> dict[str, Any]:
    """What each node is and where it leads, by id."""
    ways: dict[str, set[tuple[str, str]]] = {}
    for edge in map(mapping, items(flow.get("edges"))):
        way = (str(edge.get("source_handle", "next")), str(edge.get("target")))
        ways.setdefault(str(edge.get("source")), set()).add(way)
    return {
        str(node.get("id")): (
            {name: value for name, value in node.items() if name != "position"},
            ways.get(str(node.get("id")), set()),
        )
        for node in map(mapping, items(flow.get("nodes")))
    }
