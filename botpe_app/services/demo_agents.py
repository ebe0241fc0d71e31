"""What the demo's agents know and were taught, and a month of their work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from botpe_app.models import AgentLog, AgentUsage, Bot, ConversationSignal
from botpe_app.models.agent import NO_BOT
from botpe_app.services import intents, knowledge, signals
from botpe_app.services.access import Actor

_DOCUMENTS = (
    (
        "Delivery",
        "Orders leave Berlin within one working day. Delivery takes two to three days in Germany,"
        " Belgium and the Netherlands, and four to six in the rest of Europe.\n\nDelivery costs"
        " 4.90 EUR and is free above 60 EUR. We ship to Japan and the United Arab Emirates for"
        " 19 EUR; customs are the customer's.",
    ),
    (
        "Returns and repairs",
        "Unused items can be returned within 30 days; the label is in the parcel. The money is back"
        " within five working days.\n\nTents and backpacks are repaired for two years without"
        " charge. Send us a picture of the seam or buckle first.",
    ),
    (
        "The store",
        "Our store in Berlin, Kastanienallee 12, is open Monday to Saturday from 10:00 to 19:00."
        " Jackets and boots can be tried on there, and reserved for two days.",
    ),
)
_INTENTS = (
    (
        "delivery",
        "When and where something is delivered",
        (
            "where is my order", "when will my parcel arrive", "do you ship to osaka",
            "how long does delivery take", "can i change the delivery address",
            "vous livrez en belgique", "wann kommt mein paket",
        ),
    ),
    (
        "availability",
        "Whether something is in stock, in which size",
        (
            "is the blue jacket back in m", "do you have the boots in size 42",
            "is the stove still in stock", "habt ihr den kocher auch ohne koffer",
            "when is the tent available again", "reserve one for me please",
        ),
    ),
    (
        "return or repair",
        "Something is broken, or is to go back",
        (
            "one seam is open", "i want to return the backpack", "the zip is broken",
            "can you replace it", "how do i send it back", "i want my money back",
        ),
    ),
)  # fmt: skip
_SIZES = {
    "name": "size",
    "values": [
        {"value": "S", "synonyms": ["small"]},
        {"value": "M", "synonyms": ["medium"]},
        {"value": "L", "synonyms": ["large"]},
    ],
}
# (agent, runs on an ordinary day, dollars a run)
_WORK = (("support", 9, "0.0006"), ("response", 6, "0.0008"), ("intent", 14, "0"))
_LAST = (
    ("response", "claude-haiku-5-5", "0.000794", 1340, True,
     "Answered from 1 passages. (response_v1)", "search_knowledge: 3 passages"),
    ("intent", "", "0", 1, True, "The phrases of delivery resemble it most (91% sure).", ""),
    ("support", "claude-haiku-5-5", "0.000612", 1510, True,
     "Suggested 3 replies from 6 messages. (support_v1)", ""),
    ("response", "claude-haiku-5-5", "0.000702", 1210, True,
     "Claude's reply was not used: no cited passage says discount. (response_v1)",
     "search_knowledge: 2 passages; hand_off: a person is called"),
    ("template", "claude-haiku-5-5", "0.000921", 2240, True,
     "Wrote winter_sale from the description. Our check finds nothing to mend. (template_v1)",
     "check_template: nothing to mend"),
    ("support", "claude-haiku-5-5", "0", 12000, False,
     "Claude did not answer within 12 seconds. Chose 2 of the canned replies.", ""),
)  # fmt: skip


def build(session: Session, boss: Actor, now: datetime) -> None:
    """Documents, intents, what they cost, and what the conversations sound like."""
    for title, said in _DOCUMENTS:
        knowledge.create_item(session, boss, title=title, text=said, language="en")
    for name, description, phrases in _INTENTS:
        entities = [_SIZES] if name == "availability" else []
        intents.create_intent(
            session, boss, name=name, description=description, phrases=phrases, entities=entities
        )
    bot_id = session.exec(
        select(Bot.id).where(Bot.organization_id == boss.organization_id).order_by(col(Bot.id))
    ).first()
    bot_id = bot_id or NO_BOT
    _month(session, boss, now, bot_id)
    _last(session, boss, now, bot_id)
    _sounds(session, boss)
    session.flush()


def _month(session: Session, boss: Actor, now: datetime, bot_id: UUID) -> None:
    for back in range(30):
        day = (now.astimezone(UTC) - timedelta(days=back)).date()
        quiet = day.weekday() == 6  # the store is closed on Sundays
        for agent, usual, cost in _WORK:
            runs = max(1, usual + (back * 7) % 5 - 2) // (3 if quiet else 1)
            session.add(
                AgentUsage(
                    organization_id=boss.organization_id,
                    day=day,
                    agent=agent,
                    bot_id=bot_id if agent == "response" else NO_BOT,
                    runs=runs,
                    input_tokens=0 if cost == "0" else 4100 * runs,
                    output_tokens=0 if cost == "0" else 260 * runs,
                    cost_usd=runs * Decimal(cost),
                )
            )


def _last(session: Session, boss: Actor, now: datetime, bot_id: UUID) -> None:
    for place, (agent, model, cost, taken, success, why, tools) in enumerate(_LAST):
        called = [one.split(": ") for one in tools.split("; ") if one]
        session.add(
            AgentLog(
                organization_id=boss.organization_id,
                agent=agent,
                source="claude" if model else "local",
                model=model,
                input_tokens=4100 if Decimal(cost) else 0,
                output_tokens=260 if Decimal(cost) else 0,
                cost_usd=Decimal(cost),
                latency_ms=taken,
                success=success,
                error=None if success else why,
                explanation=why,
                tools=[{"name": name, "outcome": outcome} for name, outcome in called],
                bot_id=bot_id if agent == "response" else NO_BOT,
                created_at=now - timedelta(minutes=7 + 23 * place),
            )
        )


def _sounds(session: Session, boss: Actor) -> None:
    """As the agents lane would have read them."""
    said = session.connection().execute(
        text(
            "select distinct on (conversation_id) conversation_id, text from messages"
            " where organization_id = :organization and direction = 'incoming' and text <> ''"
            " order by conversation_id, id desc"
        ),
        {"organization": boss.organization_id},
    )
    for conversation_id, words in said.all():
        session.add(
            ConversationSignal(
                organization_id=boss.organization_id,
                conversation_id=conversation_id,
                pending=1,
                **signals.of_text(words, None),
            )
        )
