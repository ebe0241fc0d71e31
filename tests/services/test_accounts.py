"""WhatsApp numbers."""

import psycopg
import pytest

from botpe_app import db, vault
from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.services import accounts
from tests.acting import within

NUMBER = {
    "waba_id": "102290129340398",
    "phone_number_id": "55501",
    "phone": "+49 151 1234567",
    "token": "EAAG-a-token-1234",
}


@pytest.fixture(autouse=True)
def _services(services):
    pass


def test_a_number_is_connected_with_its_token_sealed(business, database):
    made = within(business.admin, accounts.add_account, **NUMBER)
    assert (made.phone, made.name, made.token_hint) == ("+491511234567", "+491511234567", "1234")
    assert made.status == "connected"
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        row = connection.execute(
            "select organization_id, id, token_sealed from whatsapp_accounts where id = %s",
            [made.id],
        ).fetchone()
    assert row
    assert NUMBER["token"] not in row[2]
    assert vault.open_sealed(row[2], place=accounts.place(row[0], row[1])) == NUMBER["token"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "12"),
        ("phone", "call me"),
        ("waba_id", ""),
        ("phone_number_id", " "),
        ("phone_number_id", "x" * 65),
        ("token", ""),
        ("token", "two words"),
        ("token", "schlüssel"),
        ("name", "x" * 81),
    ],
)
def test_what_cannot_be_a_number_is_named(business, field, value):
    with pytest.raises(Invalid) as refused:
        within(business.admin, accounts.add_account, **{**NUMBER, field: value})
    assert refused.value.field == field


def test_a_number_belongs_to_one_organization(business, make_business):
    other = make_business("Other", "999")
    within(business.admin, accounts.add_account, **NUMBER)
    with pytest.raises(Conflict) as refused:
        within(other.admin, accounts.add_account, **NUMBER)
    assert refused.value.field == "phone_number_id"


def test_only_an_admin_connects_and_only_their_own(business, make_business):
    other = make_business("Other", "999")
    for actor in (business.agent, business.viewer):
        with pytest.raises(Forbidden):
            within(actor, accounts.add_account, **NUMBER)
    with pytest.raises(NotFound):
        within(other.admin, accounts.update_account, business.account_id, name="mine now")


def test_a_new_token_lifts_a_pause(business):
    paused = within(business.admin, accounts.update_account, business.account_id, status="paused")
    assert (paused.status, paused.paused_reason) == ("paused", "Paused by hand.")
    lifted = within(business.admin, accounts.update_account, business.account_id, token="EAA-new")
    assert (lifted.status, lifted.paused_reason) == ("connected", None)


@pytest.mark.parametrize("rate", [0, -1, 1001])
def test_a_rate_no_number_has_is_refused(business, rate):
    with pytest.raises(Invalid) as refused:
        within(
            business.admin, accounts.update_account, business.account_id, messages_per_second=rate
        )
    assert refused.value.field == "messages_per_second"


def test_an_unused_number_can_be_removed(business):
    within(business.admin, accounts.remove_account, business.account_id)
    assert within(business.admin, accounts.list_accounts) == []
