"""What has become of a message, and which news about it counts.

News comes late, twice and in any order (webhooks promise no order), so a message moves only
up one ladder: whatever the order, the same set of news ends in the same status.
"""

from __future__ import annotations

from typing import Final

QUEUED: Final = "queued"
CLAIMED: Final = "claimed"
SENDING: Final = "sending"
UNCERTAIN: Final = "uncertain"
HELD: Final = "held"
SENT: Final = "sent"
DELIVERED: Final = "delivered"
READ: Final = "read"
FAILED: Final = "failed"
RECEIVED: Final = "received"

# Evidence from WhatsApp stands above our own doubt (sending, uncertain); failed ends the story.
LADDER: Final = (QUEUED, CLAIMED, SENDING, UNCERTAIN, HELD, SENT, DELIVERED, READ, FAILED)
STATUSES: Final = (*LADDER, RECEIVED)

_RANK: Final = {status: rank for rank, status in enumerate(LADDER)}
_SAME_AS: Final = {"played": READ}


def advance(current: str, new: str) -> str:
    """The status after `new` was heard of a message that is `current`; never a step down.

    `played` counts as read. News that is no step of the ladder (`deleted`, `warning`) changes
    nothing, and an incoming message stays received.
    """
    new = _SAME_AS.get(new, new)
    if current not in _RANK or new not in _RANK:
        return current
    return new if _RANK[new] > _RANK[current] else current


def reached(current: str, step: str) -> bool:
    """Whether a message that is `current` has passed `step`: one read was also sent, delivered.

    A failed message has reached only failed.
    """
    if FAILED in (current, step):
        return current == step
    return current in _RANK and step in _RANK and _RANK[current] >= _RANK[step]
