from datetime import UTC, datetime

from hypothesis import given

from botpe_app.whatsapp.payloads import parse_status, split
from tests.whatsapp.bodies import post, status, value
from tests.whatsapp.test_split import any_json


def test_a_status_is_read_with_all_it_says():
    sent = status(
        "failed",
        recipient_user_id="US.134",
        biz_opaque_callback_data="try:1",
        pricing={"billable": True},
        conversation={"id": "c"},
        errors=[{"code": "131049", "title": "Held back", "error_data": {"details": "Enough."}}],
    )
    update = parse_status(split(post(value(statuses=[sent])))[0].payload)
    assert (update.wamid, update.status, update.word) == ("wamid.9", "failed", "failed")
    assert update.timestamp == datetime.fromtimestamp(1760000001, UTC)
    assert (update.wa_id, update.bsuid, update.participant) == ("16505551234", "US.134", "")
    assert update.callback_data == "try:1"
    assert (update.pricing, update.conversation) == ({"billable": True}, {"id": "c"})
    assert [(e.code, e.title, e.details) for e in update.errors] == [
        (131049, "Held back", "Enough.")
    ]


def test_an_unknown_word_is_other_and_kept():
    update = parse_status({"status": status("captured", type="payment")})
    assert (update.status, update.word) == ("other", "captured")


def test_a_user_id_in_the_place_of_a_number_is_known_as_such():
    update = parse_status({"status": status(recipient_id="US.134")})
    assert (update.wa_id, update.bsuid) == ("", "US.134")


@given(any_json, any_json)
def test_no_payload_ever_raises(payload: object, part: object):
    assert parse_status(payload).status == "other"
    named = {"recipient_id": part, "timestamp": part, "errors": part, "pricing": part}
    assert parse_status({"status": status("read", **named)}).status == "read"
