"""Looking at numbers' setups at Meta now and then, one at a time, beside the scheduler's rounds."""

from __future__ import annotations

import logging
import threading

from botpe_app import db
from botpe_app.models.base import utc_now
from botpe_app.services import account_checks, account_upkeep

log = logging.getLogger(__name__)

_busy = threading.Lock()


def start() -> None:
    """Looks at the next number that is due, in a thread; does nothing while one is looked at."""
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


def _work() -> None:
    try:
        check_next()
    except Exception:
        log.warning("number_check_failed", exc_info=True)
    finally:
        _busy.release()
