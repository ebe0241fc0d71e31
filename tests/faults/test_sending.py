"""The sender killed, stopped, doubled and cut off: nothing lost, nothing sent twice."""

from __future__ import annotations

import os
import signal
import time

import pytest

from botpe_app.services import doctor
from botpe_app.services.outbox import NEVER_LEFT
from tests.faults.harness import LEASE_SECONDS, Site, until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
IN_FLIGHT = 60  # at 200 a second; 20 at the usual 80


def test_a_sender_killed_again_and_again_in_the_middle_of_its_work(site: Site) -> None:
    queued = site.queue(300)
    site.scheduler()
    for kills in range(1, 4):
        worker = site.worker("outbox")
        until(lambda wanted=60 * kills: len(site.graph.posts()) >= wanted)
        site.kill(worker)
    site.worker("outbox")
    states = site.await_finish()
    site.assert_nothing_sent_twice()
    site.assert_nothing_lost(queued)
    assert states.get("uncertain", 0) <= 3 * IN_FLIGHT
    assert states["sent"] >= queued - 3 * IN_FLIGHT
    site.worker("ingest")
    site.web()
    site.settle()


def test_two_senders_at_once_of_which_one_is_killed(site: Site) -> None:
    queued = site.queue(200, 2)
    site.scheduler()
    first, _ = site.worker("outbox"), site.worker("outbox")
    until(lambda: len(site.graph.posts()) >= 50)
    site.kill(first)
    site.await_finish()
    site.assert_nothing_sent_twice()
    site.assert_nothing_lost(queued)


def test_a_sender_that_slept_through_its_lease_sends_nothing_after_it_wakes(site: Site) -> None:
    queued = site.queue(300)
    site.scheduler()
    sleeper = site.worker("outbox")
    until(lambda: len(site.graph.posts()) >= 50)
    os.kill(sleeper.pid, signal.SIGSTOP)
    site.worker("outbox")
    time.sleep(LEASE_SECONDS)
    until(lambda: site.states().keys() <= {"sent", "uncertain"})
    posted = len(site.graph.posts())
    os.kill(sleeper.pid, signal.SIGCONT)
    site.worker("ingest")
    site.web()
    assert len(site.graph.posts()) == posted
    # What it had noted but not posted yet, it now says so of; a person may send that again.
    assert site.states().keys() <= {"sent", "uncertain", "failed"}
    with site.sql() as connection:
        failed = connection.execute("select error_code from messages where status = 'failed'")
        assert {row[0] for row in failed} <= {NEVER_LEFT}
    site.assert_nothing_sent_twice()
    site.assert_nothing_lost(queued)
    site.settle()


def test_asked_to_stop_under_load_a_sender_leaves_no_doubt(site: Site) -> None:
    queued = site.queue(200)
    worker = site.worker("outbox")
    until(lambda: len(site.graph.posts()) >= 40)
    worker.terminate()
    assert worker.wait(15) == 0
    assert site.states().keys() == {"sent", "queued"}
    assert site.states()["sent"] == len(site.graph.posts())
    site.worker("outbox")
    assert site.await_finish() == {"sent": queued}
    site.assert_nothing_sent_twice()


def test_answers_cut_off_are_uncertain_until_their_statuses_come(site: Site) -> None:
    site.graph.script(faults=[{"kind": "lost", "every": 10}, {"kind": "reset", "every": 15}])
    queued = site.queue(100)
    site.scheduler()
    site.worker("outbox")
    states = site.await_finish()
    posts = site.graph.posts()
    lost = sum(1 for post in posts if post.outcome == "lost")
    reset = sum(1 for post in posts if post.outcome == "reset")
    assert lost
    assert reset
    assert states == {"sent": queued - lost - reset, "uncertain": lost + reset}
    site.assert_nothing_sent_twice()
    site.worker("ingest")
    site.web()
    site.settle()
    assert site.states() == {"sent": queued - reset, "uncertain": reset}
    assert len(site.graph.posts()) == queued  # the machine sent none of them again


def test_two_thousand_messages_through_refusals_broken_answers_resets_and_two_kills(
    site: Site,
) -> None:
    with site.sql() as connection:
        connection.execute("update whatsapp_accounts set messages_per_second = 1000")
    site.graph.script(
        latency=0.02, faults=[{"kind": "error", "code": 130429, "every": 3, "times": 90}]
    )
    queued = site.queue(2000)
    site.scheduler()
    worker = site.worker("outbox")
    until(lambda: len(site.graph.posts()) >= 200, 30)
    site.kill(worker)
    broken = [{"kind": "html", "every": 2, "times": 15}, {"kind": "reset", "every": 3, "times": 15}]
    site.graph.script(faults=broken)
    worker = site.worker("outbox")
    until(lambda: len(site.graph.posts()) >= 700, 30)
    site.kill(worker)
    site.worker("outbox")
    states = site.await_finish(60)
    assert states.keys() <= {"sent", "uncertain"}
    site.assert_nothing_sent_twice()
    site.assert_nothing_lost(queued)
    with site.sql() as connection:
        unexplained = connection.execute(
            "select count(*) from messages where status = 'uncertain' and error_title is null"
        ).fetchone()
    assert unexplained == (0,)
    report = doctor.examine(running=False, ask_graph=False)
    told = [one.message for one in report.findings if one.check == "ledger"]
    assert told[0] == f"{queued} outgoing messages, each in exactly one state"
    assert told[1:] == [f"{states['uncertain']} sends got no answer"]
