"""The steps of a number's setup, each with its state and its mend in words.

Told from what is kept beside the number, so that looking at them asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from botpe_app.config import settings
from botpe_app.core import phone, tiers
from botpe_app.models import WhatsAppAccount
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.setup import SCOPES

OK, WARN, BAD, UNKNOWN = "ok", "warn", "bad", "unknown"
EXPIRES_SOON = timedelta(days=10)
RENEW = (
    "Make a token of a system user in Meta's Business Settings (or connect with Meta again), and"
    " enter it here."
)
_GRAVITY = (BAD, WARN, UNKNOWN, OK)
_WEBHOOK = "/webhooks/whatsapp"


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One thing that must be right; `mend` is what to do, "" where nothing is to be done."""

    id: str
    title: str
    state: str  # ok, warn, bad, unknown
    said: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """How far a number's setup is; `state` is that of its gravest step."""

    state: str
    checked_at: datetime | None  # when Meta was last asked
    callback_url: str  # where Meta must send its webhooks
    override_url: str  # where it sends this number's instead, "" if it does not
    steps: list[SetupStep]


def setup_of(row: WhatsAppAccount, *, now: datetime) -> Setup:
    """The steps of this number."""
    steps = list(_steps(row, now))
    state = min((step.state for step in steps), key=_GRAVITY.index)
    callback, override = settings().base_url + _WEBHOOK, loose.text(row.found, "override")
    return Setup(state, row.checked_at, callback, override, steps)


def expiry(row_expires_at: datetime | None, now: datetime) -> str:
    """What to say of a token that expires soon or has; "" if it does not."""
    if row_expires_at is None or row_expires_at - now > EXPIRES_SOON:
        return ""
    if row_expires_at <= now:
        return "Its access token has expired"
    days = (row_expires_at - now).days
    return f"Its access token expires in {days} days" if days else "Its access token expires today"


def _steps(row: WhatsAppAccount, now: datetime) -> Iterator[SetupStep]:
    found = row.found
    said = loose.mapping(found, "said")
    yield _token(row, found, said, now)
    yield _permissions(found)
    yield _number(row, found, said)
    yield _registered(row, found)
    yield _subscribed(found, said)
    yield _webhook(row, now)
    yield _name(row)
    yield _health(found, said)
    yield _quality(row)
    yield _limits(row)


def _token(row: WhatsAppAccount, found: Any, said: Any, now: datetime) -> SetupStep:
    def step(state: str, words: str, mend: str = "") -> SetupStep:
        return SetupStep("token", "Access token", state, words, mend)

    if loose.get(found, "opens") is False:
        return step(BAD, "It was sealed with a key that is gone.", RENEW)
    if loose.get(found, "valid") is False:
        why = loose.text(said, "token") or "it is not valid any more"
        return step(BAD, f"Meta does not accept it: {why}", RENEW)
    if soon := expiry(row.token_expires_at, now):
        return step(BAD if row.token_expires_at and row.token_expires_at <= now else WARN,
                    f"{soon}.", RENEW)  # fmt: skip
    if loose.get(found, "valid") is True:
        until = row.token_expires_at
        return step(OK, f"Valid until {until:%Y-%m-%d}." if until else "Valid, and never expires.")
    if unreachable := loose.text(said, "graph"):
        return step(UNKNOWN, unreachable, "Check the way to the Graph API, then look again.")
    if row.checked_at is None:
        return step(UNKNOWN, "It was not looked at yet.", "Look now.")
    mend = "" if settings().app_id else "Set WHATSAPP_APP_ID, so that Meta tells what it may do."
    return step(UNKNOWN, "Meta does not tell whether it is valid.", mend)


def _permissions(found: Any) -> SetupStep:
    title = "Permissions"
    if loose.get(found, "granted") is False:
        return SetupStep(
            "permissions", title, BAD, "The token was not granted this business account.",
            "Give the system user the WhatsApp account in Meta's Business Settings, then make a"
            " new token.",
        )  # fmt: skip
    held = loose.get(found, "scopes")
    if not isinstance(held, list):
        return SetupStep("permissions", title, UNKNOWN, "Meta does not tell them.")
    missing = [scope for scope in SCOPES if scope not in held]
    if missing:
        mend = f"Make a token that also has {' and '.join(missing)}."
        return SetupStep("permissions", title, BAD, "The token may not do everything.", mend)
    return SetupStep("permissions", title, OK, "To send, and to manage the account.")


def _number(row: WhatsAppAccount, found: Any, said: Any) -> SetupStep:
    def step(state: str, words: str, mend: str = "") -> SetupStep:
        return SetupStep("number", "Number", state, words, mend)

    shown = loose.text(found, "shown")
    if loose.get(found, "number") is False:
        mend = "Compare the phone number id with Meta's WhatsApp Manager, and connect it anew."
        why = loose.text(said, "number")
        return step(BAD, f"Meta does not find it: {why}" if why else "Meta does not find it.", mend)
    if loose.get(found, "listed") is False:
        mend = "Compare the ids with WhatsApp Manager: another business account owns the number."
        return step(BAD, "The business account does not list it.", mend)
    if shown and _digits(shown) and phone.key(_digits(shown)) != phone.key(_digits(row.phone)):
        mend = "Connect the number anew under the phone number that Meta shows."
        return step(WARN, f"Meta calls it {shown}.", mend)
    if loose.get(found, "number") is True:
        return step(OK, shown or row.phone)
    return step(UNKNOWN, "Meta was not asked, or does not tell.")


def _registered(row: WhatsAppAccount, found: Any) -> SetupStep:
    status = loose.text(found, "status").upper()
    verification = loose.text(found, "verification").upper()
    title = "Registration"
    if row.coexistence and status in ("", "CONNECTED"):
        return SetupStep("registered", title, OK, "Used in the WhatsApp Business app as well.")
    if status == "CONNECTED":
        return SetupStep("registered", title, OK, "Registered for the Cloud API.")
    if not status:
        return SetupStep("registered", title, UNKNOWN, "Meta does not tell.")
    if verification in ("NOT_VERIFIED", "EXPIRED"):
        mend = "Verify the number by SMS or call in WhatsApp Manager, then register it."
        return SetupStep("registered", title, BAD, "The number is not verified.", mend)
    mend = _STATUS.get(status, "Open WhatsApp Manager to see what is the matter with the number.")
    return SetupStep("registered", title, BAD, f"Its status is {status}.", mend)


_STATUS = {
    "PENDING": "Register it with its six-digit PIN: connect with Meta again.",
    "DISCONNECTED": "Register it again with its six-digit PIN: connect with Meta again.",
    "UNVERIFIED": "Verify the number by SMS or call in WhatsApp Manager, then register it.",
    "FLAGGED": "Stop campaigns for some days; write only to people who asked for it.",
    "RATE_LIMITED": "Wait until Meta lifts the limit; send less until then.",
    "RESTRICTED": "Wait until the restriction ends, or appeal in WhatsApp Manager.",
    "BANNED": "Appeal in WhatsApp Manager: Meta has banned the number.",
    "MIGRATED": "The number moved to another account: connect it from there.",
}


def _subscribed(found: Any, said: Any) -> SetupStep:
    title = "Subscription"
    if loose.get(found, "subscribed") is True:
        return SetupStep("subscribed", title, OK, "Meta sends this account's news to the app.")
    if loose.get(found, "subscribed") is False:
        mend = (
            "Subscribe the app to the business account: under the number's setup, press Subscribe."
        )
        return SetupStep("subscribed", title, BAD, "No app receives this account's news.", mend)
    return SetupStep("subscribed", title, UNKNOWN, loose.text(said, "subscription") or "Not told.")


def _webhook(row: WhatsAppAccount, now: datetime) -> SetupStep:
    title, here = "Webhook", settings()
    if (elsewhere := loose.text(row.found, "override")) and elsewhere != here.base_url + _WEBHOOK:
        mend = "End the override under the number's setup, unless that address passes them on here."
        host = urlsplit(elsewhere).hostname
        return SetupStep("webhook", title, WARN, f"This number's go to {host} instead.", mend)
    if row.last_webhook_at is not None:
        ago = _ago(now - row.last_webhook_at)
        return SetupStep("webhook", title, OK, f"The last one came {ago}.")
    if not here.simulated and not here.secure:
        words = f"Meta cannot reach {here.base_url}: it sends to public https addresses only."
        mend = "Set BOTPE_BASE_URL to the public https address."
        return SetupStep("webhook", title, WARN, words, mend)
    if here.simulated:
        mend = "Write to the number from one of the simulator's phones."
        return SetupStep("webhook", title, WARN, "None has come yet.", mend)
    mend = (
        f"In Meta's app dashboard, under WhatsApp, Configuration, set the callback URL to"
        f" {here.base_url}{_WEBHOOK} with your WHATSAPP_VERIFY_TOKEN, subscribe to messages,"
        " then write to the number from any phone."
    )
    return SetupStep("webhook", title, WARN, "None has come yet.", mend)


def _name(row: WhatsAppAccount) -> SetupStep:
    status, name = (row.name_status or "").upper(), row.verified_name or ""
    title = "Display name"
    if status in ("REJECTED", "DECLINED", "EXPIRED"):
        mend = "Choose another display name in WhatsApp Manager."
        return SetupStep("name", title, BAD, f"{name} was not approved.".lstrip(), mend)
    if status.startswith("PENDING") or status == "DEFERRED":
        mend = "Nothing: Meta looks at it, usually within a day."
        return SetupStep("name", title, WARN, f"{name} is being looked at.".lstrip(), mend)
    if status or name:
        return SetupStep("name", title, OK, name or "Approved.")
    return SetupStep("name", title, UNKNOWN, "Not told.")


def _health(found: Any, said: Any) -> SetupStep:
    title, state = "Sending", loose.text(found, "health").upper()
    if state == "AVAILABLE":
        return SetupStep("health", title, OK, "Nothing stands in its way.")
    if state not in ("LIMITED", "BLOCKED"):
        return SetupStep("health", title, UNKNOWN, "Not told.")
    words = loose.text(said, "health") or f"Meta says that it is {state.lower()}."
    mend = loose.text(found, "advice") or "Open WhatsApp Manager to see what is the matter."
    return SetupStep("health", title, BAD if state == "BLOCKED" else WARN, words, mend)


def _quality(row: WhatsAppAccount) -> SetupStep:
    title, words = "Quality", {"GREEN": "High.", "YELLOW": "Medium.", "RED": "Low."}
    mend = "Stop campaigns for some days; write only to people who asked for it."
    if row.quality == "RED":
        return SetupStep("quality", title, BAD, words["RED"], mend)
    if row.quality == "YELLOW":
        mend = "Write only to people who asked for it; watch how many block the number."
        return SetupStep("quality", title, WARN, words["YELLOW"], mend)
    said = words.get(row.quality or "")
    return SetupStep("quality", title, OK if said else UNKNOWN, said or "Not told yet.")


def _limits(row: WhatsAppAccount) -> SetupStep:
    title, pace = "Limits", f"{row.messages_per_second} messages a second"
    if not row.messaging_limit:
        return SetupStep("limits", title, UNKNOWN, f"{pace}; people a day: not told, no cap.")
    people = tiers.per_day(row.messaging_limit)
    reach = f"{people:,} people a day may be written to first" if people else "people without limit"
    return SetupStep("limits", title, OK, f"{pace}; {reach}.")


def _digits(written: str) -> str:
    return "".join(c for c in written if c.isascii() and c.isdigit())


def _ago(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            many = minutes // size
            return f"{many} {word}{'s' if many != 1 else ''} ago"
    return "just now"
