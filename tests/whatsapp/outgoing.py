"""What can and cannot be sent, one example a limit."""

from typing import Any

Json = dict[str, Any]


def button(n: int, title: str = "") -> Json:
    return {"type": "reply", "reply": {"id": f"b{n}", "title": title or f"Button {n}"}}


def buttons(*listed: Json, **others: Any) -> Json:
    return {
        "type": "button",
        "body": {"text": "Pick"},
        "action": {"buttons": list(listed)},
        **others,
    }


def rows(count: int, **others: Any) -> Json:
    return {"rows": [{"id": f"r{n}", "title": f"Row {n}"} for n in range(count)], **others}


def picklist(*sections: Json, body: str = "Pick", **others: Any) -> Json:
    action = {"button": "Open", "sections": list(sections)}
    return {"type": "list", "body": {"text": body}, "action": action, **others}


def link(**parameters: Any) -> Json:
    shown = {"display_text": "Track", "url": "https://x.example/t", **parameters}
    return {
        "type": "cta_url",
        "body": {"text": "Here"},
        "action": {"name": "cta_url", "parameters": shown},
    }


def template(*components: Json, **others: Any) -> Json:
    named = {"name": "order_update", "language": {"code": "en_US"}}
    return {**named, "components": list(components), **others}


def body_of(text: str) -> Json:
    return {"type": "body", "parameters": [{"type": "text", "text": text}]}


PERSON = {"name": {"formatted_name": "Ana P", "first_name": "Ana"}, "phones": [{"phone": "+1"}]}

LOCATION = {"latitude": 37.4, "longitude": -122.1}

MONEY = {"value": 1000, "offset": 100}

ORDER = {
    "type": "order_details",
    "body": {"text": "Your order"},
    "action": {
        "name": "review_and_pay",
        "parameters": {
            "reference_id": "r-1",
            "type": "digital-goods",
            "payment_settings": [{"type": "payment_link", "payment_link": {"uri": "https://x.y"}}],
            "currency": "BRL",
            "total_amount": {"value": 2100, "offset": 100},
            "order": {
                "status": "pending",
                "items": [{"retailer_id": "s", "name": "Tea", "amount": MONEY, "quantity": 2}],
                "subtotal": {"value": 2000, "offset": 100},
                "tax": {"value": 100, "offset": 100},
            },
        },
    },
}

ENGLAND = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng") + "\U000e007f"

FAMILY = "👩\u200d👩\u200d👧"

EMOJIS = ["👍", "❤️", "👍🏽", "🇧🇷", "1️⃣", FAMILY, ENGLAND, "©️"]

GOOD: list[tuple[str, Any]] = [
    ("text", {"body": "x" * 4096, "preview_url": True}),
    ("text", {"body": "😀" * 2048}),
    ("image", {"id": "1", "caption": "x" * 1024}),
    ("image", {"link": "https://x.example/a.jpg"}),
    ("video", {"id": "1"}),
    ("audio", {"id": "1", "voice": True}),
    ("document", {"id": "1", "caption": "x", "filename": "a.pdf"}),
    ("sticker", {"id": "1"}),
    ("location", {**LOCATION, "name": "HQ", "address": "1 Way"}),
    ("contacts", {"contacts": [PERSON] * 257}),
    ("reaction", {"message_id": "wamid.1", "emoji": ""}),
    *[("reaction", {"message_id": "wamid.1", "emoji": emoji}) for emoji in EMOJIS],
    ("interactive", buttons(button(1, "x" * 20), button(2), button(3))),
    ("interactive", buttons(button(1), header={"type": "text", "text": "x" * 60})),
    ("interactive", buttons(button(1), header={"type": "image", "image": {"id": "1"}})),
    ("interactive", buttons(button(1), footer={"text": "x" * 60})),
    ("interactive", picklist(rows(10), body="x" * 4096)),
    ("interactive", link(display_text="x" * 20)),
    (
        "interactive",
        {
            "type": "location_request_message",
            "body": {"text": "Where?"},
            "action": {"name": "send_location"},
        },
    ),
    (
        "interactive",
        {
            "type": "flow",
            "body": {"text": "Book"},
            "action": {
                "name": "flow",
                "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book"},
            },
        },
    ),
    ("interactive", {"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "s"}}),
    ("interactive", ORDER),
    ("template", template()),
    ("template", template(body_of("Ana"), {"type": "header", "parameters": []})),
    (
        "template",
        template(
            {
                "type": "button",
                "sub_type": "url",
                "index": "0",
                "parameters": [{"type": "text", "text": "promo/42"}],
            }
        ),
    ),
]

BAD: list[tuple[str, Any, str]] = [
    ("text", {"body": "x" * 4097}, "text.body"),
    ("text", {"body": "😀" * 2049}, "text.body"),
    ("text", {"body": " \n"}, "text.body"),
    ("text", {"body": "a\x00b"}, "text.body"),
    ("text", {"body": "a\ud800"}, "text.body"),
    ("text", {"body": 7}, "text.body"),
    ("text", {}, "text.body"),
    ("text", None, "text"),
    ("text", "hi", "text"),
    ("text", {"body": "x", "preview_url": "yes"}, "text.preview_url"),
    ("text", {"body": "x", "colour": "red"}, "text.colour"),
    ("image", {}, "image"),
    ("image", {"id": "1", "link": "https://x.example"}, "image.link"),
    ("image", {"link": "ftp://x.example"}, "image.link"),
    ("image", {"id": "1", "caption": "x" * 1025}, "image.caption"),
    ("audio", {"id": "1", "caption": "x"}, "audio.caption"),
    ("sticker", {"id": "1", "caption": "x"}, "sticker.caption"),
    ("location", {"latitude": 90.1, "longitude": 0}, "location.latitude"),
    ("location", {"latitude": 0, "longitude": "west"}, "location.longitude"),
    ("location", {"latitude": True, "longitude": 0}, "location.latitude"),
    ("location", {"latitude": 0}, "location.longitude"),
    ("contacts", [], "contacts"),
    ("contacts", [PERSON] * 258, "contacts"),
    ("contacts", [{"name": {"formatted_name": "Ana"}}], "contacts[0].name.first_name"),
    ("contacts", [{**PERSON, "birthday": "soon"}], "contacts[0].birthday"),
    ("reaction", {"message_id": "w", "emoji": "👍👍"}, "reaction.emoji"),
    ("reaction", {"message_id": "w", "emoji": "ok"}, "reaction.emoji"),
    ("reaction", {"emoji": "👍"}, "reaction.message_id"),
    ("interactive", {"type": "hologram"}, "interactive.type"),
    ("interactive", {}, "interactive.type"),
    ("interactive", buttons(), "interactive.action.buttons"),
    ("interactive", buttons(*map(button, range(4))), "interactive.action.buttons"),
    (
        "interactive",
        buttons(button(1, "x" * 21)),
        "interactive.action.buttons[0].reply.title",
    ),
    ("interactive", buttons(button(1), button(1, "B")), "interactive.action.buttons"),
    ("interactive", buttons(button(1, "A"), button(2, "A")), "interactive.action.buttons"),
    ("interactive", buttons(button(1), body={"text": "x" * 1025}), "interactive.body.text"),
    ("interactive", buttons(button(1), footer={"text": "x" * 61}), "interactive.footer.text"),
    (
        "interactive",
        buttons(button(1), header={"type": "text", "text": "x" * 61}),
        "interactive.header.text",
    ),
    ("interactive", buttons(button(1), header={"type": "audio"}), "interactive.header.type"),
    ("interactive", picklist(rows(11)), "interactive.action.sections[0].rows"),
    (
        "interactive",
        picklist(rows(6, title="A"), rows(5, title="B")),
        "interactive.action.sections",
    ),
    ("interactive", picklist(rows(2), rows(2)), "interactive.action.sections"),
    ("interactive", picklist(rows(1), body="x" * 4097), "interactive.body.text"),
    ("interactive", picklist(rows(1), header={"type": "image"}), "interactive.header.type"),
    ("interactive", picklist(*[rows(1)] * 11), "interactive.action.sections"),
    (
        "interactive",
        link(display_text="x" * 21),
        "interactive.action.parameters.display_text",
    ),
    ("interactive", link(url="x.example"), "interactive.action.parameters.url"),
    ("template", {"name": "a"}, "template.language"),
    ("template", {"name": "Order-1", "language": "en"}, "template.name"),
    ("template", {"name": "a", "language": "english"}, "template.language.code"),
    ("template", template(body_of("a\nb")), "template.components[0].parameters[0].text"),
    ("template", template(body_of("a     b")), "template.components[0].parameters[0].text"),
    ("template", template({"type": "footer"}), "template.components[0].type"),
    (
        "template",
        template({"type": "button", "sub_type": "url", "index": 10}),
        "template.components[0].index",
    ),
    ("poll", {}, "type"),
]
