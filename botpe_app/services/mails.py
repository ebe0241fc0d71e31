"""Mails, handed to SMTP_URL's server once the work they tell of is durable.

They leave in a thread of their own: nobody waits for a mail server, and the time an answer takes
does not tell whether a mail was sent. One that cannot leave is logged; people can ask again.
"""

from __future__ import annotations

import logging
import smtplib
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from sqlmodel import Session

from botpe_app.config import settings
from botpe_app.db import after_commit

log = logging.getLogger(__name__)

_SECONDS = 15
_post = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def possible() -> bool:
    """Whether there is a server that takes mails."""
    return bool(settings().smtp_url)


def send(session: Session, *, to: str, subject: str, text: str) -> None:
    """Sends a plain mail after the commit; nothing without SMTP_URL."""
    if not possible():
        return
    mail = _mail(to, subject, text)
    after_commit(session, lambda: _hand_on(mail))


def post(*, to: str, subject: str, text: str) -> None:
    """Sends a plain mail now. Raises OSError or SMTPException if that fails."""
    _hand_over(settings().smtp_url, _mail(to, subject, text))


def link(page: str, token: str) -> str:
    """The address of a page of ours that takes this token."""
    return f"{settings().base_url}/{page}?token={token}"


def _mail(to: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = _sender(), to, " ".join(subject.split())
    mail.set_content(text)
    return mail


def _hand_on(mail: EmailMessage) -> None:
    _post.submit(_deliver, settings().smtp_url, mail)


def _deliver(smtp_url: str, mail: EmailMessage) -> None:
    try:
        _hand_over(smtp_url, mail)
    except (OSError, smtplib.SMTPException) as error:
        server = urlsplit(smtp_url).hostname
        log.warning("mail_failed", extra={"error": str(error), "server": server})


def _hand_over(smtp_url: str, mail: EmailMessage) -> None:
    server = urlsplit(smtp_url)
    secure = server.scheme == "smtps"
    kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with kind(
        server.hostname or "", server.port or (465 if secure else 25), timeout=_SECONDS
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
