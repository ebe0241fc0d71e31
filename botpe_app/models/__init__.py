"""Tables by aggregate; no logic. Importing this room loads them all."""

from botpe_app.models.account import WhatsAppAccount
from botpe_app.models.contact import Contact, ContactIdentity
from botpe_app.models.conversation import Conversation, Message, Note, Reaction
from botpe_app.models.event import MetricBucket, WebhookEvent
from botpe_app.models.media import Media, MediaUpload
from botpe_app.models.organization import (
    ApiKey,
    IdempotencyKey,
    Membership,
    Organization,
    Throttle,
    User,
    UserSession,
)

__all__ = [
    "ApiKey",
    "Contact",
    "ContactIdentity",
    "Conversation",
    "IdempotencyKey",
    "Media",
    "MediaUpload",
    "Membership",
    "Message",
    "MetricBucket",
    "Note",
    "Organization",
    "Reaction",
    "Throttle",
    "User",
    "UserSession",
    "WebhookEvent",
    "WhatsAppAccount",
]
