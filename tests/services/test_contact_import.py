"""Customers in and out as sheets."""

from __future__ import annotations

import time

import pytest

from botpe_app.core import sheets
from botpe_app.errors import Forbidden, Invalid
from botpe_app.services import (
    consents,
    contact_export,
    contact_import,
    contact_rows,
    contacts,
    custom_fields,
)
from tests.acting import within


@pytest.fixture(autouse=True)
def _services(services):
    pass


def take(business, text):
    raw = text if isinstance(text, bytes) else text.encode()
    return within(business.agent, contact_import.import_contacts, contact_rows.read(raw))


def everyone(business):
    return within(business.viewer, contacts.list_contacts, limit=200).data


def exported(business, **wanted):
    fields = within(business.viewer, contacts.custom_field_names, **wanted)
    page = within(business.viewer, contact_export.part, fields, **wanted)
    return contact_export.header(fields) + "".join(page.data)


def test_rows_become_contacts_with_their_fields(business):
    done = take(
        business,
        "Phone,Name,email,language,tags,marketing_opt_in,City,\n"
        "+49 151 1234567,Zoë,ZOE@example.com,de,vip; order ;vip,yes,Köln,lost\n"
        "+491511234568,,,,,no\n",
    )
    assert (done.created, done.updated, done.skipped, done.errors) == (2, 0, 0, [])
    second, first = everyone(business)
    assert (first.phone, first.name, first.email) == ("+491511234567", "Zoë", "zoe@example.com")
    assert (first.language, first.tags) == ("de", ["vip", "order"])
    assert (first.marketing_opt_in, first.custom_fields) == (True, {"City": "Köln"})
    assert (second.name, second.email, second.marketing_opt_in) == ("", None, False)


def test_a_known_number_is_changed_where_its_cells_say_something(business):
    fields = {"custom_fields": {"city": "Ulm"}, "tags": ["vip"], "name": "Ana"}
    known = within(business.agent, contacts.create_contact, phone="+5511987654321", **fields)
    done = take(business, "phone,name,tags,size,language\n+551187654321,,new,M,pt\n")
    assert (done.created, done.updated) == (0, 1)
    (after,) = everyone(business)
    assert (after.id, after.phone, after.name) == (known.id, "+5511987654321", "Ana")
    assert (after.tags, after.language) == (["vip", "new"], "pt")
    assert after.custom_fields == {"city": "Ulm", "size": "M"}


def test_what_a_sheet_says_of_marketing_is_kept_as_evidence(business):
    sheet = "phone,marketing_opt_in\n+491511234561,yes\n+491511234562,no\n+491511234563,\n"
    take(business, sheet)
    take(business, sheet)
    third, second, first = everyone(business)
    told = {item.id: within(business.viewer, consents.list_consents, item.id) for item in
            (first, second, third)}  # fmt: skip
    assert [item.granted for item in told[first.id]] == [True]
    assert told[first.id][0].evidence == "Imported by Agent"
    assert told[second.id] == told[third.id] == []


def test_nobody_who_stopped_marketing_is_opted_in_by_an_old_list(business):
    take(business, "phone,marketing_opt_in\n+491511234561,yes\n")
    (ana,) = everyone(business)
    take(business, "phone,marketing_opt_in\n+491511234561,no\n")
    again = take(business, "phone,name,marketing_opt_in\n+491511234561,Ana,yes\n")
    (after,) = everyone(business)
    assert (again.updated, after.name, after.marketing_opt_in) == (1, "Ana", False)
    told = within(business.viewer, consents.list_consents, ana.id)
    assert [item.granted for item in told] == [False, True]


def test_a_broken_row_costs_no_other_and_says_why(business):
    done = take(
        business,
        "phone,email,tags,marketing_opt_in\n"
        "12,,,\n"
        ",a@example.com,,\n"
        "+491511234561,nobody,,\n"
        f"+491511234562,,{'x' * 51},\n"
        "+491511234563,,,perhaps\n"
        '+491511234564,"open,,\n'
        "+491511234565,,,,,too many\n"
        "+491511234566,,,\n"
        "+49 1511234566,,,\n",
    )
    assert (done.created, done.updated, done.skipped) == (1, 0, 8)
    assert [error.row for error in done.errors] == [2, 3, 4, 5, 6, 7, 8, 10]
    said = " ".join(error.message.split()[0] for error in done.errors)
    assert said == "phone: phone: email: tags: marketing_opt_in: A There phone:"
    assert [contact.phone for contact in everyone(business)] == ["+491511234566"]


def test_a_contact_that_would_hold_too_much_is_left_as_it_was(business):
    many = {f"f{place}": "x" for place in range(100)}
    within(business.agent, contacts.create_contact, phone="+491511234567", custom_fields=many)
    done = take(business, "phone,more\n+491511234567,x\n+491511234568,x\n")
    assert (done.created, done.updated, done.skipped) == (1, 0, 1)
    assert done.errors[0].row == 2


def test_a_custom_field_of_a_kind_takes_only_that_kind(business):
    within(business.admin, custom_fields.create_field, name="visits", type="number")
    done = take(business, "phone,visits\n+491511234567,3\n+491511234568,many\n")
    assert (done.created, done.skipped) == (1, 1)
    assert [(error.row, error.message.split()[0]) for error in done.errors] == [
        (3, "custom_fields.visits:")
    ]
    assert [contact.custom_fields for contact in everyone(business)] == [{"visits": 3}]


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "name\nAna\n", "phone,phone\n", 'phone,"x\n', b"\xff\xfe", b"\0\0\0",
        "phone," + "x" * 81 + "\n", "phone," + ",".join(f"f{n}" for n in range(101)) + "\n",
    ],
)  # fmt: skip
def test_a_sheet_without_usable_columns_is_refused(text):
    with pytest.raises(Invalid) as refused:
        contact_rows.read(text if isinstance(text, bytes) else text.encode())
    assert refused.value.field == "file"


def test_rows_are_counted_without_being_read():
    rows = "".join(f"+49151{place:08}\n" for place in range(20))
    assert contact_rows.count(("phone\n" + rows + "\n12\n").encode()) == 21
    with pytest.raises(Invalid, match="no column named phone"):
        contact_rows.count(b"name\nAna\n")


def test_ten_thousand_rows_are_taken_in_a_breath_and_again(business):
    rows = "".join(f"+49151{n:08},P{n},p{n}@example.com,a;b,{n}\n" for n in range(10_000))
    text = "phone,name,email,tags,points\n" + rows
    started = time.perf_counter()
    assert take(business, text).created == 10_000
    again = take(business, text)
    assert (again.created, again.updated, again.skipped) == (0, 10_000, 0)
    assert time.perf_counter() - started < 15  # a busy machine; about two seconds on a quiet one


def test_characters_that_no_column_takes_are_left_out(business):
    assert take(business, "phone,name,note\n+491511234567,A\0na\x07,\0\n").created == 1
    (after,) = everyone(business)
    assert (after.name, after.custom_fields) == ("Ana", {})


def test_a_viewer_imports_nothing(business):
    with pytest.raises(Forbidden):
        within(business.viewer, contact_import.import_contacts, contact_rows.read(b"phone\n"))


def test_what_was_exported_is_imported_as_it_was(business, make_business):
    odd = {"city": "=HYPERLINK(1)", "Email": "x;y", "visits": 3, "said": 'a "b"\nc'}
    within(
        business.agent, contacts.create_contact, phone="+491511234567", name="+Ana, @home",
        email="a@example.com", tags=["vip", "order"], marketing_opt_in=True, custom_fields=odd,
    )  # fmt: skip
    within(business.agent, contacts.create_contact, phone="+491511234568", name="-1")
    text = exported(business)
    assert [row.problem for row in sheets.rows(text)] == ["", "", ""]
    assert all(line[0] not in "=@" for line in text.splitlines())
    other = make_business("Other", "999")
    assert take(other, text).created == 2
    second, first = everyone(other)[::-1]
    assert {first.name, second.name} == {"+Ana, @home", "-1"}
    ana = next(item for item in (first, second) if item.custom_fields)
    assert ana.custom_fields == {**odd, "visits": "3"}
    assert (ana.tags, ana.marketing_opt_in) == (["vip", "order"], True)


def test_an_export_holds_whom_it_was_asked_for_and_nobody_elses(business, make_business):
    take(business, "phone,name,tags,size\n+491511234567,Ana,vip,M\n+491511234568,Bob,,\n")
    take(make_business("Other", "999"), "phone,name,secret\n+491511234569,Eve,x\n")
    assert "Eve" not in exported(business)
    assert "secret" not in exported(business)
    assert exported(business, tag="vip").splitlines()[1:] == ["+491511234567,Ana,,,vip,false,M"]
    assert exported(business, q="bob").splitlines() == [
        "phone,name,email,language,tags,marketing_opt_in", "+491511234568,Bob,,,,false"
    ]  # fmt: skip
