"""`botpe doctor`: what is well, what is not, and what to do about it.

Each check is a function that yields findings and may raise anything: what it raises is a
finding too. None of them changes anything.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from redis.exceptions import RedisError
from rq import Worker

from botpe_app import db, queue
from botpe_app.config import VARIABLES, settings
from botpe_app.errors import BotpeError
from botpe_app.services import doctor_numbers, ledger, sealing
from botpe_app.services.findings import Finding, bad, ok, warn

_OLDEST_POSTGRES, _OLDEST_REDIS = 15, (6, 2)
_LATE_SECONDS = 60.0  # work that could be done now and waits longer than this is stuck
_ROOM_BYTES = 2 * 1024**3
_SECRETS = ("secret_key", "encryption_keys", "app_secret", "verify_token")

Check = Callable[[psycopg.Connection[Any]], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, in the order of asking."""

    findings: list[Finding]

    @property
    def healthy(self) -> bool:
        """Whether nothing is bad; warnings are for someone to look at when there is time."""
        return not any(finding.state == "bad" for finding in self.findings)


def examine(*, running: bool, ask_graph: bool = True) -> Report:
    """Checks settings, database, Redis, workers, numbers and the send ledger.

    `running` says that workers are meant to be alive now. `ask_graph` has every number's token
    tried against the Graph API. Never raises.
    """
    findings = [*_try("settings", _settings), *_try("redis", _redis), *_try("disk", _disk)]
    if running:
        findings += _try("workers", _workers)
    checks: dict[str, Check] = {
        "database": _database,
        "migrations": _migrations,
        "isolation": _isolation,
        "webhooks": _webhooks,
        "outbox": _outbox,
        "ledger": _ledger,
        "secrets": sealing.check,
        "numbers": lambda connection: doctor_numbers.check(connection, ask_graph=ask_graph),
    }
    try:
        with db.connect_as_system(autocommit=True) as connection:
            for name, check in checks.items():
                findings += _try(name, lambda check=check: check(connection))
    except (psycopg.OperationalError, BotpeError) as error:
        findings.append(bad("database", _reason(error), "Start it, or mend DATABASE_URL."))
    return Report(findings)


def _try(name: str, check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:  # noqa: BLE001 - a check that fails is what we are looking for
        found.append(bad(name, _reason(error), "See the log, and mend what it names."))
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, BotpeError):
        return error.message
    return " ".join([type(error).__name__, *str(error).strip().splitlines()[-1:]])


def _settings() -> Iterator[Finding]:
    missing = [VARIABLES[name] for name in _SECRETS if not getattr(settings(), name)]
    for variable in missing:
        yield bad("settings", f"{variable} is not set", "Set it, or run `botpe up`, which does.")
    if not missing:
        yield ok("settings", "every secret is set")
    local = any(name in settings().base_url for name in ("//localhost", "//127.0.0.1"))
    if not settings().secure and not local:
        yield warn(
            "settings",
            f"people reach {settings().base_url} without https",
            "Put a proxy with a certificate in front and give BOTPE_BASE_URL its https address.",
        )
    if settings().simulated:
        yield ok("settings", "WhatsApp is the built-in simulator")


def _redis() -> Iterator[Finding]:
    try:
        redis: Any = queue.redis()
        server = redis.info("server")
        policy = redis.config_get("maxmemory-policy")
    except RedisError as error:
        yield bad("redis", _reason(error), "Start it, or mend REDIS_URL.")
        return
    version = str(server["redis_version"])
    if tuple(map(int, version.split(".")[:2])) < _OLDEST_REDIS:
        yield bad("redis", f"Redis {version} is too old", "Run Redis 6.2 or newer.")
    elif policy.get("maxmemory-policy", "noeviction") != "noeviction":
        yield warn(
            "redis",
            f"Redis drops keys when it is full ({policy['maxmemory-policy']})",
            "Set maxmemory-policy to noeviction.",
        )
    else:
        yield ok("redis", f"Redis {version} answers")


def _disk() -> Iterator[Finding]:
    folder = settings().data_dir
    if not folder.exists():
        return
    free = shutil.disk_usage(folder).free
    told = f"{free / 1024**3:.1f} GB are free in {folder}"
    yield ok("disk", told) if free > _ROOM_BYTES else warn("disk", told, "Make room.")


def _workers() -> Iterator[Finding]:
    missing = [lane.value for lane in queue.Lane if not Worker.count(queue=queue.queue(lane))]
    for lane in missing:
        yield bad("workers", f"nobody works on {lane}", f"Run `botpe worker --queues {lane}`.")
    if not missing:
        yield ok("workers", "every lane has one")


def _database(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    version = connection.info.server_version // 10_000
    if version < _OLDEST_POSTGRES:
        yield bad("database", f"Postgres {version} is too old", "Run Postgres 15 or newer.")
    else:
        yield ok("database", f"Postgres {version} answers")


def _migrations(_: psycopg.Connection[Any]) -> Iterator[Finding]:
    missing = db.pending_migrations()
    if missing:
        yield bad("migrations", f"{len(missing)} to apply", "Run `botpe db upgrade`.")
    else:
        yield ok("migrations", "the schema is this release's")


_MIGHTY = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
_UNGUARDED = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and a.attname = 'organization_id' and not a.attisdropped
  and c.relnamespace = 'public'::regnamespace
  and not (c.relrowsecurity and c.relforcerowsecurity)
order by 1
"""


def _isolation(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    mighty = connection.execute(_MIGHTY).fetchone()
    if mighty and mighty[0]:
        yield bad(
            "isolation",
            "the database role may pass row-level security",
            "Use a role without SUPERUSER and BYPASSRLS in DATABASE_URL.",
        )
    open_tables = [row[0] for row in connection.execute(_UNGUARDED)]
    if open_tables:
        yield bad(
            "isolation",
            f"no forced row-level security on {', '.join(open_tables)}",
            "Run `botpe db upgrade`.",
        )
    if not open_tables and not (mighty and mighty[0]):
        yield ok("isolation", "every organization's rows are walled off in Postgres")


_EVENTS = """
select count(*) filter (where state = 'new'), count(*) filter (where state = 'failed'),
  coalesce(extract(epoch from now() - min(received_at) filter (where state = 'new')), 0)::float8
from webhook_events where state in ('new', 'failed')
"""


def _webhooks(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    row = connection.execute(_EVENTS).fetchone()
    new, failed, oldest = row or (0, 0, 0.0)
    if oldest > _LATE_SECONDS:
        yield bad("webhooks", f"{new} events wait, one for {oldest:.0f} s", "See the ingest log.")
    else:
        yield ok("webhooks", f"{new} events wait")
    if failed:
        yield warn(
            "webhooks",
            f"{failed} events were given up on",
            "Look at `problem` in webhook_events; none is lost.",
        )


def _outbox(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    sums = ledger.sums(connection)
    oldest = sums["oldest_due_seconds"] or 0.0
    told = f"{sums['states']['queued']} messages wait to be sent"
    if oldest > _LATE_SECONDS:
        yield warn(
            "outbox",
            f"{told}, one for {oldest:.0f} s",
            "See the outbox log, and whether its number is paused.",
        )
    else:
        yield ok("outbox", told)


_PROOFS = {
    "overdue_sending": "are being sent although their time is up",
    "sent_without_id": "were sent and have no WhatsApp id",
    "uncertain_without_attempt": "are uncertain and no status could settle them",
}


def _ledger(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    sums = ledger.sums(connection)
    broken = {told: sums[name] for name, told in _PROOFS.items() if sums[name]}
    for told, count in broken.items():
        yield bad("ledger", f"{count} messages {told}", "Keep the scheduler running; report it.")
    if not sums["balanced"]:
        yield bad("ledger", "some messages are in no known state", "Report this.")
    elif not broken:
        yield ok("ledger", f"{sums['total']} outgoing messages, each in exactly one state")
    if sums["uncertain"]:
        yield warn(
            "ledger",
            f"{sums['uncertain']} sends got no answer",
            "Send them again by hand where no status settles them.",
        )
