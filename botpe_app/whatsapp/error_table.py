"""The error codes of the WhatsApp Business Platform as data: what each means and what to do.

Cloud API docs, "Error codes". Titles and advice are ours, for the people in the inbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Retry = Literal["no", "transient", "rate", "pair", "fix"]
Pause = Literal["none", "campaign", "number", "account"]
Stop = Literal["", "PAUSED", "DISABLED"]
Effect = Literal["none", "opt_out", "cool_down", "unreachable", "blocked", "window_closed"]

TRANSIENT_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
RATE_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
PAIR_WAITS = (1.0, 4.0, 16.0, 64.0, 256.0)


@dataclass(frozen=True, slots=True)
class ErrorPolicy:
    """What an error code asks of us.

    `retry`: no (it failed), fix (it failed, and so will others until someone mends the
    cause), transient, rate (slow the number down) or pair (slow this one contact down).
    `pause`: what stops until it is mended: the campaign, the number's campaigns or everything
    under the credential. `contact`: what it says about the person. `template`: the status that
    the template has from then on.
    """

    retry: Retry
    title: str
    advice: str
    pause: Pause = "none"
    contact: Effect = "none"
    template: Stop = ""
    waits: tuple[float, ...] = ()

    def wait(self, tries: int) -> float | None:
        """Seconds to wait after that many failed tries (1 = the first); None: give up.

        Rate limits never give up: they say nothing about the message. Add jitter.
        """
        if self.retry in ("rate", "pair"):
            return self.waits[min(tries, len(self.waits)) - 1]
        return self.waits[tries - 1] if tries <= len(self.waits) else None


def _no(title: str, advice: str, pause: Pause = "none", contact: Effect = "none") -> ErrorPolicy:
    return ErrorPolicy("no", title, advice, pause, contact)


def _fix(title: str, advice: str, pause: Pause = "none") -> ErrorPolicy:
    return ErrorPolicy("fix", title, advice, pause)


def _rate(title: str, advice: str, *waits: float, pause: Pause = "none") -> ErrorPolicy:
    return ErrorPolicy("rate", title, advice, pause, waits=waits or RATE_WAITS)


def _transient(title: str, advice: str, *waits: float) -> ErrorPolicy:
    return ErrorPolicy("transient", title, advice, waits=waits or TRANSIENT_WAITS)


GENERIC = _no(
    "WhatsApp refused the message", "Read the details, change the message and send it again."
)
TEMPORARY = _transient("WhatsApp has a temporary problem", "Nothing to do: it is tried again.")
LOGIN_LOST = _fix(
    "WhatsApp no longer accepts the access token",
    "Enter a new access token under Settings, WhatsApp numbers.",
    "account",
)
PERMISSION = _fix(
    "The access token may not do this",
    "Give it whatsapp_business_messaging and whatsapp_business_management in Meta's settings.",
    "account",
)
OVER_RATE = _rate("Too many messages a second", "Nothing to do: sending has been slowed down.")
_BAD_REQUEST = _no(
    "WhatsApp cannot use the message as it was written", "Read the details and correct it."
)
_GONE = _no(
    "WhatsApp does not know this number or id",
    "Check the phone number id under Settings, WhatsApp numbers, and the token's access to it.",
    "account",
)
_TEMPLATE_VALUES = _no(
    "The template's variables do not fit",
    "Check that every variable has a value of the right kind and length; sync templates.",
)
_WINDOW = _no(
    "More than 24 hours since the customer wrote",
    "Send a template instead; free text works again once they answer.",
    contact="window_closed",
)
_UNREACHABLE = _no(
    "The message cannot be delivered to this person",
    "They may not be on WhatsApp or use an old version: reach them another way.",
    contact="unreachable",
)
_GROUP = _no("WhatsApp groups do not allow this", "Write to the people one by one.")
_CALLING = _no("The call could not be made", "Write a message instead.")
_FLOW_ADMIN = _fix("WhatsApp could not change the flow", "Read the details and correct the flow.")
_BLOCK_LIST = _transient("The block list could not be changed", "It is tried again.")
_USERNAME = _fix("The username cannot be had", "Choose another username.")
_INSIGHTS = _no("Meta gives no figures for this template", "Turn on insights in Meta's settings.")
_ORDER = _no("The order cannot change this way", "Check the order's present state.")
_REGISTER = _fix(
    "The number is not registered for sending",
    "Register it again with its two-step PIN in WhatsApp Manager.",
    "account",
)
_SYNC = _no("The WhatsApp Business app did not share its history", "Connect the number again.")
_SIGNUP = _fix("The number could not be connected", "Connect it again by Meta's dialog.")
_TEMPLATE_RULE = _fix("Meta's rules for templates forbid this", "Read the details and correct it.")

TABLE: dict[int, ErrorPolicy] = {
    0: LOGIN_LOST,
    102: LOGIN_LOST,
    104: LOGIN_LOST,
    190: LOGIN_LOST,
    1: _transient("WhatsApp could not read the request", "It is tried again.", 1.0, 2.0),
    2: TEMPORARY,
    131000: TEMPORARY,
    131016: TEMPORARY,
    133004: TEMPORARY,
    131057: _transient("The number is being upgraded", "Nothing to do: a minute or less."),
    3: PERMISSION,
    10: PERMISSION,
    131005: PERMISSION,
    4: _rate("Too many requests to Meta", "Nothing to do: it goes on later.", 900, 3600),
    80007: _rate("Too many requests to Meta", "Nothing to do: it goes on later.", 900, 3600),
    33: _GONE,
    100: _BAD_REQUEST,
    131008: _BAD_REQUEST,
    131009: _BAD_REQUEST,
    131051: _BAD_REQUEST,
    135000: _BAD_REQUEST,
    368: _no(
        "Meta has blocked this business for a while",
        "See the reason in WhatsApp Manager and appeal there.",
        "account",
    ),
    130403: _no("This person has blocked the business", "Do not write again.", contact="blocked"),
    130429: OVER_RATE,
    130472: _no(
        "Meta withheld the message: this person is in its experiment",
        "No cost; send them no marketing for some weeks.",
        contact="cool_down",
    ),
    130497: _no(
        "This business may not write to that country", "Leave that country out.", "campaign"
    ),
    130501: _GROUP,
    131020: _GROUP,
    131041: _GROUP,
    131021: _no("A number cannot write to itself", "Choose another recipient."),
    131026: _UNREACHABLE,
    1026: _UNREACHABLE,
    131030: _fix(
        "A test number only writes to its five listed phones",
        "Add this phone to the list in Meta's developer pages, or use a real number.",
    ),
    131031: _no(
        "Meta has locked this WhatsApp account", "Open WhatsApp Manager to see why.", "account"
    ),
    131037: _fix(
        "The display name is not approved", "Have it approved in WhatsApp Manager.", "account"
    ),
    131042: _fix(
        "There is a problem with the payment method",
        "Mend the payment method in Meta's billing settings.",
        "account",
    ),
    131044: _fix("There is a problem with the payment method", "Mend it in Meta's billing."),
    131045: _REGISTER,
    131047: _WINDOW,
    470: _WINDOW,
    131048: _no(
        "Meta limits this number: too many people blocked or reported it",
        "Stop campaigns for some hours and look at the number's quality.",
        "number",
    ),
    131049: _no(
        "Meta held the message back: this person gets enough marketing",
        "Wait at least a day, better longer, before the next marketing message.",
        contact="cool_down",
    ),
    131050: _no("This person has stopped marketing messages", "Send them none.", contact="opt_out"),
    131052: _transient("The file could not be fetched", "Ask for it again if it stays away.", 5.0),
    131053: _no(
        "WhatsApp cannot use the file", "Send it in another format or smaller; see the details."
    ),
    131055: _fix("This is not possible here", "Send it as an ordinary message."),
    131056: ErrorPolicy(
        "pair",
        "Too many messages to this one person",
        "Nothing to do: it goes on more slowly.",
        waits=PAIR_WAITS,
    ),
    131059: _no("The list has changed meanwhile", "Start again from its first page."),
    131062: _fix("Codes can only be sent to a phone number", "Ask for the phone number."),
    131063: _fix("Marketing must go through Meta's marketing API", "Turn it on.", "campaign"),
    131064: _no(
        "Meta limits templates that were filed in the wrong category",
        "Correct the category; the limit lifts by itself.",
        "campaign",
    ),
    132000: _TEMPLATE_VALUES,
    132008: _TEMPLATE_VALUES,
    132012: _TEMPLATE_VALUES,
    132018: _TEMPLATE_VALUES,
    132001: _no(
        "There is no approved template of this name and language", "Sync templates.", "campaign"
    ),
    132005: _no("The template's text becomes too long", "Use shorter values."),
    132007: _no("The template breaks Meta's content rules", "Rewrite the template.", "campaign"),
    132015: ErrorPolicy(
        "fix",
        "Meta has paused this template",
        "Wait until the pause ends, or rewrite it.",
        "campaign",
        template="PAUSED",
    ),
    132016: ErrorPolicy(
        "no",
        "Meta has disabled this template",
        "Make a new template.",
        "campaign",
        template="DISABLED",
    ),
    132068: _no("The flow is blocked", "Correct the flow in WhatsApp Manager.", "campaign"),
    132069: _rate("The flow may be sent ten times an hour", "It goes on later.", 3600),
    133000: _transient("The number is half registered", "Register it again."),
    **dict.fromkeys((133005, 133006, 133008, 133009, 133010, 133015), _REGISTER),
    133016: _no("Registered too often", "Wait 72 hours.", "account"),
    134011: _fix("The payment terms are not accepted", "Accept them in WhatsApp Manager."),
    134100: _fix("Only marketing templates go this way", "Choose a marketing template."),
    134101: _rate("The template is not ready yet", "It goes on within ten minutes.", 600),
    134102: _rate("The template is not ready yet", "It goes on within ten minutes.", 600),
    134103: _fix("This business cannot use Meta's marketing API", "Send it the ordinary way."),
    137000: _no("The customer's identity has changed", "Make sure who they are, then confirm it."),
    141002: _no("The template is not approved", "Sync templates.", "campaign"),
    613: _CALLING,
    2494100: TEMPORARY,
    **dict.fromkeys(range(2494164, 2494180), _SIGNUP),
    1752041: _SIGNUP,
    2593107: _SYNC,
    2593108: _SYNC,
    2593109: _SYNC,
    2040: _ORDER,
    2046: _ORDER,
    2047: _ORDER,
    **dict.fromkeys(range(131201, 131216), _GROUP),
    **dict.fromkeys(range(138000, 138026), _CALLING),
    **dict.fromkeys(range(139000, 139005), _FLOW_ADMIN),
    **dict.fromkeys(range(139100, 139104), _BLOCK_LIST),
    **dict.fromkeys(range(147001, 147006), _USERNAME),
    **dict.fromkeys((200005, 200006, 200007), _INSIGHTS),
}

SUBCODES: dict[tuple[int, int], ErrorPolicy] = {
    (100, 33): _GONE,
    (100, 2388024): _fix("This name and language exist already", "Choose another name."),
    (100, 2388293): _fix("Too many variables for so little text", "Write more around them."),
    (100, 2388299): _fix("A variable stands at the start or end", "Put words around it."),
    **{
        (100, code): _TEMPLATE_RULE
        for code in (
            2388012,
            2388019,
            2388039,
            2388040,
            2388047,
            2388072,
            2388073,
            2388091,
            2388093,
            2388103,
        )
    },
    (190, 458): LOGIN_LOST,
    (190, 460): LOGIN_LOST,
    (190, 463): _fix(
        "The access token has expired",
        "Enter a new access token under Settings, WhatsApp numbers; a system user's never expires.",
        "account",
    ),
    (190, 467): LOGIN_LOST,
}
