"""Signing up, in and out."""

from datetime import timedelta

import psycopg
import pytest

from botpe_app import db
from botpe_app.errors import Conflict, Invalid, TooMany, Unauthorized
from botpe_app.models.base import utc_now
from botpe_app.services import auth, organizations
from botpe_app.services.access import actor_of_key, actor_of_session
from botpe_app.services.auth import Client
from botpe_app.services.credentials import email_address

HERE = Client("192.0.2.1", "a test")
PASSWORD = "correct horse battery"


def sign_up(email: str = "ana@example.com", organization: str = "Ana's Shop"):
    with db.transaction() as session:
        return auth.sign_up(
            session,
            organization=organization,
            name="Ana",
            email=email,
            password=PASSWORD,
            client=HERE,
        )


def sign_in(email: str = "ana@example.com", password: str = PASSWORD):
    with db.transaction() as session:
        return auth.sign_in(session, email=email, password=password, client=HERE)


def whoever(token: str, **options):
    with db.transaction() as session:
        return actor_of_session(session, token, **options)


@pytest.fixture(autouse=True)
def _database(database: str) -> None:
    pass


def test_sign_up_makes_an_organization_and_its_admin():
    signed = sign_up()
    actor = whoever(signed.token)
    assert (actor.role, actor.name) == ("ADMIN", "Ana")
    with db.transaction() as session:
        me = auth.me(session, actor_of_session(session, signed.token))
    assert (me.organization_name, me.organization_slug) == ("Ana's Shop", "ana-s-shop")
    assert me.email == "ana@example.com"


def test_two_organizations_of_one_name_get_slugs_of_their_own():
    first, second = sign_up("a@example.com"), sign_up("b@example.com")
    with db.transaction() as session:
        slugs = [
            auth.me(session, actor_of_session(session, s.token)).organization_slug
            for s in (first, second)
        ]
    assert slugs == ["ana-s-shop", "ana-s-shop-2"]


@pytest.mark.parametrize("email", ["ana@acme.test", "ana@mail.corp.local", "ána@bücher.example"])
def test_a_business_may_have_names_of_its_own_network(email: str):
    assert email_address(email) == email


@pytest.mark.parametrize("email", ["ana", "ana@", "ana@host", "ana@corp.invalid", "a b@acme.test"])
def test_what_no_mail_server_knows_is_no_address(email: str):
    with pytest.raises(Invalid):
        email_address(email)


def test_an_address_signs_up_once_whatever_its_case():
    sign_up("ana@example.com")
    with pytest.raises(Conflict) as refused:
        sign_up("ANA@Example.com")
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("email", ""),
        ("password", "short"),
        ("password", "password123"),
        ("password", "x" * 129),
        ("name", "   "),
        ("organization", ""),
        ("organization", "x" * 121),
    ],
)
def test_sign_up_names_the_field_that_cannot_be_used(field, value):
    form = {"organization": "Shop", "name": "Ana", "email": "a@example.com", "password": PASSWORD}
    with pytest.raises(Invalid) as refused, db.transaction() as session:
        auth.sign_up(session, **{**form, field: value}, client=HERE)
    assert refused.value.field == field


def test_a_refused_sign_up_leaves_nothing_behind(database):
    with pytest.raises(Invalid), db.transaction() as session:
        auth.sign_up(
            session,
            organization="",
            name="Ana",
            email="a@example.com",
            password=PASSWORD,
            client=HERE,
        )
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        assert connection.execute("select count(*) from users").fetchone() == (0,)


def test_the_right_password_signs_in_and_a_wrong_one_does_not():
    sign_up()
    assert whoever(sign_in().token).name == "Ana"
    with pytest.raises(Unauthorized) as wrong:
        sign_in(password="not this one")
    with pytest.raises(Unauthorized) as unknown:
        sign_in(email="nobody@example.com")
    assert wrong.value.message == unknown.value.message


def test_the_eleventh_wrong_password_has_to_wait_even_if_each_try_is_undone():
    sign_up()
    for _ in range(10):
        with pytest.raises(Unauthorized):
            sign_in(password="not this one")
    with pytest.raises(TooMany) as refused:
        sign_in()
    assert 0 < refused.value.retry_after <= 60


def test_signing_out_ends_the_session_and_no_other():
    stays, goes = sign_up(), sign_in()
    with db.transaction() as session:
        auth.sign_out(session, goes.token)
    with pytest.raises(Unauthorized):
        whoever(goes.token)
    assert whoever(stays.token).name == "Ana"


def test_a_session_ends_after_seven_days():
    token = sign_up().token
    assert whoever(token, now=utc_now() + timedelta(days=6, hours=23)).name == "Ana"
    with pytest.raises(Unauthorized):
        whoever(token, now=utc_now() + timedelta(days=7, seconds=1))


def test_a_day_old_token_is_exchanged_and_open_sockets_keep_the_old_one():
    old = sign_up().token
    tomorrow = utc_now() + timedelta(hours=25)
    with db.transaction() as session:
        assert auth.rotate(session, old) is None  # too fresh
    with db.transaction() as session:
        fresh = auth.rotate(session, old, now=tomorrow)
    assert fresh is not None
    assert fresh.token != old
    assert whoever(fresh.token, now=tomorrow).name == "Ana"
    assert whoever(old, now=tomorrow).name == "Ana"
    with db.transaction() as session:
        auth.sign_out(session, old)
    with pytest.raises(Unauthorized):
        whoever(fresh.token, now=tomorrow)


def test_only_hashes_of_tokens_and_passwords_are_kept(database):
    signed = sign_up()
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        stored = connection.execute("select * from user_sessions, users").fetchall()
    assert signed.token not in str(stored)
    assert PASSWORD not in str(stored)
    assert "$argon2id$" in str(stored)


def test_someone_who_is_no_longer_a_member_is_out_at_the_next_click(database):
    signed = sign_up()
    with psycopg.connect(database, options=db.SYSTEM_OPTIONS) as connection:
        connection.execute("delete from memberships")
    with pytest.raises(Unauthorized):
        whoever(signed.token)


def test_an_organization_from_the_command_line_comes_with_a_working_key():
    with db.transaction() as session:
        made = organizations.create_organization(
            session, name="Shop", admin_email="x@example.com", admin_password=PASSWORD
        )
    with db.transaction() as session:
        actor = actor_of_key(session, made.api_key)
    assert (str(actor.organization_id), actor.role, actor.kind) == (
        made.organization_id,
        "ADMIN",
        "api",
    )


def test_a_person_joins_a_second_organization_only_with_their_password():
    sign_up("ana@example.com")
    arguments = {"name": "Second", "admin_email": "ana@example.com"}
    with pytest.raises(Conflict), db.transaction() as session:
        organizations.create_organization(session, **arguments, admin_password="something else")
    with db.transaction() as session:
        made = organizations.create_organization(session, **arguments, admin_password=PASSWORD)
    assert made.slug == "second"
