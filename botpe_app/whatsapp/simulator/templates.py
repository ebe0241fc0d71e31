"""Templates of the pretend WhatsApp: a few approved ones, the checks of a send, and creation.

Cloud API docs, "Templates": a send must bring one value for every variable.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator.answers import Refusal
from botpe_app.whatsapp.simulator.world import Template

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
_UNSENDABLE = {"PAUSED": 132015, "DISABLED": 132016}


def new_id() -> str:
    """An id as the Graph API gives them: 16 digits."""
    return str(secrets.randbelow(9 * 10**15) + 10**15)


def default_templates() -> list[Template]:
    """The approved templates a business account starts with."""
    return [
        _made("hello_world", "en_US", "UTILITY", _body("Welcome! This is a first test message.")),
        _made(
            "order_shipped",
            "en_US",
            "UTILITY",
            _body("Hi {{1}}, your order {{2}} is on its way.", ["Ana", "A-1042"]),
            {"type": "FOOTER", "text": "Reply to this message for help"},
            _buttons(
                _url_button("Track parcel", "https://shop.example.com/track/{{1}}"),
                {"type": "QUICK_REPLY", "text": "Need help"},
            ),
        ),
        _made(
            "appointment_reminder",
            "en",
            "UTILITY",
            _body("Hello {{1}}, we look forward to seeing you on {{2}}.", ["Ana", "Friday, 10:00"]),
            _buttons(
                {"type": "QUICK_REPLY", "text": "I will be there"},
                {"type": "QUICK_REPLY", "text": "I have to cancel"},
            ),
        ),
        _made(
            "season_sale",
            "en",
            "MARKETING",
            {"type": "HEADER", "format": "IMAGE"},
            _body("Hi {{1}}, our sale has begun: {{2}} off everything warm.", ["Ana", "20%"]),
            {"type": "FOOTER", "text": "Reply STOP to hear no more offers"},
            _buttons(
                _url_button("See offers", "https://shop.example.com/sale"),
                {"type": "QUICK_REPLY", "text": "STOP"},
            ),
        ),
        _made(
            "season_sale",
            "de",
            "MARKETING",
            {"type": "HEADER", "format": "IMAGE"},
            _body("Hallo {{1}}, der Ausverkauf läuft: {{2}} auf alles Warme.", ["Ana", "20 %"]),
            _buttons({"type": "QUICK_REPLY", "text": "STOPP"}),
        ),
    ]


def _made(name: str, language: str, category: str, *components: Json) -> Template:
    return Template(new_id(), name, language, category, list(components))


def _body(text: str, example: list[str] | None = None) -> Json:
    return {
        "type": "BODY",
        "text": text,
        **({"example": {"body_text": [example]}} if example else {}),
    }


def _buttons(*buttons: Json) -> Json:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def _url_button(text: str, url: str) -> Json:
    example = {"example": [url.replace("{{1}}", "A-1042")]} if "{{" in url else {}
    return {"type": "URL", "text": text, "url": url, **example}


def find(templates: Iterable[Template], name: str, language: str) -> Template:
    """The approved template of this name and language. Raises Refusal if it cannot be sent."""
    found = next((t for t in templates if (t.name, t.language) == (name, language)), None)
    if found is None:
        raise Refusal(132001, f"Template {name} does not exist in {language}.")
    if found.status != "APPROVED":
        code = _UNSENDABLE.get(found.status, 132001)
        raise Refusal(code, f"Template {name} ({language}) is {found.status}.")
    return found


def render(template: Template, content: Json) -> Json:
    """The template as the phone shows it: header, body, footer and buttons.

    Raises Refusal where the values sent do not fit the template's variables.
    """
    given = loose.mappings(content, "components")
    shown: Json = {"buttons": []}
    for component in template.components:
        kind = loose.text(component, "type").upper()
        if kind == "HEADER":
            shown["header"] = _header(component, _values(given, "header"))
        elif kind == "BODY":
            shown["body"] = _fill(component, _values(given, "body"), "body")
        elif kind == "FOOTER":
            shown["footer"] = loose.text(component, "text")
        elif kind == "BUTTONS":
            shown["buttons"] = list(_shown_buttons(component, given))
    return shown


def _values(given: list[Json], kind: str) -> list[Json]:
    for component in given:
        if component.get("type") == kind:
            return loose.mappings(component, "parameters")
    return []


def _header(component: Json, values: list[Json]) -> Json:
    wanted = loose.text(component, "format").lower() or "text"
    if wanted == "text":
        return {"type": "text", "text": _fill(component, values, "header")}
    if len(values) != 1 or values[0].get("type") != wanted:
        raise Refusal(132012, f"The header needs one {wanted}.")
    return {"type": wanted, wanted: values[0][wanted]}


def _fill(component: Json, values: list[Json], where: str) -> str:
    text = loose.text(component, "text")
    names = list(dict.fromkeys(_VARIABLE.findall(text)))
    if len(values) != len(names):
        raise Refusal(
            132000, f"The {where} has {len(names)} variables; {len(values)} values were given."
        )
    if any(not name.isdigit() for name in names):
        by_name = {loose.text(value, "parameter_name"): _said(value) for value in values}
        if set(by_name) != set(names):
            raise Refusal(132012, f"The {where} needs values named {', '.join(names)}.")
    else:
        by_name = {str(place): _said(value) for place, value in enumerate(values, 1)}
    return _VARIABLE.sub(lambda found: by_name.get(found[1], found[0]), text)


def _said(value: Json) -> str:
    kind = loose.text(value, "type")
    if kind == "text":
        return loose.text(value, "text")
    return loose.text(loose.mapping(value, kind), "fallback_value")


def _shown_buttons(component: Json, given: list[Json]) -> Iterator[Json]:
    for place, button in enumerate(loose.mappings(component, "buttons")):
        kind, label = loose.text(button, "type").upper(), loose.text(button, "text")
        values = [
            value
            for part in given
            if part.get("type") == "button" and part.get("index") == str(place)
            for value in loose.mappings(part, "parameters")
        ]
        shown: Json = {"type": kind, "text": label}
        if kind == "URL":
            shown["url"] = _url(loose.text(button, "url"), values, place)
        elif kind == "QUICK_REPLY":
            shown["payload"] = next((loose.text(v, "payload") for v in values), "") or label
        yield shown


def _url(url: str, values: list[Json], place: int) -> str:
    if "{{" not in url:
        return url
    if not values:
        raise Refusal(131008, f"Button {place} needs the end of its web address.")
    return _VARIABLE.sub(lambda _: loose.text(values[0], "text"), url)


def create(existing: list[Template], body: Any) -> Template:
    """A new template under review. Raises Refusal where it breaks the rules."""
    name, language = loose.text(body, "name"), loose.text(body, "language")
    category = loose.text(body, "category").upper()
    components = loose.mappings(body, "components")
    if not _NAME.fullmatch(name):
        raise Refusal(100, "A name has lower-case letters, digits and underscores only.")
    if not language or category not in _CATEGORIES:
        raise Refusal(100, f"language and category ({', '.join(_CATEGORIES)}) are needed.")
    if any((t.name, t.language) == (name, language) for t in existing):
        raise Refusal(100, f"{name} exists in {language} already.", subcode=2388024)
    check(components)
    named = loose.text(body, "parameter_format").upper() == "NAMED"
    return Template(
        new_id(),
        name,
        language,
        category,
        components,
        "PENDING",
        "NAMED" if named else "POSITIONAL",
    )


def edit(template: Template, body: Any) -> None:
    """Gives a template new components or another category. Raises Refusal."""
    if template.status not in ("APPROVED", "REJECTED", "PAUSED"):
        raise Refusal(100, f"A template that is {template.status} cannot change.", subcode=2388039)
    category = loose.text(body, "category").upper() or template.category
    if category not in _CATEGORIES:
        raise Refusal(100, f"category is one of {', '.join(_CATEGORIES)}.")
    if category != template.category and template.status == "APPROVED":
        raise Refusal(100, "The category of an approved template stays.", subcode=2388039)
    components = loose.mappings(body, "components") or template.components
    check(components)
    template.components, template.category = components, category
    if template.status == "REJECTED":
        template.status = "PENDING"


def check(components: list[Json]) -> None:
    """Raises Refusal where components break a rule that is checked at once."""
    body = next((c for c in components if loose.text(c, "type").upper() == "BODY"), None)
    if body is None:
        raise Refusal(100, "A BODY component is needed.")
    text = loose.text(body, "text").strip()
    edge = _VARIABLE.match(text) or re.search(_VARIABLE.pattern + r"$", text)
    if edge:
        raise Refusal(100, "A variable may not begin or end the body.", subcode=2388299)
    if len(text) > 1024:
        raise Refusal(100, "The body has more than 1,024 characters.", subcode=2388040)


def as_graph(template: Template) -> Json:
    """The template as the Graph API lists it."""
    return {
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "components": template.components,
        "parameter_format": template.parameter_format,
        "rejected_reason": template.rejected_reason,
        "quality_score": {"score": "UNKNOWN", "date": 0},
    }
