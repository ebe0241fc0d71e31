"""What the Graph API's answers mean: sent, refused and why, or no answer at all.

The API has no idempotency key, so the difference between "refused" and "no answer" decides
whether sending again is safe. An error envelope is an answer whatever its HTTP status.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from botpe_app.whatsapp import loose, storable
from botpe_app.whatsapp.error_table import (
    GENERIC,
    LOGIN_LOST,
    OVER_RATE,
    PERMISSION,
    SUBCODES,
    TABLE,
    TEMPORARY,
    ErrorPolicy,
)

NO_CODE = -1  # an error that named no code; 0 is a code of its own


@dataclass(frozen=True, slots=True)
class GraphError:
    """An error as WhatsApp reported it, in an answer or a webhook; unsaid texts are ""."""

    code: int
    title: str
    details: str
    subcode: int = 0
    is_transient: bool = False
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """Accepted. `held`: Meta judges the template's quality first and may yet drop it."""

    wamid: str
    wa_id: str = ""
    user_id: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Not sent, and the API said so. `policy` says what follows."""

    code: int
    title: str
    details: str
    policy: ErrorPolicy
    http_status: int = 0
    subcode: int = 0
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request provably never left this machine: sending again is safe."""

    reason: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """Its time to leave had passed before it could, so it was never written."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """The request may have arrived; only a status webhook can tell. Never send again unasked."""

    reason: str
    http_status: int = 0


Outcome = Sent | Refused | NotSent | Overdue | Unclear


def read_error(item: object) -> GraphError:
    """The error in an envelope's `error` or a webhook's `errors[]`, whatever shape it has."""
    data = loose.mapping(item, "error_data")
    code = loose.whole(item, "code")
    message = loose.text(item, "message")
    return GraphError(
        code=NO_CODE if code is None else code,
        title=loose.text(item, "error_user_title") or loose.text(item, "title") or message,
        details=loose.text(data, "details")
        or loose.text(item, "error_data")  # template endpoints answer with a plain string
        or loose.text(item, "error_user_msg")
        or message,
        subcode=loose.whole(item, "error_subcode") or 0,
        is_transient=loose.flag(item, "is_transient"),
        trace_id=loose.text(item, "fbtrace_id"),
    )


def policy(
    code: int, http_status: int = 0, is_transient: bool = False, subcode: int = 0
) -> ErrorPolicy:
    """What an error means for the message, its contact, campaign and account.

    A code nobody has described yet is judged by its HTTP status.
    """
    found = SUBCODES.get((code, subcode)) or TABLE.get(code)
    if found is not None:
        return found
    if 200 <= code <= 299 or http_status == 403:
        return PERMISSION
    if http_status == 401:
        return LOGIN_LOST
    if http_status == 429:
        return OVER_RATE
    return TEMPORARY if http_status >= 500 or is_transient else GENERIC


def policy_of(error: GraphError, http_status: int = 0) -> ErrorPolicy:
    """`policy` for an error as reported."""
    return policy(error.code, http_status, error.is_transient, error.subcode)


def classify(http_status: int, body: bytes) -> Outcome:
    """What an answer to a send means; never raises.

    A 2xx without a message id, a 5xx or a web page without an envelope is Unclear: somebody
    in between may have answered after the message was taken.
    """
    document = _document(body)
    # Without a code it is no envelope of the Graph API's but some gateway's.
    if loose.whole(document.get("error"), "code") is not None:
        return refusal(http_status, document["error"])
    if http_status < 300:
        return _accepted(http_status, document)
    if 400 <= http_status < 500 and body.lstrip()[:1] != b"<":
        return refusal(http_status, {"message": f"HTTP {http_status} without an explanation"})
    return Unclear(f"HTTP {http_status} without an answer of WhatsApp's", http_status)


def refusal(http_status: int, envelope: object) -> Refused:
    """The refusal in an envelope's `error`."""
    error = read_error(envelope)
    return Refused(
        code=error.code,
        title=error.title,
        details=error.details,
        policy=policy_of(error, http_status),
        http_status=http_status,
        subcode=error.subcode,
        trace_id=error.trace_id,
    )


def _accepted(http_status: int, document: dict[str, Any]) -> Outcome:
    message = loose.first(document, "messages")
    contact = loose.first(document, "contacts")
    wamid = loose.text(message, "id")
    if not wamid:
        return Unclear(f"HTTP {http_status} without a message id", http_status)
    return Sent(
        wamid=wamid,
        wa_id=loose.text(contact, "wa_id"),
        user_id=loose.text(contact, "user_id"),
        held=loose.text(message, "message_status") in ("held_for_quality_assessment", "paused"),
    )


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = storable.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


__all__ = [
    "NO_CODE",
    "ErrorPolicy",
    "GraphError",
    "NotSent",
    "Outcome",
    "Overdue",
    "Refused",
    "Sent",
    "Unclear",
    "classify",
    "policy",
    "policy_of",
    "read_error",
    "refusal",
]
