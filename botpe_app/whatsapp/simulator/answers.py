"""The Graph API's refusals (Cloud API docs, "Error codes"): envelope, code and HTTP status."""

from __future__ import annotations

import secrets

from botpe_app.errors import Invalid
from botpe_app.whatsapp.errors import policy
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.messages import Missing

_HTTP_STATUS = {
    **dict.fromkeys((0, 102, 104, 190), 401),
    **dict.fromkeys((10, 200, 368, 130497, 131005, 131031), 403),
    132001: 404,
    **dict.fromkeys((3, 131000, 131016, 131045, 131057), 500),
    **dict.fromkeys((2, 133004), 503),
}


class Refusal(Exception):
    """A request the Graph API would refuse."""

    def __init__(
        self, code: int, details: str = "", *, subcode: int = 0, http_status: int = 0
    ) -> None:
        super().__init__(details)
        self.code = code
        self.details = details or policy(code).title
        self.subcode = subcode
        self.http_status = http_status or _HTTP_STATUS.get(code, 400)

    def envelope(self) -> Json:
        """The body of the answer."""
        error: Json = {
            "message": f"(#{self.code}) {policy(self.code, subcode=self.subcode).title}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": "A" + secrets.token_urlsafe(16),
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        return {"error": error}

    def in_webhook(self) -> Json:
        """The same as a failed status carries it."""
        title = policy(self.code).title
        return {
            "code": self.code,
            "title": title,
            "message": title,
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }


def refusal_of(invalid: Invalid) -> Refusal:
    """How the Graph API says that content breaks a limit."""
    if isinstance(invalid, Missing):
        return Refusal(131008, invalid.message)
    if invalid.field in ("text.body", "type", "template.name"):
        return Refusal(100, invalid.message)
    return Refusal(131009, invalid.message)


def unknown_object(object_id: str) -> Refusal:
    """Nothing has this id, or the token may not see it."""
    return Refusal(100, f"Object {object_id} does not exist or cannot be seen.", subcode=33)
