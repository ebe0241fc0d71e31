"""Asking Meta now and then about numbers' setups and templates' figures, one at a time, beside the
scheduler's rounds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from botpe_app import db
from botpe_app.errors import BotpeError
from botpe_app.models.base import utc_now
from botpe_app.services import account_checks, account_upkeep, template_insights

log = logging.getLogger(__name__)

_busy = threading.Lock()


def start() -> None:
    """Asks about what is due next, in a thread; does nothing while another asks."""
    if _busy.acquire(blocking=False):
        threading.Thread(target=_work, name="number check", daemon=True).start()


def check_next() -> bool:
    """Looks at one number that is due; whether there was one."""
    with db.transaction() as session:
        db.act_as_system(session)
        due = account_upkeep.next_due(session, now=utc_now())
    if due is None:
        return False
    organization_id, question = due
    answer = account_checks.ask(question)
    with db.transaction() as session:
        db.act_for(session, organization_id)
        if answer is not None:
            account_upkeep.record_due(session, organization_id, answer)
    return True


def count_next() -> bool:
    """Has one business account's templates counted that is due; whether there was one."""
    with db.transaction() as session:
        db.act_as_system(session)
        due = template_insights.next_due(session, now=utc_now())
    if due is None:
        return False
    days = template_insights.ask(due)
    with db.transaction() as session:
        db.act_for(session, due.organization_id)
        template_insights.record(session, due, days)
    return True


def _work() -> None:
    try:
        for duty in (check_next, count_next):
            _try(duty)
    finally:
        _busy.release()


def _try(duty: Callable[[], bool]) -> None:
    try:
        duty()
    except BotpeError as error:
        log.warning("meta_not_asked", extra={"duty": duty.__name__, "error": error.message})
    except Exception:
        log.warning("number_check_failed", extra={"duty": duty.__name__}, exc_info=True)
