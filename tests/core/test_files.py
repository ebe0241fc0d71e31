"""Types come from bytes; names are safe to save and to write in a header."""

import email.message
import string
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core.filenames import disposition, safe_name
from botpe_app.core.files import INLINE, UNKNOWN, is_animated, served_as, type_of

OPUS = b"OggS\0\2" + bytes(22) + b"OpusHead"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEADS = {
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "image/gif": b"GIF89a\1\0\1\0",
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "image/heic": b"\0\0\0\x18ftypheic",
    "audio/wav": b"RIFF\x10\0\0\0WAVEfmt ",
    "video/mp4": b"\0\0\0\x18ftypisom\0\0\2\0",
    "video/3gpp": b"\0\0\0\x18ftyp3gp5",
    "video/quicktime": b"\0\0\0\x14ftypqt  ",
    "audio/mp4": b"\0\0\0\x1cftypM4A \0\0\0\0",
    "audio/ogg": OPUS,
    "audio/amr": b"#!AMR\n\x3c",
    "audio/aac": b"\xff\xf1\x50\x80",
    "audio/mpeg": b"\xff\xfb\x90\x64",
    "application/pdf": b"%PDF-1.7\n",
    "application/zip": b"PK\3\4\x14\0",
    "application/x-ole-storage": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0",
    "text/plain": "Grüße, 1,50 €\n".encode(),
    "text/html": b"\xef\xbb\xbf \n<!DOCTYPE html><html>",
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">',
    "text/xml": b'<?xml version="1.0"?><order/>',
    UNKNOWN: b"MZ\x90\0\3\0\0\0",
}


@pytest.mark.parametrize(("mime", "head"), HEADS.items())
def test_the_bytes_tell_the_type_whatever_is_claimed(mime: str, head: bytes):
    assert type_of(head) == mime
    assert type_of(head, "image/jpeg", "x.jpg") == mime
    assert type_of(head, "nonsense; charset=x", "no extension") == mime


@pytest.mark.parametrize(
    ("head", "claimed", "name", "mime"),
    [
        (HEADS["application/zip"], DOCX, "", DOCX),
        (HEADS["application/zip"], "application/octet-stream", "a.DOCX", DOCX),
        (HEADS["application/zip"], "application/java-archive", "a.jar", "application/zip"),
        (HEADS["application/x-ole-storage"], "", "a.xls", "application/vnd.ms-excel"),
        (HEADS["text/plain"], "text/csv", "", "text/csv"),
        (HEADS["text/plain"], "text/html", "a.html", "text/plain"),
        (HEADS["video/mp4"], "audio/x-m4a", "", "audio/mp4"),
        (HEADS["audio/mp4"], "video/mp4", "", "audio/mp4"),
        (b"<?xml version='1.0'?>\n<svg>", "", "", "image/svg+xml"),
        (b"<!-- x --><script>", "", "", "text/html"),
        ("﻿a;b\n".encode("utf-16"), "", "", "text/plain"),
        (b"", "image/png", "", UNKNOWN),
        (b"\xff\xfe\0\0", "", "", UNKNOWN),
        (b"\xff\xfb\xf0\x64\0", "", "", UNKNOWN),  # no such bit rate
    ],
)
def test_claims_only_choose_between_what_the_bytes_leave_open(
    head: bytes, claimed: str, name: str, mime: str
):
    assert type_of(head, claimed, name) == mime


@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_no_claim_makes_bytes_something_a_browser_shows(head: bytes, claimed: str, name: str):
    assert served_as(type_of(head, claimed, name))[1] <= (type_of(head) in INLINE)


def test_a_webp_moves_only_if_its_container_says_so():
    extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0%c\0\0\0"
    assert is_animated(extended % 0x12)
    assert not is_animated(extended % 0x10)
    assert not is_animated(b"RIFF\0\0\0\0WEBPVP8L\x0a\0\0\0\x12")
    assert not is_animated(b"RIFF\0\0\0\0WEBPVP8X")


@pytest.mark.parametrize(
    "mime", ["text/html", "image/svg+xml", "text/xml", "application/x-nonsense"]
)
def test_what_a_browser_could_run_is_served_as_plain_bytes(mime: str):
    assert served_as(mime) == (UNKNOWN, False)


def test_pictures_and_sounds_are_shown_and_documents_downloaded():
    assert served_as("image/png") == ("image/png", True)
    assert served_as("audio/ogg") == ("audio/ogg", True)
    assert served_as("application/pdf") == ("application/pdf", False)


@pytest.mark.parametrize(
    ("given", "mime", "safe"),
    [
        ("Invoice 2026.pdf", "application/pdf", "Invoice 2026.pdf"),
        ("Preisliste – größer.PDF", "application/pdf", "Preisliste – größer.PDF"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\x\\evil.exe", UNKNOWN, "evil.exe.bin"),
        ("invoice.pdf.exe", "application/pdf", "invoice.pdf.exe.pdf"),
        ("gpj.\u202eexe.png", "image/png", "gpj.exe.png"),
        ("page.html", "text/html", "page.html.txt"),
        ("logo.svg", "image/svg+xml", "logo.svg.txt"),
        ("plan.dwg", UNKNOWN, "plan.dwg"),
        ("setup.msi", "application/x-ole-storage", "setup.msi.bin"),
        ("app.jar", "application/zip", "app.jar.zip"),
        ("run.bat", "text/plain", "run.bat.txt"),
        ("con.jpg", "image/jpeg", "_con.jpg"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ('a"b<c>|d?.jpg', "image/jpeg", "a_b_c__d_.jpg"),
        ("line\r\nbreak\0.jpg", "image/jpeg", "linebreak.jpg"),
        ("", "image/jpeg", "file.jpg"),
        ("....", UNKNOWN, "file.bin"),
        ("x" * 500 + ".pdf", "application/pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_plain_and_ends_as_its_type_does(given: str, mime: str, safe: str):
    assert safe_name(given, mime) == safe


@given(st.text(max_size=300), st.sampled_from([*HEADS]))
def test_any_name_becomes_one_that_can_be_saved_anywhere(name: str, mime: str):
    safe = safe_name(name, mime)
    assert 0 < len(safe) <= 120
    assert not set(safe) & set('/\\<>:"|?*\0\r\n')
    assert safe == safe.strip(" .")
    assert safe_name(safe, mime) == safe


def test_a_header_carries_any_name_twice():
    header = disposition("Grüße 100%.pdf", inline=False)
    assert header == (
        "attachment; filename=\"Gr__e 100_.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20100%25.pdf"
    )
    assert disposition("a.png", inline=True).startswith("inline; ")


@given(st.text(max_size=80))
def test_no_name_breaks_out_of_the_header(name: str):
    safe = safe_name(name, "image/png")
    header = disposition(safe, inline=False)
    assert set(header) <= set(string.printable) - set("\r\n\t\x0b\x0c\\")
    message = email.message.Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert unquote(header.partition("filename*=UTF-8''")[2]) == safe
