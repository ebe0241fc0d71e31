"""Everything that is kept sealed, and sealing it anew when its key is to go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast
from uuid import UUID

import psycopg
from psycopg import sql
from sqlmodel import Session, col, select

from botpe_app import vault
from botpe_app.models import (
    BotSecret,
    IdempotencyKey,
    Mail,
    User,
    WebhookSubscription,
    WhatsAppAccount,
    WhatsAppSignup,
)
from botpe_app.services import (
    accounts,
    bot_secrets,
    idempotency,
    mails,
    signups,
    two_factor,
    webhooks,
)
from botpe_app.services.findings import Finding, bad, ok, warn


class Sealed(NamedTuple):
    """A column that holds something sealed, and where a row's is sealed to."""

    what: str
    table: Any
    column: str
    place: Callable[[Any], str]


def _by_id(place: Callable[[UUID, UUID], str]) -> Callable[[Any], str]:
    def of(row: Any) -> str:
        return place(row.organization_id, row.id)

    return of


def _by_key(row: IdempotencyKey) -> str:
    return idempotency.place(row.organization_id, row.key)


def _of_mail(row: Mail) -> str:
    return mails.place(row.id)


SEALED = (
    Sealed("numbers' tokens", WhatsAppAccount, "token_sealed", _by_id(accounts.place)),
    Sealed("sign-ups' tokens", WhatsAppSignup, "token_sealed", signups.place),
    Sealed("bots' secrets", BotSecret, "value_sealed", _by_id(bot_secrets.place)),
    Sealed("webhooks' secrets", WebhookSubscription, "secret_sealed", _by_id(webhooks.place)),
    Sealed("mails", Mail, "sealed", _of_mail),
    Sealed("second factors", User, "totp_sealed", two_factor.place),
    Sealed("answers kept for a day", IdempotencyKey, "response", _by_key),
)


def check(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """What is sealed with an old key, and what no key of ours opens."""
    newest, *old = vault.prefixes()
    stale = _counted(connection, [newest])
    lost = _counted(connection, [newest, *old])
    if lost:
        yield bad(
            "secrets",
            f"no key of ours opens {_told(lost)}",
            "Add their key at the end of BOTPE_ENCRYPTION_KEYS, or enter them anew.",
        )
    if stale != lost:
        opened = {what: count - lost.get(what, 0) for what, count in stale.items()}
        yield warn(
            "secrets",
            f"an old key still seals {_told(opened)}",
            "Run `botpe doctor --reseal`, then drop the old key from BOTPE_ENCRYPTION_KEYS.",
        )
    if not stale:
        yield ok("secrets", "the newest key seals everything")


def reseal(session: Session) -> int:
    """Seals everything that our keys open with the newest of them; how much that was."""
    _, *old = vault.prefixes()
    return sum(_reseal(session, one, prefix) for one in SEALED for prefix in old)


def _reseal(session: Session, sealed: Sealed, prefix: str) -> int:
    held = col(getattr(sealed.table, sealed.column))
    rows = session.exec(select(sealed.table).where(held.startswith(prefix)).with_for_update()).all()
    for row in rows:
        where = sealed.place(row)
        plain = vault.open_sealed(getattr(row, sealed.column), place=where)
        setattr(row, sealed.column, vault.seal(plain, place=where))
        session.add(row)
    session.flush()
    return len(rows)


def _counted(connection: psycopg.Connection[Any], prefixes: list[str]) -> dict[str, int]:
    """How many of each kind none of these keys has sealed, where there are any."""
    found: dict[str, int] = {}
    for one in SEALED:
        query = sql.SQL("select count(*) from {} where {} <> '' and {} not like all(%s)").format(
            sql.Identifier(one.table.__tablename__),
            *2 * [sql.Identifier(one.column)],
        )
        row = connection.execute(query, [[f"{prefix}%" for prefix in prefixes]]).fetchone()
        if row and row[0]:
            found[one.what] = cast("int", row[0])
    return found


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)
