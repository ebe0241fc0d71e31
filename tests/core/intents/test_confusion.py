"""Which phrases are taken for another intent."""

from __future__ import annotations

from botpe_app.core.intents.confusion import check

TRACK = ["where is my order", "track my order", "where is my parcel", "track my parcel"]
REFUND = ["give me my money back", "i want my money back", "money back please", "my money back now"]


def test_phrases_that_resemble_anothers_are_found() -> None:
    clear = [(text, "track") for text in TRACK] + [(text, "refund") for text in REFUND]
    found = check([*clear, ("where is my order parcel", "refund")])
    assert found.phrases == 9
    assert found.right == 9 - len(found.confusions)
    assert ("where is my order parcel", "refund", "track") in [
        (one.text, one.meant, one.taken_for) for one in found.confusions
    ]


def test_a_phrase_alone_cannot_be_tried() -> None:
    assert check([("hello", "greet")]).phrases == check([]).phrases == 0
