"""Small copies of pictures: true to the eye, free of everything else."""

import io
import struct
import zlib

import pytest
from PIL import Image

from botpe_app.services import thumbnails


def picture(
    kind="JPEG", size=(1200, 800), mode="RGB", colour=(200, 30, 30), **options
) -> io.BytesIO:
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file


def opened(found: thumbnails.Picture | None) -> Image.Image:
    assert found
    return Image.open(io.BytesIO(found.thumbnail))


@pytest.mark.parametrize("mime", thumbnails.READABLE)
def test_every_kind_gets_a_small_webp_of_the_same_shape(mime):
    found = thumbnails.draw(picture(thumbnails.READABLE[mime]), mime)
    small = opened(found)
    assert found
    assert (found.width, found.height) == (1200, 800)
    assert (small.format, small.size) == ("WEBP", (640, 427))
    shown = small.convert("RGB").crop((100, 100, 101, 101)).tobytes()
    assert all(abs(a - b) < 20 for a, b in zip(shown, (200, 30, 30), strict=True))


def test_a_picture_taken_with_a_turned_camera_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    found = thumbnails.draw(picture(exif=exif), "image/jpeg")
    assert found
    assert (found.width, found.height) == (800, 1200)
    assert opened(found).size == (427, 640)


def test_where_and_when_it_was_taken_is_left_out():
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    original = picture(exif=exif, comment=b"SECRET-NOTE", icc_profile=b"SECRET-PROFILE" * 20)
    assert b"SECRET" in original.getvalue()
    found = thumbnails.draw(original, "image/jpeg")
    assert found
    assert b"SECRET" not in found.thumbnail
    assert not opened(found).getexif()


def test_what_can_be_seen_through_stays_so():
    clear = picture("PNG", mode="RGBA", colour=(0, 0, 0, 0))
    assert opened(thumbnails.draw(clear, "image/png")).getchannel("A").getextrema() == (0, 0)


def test_a_small_picture_is_not_blown_up():
    assert opened(thumbnails.draw(picture(size=(40, 30)), "image/jpeg")).size == (40, 30)


def png_claiming(width: int, height: int) -> io.BytesIO:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body))


@pytest.mark.parametrize("side", [6_000, 12_000, 60_000])
def test_a_bomb_is_left_alone(side):
    assert thumbnails.draw(png_claiming(side, side), "image/png") is None


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"", "image/png"),
        (b"not a picture", "image/jpeg"),
        (picture().getvalue()[:300], "image/jpeg"),
        (picture("PNG").getvalue(), "image/jpeg"),  # the bytes are another type's
        (picture("GIF").getvalue()[:40], "image/gif"),
    ],
)
def test_what_cannot_be_read_has_no_copy(content, mime):
    assert thumbnails.draw(io.BytesIO(content), mime) is None
