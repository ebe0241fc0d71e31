"""The mail lane against a pretend server: what was promised leaves, once, or is told as failed."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import MagicMock, Mock
from uuid import UUID

import psycopg
import pytest
from sqlmodel import Session

from botpe_app import db
from botpe_app.models.base import utc_now
from botpe_app.queue import Lane
from botpe_app.services import invitations, mail_posting, mails, platform_health, problems, upkeep
from botpe_app.services.access import Actor
from jobs import drain as drains
from jobs import mail as lane
from jobs import tasks
from tests.acting import within
from tests.conftest import Business, count
from tests.services.ingesting import change, one

Post = Callable[[], list[EmailMessage]]
AWAY = OSError("away")
OWNER = Actor(UUID(int=1), None, "SUPERADMIN", "Owner")


def invite(business: Business, email: str = "guest@example.com") -> None:
    within(business.admin, invitations.invite, email=email, role="agent")


def listed(business: Business) -> tuple[str, str]:
    (item,) = within(business.admin, invitations.list_invitations)
    return item.mail, item.mail_problem


def server(monkeypatch: pytest.MonkeyPatch, answer: Exception | None) -> Mock:
    taking = Mock(side_effect=answer)
    monkeypatch.setattr(mail_posting, "_hand_over", taking)
    return taking


def test_a_mail_is_written_with_its_work_sealed_and_leaves_once(
    services: str, business: Business, post: Post
) -> None:
    invite(business)
    row = one(services, "select * from mails")
    assert "token" not in str(row)
    with psycopg.connect(services, autocommit=True, options=db.SYSTEM_OPTIONS) as connection:
        assert Lane.MAIL in upkeep.lanes_with_work(connection)
        (mail,) = post()
        assert Lane.MAIL not in upkeep.lanes_with_work(connection)
    assert (mail["To"], mail["Message-ID"]) == ("guest@example.com", f"<{row['id']}@localhost>")
    assert "?token=" in mail.get_content()
    assert (post(), count(services, "mails")) == ([], 0)


def test_what_was_undone_or_withdrawn_is_not_sent(
    services: str, business: Business, post: Post
) -> None:
    with Session(db.engine()) as session:
        db.act_as_system(session)
        mails.send(session, to="a@b.example", subject="Hi", text="Hi")
        session.rollback()
    invite(business)
    (item,) = within(business.admin, invitations.list_invitations)
    within(business.admin, invitations.withdraw, item.id)
    assert post() == []


def test_a_server_that_is_away_is_asked_again_until_it_is_too_late(
    services: str, business: Business, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(business)
    taking = server(monkeypatch, AWAY)
    waits: list[float] = []
    for _ in mail_posting.BACKOFF:
        post()
        left = "select extract(epoch from next_at - now())::float8 as seconds from mails"
        waits.append(round(one(services, left)["seconds"]))
        change(services, "update mails set next_at = now()")
    assert waits == list(mail_posting.BACKOFF)
    assert listed(business) == ("waiting", "The mail server does not take mails: away")
    change(services, "update mails set good_until = now()")
    post()
    assert (taking.call_count, listed(business)[0]) == (len(waits) + 1, "failed")
    (told,) = within(business.admin, problems.list_problems, now=utc_now())
    assert (told.kind, told.link) == ("mail", "/settings/people")
    assert "1 mail not sent" in told.title


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"No such box")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"x": (451, b"Come again")}), "waiting"),
        (smtplib.SMTPDataError(554, b"Spam"), "failed"),
        (smtplib.SMTPAuthenticationError(535, b"Wrong password"), "waiting"),
        (smtplib.SMTPServerDisconnected("gone"), "waiting"),
        (ValueError("Header"), "failed"),
    ],
)
def test_only_what_a_server_refuses_for_good_is_given_up_at_once(
    business: Business, post: Post, answer: Exception, state: str
) -> None:
    invite(business)
    with pytest.MonkeyPatch.context() as patched:
        server(patched, answer)
        post()
    assert listed(business)[0] == state


def test_one_that_no_key_opens_waits_for_its_key_and_says_so(
    business: Business, post: Post, configure: Callable[..., None]
) -> None:
    invite(business)
    configure(BOTPE_ENCRYPTION_KEYS="another key")
    assert post() == []
    state, problem = listed(business)
    assert (state, "BOTPE_ENCRYPTION_KEYS" in problem) == ("waiting", True)


def test_what_was_given_up_is_a_failed_job_that_can_be_tried_again(
    services: str, business: Business, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(business)
    with monkeypatch.context() as patched:
        server(patched, ValueError("no"))
        post()
    (job,) = within(OWNER, platform_health.failed_jobs)
    assert (job.lane, job.what) == ("mail", "to guest@example.com")
    within(OWNER, platform_health.retry, lane="mail", id=job.id)
    assert [mail["To"] for mail in post()] == ["guest@example.com"]


def test_one_whose_worker_died_is_handed_over_again_and_nobody_else_settles_it(
    services: str, business: Business, post: Post
) -> None:
    invite(business)
    with db.transaction() as session:
        db.act_as_system(session)
        (lost,) = mail_posting.claim(session, 9)
        assert mail_posting.claim(session, 9) == []
    change(services, "update mails set next_at = now()")
    with db.transaction() as session:
        db.act_as_system(session)
        (again,) = mail_posting.claim(session, 9)
        mail_posting.settle(session, lost, None)
    assert (count(services, "mails"), again.id, again.attempts) == (1, lost.id, 2)


def test_the_lane_itself_hands_over_what_is_due(
    services: str, business: Business, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_FAR_SECONDS", 0.2)
    taking = server(monkeypatch, None)
    for number in range(6):
        invite(business, f"g{number}@example.com")
    drains.run(Lane.MAIL, lane.open_work, idle_seconds=0.05)
    assert (taking.call_count, count(services, "mails")) == (6, 0)


def test_old_failures_go_and_other_organizations_mails_are_not_seen(
    services: str, business: Business, make_business: Callable[..., Business], post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    invite(business)
    server(monkeypatch, ValueError("no"))
    post()
    other = make_business("Globex", "999")
    assert within(other.admin, problems.list_problems, now=utc_now()) == []
    with psycopg.connect(services, autocommit=True, options=db.SYSTEM_OPTIONS) as connection:
        assert upkeep.prune(connection) == 0
        old = utc_now() - timedelta(days=8)
        connection.execute("update mails set created_at = %s", (old,))
        assert upkeep.prune(connection) == 1


def test_without_a_server_nothing_is_kept(services: str, business: Business) -> None:
    invite(business)
    assert count(services, "mails") == 0


def test_a_server_is_spoken_to_in_secret_where_it_can_by_the_name_in_its_url(
    services: str, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = MagicMock()
    monkeypatch.setattr(smtplib, "SMTP", server)
    configure(SMTP_URL="smtp://me%40x.example:p%3As@mail.example.com")
    with db.transaction() as session:
        db.act_as_system(session)
        mails.send(session, to="a@b.example", subject="New\norder", text="Hi")
    with db.transaction() as session:
        db.act_as_system(session)
        (letter,) = mail_posting.claim(session, 1)
    mail_posting.post(letter)
    talk = server.return_value.__enter__.return_value
    assert [call[0] for call in talk.method_calls] == [
        "ehlo", "has_extn", "starttls", "login", "send_message",
    ]  # fmt: skip
    talk.login.assert_called_once_with("me@x.example", "p:s")
    (mail,) = talk.send_message.call_args.args
    assert (mail["From"], mail["Subject"]) == ("BotPe <me@x.example>", "New order")
