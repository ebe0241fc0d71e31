"""What WhatsApp tells of a number beside its chats, in words."""

from __future__ import annotations

from typing import Any

import pytest

from botpe_app.whatsapp.payloads import news


def said(field: str, **value: Any) -> list[str]:
    return [line.words for line in news.news(field, value)]


@pytest.mark.parametrize(
    ("field", "told", "words"),
    [
        ("group_lifecycle_update", {"type": "group_create", "subject": "Regulars"},
         "Group Regulars: was made"),
        ("group_lifecycle_update", {"type": "group_delete"}, "Group G1: was deleted"),
        ("group_participants_update", {"type": "group_participants_add", "added_participants": [
            {"wa_id": "1"}, {"wa_id": "2"}]}, "Group G1: somebody joined (2 people)"),
        ("group_settings_update", {"type": "group_settings_update"},
         "Group G1: its settings changed"),
        ("group_status_update", {"type": "group_suspend"}, "Group G1: WhatsApp has suspended it"),
        ("group_status_update", {"type": "group_new_word"}, "Group G1: group new word"),
        ("group_lifecycle_update", {"type": "group_create", "errors": [{"message": "Too many"}]},
         "Group G1: was made: WhatsApp did not do it (Too many)"),
    ],
)  # fmt: skip
def test_each_news_of_a_group_is_a_line(field: str, told: dict[str, Any], words: str):
    assert said(field, groups=[{"group_id": "G1", "timestamp": "1760000000", **told}]) == [words]


def test_nobody_is_named_so_that_nobody_outlives_their_erasure():
    told = {"group_id": "G1", "type": "group_participants_add",
            "added_participants": [{"wa_id": "34612345678"}]}  # fmt: skip
    sync = {"type": "contact", "contact": {"full_name": "Ana", "phone_number": "34612345678"}}
    lines = said("group_participants_update", groups=[told])
    lines += said("smb_app_state_sync", state_sync=[{**sync, "action": "add"}])
    assert lines == [
        "Group G1: somebody joined",
        "1 contact was kept in the WhatsApp Business app",
    ]


def test_a_flow_that_changes_says_from_what_to_what():
    told = {"event": "FLOW_STATUS_CHANGE", "flow_id": "7", "old_status": "DRAFT",
            "new_status": "PUBLISHED"}  # fmt: skip
    assert said("flows", **told) == ["Flow 7: from draft to published"]
    assert said("flows", event="ENDPOINT_LATENCY", flow_id="7") == ["Flow 7: endpoint latency"]


@pytest.mark.parametrize("field", sorted(news.FIELDS))
@pytest.mark.parametrize(
    "value",
    [
        {},
        {"groups": 7},
        {"groups": [{}]},
        {"state_sync": ["x"]},
        {"event": "X" * 900},
        {"flow_id": None, "new_status": []},
    ],
)
def test_whatever_comes_is_one_line_at_least_and_never_an_error(field: str, value: dict[str, Any]):
    lines = news.news(field, value)
    assert lines
    assert all(0 < len(line.words) <= 300 for line in lines)
