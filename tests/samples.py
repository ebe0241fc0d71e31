"""Small files of several kinds, made here: what tests upload, and what customers send in them."""

from __future__ import annotations

import io
import struct

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(document.domain)"/>'
HTML = b"<!doctype html><script>alert(document.domain)</script>"


def picture(width: int = 900, height: int = 600, kind: str = "JPEG") -> bytes:
    """A plain picture of this size."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (40, 120, 200)).save(file, kind)
    return file.getvalue()


def voice(seconds: int = 3) -> bytes:
    """An Ogg file that says it holds so much Opus sound."""

    def page(samples: int, content: bytes) -> bytes:
        return b"OggS\0\2" + struct.pack("<q", samples) + bytes(14) + content

    head = b"OpusHead\1\1" + struct.pack("<HI", 312, 16_000)
    return page(0, head) + page(seconds * 48_000 + 312, b"\xfc" * 40)
