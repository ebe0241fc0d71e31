"""A message's file as pages show it: a picture, a player or something to download. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botpe_app.core.files import extension, served_as

_PLAYED = ("image", "video", "audio", "sticker")


@dataclass(frozen=True)
class Attachment:
    """A file as far as it is here; `state` is "" where we keep none.

    `shown` is image, sticker, video, audio or file: what a browser may not show is a file.
    """

    id: str = ""
    state: str = ""  # new, downloading, ready, failed
    shown: str = "file"
    url: str = ""
    small: str = ""  # the address of what stands for a picture in the thread
    name: str = ""
    detail: str = ""  # type and size, or how long
    width: int = 0
    height: int = 0
    percent: int = -1  # of it that is here, -1: not known
    problem: str = ""


NO_FILE = Attachment()


def attachment_of(kind: str, content: dict[str, Any]) -> Attachment:
    """The file in a message's content; never raises."""
    media = content.get("media")
    if not isinstance(media, dict):
        return NO_FILE
    mime, url = _text(media, "mime_type"), _text(media, "url")
    size, received = _number(media, "size"), _number(media, "received")
    seconds = _number(media, "seconds")
    kept = _text(media, "filename")
    return Attachment(
        id=_text(media, "id"),
        state=_text(media, "state"),
        shown=kind if kind in _PLAYED and served_as(mime)[1] else "file",
        url=url,
        small=url if kind == "sticker" else _text(media, "thumbnail_url") or url,
        name=kept or _text(content, "filename"),
        detail=_clock(seconds) if seconds else _described(kept, mime, size),
        width=int(_number(media, "width")),
        height=int(_number(media, "height")),
        percent=min(99, int(100 * received / size)) if size and received else -1,
        problem=_text(media, "problem"),
    )


def size_words(size: float) -> str:
    """340 KB, 1.2 MB; "" for nothing."""
    if size < 1:
        return ""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB"


def _described(name: str, mime: str, size: float) -> str:
    word = extension(name) or mime.partition(";")[0].rpartition("/")[2]
    kind = word.upper() if 0 < len(word) <= 5 else ""
    return " · ".join(part for part in (kind, size_words(size)) if part)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _number(item: dict[str, Any], name: str) -> float:
    value = item.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
