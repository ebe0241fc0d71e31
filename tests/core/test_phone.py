from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core import phone
from botpe_app.errors import Invalid


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+55 (11) 98765-4321", "5511987654321"),
        ("553187654321", "5531987654321"),
        ("5531987654321", "5531987654321"),
        ("554532782153", "554532782153"),
        ("16505551234", "16505551234"),
        ("US.13491208655302741918", "US.13491208655302741918"),
        ("US.ENT.11815799212886844830", "US.ENT.11815799212886844830"),
        ("5215512345678", "525512345678"),
        ("+52 55 1234 5678", "525512345678"),
        ("541123456789", "5491123456789"),
        ("+54 9 11 2345-6789", "5491123456789"),
        ("54111523456789", "5491123456789"),
        ("+54 9 11 15-2345-6789", "5491123456789"),
        ("54 341 15 555-1234", "5493415551234"),
        ("54 2966 15 55-1234", "5492966551234"),
        ("447911123456", "447911123456"),
        ("+٤٤ ٧٩١١ ١٢٣٤٥٦", "447911123456"),
        ("5678", "5678"),
        ("someone", "someone"),
        ("", ""),
    ],
)
def test_all_spellings_of_a_number_share_a_key(written: str, key: str):
    assert phone.key(written) == key


digits = st.text("0123456789", max_size=14)


@given(
    st.text() | st.builds(str.__add__, st.sampled_from(["55", "52", "521", "54", "549"]), digits)
)
def test_a_key_is_its_own_key(text: str):
    assert phone.key(phone.key(text)) == phone.key(text)


def test_two_different_people_have_different_keys():
    assert phone.key("5511987654321") != phone.key("5511987654322")
    assert phone.key("US.1a") != phone.key("US.1A")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+14155550123", "+14155550123"),
        ("+1 (415) 555-0123", "+14155550123"),
        ("0049 30 123456", "+4930123456"),
        ("+٩٧١ ٥٠ ١٢٣ ٤٥٦٧", "+971501234567"),
        ("+44\u00a07911\u2011123456", "+447911123456"),
    ],
)
def test_a_number_with_its_country_code_is_taken_as_people_write_it(written: str, number: str):
    assert phone.e164(written) == number


@pytest.mark.parametrize(
    "written",
    ["", "14155550123", "+0123456789", "+123456", "+1234567890123456", "+1415555O123", "++1415555"],
)
def test_what_is_no_number_is_refused_and_the_field_named(written: str):
    with pytest.raises(Invalid) as refusal:
        phone.e164(written, field="to")
    assert refusal.value.field == "to"


@given(st.text())
def test_any_text_is_a_number_or_refused(text: str):
    with suppress(Invalid):
        assert phone.is_e164(phone.e164(text))


def test_digits_of_other_scripts_are_not_e164_until_converted():
    assert not phone.is_e164("+٩٧١٥٠١٢٣٤٥٦٧")
    assert not phone.is_e164("+14155550123\n")


def test_a_short_sender_has_no_e164_number():
    assert phone.from_wa_id("5678") is None
    assert (phone.shown("5678"), phone.shown("US.134")) == ("+5678", "")
    assert phone.from_wa_id("US.134") is None
    assert phone.from_wa_id("16505551234") == "+16505551234"
