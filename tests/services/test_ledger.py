"""The send ledger adds up, and says what does not."""

from __future__ import annotations

from collections.abc import Callable

from botpe_app import db
from botpe_app.bench import rows
from botpe_app.services import ledger
from tests.conftest import Business


def test_an_empty_ledger_is_balanced(database: str) -> None:
    with db.connect_as_system() as connection:
        found = ledger.sums(connection)
    assert found["balanced"]
    assert found["total"] == 0
    assert found["states"] == dict.fromkeys(ledger.STATES, 0)
    assert found["oldest_due_seconds"] is None


def test_every_outgoing_message_is_in_one_state_and_ages_are_told(
    make_business: Callable[..., Business],
) -> None:
    acme, other = make_business(), make_business("Other", phone_number_id="2")
    with db.connect_as_system(autocommit=True) as connection:
        for business in (acme, other):
            rows.make_customers(connection, business.organization_id, business.account_id, 3)
            rows.queue_messages(connection, business.account_id, 2)
        connection.execute("update messages set created_at = now() - interval '1 minute'")
        connection.execute(
            "update messages set direction = 'incoming', status = 'received' where id ="
            " (select id from messages where organization_id = %s limit 1)",
            [other.organization_id],
        )
        connection.execute(
            "update messages set status = 'uncertain' where id = (select id from messages"
            " where organization_id = %s and status = 'queued' limit 1)",
            [acme.organization_id],
        )
        ours, everything = ledger.sums(connection, acme.organization_id), ledger.sums(connection)
    assert ours["states"] == {**dict.fromkeys(ledger.STATES, 0), "queued": 5, "uncertain": 1}
    assert (ours["total"], everything["total"]) == (6, 11)
    assert ours["balanced"]
    assert everything["balanced"]
    assert (ours["finished"], ours["uncertain"]) == (1, 1)
    assert 60 <= ours["oldest_due_seconds"] < 90
    assert 60 <= ours["oldest_uncertain_seconds"] < 90
    assert ours["oldest_sending_seconds"] is None
    assert ours["uncertain_without_attempt"] == 1


def test_a_request_whose_time_is_up_and_a_sent_message_without_id_are_told(
    business: Business,
) -> None:
    with db.connect_as_system(autocommit=True) as connection:
        rows.make_customers(connection, business.organization_id, business.account_id, 2)
        rows.queue_messages(connection, business.account_id)
        connection.execute(
            "update messages set status = 'sending', lease_until = now() + interval '1 minute'"
        )
        healthy = ledger.sums(connection)
        connection.execute("update messages set lease_until = now() - interval '1 second'")
        late = ledger.sums(connection)
        connection.execute("update messages set status = 'sent'")
        nameless = ledger.sums(connection)
    assert healthy["overdue_sending"] == 0
    assert late["overdue_sending"] == 2
    assert (late["sent_without_id"], nameless["sent_without_id"]) == (0, 2)
