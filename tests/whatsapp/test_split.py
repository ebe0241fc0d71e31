import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.whatsapp import storable
from botpe_app.whatsapp.payloads import Update, split
from tests.whatsapp.bodies import (
    METADATA,
    NUMBER,
    SINGLE_MESSAGE,
    WABA,
    message,
    post,
    status,
    value,
)

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
# Bodies near enough to real ones that generated values land in every reader.
near_json = st.builds(
    lambda messages, statuses, contacts, metadata: value(
        messages=messages, statuses=statuses, contacts=contacts, metadata=metadata
    ),
    *[any_json] * 4,
)


def kinds(updates: list[Update]) -> list[str]:
    return [update.kind for update in updates]


def test_a_message_carries_its_key_its_number_and_its_senders_profile():
    [update] = split(SINGLE_MESSAGE)
    wamid = "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQUFBMDAwMDAwMDAwMDAwMDAwMQA="
    assert update.event_key == f"m:{NUMBER}:{wamid}"
    assert update[1:6] == ("messages", "message", WABA, NUMBER, "16505551234")
    assert update.payload["contact"] == {"profile": {"name": "Ana"}, "wa_id": "16505551234"}
    assert update.payload["metadata"] == METADATA
    assert update.payload["message"]["text"] == {"body": "hi"}


def test_messages_statuses_and_errors_of_one_post_become_one_update_each():
    first = value(
        contacts=[{"wa_id": "1", "profile": {"name": "A"}}, {"wa_id": "2", "user_id": "US.b"}],
        messages=[
            message(id="a", **{"from": "1"}),
            message(id="b", **{"from": "2", "from_user_id": "US.b"}),
            message(id="c", **{"from": "3"}),
        ],
    )
    second = value(statuses=[status("sent"), status("read")], errors=[{"code": 130429}])
    updates = split(post(first, second))
    assert kinds(updates) == ["message"] * 3 + ["status"] * 2 + ["error"]
    assert [u.payload["contact"] and u.payload["contact"]["wa_id"] for u in updates[:3]] == [
        "1",
        "2",
        None,
    ]
    assert [u.contact_key for u in updates] == ["1", "US.b", "3", "16505551234", "16505551234", ""]
    assert updates[3].event_key == "s:wamid.9:sent:16505551234"
    assert len({u.event_key for u in updates}) == 6


def test_the_same_news_delivered_again_has_the_same_key_and_other_news_another():
    once, again = split(post(value(errors=[{"code": 1}]))), split(post(value(errors=[{"code": 1}])))
    assert [u.event_key for u in once] == [u.event_key for u in again]
    reordered = json.dumps(json.loads(SINGLE_MESSAGE), sort_keys=True).encode()
    assert split(reordered)[0].event_key == split(SINGLE_MESSAGE)[0].event_key
    assert split(post(value(errors=[{"code": 2}])))[0].event_key != once[0].event_key


def test_participants_of_a_group_have_keys_of_their_own():
    one = status("read", recipient_participant_id="16505550001")
    two = status("read", recipient_participant_id="16505550002")
    keys = [u.event_key for u in split(post(value(statuses=[one, two])))]
    assert keys == ["s:wamid.9:read:16505550001", "s:wamid.9:read:16505550002"]


def test_one_bad_item_never_costs_the_others():
    bad = value(
        messages=[None, 7, {}, {"id": []}, message(id="good"), "x"], statuses=[{}, status()]
    )
    updates = split(post({}, bad, value()))
    assert kinds(updates) == [
        "malformed", "malformed", "malformed", "malformed", "malformed", "message", "malformed",
        "malformed", "status", "other",
    ]  # fmt: skip
    assert updates[4].payload == {"reason": "a message without an id", "raw": {"id": []}}
    assert updates[4].phone_number_id == NUMBER


def test_other_fields_are_kept_whole_and_told_apart_by_business_and_time():
    body = {"event": "ACCOUNT_DELETED"}
    [update] = split(post(body, field="account_update"))
    assert (update.kind, update.field, update.waba_id) == ("other", "account_update", WABA)
    assert update.payload == {"time": None, "value": body}
    assert split(post(body, field="account_update", waba="9"))[0].event_key != update.event_key
    later = {"object": "x", "entry": [{"id": WABA, "time": 2, "changes": [
        {"field": "account_update", "value": body}]}]}  # fmt: skip
    assert split(json.dumps(later).encode())[0].event_key != update.event_key


def test_a_preference_names_the_person_it_is_about():
    body = value(user_preferences=[{"wa_id": "5511 98765-4321", "value": "stop"}])
    assert split(post(body, field="user_preferences"))[0].contact_key == "5511987654321"


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"\xff\xfe", b"[]", b"7", b"null", b'"x"', b"{}", b'{"entry":[]}',
     b'{"entry":{}}', b'{"entry":[7]}', b'{"entry":[{"id":"1"}]}',
     b'{"entry":[{"changes":[{"field":"x"}]}]}', b'{"entry"', b'{"a":"\x00"}', b"[" * 100_000],
)  # fmt: skip
def test_what_cannot_be_read_is_kept_as_one_malformed_update(body: bytes):
    [update] = split(body)
    assert update.kind == "malformed"
    assert update.event_key.startswith("h:")
    assert update.payload["reason"]
    assert "raw" in update.payload


def test_the_raw_text_of_an_unreadable_body_is_kept_visibly():
    [update] = split(b'{"a":"\x00\xff"')
    assert update.payload["raw"] == '{"a":"\u2400\\xff"'


def test_characters_postgres_cannot_keep_become_visible():
    body = SINGLE_MESSAGE.replace(b'"hi"', rb'"a\u0000b\ud800c\ud83d\ude00"')
    [update] = split(body)
    assert update.payload["message"]["text"]["body"] == "a\u2400b\ufffdc😀"


def test_an_id_with_a_nul_still_makes_a_storable_key():
    [update] = split(SINGLE_MESSAGE.replace(b'"wamid.', rb'"wamid\u0000.'))
    assert "\x00" not in update.event_key


def test_numbers_no_database_keeps_become_text():
    body = SINGLE_MESSAGE.replace(b'"hi"', b"[NaN,Infinity,1e999," + b"9" * 5000 + b",17]")
    [update] = split(body)
    assert update.payload["message"]["text"]["body"] == ["NaN", "Infinity", "1e999", "9" * 5000, 17]


def test_deep_nesting_is_kept_as_text_and_costs_no_sibling():
    body = post(value(messages=[message(content="DEEP"), message(id="wamid.2")]))
    first, second = split(body.replace(b'"DEEP"', b"[" * 300 + b"]" * 300))
    assert (first.kind, second.kind) == ("message", "message")
    assert second.payload["message"]["text"] == {"body": "hi"}
    assert storable.dumps(first.payload).count(b"[") == 300


def test_an_overlong_id_makes_a_key_of_fixed_length():
    [update] = split(SINGLE_MESSAGE.replace(b'"wamid.', b'"wamid.' + b"x" * 5000))
    assert len(update.event_key) == 66


def test_a_thousand_updates_become_a_thousand():
    messages = [message(id=f"wamid.{n}") for n in range(1000)]
    assert len({u.event_key for u in split(post(value(messages=messages)))}) == 1000


@given(st.binary())
def test_no_bytes_ever_raise(body: bytes):
    assert all(storable.dumps(update.payload) for update in split(body))


@given(near_json | any_json, st.sampled_from(["messages", "account_update", ""]))
def test_no_json_ever_raises_and_every_payload_can_be_stored(body: object, field: str):
    document = {"entry": [{"id": "1", "changes": [{"field": field, "value": body}]}]}
    updates = split(json.dumps(document).encode())
    assert updates
    for update in updates:
        stored = storable.dumps(update.payload).decode()
        assert "\\u0000" not in stored
        assert "\x00" not in update.event_key + update.contact_key
