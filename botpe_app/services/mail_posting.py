"""Mails to the server: which are due, handing one over, and what became of it.

One whose worker dies in the middle is handed over again, under the same Message-ID.
"""

from __future__ import annotations

import json
import smtplib
from email.message import EmailMessage
from email.utils import formatdate
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app import live, vault
from botpe_app.config import settings
from botpe_app.errors import Misconfigured
from botpe_app.models import Note
from botpe_app.services.mails import place

_SERVER_SECONDS = 15
_LEASE_SECONDS = 120  # longer than a server may take over its few answers
BACKOFF = (10, 60, 300, 900, 3600, 7200, 14400)  # then the last one again, until it is too late
_REFUSED = 500  # from here on a server's code is its last word

_CLAIM = text("""
update mails m set attempts = m.attempts + 1, next_at = now() + make_interval(secs => :lease)
from (select id from mails where next_at <= now() order by next_at limit :room
  for update skip locked) due
where m.id = due.id
returning m.id, m.organization_id, m.conversation_id, m.recipient, m.sealed, m.author, m.attempts
""")
_DUE_IN = text("select extract(epoch from min(next_at) - now())::float8 from mails")
_SENT = text("delete from mails where id = :id and attempts = :attempts")
_AGAIN = text("""
update mails set problem = :problem, next_at = case
  when :final or now() + make_interval(secs => :wait) > good_until then null
  else now() + make_interval(secs => :wait) end
where id = :id and attempts = :attempts
returning next_at is null
""")


class Letter(NamedTuple):
    """A mail that is ours to hand over now; `attempts` counts this time."""

    id: UUID
    organization_id: UUID | None
    conversation_id: UUID | None
    recipient: str
    sealed: str
    author: str
    attempts: int


class Refused(Exception):
    """The server did not take a mail; `final` if asking again is no use."""

    def __init__(self, problem: str, *, final: bool = False) -> None:
        super().__init__(problem)
        self.final = final


def claim(session: Session, room: int) -> list[Letter]:
    """At most `room` mails that are due; the session acts as the system."""
    rows = session.connection().execute(_CLAIM, {"room": room, "lease": _LEASE_SECONDS})
    return [Letter(*row) for row in rows]


def due_in(session: Session) -> float | None:
    """In how many seconds one is due, None if none waits."""
    found = session.connection().execute(_DUE_IN).scalar()
    return None if found is None else max(0.0, float(found))


def post(letter: Letter) -> None:
    """Hands it to the server. Raises Refused."""
    if not settings().smtp_url:
        raise Refused("There is no mail server (SMTP_URL).")
    try:
        _hand_over(settings().smtp_url, _mail(letter))
    except Misconfigured as error:
        raise Refused(error.message) from error
    except smtplib.SMTPRecipientsRefused as error:
        code, told = next(iter(error.recipients.values()))
        raise Refused(_words(told), final=code >= _REFUSED) from error
    except smtplib.SMTPDataError as error:
        raise Refused(_words(error.smtp_error), final=error.smtp_code >= _REFUSED) from error
    except (ValueError, smtplib.SMTPNotSupportedError) as error:
        raise Refused(f"The mail cannot be written: {error}", final=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(f"The mail server does not take mails: {error}") from error


def settle(session: Session, letter: Letter, refused: Refused | None) -> None:
    """Forgets what was sent; else says when to try again, or gives it up and tells the staff."""
    key = {"id": letter.id, "attempts": letter.attempts}
    if letter.organization_id:
        live.publish(session, letter.organization_id, "mails")
    if refused is None:
        session.connection().execute(_SENT, key)
        return
    wait = BACKOFF[min(letter.attempts, len(BACKOFF)) - 1]
    told = {"problem": str(refused)[:500], "final": refused.final, "wait": wait}
    given_up = session.connection().execute(_AGAIN, {**key, **told}).scalar()
    if given_up and letter.organization_id and letter.conversation_id:
        session.add(
            Note(
                organization_id=letter.organization_id,
                conversation_id=letter.conversation_id,
                author=letter.author,
                text=f"The e-mail to {letter.recipient} was not sent. {told['problem']}",
            )
        )
        live.publish(session, letter.organization_id, f"conversation:{letter.conversation_id}")


def _mail(letter: Letter) -> EmailMessage:
    subject, words = json.loads(vault.open_sealed(letter.sealed, place=place(letter.id)))
    host = urlsplit(settings().base_url).hostname
    mail = EmailMessage()
    mail["From"], mail["To"] = _sender(), letter.recipient
    mail["Subject"] = " ".join(subject.split())
    mail["Date"], mail["Message-ID"] = formatdate(), f"<{letter.id}@{host}>"
    mail.set_content(words)
    return mail


def _hand_over(smtp_url: str, mail: EmailMessage) -> None:
    server = urlsplit(smtp_url)
    secure = server.scheme == "smtps"
    kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with kind(
        server.hostname or "", server.port or (465 if secure else 25), timeout=_SERVER_SECONDS
    ) as smtp:
        smtp.ehlo()
        if not secure and smtp.has_extn("starttls"):
            smtp.starttls()
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(mail)


def _sender() -> str:
    user = unquote(urlsplit(settings().smtp_url).username or "")
    host = urlsplit(settings().base_url).hostname
    return f"BotPe <{user if '@' in user else f'no-reply@{host}'}>"


def _words(told: bytes | str) -> str:
    said = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    return " ".join(said.replace("\0", "").split())
