"""Files a pretend customer can send without having any: drawn here, byte by byte."""

from __future__ import annotations

import struct
import zlib


def picture(width: int = 480, height: int = 320) -> bytes:
    """A PNG of an evening over hills."""
    rows = b"".join(b"\0" + _row(y / height, width) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _row(down: float, width: int) -> bytes:
    sky = (int(250 - 130 * down), int(190 - 90 * down), int(120 + 60 * down))
    hill = (38, int(95 - 40 * down), 72)
    row = bytearray()
    for x in range(width):
        across = x / width
        ridge = 0.62 + 0.12 * (4 * (across - 0.35) ** 2 - 0.3 * across)
        row += bytes(hill if down > ridge else sky)
    return bytes(row)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def document(line: str = "Order A-1042") -> bytes:
    """A PDF of one page with one line of plain ASCII text."""
    said = line.encode("ascii", "replace").translate(None, b"()\\")
    drawn = b"BT /F1 24 Tf 72 720 Td (" + said + b") Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\n"
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % (out.rindex(b"xref\n0 6")))


SAMPLES = {
    "image": ("evening.png", "image/png", picture),
    "document": ("order.pdf", "application/pdf", document),
}
