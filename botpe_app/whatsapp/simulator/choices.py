"""What a customer can tap in a message of the business, and the form of a Flow they fill in."""

from __future__ import annotations

import json

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator.world import Customer, Entry


def filled_in(entry: Entry, answers: Json) -> Json | None:
    """The answer to a Flow, as webhooks carry it; None if the message offers none.

    What the form was opened with comes back too, beside the answers.
    """
    parameters = _flow(entry)
    if parameters is None:
        return None
    opened = loose.mapping(loose.mapping(parameters, "flow_action_payload"), "data")
    token = loose.text(parameters, "flow_token") or "unused"
    said = json.dumps({"flow_token": token, **opened, **answers})
    reply = {"name": "flow", "body": "Sent", "response_json": said}
    return {"type": "nfm_reply", "nfm_reply": reply}


def _flow(entry: Entry) -> Json | None:
    if entry.sender != "business":
        return None
    if entry.type == "interactive" and loose.text(entry.content, "type") == "flow":
        return loose.mapping(loose.mapping(entry.content, "action"), "parameters")
    for component in loose.mappings(entry.content, "components"):
        if loose.text(component, "sub_type") == "flow":
            given = loose.first(component, "parameters")
            action = loose.mapping(given, "action")
            data = loose.mapping(action, "flow_action_data")
            token = loose.text(action, "flow_token")
            return {"flow_token": token, "flow_action_payload": {"data": data}}
    buttons = loose.mappings(entry.shown, "buttons")
    return {} if any(button.get("type") == "FLOW" for button in buttons) else None


def choices(entry: Entry, customer: Customer) -> list[tuple[str, Json, set[str]]]:
    """What can be tapped in a message: the answer's kind and content, and what it goes by."""
    if entry.type == "template":
        return [
            (
                "button",
                {"payload": loose.text(button, "payload"), "text": loose.text(button, "text")},
                {loose.text(button, "payload"), loose.text(button, "text")},
            )
            for button in loose.mappings(entry.shown, "buttons")
            if button.get("type") == "QUICK_REPLY"
        ]
    action = loose.mapping(entry.content, "action")
    label = loose.text(loose.mapping(action, "parameters"), "flow_cta")
    if label and (form := filled_in(entry, {"name": customer.name})):
        return [("interactive", form, {label})]
    replies = [loose.mapping(button, "reply") for button in loose.mappings(action, "buttons")]
    rows = [
        row
        for section in loose.mappings(action, "sections")
        for row in loose.mappings(section, "rows")
    ]
    return [
        (
            "interactive",
            {"type": kind, kind: item},
            {loose.text(item, "id"), loose.text(item, "title")},
        )
        for kind, items in (("button_reply", replies), ("list_reply", rows))
        for item in items
    ]
