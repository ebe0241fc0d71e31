"""The doors, and the wall behind them."""

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from botpe_app import db
from botpe_app.errors import Forbidden, NotFound, Unauthorized
from botpe_app.models import Contact, WhatsAppAccount
from botpe_app.models.base import new_id
from botpe_app.services import accounts, api_keys, contacts
from botpe_app.services.access import actor_of_key, get


@pytest.fixture
def other(make_business):
    """A second tenant."""
    return make_business("Other", "999999999999")


def as_actor(actor):
    """A transaction scoped like the actor's own."""
    session = db.transaction()

    class Scoped:
        def __enter__(self):
            opened = session.__enter__()
            db.act_for(opened, actor.organization_id)
            return opened

        def __exit__(self, *error):
            return session.__exit__(*error)

    return Scoped()


def test_a_row_is_found_by_its_own_organization_and_by_no_other(business, other):
    with as_actor(business.admin) as session:
        assert get(session, business.admin, WhatsAppAccount, business.account_id).name
        for stranger in (other.account_id, new_id(), "not-an-id"):
            with pytest.raises(NotFound):
                get(session, business.admin, WhatsAppAccount, stranger)


def test_a_query_that_forgets_the_organization_still_sees_only_its_own_rows(business, other):
    with as_actor(business.admin) as session:
        seen = session.exec(select(WhatsAppAccount)).all()
    assert [row.id for row in seen] == [business.account_id]


def test_a_transaction_without_a_scope_sees_nothing_and_writes_nothing(business):
    with db.transaction() as session:
        assert session.exec(select(WhatsAppAccount)).all() == []
    with pytest.raises(Exception, match="row-level security"), db.transaction() as session:
        session.add(Contact(organization_id=business.organization_id))


def test_an_organization_cannot_write_a_row_of_another(business, other):
    with pytest.raises(Exception, match="row-level security"), as_actor(business.admin) as session:
        session.add(Contact(organization_id=other.organization_id))


def test_a_scope_ends_with_its_transaction(business):
    with as_actor(business.admin) as session:
        assert session.exec(select(WhatsAppAccount)).all()
    with db.transaction() as session:  # the pool hands out the same connection
        assert session.exec(select(WhatsAppAccount)).all() == []


def test_every_table_is_behind_the_wall(database):
    with psycopg.connect(database) as connection:
        walled = connection.execute(
            "select relname from pg_class where relrowsecurity and relforcerowsecurity"
        ).fetchall()
        policies = connection.execute(
            "select tablename from pg_policies where qual is not null and with_check is not null"
        ).fetchall()
    tables = set(SQLModel.metadata.tables)
    assert {name for (name,) in walled} >= tables
    assert {name for (name,) in policies} >= tables


def test_every_tenant_table_has_the_organization_first_in_its_key():
    of_people = {"user_sessions", "mails"}  # which may be of no organization
    for table in SQLModel.metadata.tables.values():
        if "organization_id" in table.columns and table.name not in of_people:
            assert next(iter(table.primary_key.columns)).name == "organization_id", table.name


def test_the_application_is_neither_superuser_nor_exempt_from_the_wall(database):
    with db.transaction() as session:
        row = session.connection().execute(
            text("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        )
        assert tuple(row.one()) == (False, False)


def test_a_key_opens_its_own_organization_until_it_is_revoked(business):
    with as_actor(business.admin) as session:
        item, key = api_keys.create(session, business.admin, name="CRM", role="agent")
    assert key.startswith("bp_")
    with db.transaction() as session:
        actor = actor_of_key(session, key)
        assert (actor.organization_id, actor.role) == (business.organization_id, "AGENT")
    with as_actor(business.admin) as session:
        api_keys.revoke(session, business.admin, item.id)
    with pytest.raises(Unauthorized), db.transaction() as session:
        actor_of_key(session, key)


@pytest.mark.parametrize("key", ["", "bp_", "bp_nonsense", "é"])
def test_what_is_no_key_opens_nothing(database, key):
    with pytest.raises(Unauthorized), db.transaction() as session:
        actor_of_key(session, key)


def test_roles_hold_in_the_services_themselves(business):
    with as_actor(business.agent) as session:
        with pytest.raises(Forbidden):
            api_keys.create(session, business.agent, name="x", role="admin")
        with pytest.raises(Forbidden):
            accounts.update_account(session, business.agent, business.account_id, name="x")
        made = contacts.create_contact(session, business.agent, phone="+491511234567")
    with as_actor(business.viewer) as session:
        assert contacts.get_contact(session, business.viewer, made.id).phone == "+491511234567"
        with pytest.raises(Forbidden):
            contacts.update_contact(session, business.viewer, made.id, name="x")
