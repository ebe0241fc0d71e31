"""Customers."""

import pytest

from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.services import contacts
from tests.acting import within


@pytest.fixture(autouse=True)
def _services(services):
    pass


def make(business, phone="+491511234567", **fields):
    return within(business.agent, contacts.create_contact, phone=phone, **fields)


def test_a_contact_is_kept_as_given(business):
    made = make(
        business,
        "+49 (151) 123-4567",
        name="  Ana Ruiz ",
        email="Ana@Example.com",
        language="de",
        tags=["vip", "vip", "order"],
        custom_fields={"city": "München"},
        marketing_opt_in=True,
    )
    again = within(business.viewer, contacts.get_contact, made.id)
    assert again == made
    assert (made.phone, made.name, made.email) == ("+491511234567", "Ana Ruiz", "ana@example.com")
    assert (made.tags, made.custom_fields) == (["vip", "order"], {"city": "München"})


def test_two_spellings_of_one_number_are_one_contact(business):
    make(business, "+5511987654321")
    with pytest.raises(Conflict) as refused:
        make(business, "+551187654321")  # Brazil without the ninth digit
    assert refused.value.field == "phone"


def test_the_same_number_may_be_a_contact_of_two_organizations(business, make_business):
    other = make_business("Other", "999")
    mine, theirs = make(business), make(other)
    assert mine.id != theirs.id
    with pytest.raises(NotFound):
        within(business.agent, contacts.get_contact, theirs.id)
    with pytest.raises(NotFound):
        within(business.agent, contacts.update_contact, theirs.id, name="mine")


def test_a_change_of_one_field_leaves_the_others(business):
    made = make(business, name="Ana", custom_fields={"city": "Ulm", "size": "M"})
    changed = within(
        business.agent, contacts.update_contact, made.id, custom_fields={"city": None, "pet": "cat"}
    )
    assert (changed.name, changed.custom_fields) == ("Ana", {"size": "M", "pet": "cat"})


def test_a_changed_phone_number_frees_the_old_one(business):
    made = make(business)
    within(business.agent, contacts.update_contact, made.id, phone="+491519999999")
    assert make(business).id != made.id
    with pytest.raises(Conflict):
        within(business.agent, contacts.update_contact, made.id, phone="+491511234567")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "not a number"),
        ("email", "nobody"),
        ("name", "x" * 121),
        ("tags", ["x" * 51]),
        ("tags", [""]),
        ("custom_fields", {"": 1}),
    ],
)
def test_a_field_that_cannot_be_used_is_named(business, field, value):
    with pytest.raises(Invalid) as refused:
        make(business, **{"phone": "+491511234567", field: value})
    assert refused.value.field == field


def test_pages_hold_everyone_once_newest_first(business):
    made = [make(business, f"+49151000{n:04}", name=f"Person {n}").id for n in range(7)]
    seen, cursor = [], None
    while True:
        page = within(business.viewer, contacts.list_contacts, limit=3, cursor=cursor)
        seen += [item.id for item in page.data]
        cursor = page.next
        if cursor is None:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize("cursor", ["nonsense", "bm90aGluZw==", "é"])
def test_a_cursor_that_is_not_ours_is_named(business, cursor):
    with pytest.raises(Invalid) as refused:
        within(business.viewer, contacts.list_contacts, cursor=cursor)
    assert refused.value.field == "cursor"


def test_search_finds_names_and_digits_and_takes_signs_literally(business):
    make(business, "+491511234567", name="Ana 100%")
    make(business, "+447911123456", name="Bob")

    def found(q):
        return [item.name for item in within(business.viewer, contacts.list_contacts, q=q).data]

    assert found("an") == ["Ana 100%"]
    assert found("%") == ["Ana 100%"]
    assert found("7911") == ["Bob"]
    assert found("_") == []


def test_a_contact_goes_and_its_number_is_free_again(business):
    made = make(business)
    with pytest.raises(Forbidden):
        within(business.viewer, contacts.delete_contact, made.id)
    within(business.agent, contacts.delete_contact, made.id)
    assert make(business).id != made.id
