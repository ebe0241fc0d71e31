"""What WhatsApp says of a business account and its numbers (Cloud API docs, "Webhooks").

Pure: from the value of a webhook to what is known now, what somebody must mend, and whether the
number still sends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botpe_app.core import tiers
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json

_MANAGER = "Open WhatsApp Manager to see why, and appeal there."


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person must know or mend; `days` is how long it is worth showing."""

    kind: str
    title: str
    mend: str
    days: int = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """What a webhook changes: known facts, notices, those that are over, and sending itself."""

    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    notices: tuple[Notice, ...] = ()
    over: tuple[str, ...] = ()  # kinds of notices
    stops: str = ""  # why the numbers cannot send any more
    resumes: bool = False
    remark: str = ""


def read(webhook: str, value: Json) -> Standing:
    """What this webhook's value says. Never raises; the unknown says nothing."""
    return _READERS[webhook](value)


def _quality(value: Json) -> Standing:
    event, facts = loose.text(value, "event"), dict[str, Any]()
    if limit := _limit(value):
        facts["messaging_limit"] = limit
    if event == "THROUGHPUT_UPGRADE":
        facts["messages_per_second"] = 1000
    if event in ("FLAGGED", "DOWNGRADE"):
        facts |= {"quality": "RED"} if event == "FLAGGED" else {}
        notice = Notice(
            "quality",
            "WhatsApp finds the number's quality low"
            if event == "FLAGGED"
            else "WhatsApp has lowered how many people the number may write to",
            "Stop campaigns for some days; write only to people who asked for it.",
        )
        return Standing(facts, (notice,))
    if event == "UNFLAGGED":
        facts["quality"] = None
    return Standing(facts, over=("quality",) if event in ("UNFLAGGED", "UPGRADE") else ())


def _limit(value: Json) -> str:
    return next(
        (
            found
            for name in ("max_daily_conversations_per_business", "current_limit")
            if (found := tiers.tier(loose.get(value, name)))
        ),
        "",
    )


def _name(value: Json) -> Standing:
    decision, name = loose.text(value, "decision"), loose.text(value, "requested_verified_name")
    facts: dict[str, Any] = {"name_status": decision} if decision else {}
    if decision == "APPROVED":
        return Standing({**facts, **loose.some(verified_name=name)}, over=("name",))
    if decision != "REJECTED":
        return Standing(facts)
    why = loose.text(value, "rejection_reason")
    mend = "Choose another display name in WhatsApp Manager."
    title = f"WhatsApp refused the display name {name}"
    return Standing(facts, (Notice("name", title, f"{mend} Reason: {why}" if why else mend),))


def _capability(value: Json) -> Standing:
    limit = _limit(value)
    return Standing({"messaging_limit": limit} if limit else {})


def _review(value: Json) -> Standing:
    decision = loose.text(value, "decision")
    if decision == "REJECTED":
        notice = Notice("review", "WhatsApp rejected the business account", _MANAGER)
        return Standing({"review_status": decision}, (notice,))
    facts = {"review_status": decision} if decision else {}
    return Standing(facts, over=("review",) if decision == "APPROVED" else ())


def _alert(value: Json) -> Standing:
    about = loose.mapping(value, "alert_info") or value
    kind = loose.text(about, "alert_type")
    if not kind or kind.endswith("APPROVED"):
        return Standing(remark=kind)
    words = kind.replace("_", " ").capitalize()
    said = loose.text(about, "alert_description")
    if loose.text(about, "alert_status") in ("RESOLVED", "INACTIVE"):
        return Standing(over=(f"alert:{kind}"[:100],))
    notice = Notice(f"alert:{kind}"[:100], f"WhatsApp: {words}"[:200], said[:500] or _MANAGER, 14)
    return Standing(notices=(notice,))


def _security(value: Json) -> Standing:
    event = loose.text(value, "event")
    if event != "PIN_RESET_REQUEST":
        return Standing(remark=event)
    title = "Somebody asked to reset the number's two-step PIN"
    return Standing(notices=(Notice("pin", title, "If it was none of you, change the PIN.", 7),))


def _username(value: Json) -> Standing:
    status, name = loose.text(value, "status"), loose.text(value, "username")
    if status == "deleted":
        return Standing({"username": None})
    return Standing({"username": name} if status == "approved" and name else {})


def _account(value: Json) -> Standing:
    event = loose.text(value, "event")
    reader = _EVENTS.get(event)
    return reader(value) if reader else Standing(remark=event)


def _violation(value: Json) -> Standing:
    kind = loose.text(loose.mapping(value, "violation_info"), "violation_type") or "a rule"
    title = f"WhatsApp says the business broke its policy: {kind}"[:200]
    return Standing(notices=(Notice("violation", title, _MANAGER),))


def _restriction(value: Json) -> Standing:
    kinds = {
        loose.text(item, "restriction_type") for item in loose.mappings(value, "restriction_info")
    }
    said = ", ".join(sorted(_RESTRICTED.get(kind, kind) for kind in kinds if kind)) or "some uses"
    title = f"WhatsApp restricts the account: {said}"[:200]
    return Standing(notices=(Notice("restriction", title, _MANAGER),))


_RESTRICTED = {
    "RESTRICTED_BIZ_INITIATED_MESSAGING": "no templates to people who did not write first",
    "RESTRICTED_CUSTOMER_INITIATED_MESSAGING": "no answers to customers",
    "RESTRICTED_ADD_PHONE_NUMBER_ACTION": "no further numbers",
}


def _ban(value: Json) -> Standing:
    state = loose.text(loose.mapping(value, "ban_info"), "waba_ban_state")
    if state == "REINSTATE":
        return Standing(over=("ban", "restriction", "violation"), resumes=True)
    soon = state == "SCHEDULE_FOR_DISABLE"
    title = f"WhatsApp {'is going to disable' if soon else 'has disabled'} the business account"
    notice = Notice("ban", title, _MANAGER, 365)
    return Standing(notices=(notice,), stops="" if soon else f"{title}. {_MANAGER}")


def _gone(value: Json) -> Standing:
    title = "The business account is no longer connected to this app"
    mend = "Connect it again under Settings, WhatsApp numbers."
    return Standing(notices=(Notice("connection", title, mend, 365),), stops=f"{title}. {mend}")


def _back(value: Json) -> Standing:
    return Standing(over=("connection",), resumes=True)


_EVENTS: dict[str, Callable[[Json], Standing]] = {
    "ACCOUNT_VIOLATION": _violation,
    "ACCOUNT_RESTRICTION": _restriction,
    "DISABLED_UPDATE": _ban,
    "ACCOUNT_DELETED": _gone,
    "PARTNER_REMOVED": _gone,
    "PARTNER_APP_UNINSTALLED": _gone,
    "ACCOUNT_OFFBOARDED": _gone,
    "PARTNER_ADDED": _back,
    "PARTNER_APP_INSTALLED": _back,
    "ACCOUNT_RECONNECTED": _back,
}


def _flow(value: Json) -> Standing:
    """A Flow that cannot be sent any more, or whose endpoint fails."""
    flow = loose.text(value, "flow_id")
    status, alert = loose.text(value, "new_status"), loose.text(value, "alert_state")
    kind, mend = f"flow {flow}"[:80], "Open the Flow in WhatsApp Manager and mend what it says."
    if status in ("BLOCKED", "THROTTLED"):
        title = f"Flow {flow} is {status.lower()}"[:200]
        return Standing(notices=(Notice(kind, title, mend),))
    if alert == "ACTIVATED":
        what = loose.text(value, "event").replace("_", " ").lower()
        return Standing(notices=(Notice(kind, f"Flow {flow}: {what} is bad"[:200], mend),))
    return Standing(over=(kind,) if status or alert else ())


_READERS: dict[str, Callable[[Json], Standing]] = {
    "phone_number_quality_update": _quality,
    "phone_number_name_update": _name,
    "business_capability_update": _capability,
    "account_review_update": _review,
    "account_alerts": _alert,
    "account_update": _account,
    "security": _security,
    "business_username_updates": _username,
    "flows": _flow,
}
FIELDS = frozenset(_READERS)
