"""Setting a number up: embedded signup's code, what a token may do, registering (Cloud API docs,
"Embedded Signup" and "Phone numbers")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from botpe_app.errors import Unavailable
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.client import GraphClient, PhoneNumber, read_number
from botpe_app.whatsapp.loose import Json

MESSAGING, MANAGEMENT = "whatsapp_business_messaging", "whatsapp_business_management"
SCOPES = (MESSAGING, MANAGEMENT)

_NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,name_status,"
    "code_verification_status,platform_type,throughput"
)
History = Literal["smb_app_state_sync", "history"]


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What Meta says of a token; None: not told. `wabas` are those it was granted."""

    valid: bool | None
    app_id: str
    expires_at: datetime | None
    scopes: tuple[str, ...] | None
    wabas: tuple[str, ...] | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class WebhookAddresses:
    """Where webhooks go: the number's own address wins, then its account's; "" where none is."""

    number: str
    account: str
    app: str


class GraphSetup(GraphClient):
    """The Graph API, for setting up."""

    def exchange(self, app_id: str, app_secret: str, code: str, *, redirect_uri: str = "") -> str:
        """The access token that a signup's code stands for; a code works once, for 30 seconds.

        `redirect_uri` is where the dialog sent the browser back to, if it did.
        """
        asked = {"client_id": app_id, "client_secret": app_secret, "code": code}
        asked.update(loose.some(redirect_uri=redirect_uri))
        answer = self._get("/oauth/access_token", **asked)
        token = loose.text(answer, "access_token")
        if not token:
            raise Unavailable("Meta took the code but gave no token for it.")
        return token

    def inspect(self, token: str, asking: str) -> TokenFacts:
        """What `token` may do, asked with the token `asking` (the app's own, or itself)."""
        answer = self._get("/debug_token", input_token=token, access_token=asking)
        data = loose.mapping(answer, "data")
        return TokenFacts(
            valid=data["is_valid"] if isinstance(data.get("is_valid"), bool) else None,
            app_id=loose.text(data, "app_id"),
            expires_at=loose.time(data, "expires_at"),
            scopes=_words(data, "scopes"),
            wabas=_granted(data),
            said=loose.text(loose.mapping(data, "error"), "message"),
        )

    def numbers(self, waba_id: str) -> list[PhoneNumber]:
        """A business account's numbers."""
        found = self._pages(f"/{waba_id}/phone_numbers", fields=_NUMBER_FIELDS)
        return [read_number(item) for item in found if loose.text(item, "id")]

    def register(self, phone_number_id: str, pin: str) -> None:
        """Opens a number for the Cloud API; `pin` becomes its two-step PIN if it had none."""
        body = {"messaging_product": "whatsapp", "pin": pin}
        self._post(f"/{phone_number_id}/register", json=body)

    def webhook_addresses(self, phone_number_id: str) -> WebhookAddresses:
        """Where a number's webhooks go."""
        answer = self._get(f"/{phone_number_id}", fields="webhook_configuration")
        told = loose.mapping(answer, "webhook_configuration")
        return WebhookAddresses(
            loose.text(told, "phone_number"),
            loose.text(told, "whatsapp_business_account"),
            loose.text(told, "application"),
        )

    def override_webhook(self, phone_number_id: str, callback_url: str, verify_token: str) -> None:
        """Sends a number's webhooks to an address of its own; "" sends them back to the app's."""
        told = {"override_callback_uri": callback_url, "verify_token": verify_token}
        body = {"webhook_configuration": told if callback_url else {"override_callback_uri": ""}}
        self._post(f"/{phone_number_id}", json=body)

    def request_history(self, phone_number_id: str, kind: History) -> None:
        """Has the contacts, or the chats, of the WhatsApp Business app sent as webhooks; Meta
        allows it once, within 24 hours of the signup."""
        body = {"messaging_product": "whatsapp", "sync_type": kind}
        self._post(f"/{phone_number_id}/smb_app_data", json=body)


def _words(data: Json, name: str) -> tuple[str, ...] | None:
    found = data.get(name)
    if not isinstance(found, list):
        return None
    return tuple(word for word in loose.listing(data, name) if isinstance(word, str))


def _granted(data: Json) -> tuple[str, ...] | None:
    """The business accounts that may be managed; None where Meta does not list them."""
    if not isinstance(data.get("granular_scopes"), list):
        return None
    return tuple(
        str(target)
        for scope in loose.mappings(data, "granular_scopes")
        if loose.text(scope, "scope") == MANAGEMENT
        for target in loose.listing(scope, "target_ids")
        if isinstance(target, str | int)
    )
