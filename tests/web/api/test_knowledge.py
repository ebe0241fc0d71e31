"""Knowledge by API, and the agent that answers from it."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from tests.claude.messages_api import MessagesApi, fails, says
from tests.conftest import Business
from tests.web.api.conftest import RFC3339, problem
from tests.web.conftest import Browser

SHIPPING = {
    "title": "Shipping", "text": "Shipping takes 3 to 5 days within Europe and costs 4.90 EUR.",
}  # fmt: skip
RETURNS = {"title": "Returns", "text": "You can return unused items within 30 days of delivery."}
HORARIO = {"title": "Horario", "text": "La tienda está abierta de lunes a viernes de 9 a 18 horas."}


@pytest.fixture
def shop(admin: Browser) -> Browser:
    """A shop that knows three things."""
    for document in (SHIPPING, RETURNS, HORARIO):
        assert admin("POST", "/api/knowledge", document).status_code == 201
    return admin


def answer(ask: Browser, text: str, **more: Any) -> dict[str, Any]:
    response = ask("POST", "/api/agents/response", {"text": text, **more})
    assert response.status_code == 200, response.text
    return response.json()


def replies(reply: str, *citations: tuple[int, str], action: str = "reply") -> Any:
    cited = [{"passage": number, "quote": quote} for number, quote in citations]
    return says(json.dumps({"action": action, "reply": reply, "citations": cited}))


def test_a_document_is_made_read_changed_and_removed(admin: Browser) -> None:
    made = admin("POST", "/api/knowledge", {**SHIPPING, "text": SHIPPING["text"] * 30})
    assert made.status_code == 201
    item = made.json()
    assert (item["title"], item["language"], item["passages"]) == ("Shipping", "en", 3)
    assert RFC3339.fullmatch(item["created_at"])
    address = f"/api/knowledge/{item['id']}"
    assert admin("GET", address).json() == item
    listed = admin("GET", "/api/knowledge").json()["data"]
    assert [(one["id"], len(one["text"])) for one in listed] == [(item["id"], 200)]
    changed = admin("PATCH", address, {"text": "Gone.", "language": "de"}).json()
    assert (changed["title"], changed["text"], changed["language"]) == ("Shipping", "Gone.", "de")
    assert changed["passages"] == 1
    assert admin("GET", "/api/knowledge?q=gone").json()["data"]
    assert admin("GET", "/api/knowledge?q=%25").json()["data"] == []
    assert admin("DELETE", address).status_code == 204
    assert problem(admin("GET", address))[0] == 404
    assert answer(admin, "is it gone?")["action"] == "hand_off"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"text": ""}, "text"),
     ({"text": 5}, "text"), ({"text": "\0"}, "text"), ({"text": "x" * 300_001}, "text"),
     ({"language": "x" * 13}, "language"), ({"filename": "x" * 201}, "filename")],
)  # fmt: skip
def test_a_document_that_cannot_be_names_its_field(
    admin: Browser, change: dict[str, Any], field: str
) -> None:
    refused = admin("POST", "/api/knowledge", {**SHIPPING, **change})
    assert problem(refused) == (422, "invalid", field)
    assert admin("GET", "/api/knowledge").json()["data"] == []


def test_a_file_is_kept_as_its_text(admin: Browser) -> None:
    page = b"<h1>Hours</h1><p>We are open from nine to six.</p><script>x</script>"
    made = admin("POST", "/api/knowledge", files={"file": ("C:\\hours.html", page)})
    assert made.status_code == 201, made.text
    item = made.json()
    assert (item["title"], item["filename"]) == ("hours", "hours.html")
    assert item["text"] == "Hours\n\nWe are open from nine to six."
    named = {"title": "Opening", "language": "fr"}
    named = admin(
        "POST", "/api/knowledge", files={"file": ("a.txt", b"caf\xe9")}, data=named
    ).json()
    assert (named["title"], named["language"], named["text"]) == ("Opening", "fr", "café")


def pdf(*pages: str, filters: bytes = b"", password: str = "") -> bytes:
    """A file with these texts; their bytes may be packed, the whole locked."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for said in pages:
        page = writer.add_blank_page(300, 300)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 200 Td ({said}) Tj ET".encode("latin-1") + filters)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = content.flate_encode()
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def test_a_pdf_is_kept_as_what_its_pages_say(admin: Browser) -> None:
    file = ("Prices 2027.pdf", pdf("The blue chair costs 80 EUR.", "It is delivered in 5 days."))
    made = admin("POST", "/api/knowledge", files={"file": file})
    assert made.status_code == 201, made.text
    item = made.json()
    assert (item["title"], item["filename"]) == ("Prices 2027", "Prices 2027.pdf")
    assert item["text"] == "The blue chair costs 80 EUR.\n\nIt is delivered in 5 days."
    (cited,) = answer(admin, "What does the blue chair cost?")["citations"]
    assert cited["item_id"] == item["id"]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (pdf("secret", password="x"), "password"),
        (pdf(""), "no text"),
        (pdf("cut off")[:300], "cannot be read"),
        (b"%PDF-1.7\n" + b"<<" * 2_000, "cannot be read"),
        (pdf("bomb", filters=b" " * 150_000_000), "cannot be read"),
    ],
    ids=["locked", "empty", "half", "nested", "bomb"],
)
def test_a_pdf_that_cannot_be_read_is_refused_in_time(
    admin: Browser, file: bytes, why: str
) -> None:
    began = time.monotonic()
    refused = admin("POST", "/api/knowledge", files={"file": ("a.pdf", file)})
    assert problem(refused) == (422, "invalid", "file")
    assert why in refused.json()["error"]["message"]
    assert time.monotonic() - began < 30


def test_a_text_that_is_too_large_for_one_is_refused(admin: Browser) -> None:
    refused = admin("POST", "/api/knowledge", files={"file": ("a.txt", b"x" * (2**20 + 1))})
    assert problem(refused) == (422, "invalid", "file")


@pytest.mark.parametrize(
    "file", [("a.pdf", b"%PDF"), ("a.txt", b"a\0b"), ("a.txt", b""), ("", b"x")]
)
def test_a_file_without_text_is_refused(admin: Browser, file: tuple[str, bytes]) -> None:
    assert admin("POST", "/api/knowledge", files={"file": file}).status_code == 422


def test_a_viewer_cannot_upload(business: Business, with_key: Callable[..., Browser]) -> None:
    viewer = with_key(business.admin, "VIEWER")
    refused = viewer("POST", "/api/knowledge", files={"file": ("a.pdf", b"")})
    assert problem(refused) == (403, "forbidden", None)


@pytest.mark.parametrize(
    ("question", "title"),
    [("How long does the shipping take?", "Shipping"), ("can I return an item?", "Returns"),
     ("¿Cuándo está abierta la tienda?", "Horario")],
)  # fmt: skip
def test_without_a_key_the_passage_that_answers_is_given(
    shop: Browser, question: str, title: str
) -> None:
    told = answer(shop, question)
    assert (told["action"], told["source"]) == ("reply", "local")
    assert [one["title"] for one in told["citations"]] == [title]
    assert told["reply"] == told["citations"][0]["text"]
    run = shop("GET", "/api/agents/runs").json()["data"][0]
    assert (run["id"], run["agent"], run["success"]) == (told["run_id"], "response", True)
    assert title in run["explanation"]


@pytest.mark.parametrize(
    "question",
    ["Do you sell penguins?", "I want to talk to a human about shipping", "🙂", "a & b | !c"],
)
def test_who_is_unsure_or_asked_hands_over(shop: Browser, question: str) -> None:
    told = answer(shop, question)
    assert (told["action"], told["citations"]) == ("hand_off", [])
    assert told["reply"]


def test_claude_answers_with_what_it_cites(shop: Browser, claude: MessagesApi) -> None:
    quote = "takes 3 to 5 days within Europe"
    claude.script = [replies("It takes 3 to 5 days.", (1, quote))]
    told = answer(shop, "How long does the shipping take?")
    assert (told["action"], told["source"]) == ("reply", "claude")
    assert [(one["title"], one["text"]) for one in told["citations"]] == [("Shipping", quote)]
    data = json.loads(claude.asked[0]["messages"][0]["content"])
    assert data["passages"][0]["text"] == SHIPPING["text"]
    assert len(data["passages"]) == 3


@pytest.mark.parametrize(
    "made_up",
    [
        replies("It takes 3 to 5 days."),
        replies("It takes 3 to 5 days.", (1, "takes two days")),
        replies("It takes 3 to 5 days.", (9, "takes 3 to 5 days")),
        replies("It takes 1 day.", (1, "takes 3 to 5 days")),
        replies("We refund you.", (1, "takes 3 to 5 days")),
        replies("", (1, "takes 3 to 5 days")),
        replies("You will get 90 percent off, right?", action="ask"),
        replies("Versand dauert für Sie leider noch ein paar Tage", (1, "takes 3 to 5 days")),
    ],
)
def test_what_claude_makes_up_is_never_said(
    shop: Browser, claude: MessagesApi, made_up: Any
) -> None:
    claude.script = [made_up]
    told = answer(shop, "How long does the shipping take?")
    assert (told["action"], told["citations"], told["source"]) == ("hand_off", [], "claude")
    assert "colleague" in told["reply"]
    assert "not used" in shop("GET", "/api/agents/runs").json()["data"][0]["explanation"]


def test_claude_may_ask_back_or_hand_over(shop: Browser, claude: MessagesApi) -> None:
    claude.script = [replies("To which country?", action="ask")]
    assert answer(shop, "shipping?")["action"] == "ask"
    claude.script = [replies("A colleague will look into that.", action="hand_off")]
    told = answer(shop, "shipping?")
    assert (told["action"], told["reply"]) == ("hand_off", "A colleague will look into that.")


def test_nobody_is_asked_where_a_person_is_wanted(shop: Browser, claude: MessagesApi) -> None:
    assert answer(shop, "let me talk to a person")["action"] == "hand_off"
    assert claude.asked == []


def test_without_an_answer_the_passage_does(shop: Browser, claude: MessagesApi) -> None:
    claude.script = [fails(529)]
    told = answer(shop, "How long does the shipping take?")
    assert (told["action"], told["source"]) == ("reply", "local")


def test_another_organization_is_told_nothing_of_ours(
    shop: Browser, make_business: Callable[..., Business], with_key: Callable[..., Browser]
) -> None:
    stranger = with_key(make_business("Globex", "999").admin)
    assert stranger("GET", "/api/knowledge").json()["data"] == []
    assert answer(stranger, "How long does the shipping take?")["action"] == "hand_off"


def test_a_conversations_last_word_is_answered(shop: Browser, conversation: str) -> None:
    refused = shop("POST", "/api/agents/response", {"conversation_id": conversation})
    assert problem(refused) == (422, "invalid", "text")
    told = answer(shop, "return an item", conversation_id=conversation)
    assert told["citations"][0]["title"] == "Returns"
    assert problem(shop("POST", "/api/agents/response", {"conversation_id": "x"}))[0] == 404
