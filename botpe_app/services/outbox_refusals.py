"""Why a message that was queued is not sent after all: codes of ours, and the words for them."""

from __future__ import annotations

from botpe_app.services.outbox import (
    BARRED,
    BLOCKED,
    CANCELLED,
    COOLING_DOWN,
    NO_OPT_IN,
    NOBODY,
    OPTED_OUT,
    OVER_PLAN,
    SUPERSEDED,
    UNDONE,
    UNREACHABLE,
    WINDOW_CLOSED,
)

WORDS: dict[int, tuple[str, str]] = {
    WINDOW_CLOSED: (
        "More than 24 hours since the customer wrote",
        "The window closed while the message waited. Send a template instead.",
    ),
    SUPERSEDED: (
        "Somebody else has taken over the conversation",
        "A person took over before this automatic message left, so it was held back.",
    ),
    NOBODY: (
        "The contact has no address",
        "Give the contact a phone number and send it again.",
    ),
    CANCELLED: ("The campaign was cancelled", "It was cancelled before this message left."),
    OPTED_OUT: (
        "The customer has stopped marketing messages",
        "They said no before this message left. Send them no marketing until they ask for it.",
    ),
    NO_OPT_IN: (
        "The customer has not agreed to marketing messages",
        "Ask for their consent and note it with the contact.",
    ),
    COOLING_DOWN: (
        "WhatsApp wants this customer left alone for a while",
        "They got enough marketing lately. The contact says until when.",
    ),
    UNREACHABLE: (
        "The customer cannot be reached on WhatsApp",
        "The last messages to them could not be delivered. Reach them another way.",
    ),
    BLOCKED: ("The customer has blocked the business", "Do not write again."),
    BARRED: (
        "The number has blocked the customer",
        "WhatsApp takes nothing for people one has blocked. Let them in again first.",
    ),
    OVER_PLAN: (
        "The plan allows no more messages this month",
        "Ask for a larger plan, or wait for the next month.",
    ),
    UNDONE: ("Taken back before it left", "The customer did not get it."),
}
CODES: dict[str, int] = {
    "window_closed": WINDOW_CLOSED,
    "superseded": SUPERSEDED,
    "nobody": NOBODY,
    "cancelled": CANCELLED,
    "opted_out": OPTED_OUT,
    "no_opt_in": NO_OPT_IN,
    "cooling_down": COOLING_DOWN,
    "unreachable": UNREACHABLE,
    "blocked": BLOCKED,
    "barred": BARRED,
    "over_plan": OVER_PLAN,
    "undone": UNDONE,
}
# By what a campaign calls it when it leaves somebody out.
SKIPS: dict[int, str] = {
    CANCELLED: "cancelled",
    OPTED_OUT: "opted_out",
    NO_OPT_IN: "no_opt_in",
    COOLING_DOWN: "cooling_down",
    UNREACHABLE: "unreachable",
    BLOCKED: "blocked",
    BARRED: "barred",
    NOBODY: "no_phone",
}
