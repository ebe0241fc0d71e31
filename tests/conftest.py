"""What tests stand on: a real Postgres and a real Redis of their own, and a few people.

One cluster, one migrated database and one Redis for each pytest worker; every test that asks
for `database` finds its tables empty.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlmodel import Session, SQLModel

from botpe_app import config, db, queue, storage, vault
from botpe_app.embedded.postgres import Postgres
from botpe_app.models import Membership, Organization, User, WhatsAppAccount
from botpe_app.services import mail_posting
from botpe_app.services.access import Actor
from jobs import mail
from tests.claude.messages_api import MessagesApi, serving

APP_SECRET = "0123456789abcdef0123456789abcdef"
VERIFY_TOKEN = "verify-me"
# Tests may lose their data in a power cut; they may not wait for the disk.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running Postgres of this pytest worker."""
    postgres = Postgres(tmp_path_factory.mktemp("postgres"), CARELESS)
    postgres.start()
    yield postgres
    postgres.stop()
    postgres.remove()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Redis of this pytest worker."""
    from botpe_app.embedded.redis import Redis

    server = Redis(tmp_path_factory.mktemp("redis"))
    yield server.start()
    server.stop()


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Sets environment variables and makes this process read them anew; undone at the end."""

    def forget() -> None:
        if db.engine.cache_info().currsize:
            db.engine().dispose()
        if queue.redis.cache_info().currsize:
            queue.redis().close()
        for cached in (config.settings, db.engine, queue.redis, vault._ciphers, storage.storage):
            cached.cache_clear()

    def apply(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        forget()

    for name in config.VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    apply(
        BOTPE_DATA_DIR=str(tmp_path / "data"),
        BOTPE_SECRET_KEY="test-secret-key",
        BOTPE_ENCRYPTION_KEYS="test-encryption-key",
        WHATSAPP_APP_SECRET=APP_SECRET,
        WHATSAPP_VERIFY_TOKEN=VERIFY_TOKEN,
    )
    yield apply
    forget()


@pytest.fixture(scope="session")
def migrated(cluster: Postgres) -> str:
    """The url of this worker's database, at the newest migration."""
    url = cluster.create_database("botpe_test")
    before = dict(os.environ)
    os.environ["DATABASE_URL"] = url
    config.settings.cache_clear()
    db.engine.cache_clear()
    db.upgrade()
    db.engine().dispose()
    os.environ.clear()
    os.environ.update(before)
    config.settings.cache_clear()
    db.engine.cache_clear()
    return url


@pytest.fixture
def database(migrated: str, configure: Callable[..., None]) -> Iterator[str]:
    """The url of an empty, migrated database that this process's settings point to."""
    configure(DATABASE_URL=migrated)
    yield migrated
    with psycopg.connect(migrated, autocommit=True) as connection:
        tables = ", ".join(f'"{name}"' for name in SQLModel.metadata.tables)
        connection.execute(f"truncate {tables} cascade")  # pyright: ignore[reportArgumentType, reportCallIssue]


@pytest.fixture
def services(database: str, redis_url: str, configure: Callable[..., None]) -> str:
    """`database` and a flushed Redis together, of which this process has no memory; its url."""
    configure(REDIS_URL=redis_url)
    queue.redis().flushall()
    queue._last_nudge.clear()
    return database


@pytest.fixture
def claude(services: str, configure: Callable[..., None]) -> Iterator[MessagesApi]:
    """A scripted Claude that this process asks."""
    with serving() as found:
        configure(ANTHROPIC_BASE_URL=found.url, ANTHROPIC_API_KEY="sk-test")
        yield found


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """A system-scoped transaction that is undone at the end."""
    with Session(db.engine(), expire_on_commit=False) as open_session:
        db.act_as_system(open_session)
        yield open_session
        open_session.rollback()


@pytest.fixture
def post(
    services: str, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[EmailMessage]]:
    """A mail server that takes everything; each call has it take what is due, and returns that."""
    taken: list[EmailMessage] = []
    configure(SMTP_URL="smtp://127.0.0.1:1")
    monkeypatch.setattr(mail_posting, "_hand_over", lambda _, mail: taken.append(mail))

    def collect() -> list[EmailMessage]:
        taken.clear()
        with db.transaction() as session:
            db.act_as_system(session)
            letters = mail_posting.claim(session, 100)
        for letter in letters:
            mail.hand_over(letter)
        return list(taken)

    return collect


@dataclass(frozen=True)
class Business:
    """An organization with a person of each role and one number, committed."""

    organization_id: UUID
    account_id: UUID
    phone_number_id: str
    waba_id: str
    token: str
    admin: Actor
    agent: Actor
    viewer: Actor


@pytest.fixture
def make_business(database: str) -> Callable[..., Business]:
    """Makes a committed `Business`; call it twice for two tenants."""

    def make(name: str = "Acme", phone_number_id: str = "106540352242922") -> Business:
        with db.transaction() as session:
            db.act_as_system(session)
            return _business(session, name, phone_number_id)

    return make


@pytest.fixture
def business(make_business: Callable[..., Business]) -> Business:
    """The usual tenant."""
    return make_business()


def _business(session: Session, name: str, phone_number_id: str) -> Business:
    organization = Organization(name=name, slug=name.lower())
    session.add(organization)
    session.flush()
    actors = {role: _person(session, organization, role) for role in ("ADMIN", "AGENT", "VIEWER")}
    account = WhatsAppAccount(
        organization_id=organization.id,
        name=f"{name} main",
        waba_id=f"waba-{name.lower()}",
        phone_number_id=phone_number_id,
        phone="+15550783881",
        token_sealed="",
    )
    token = f"EAA-{name}-token"
    account.token_sealed = vault.seal(
        token, place=f"whatsapp_accounts:{organization.id}:{account.id}"
    )
    session.add(account)
    session.flush()
    return Business(
        organization.id,
        account.id,
        phone_number_id,
        account.waba_id,
        token,
        actors["ADMIN"],
        actors["AGENT"],
        actors["VIEWER"],
    )


def _person(session: Session, organization: Organization, role: str) -> Actor:
    name = role.title()
    user = User(email=f"{role.lower()}@{organization.slug}.example", name=name, password_hash="!")
    session.add(user)
    session.flush()
    session.add(Membership(organization_id=organization.id, user_id=user.id, role=role))
    return Actor(organization_id=organization.id, user_id=user.id, role=role, name=name)


def count(url: str, table: str) -> int:
    """How many rows a table has, whoever they belong to."""
    with psycopg.connect(url, options=db.SYSTEM_OPTIONS) as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()  # pyright: ignore[reportArgumentType, reportCallIssue]  # noqa: S608
    return int(row[0]) if row else 0
