import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.whatsapp import signature
from tests.whatsapp.bodies import SINGLE_MESSAGE

SECRET = "0123456789abcdef0123456789abcdef"
VECTORS = [
    (b"", "796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2"),
    (b"{}", "b326604c0dc7364c8b688556189c0a510e5150cd4628736be814c7c9898f899d"),
    (
        b'{"object":"whatsapp_business_account","entry":[]}',
        "eefab58106e73358686845848feb95c56372e7391b3dc050b6a31c8c5f347ece",
    ),
    (SINGLE_MESSAGE, "40e31c2999be3f745390f04824e19f22c99f4e3ffa18a0f6b118b309dfe2fd1d"),
    (
        rb'{"t":"\u00e9\ud83d\ude00 a\/b"}',
        "372da507cd27b8106184ff9a79f5c51b188058ddb791f4895202714616856dc9",
    ),
    (
        '{"t":"é😀 a/b"}'.encode(),
        "54199493005543c23fd4c893814045d28d86ddbae62e4c834ec57f8c2bbbd6e3",
    ),
]
BODY, DIGEST = VECTORS[3]


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_a_body_is_signed_as_meta_signs_it(body: bytes, digest: str):
    assert signature.sign(SECRET, body) == f"sha256={digest}"
    assert signature.sign(SECRET.encode(), body) == f"sha256={digest}"


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_a_right_signature_is_believed_as_text_and_as_bytes(body: bytes, digest: str):
    assert signature.verify(SECRET, body, f"sha256={digest}")
    assert signature.verify(SECRET.encode(), body, f"sha256={digest}".encode())
    assert signature.verify(SECRET, body, f"sha256={digest.upper()}")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        b"",
        "sha256=",
        f"sha1={DIGEST}",
        DIGEST,
        f"sha256={DIGEST[:-1]}",
        f"sha256={DIGEST}0",
        f"sha256={'0' * 64}",
        f"sha256={DIGEST}é",
        "sha256=" + "é" * 64,
        b"sha256=" + b"\xff" * 64,
        "\ud800",
    ],
)
def test_a_wrong_header_is_refused_without_an_exception(header: bytes | str | None):
    assert not signature.verify(SECRET, BODY, header)


def test_another_body_or_secret_is_refused():
    assert not signature.verify(SECRET, BODY + b"\n", f"sha256={DIGEST}")
    assert not signature.verify(SECRET[::-1], BODY, f"sha256={DIGEST}")
    assert not signature.verify("", b"", signature.sign("", b""))


@given(st.binary(), st.binary() | st.text() | st.none())
def test_no_header_ever_raises(body: bytes, header: bytes | str | None):
    assert not signature.verify(SECRET, body, header)
