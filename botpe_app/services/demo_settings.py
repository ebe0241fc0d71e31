"""What the shop of the demo has set up for itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from botpe_app.db import act_in_the_name_of
from botpe_app.models import AccountNews, WhatsAppAccount
from botpe_app.services import (
    business_hours,
    canned_replies,
    invitations,
    organizations,
    tags,
    teams,
)
from botpe_app.services import demo_story as story
from botpe_app.services.access import Actor

_TAGS = {
    "order": "#0b7a4b",
    "returns": "#ea580c",
    "urgent": "#dc2626",
    "vip": "#7c3aed",
    "wholesale": "#2563eb",
}
_TEAMS = {"Sales": (story.MARA, story.JONAS), "Support": (story.JONAS,)}
_REPLIES = (
    ("hello", "Greeting", "Hi {{contact.name|there}}, this is {{agent.name}} from Aurora Outdoor."),
    ("shipping", "Orders", "We ship within two days; you get a tracking link by WhatsApp."),
    ("return", "Orders", "You can return anything within 30 days. Shall I send you the label?"),
    ("hours", "Shop", "Our store in Berlin is open Monday to Saturday from 10:00 to 19:00."),
    ("bye", "Greeting", "Thank you, {{contact.name|and}} enjoy the mountains!"),
)
_WORKDAY = [["09:00", "13:00"], ["14:00", "18:00"]]
_NEWS = (  # hours ago, the webhook, what it told
    (3, "group_participants_update", "Group Winter hikers: somebody joined (3 people)"),
    (26, "flows", "Flow 2890144117: from draft to published"),
    (27, "group_lifecycle_update", "Group Winter hikers: was made"),
)
_WEEK = {
    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _WORKDAY),
    "sat": [["10:00", "14:00"]],
    "sun": [],
}


def furnish(session: Session, boss: Actor, people: dict[str, UUID]) -> None:
    """Teams, tags, replies and hours, as somebody there would have made them."""
    act_in_the_name_of(session, "user", boss.user_id, boss.name)
    organizations.update_current(session, boss, language="de")
    for name, color in _TAGS.items():
        tags.create_tag(session, boss, name=name, color=color)
    for name, members in _TEAMS.items():
        ids = [str(people[member]) for member in members]
        teams.create_team(session, boss, name=name, member_ids=ids)
    for shortcut, category, text in _REPLIES:
        canned_replies.create_reply(session, boss, shortcut=shortcut, category=category, text=text)
    business_hours.update_hours(
        session, boss, days=_WEEK, holidays=["2026-12-25", "2026-12-26", "2027-01-01"]
    )
    invitations.invite(session, boss, email="lena@aurora.example.com", role="agent")


def hear(session: Session, account: WhatsAppAccount, now: datetime) -> None:
    """What WhatsApp has told of the shop's number lately."""
    for hours, field, said in _NEWS:
        session.add(
            AccountNews(
                organization_id=account.organization_id,
                account_id=account.id,
                field=field,
                text=said,
                at=now - timedelta(hours=hours),
            )
        )
    session.flush()
