"""What a file is, by its bytes, and whether a browser may show it.

Nothing here believes what a sender says of a file, unless its bytes leave it open.
"""

from __future__ import annotations

import re

HEAD = 4096  # bytes of a file's start that tell what it is
UNKNOWN = "application/octet-stream"
_ZIP, _OLE, _TEXT, _HTML, _SVG, _XML = (
    "application/zip",
    "application/x-ole-storage",
    "text/plain",
    "text/html",
    "image/svg+xml",
    "text/xml",
)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

# The extensions of each type, the usual one first.
EXTENSIONS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "image/tiff": ("tif", "tiff"),
    "image/bmp": ("bmp",),
    "video/mp4": ("mp4", "m4v"),
    "video/3gpp": ("3gp",),
    "video/quicktime": ("mov",),
    "video/webm": ("webm", "mkv"),
    "audio/aac": ("aac",),
    "audio/amr": ("amr",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/ogg": ("ogg", "opus", "oga"),
    "audio/wav": ("wav",),
    "application/pdf": ("pdf",),
    "application/rtf": ("rtf",),
    _ZIP: ("zip",),
    f"{_OFFICE}.wordprocessingml.document": ("docx",),
    f"{_OFFICE}.spreadsheetml.sheet": ("xlsx",),
    f"{_OFFICE}.presentationml.presentation": ("pptx",),
    f"{_OPEN}.text": ("odt",),
    f"{_OPEN}.spreadsheet": ("ods",),
    f"{_OPEN}.presentation": ("odp",),
    "application/epub+zip": ("epub",),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.ms-powerpoint": ("ppt",),
    _TEXT: ("txt", "log"),
    "text/csv": ("csv",),
    "text/vcard": ("vcf",),
    "text/calendar": ("ics",),
    "text/markdown": ("md",),
    "application/json": ("json",),
}
_TYPES = {name: kind for kind, names in reversed(EXTENSIONS.items()) for name in names}

# What may be inside of what the bytes show: here the sender's word decides which it is.
_INSIDE = {
    _ZIP: [kind for kind in EXTENSIONS if kind.startswith((_OFFICE, _OPEN)) or "epub" in kind],
    _OLE: ["application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"],
    _TEXT: ["text/csv", "text/vcard", "text/calendar", "text/markdown", "application/json"],
    "video/mp4": ["audio/mp4"],
}
_SAME = {"audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "text/x-vcard": "text/vcard"}

# What a browser may show in a page of ours. None of it can hold a script that runs.
INLINE = frozenset(
    (
        *("image/jpeg", "image/png", "image/gif", "image/webp"),
        *("video/mp4", "video/3gpp", "video/webm"),
        *("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav"),
    )
)
ACTIVE = (_HTML, _SVG, _XML)  # what a browser would run

_AT_START = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"PK\3\4", _ZIP),
    (b"PK\5\6", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"{\\rtf", "application/rtf"),
)
_BRANDS = {
    b"M4A": "audio/mp4",
    b"3gp": "video/3gpp",
    b"3g2": "video/3gpp",
    b"qt ": "video/quicktime",
    **dict.fromkeys((b"hei", b"hev", b"mif", b"msf"), "image/heic"),
}
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|\?xml|[a-z]+[\s>/])", re.IGNORECASE)
_NOT_TEXT = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def type_of(head: bytes, claimed: str = "", filename: str = "") -> str:
    """The MIME type of a file that begins with `head` (at least HEAD bytes, or all of it).

    `claimed` and the name's extension only choose between types that look alike.
    """
    seen = _seen(head)
    word = claimed.partition(";")[0].strip().lower()
    said = (_SAME.get(word, word), _TYPES.get(extension(filename), ""))
    return next((kind for kind in said if kind in _INSIDE.get(seen, ())), seen)


def _seen(head: bytes) -> str:
    for mark, kind in _AT_START:
        if head.startswith(mark):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:11], "video/mp4")
    return _sound(head) or _words(head)


def _sound(head: bytes) -> str:
    """MPEG audio without a header of its own: frames begin with eleven set bits."""
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return ""
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    is_layer_3 = head[1] & 0x06 == 0x02 and head[1] & 0x18 != 0x08
    return "audio/mpeg" if is_layer_3 and head[2] < 0xF0 and head[2] & 0x0C != 0x0C else ""


def _words(head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\0", b"")
    if not head or _NOT_TEXT.search(head):
        return UNKNOWN
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not _MARKUP.match(start) and not start.startswith(b"<!--"):
        return _TEXT
    if b"<svg" in start.lower():
        return _SVG
    return _XML if start[:5].lower() == b"<?xml" else _HTML


def is_animated(head: bytes) -> bool:
    """Whether a WebP that begins so holds more than one picture (its container's VP8X chunk)."""
    return head[8:16] == b"WEBPVP8X" and len(head) > 20 and bool(head[20] & 0x02)


def extension(filename: str) -> str:
    """What follows the last dot of a name, in lower case; "" without one."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""


def served_as(mime_type: str) -> tuple[str, bool]:
    """The type to answer a browser with, and whether it may show it: else it must download it."""
    if mime_type in INLINE:
        return mime_type, True
    return UNKNOWN if mime_type in ACTIVE or mime_type not in EXTENSIONS else mime_type, False
