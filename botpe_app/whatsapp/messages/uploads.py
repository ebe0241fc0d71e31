"""Which files WhatsApp takes (Cloud API docs, "Media, supported types")."""

from __future__ import annotations

from dataclasses import dataclass

from botpe_app.errors import Invalid

KB, MB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileRule:
    """The MIME types a kind of message takes (none: any) and its largest file in bytes."""

    mime_types: tuple[str, ...]
    largest: int


FILES: dict[str, FileRule] = {
    "image": FileRule(("image/jpeg", "image/png"), 5 * MB),
    "video": FileRule(("video/mp4", "video/3gpp"), 16 * MB),
    "audio": FileRule(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * MB),
    "sticker": FileRule(("image/webp",), 500 * KB),
    "document": FileRule((), 100 * MB),
}

_STILL = FileRule(("image/webp",), 100 * KB)


def plain_mime(mime_type: str) -> str:
    """`audio/ogg` of `Audio/OGG; codecs=opus`."""
    return mime_type.partition(";")[0].strip().lower()


def kind_for(mime_type: str) -> str:
    """The kind of message a file of this type is best sent as."""
    plain = plain_mime(mime_type)
    return next((kind for kind, rule in FILES.items() if plain in rule.mime_types), "document")


def best_kind(mime_type: str, size: int) -> str:
    """As what a person would send this file: a picture, video or sound, else a document.

    A WebP is no sticker unless somebody says so, and a picture too large for one is a document.
    """
    kind = kind_for(mime_type)
    return "document" if kind == "sticker" or size > FILES[kind].largest else kind


def check_file(
    kind: str, mime_type: str, size: int, *, field: str = "file", still: bool = False
) -> None:
    """Raises Invalid, naming `field`, if WhatsApp would not take this file as such a message.

    Of a sticker that stands `still` it takes less than of one that moves.
    """
    rule = _STILL if kind == "sticker" and still else FILES[kind]
    if rule.mime_types and plain_mime(mime_type) not in rule.mime_types:
        raise Invalid(
            f"WhatsApp takes {', '.join(rule.mime_types)} as {kind}, not {plain_mime(mime_type)}.",
            field=field,
        )
    if size == 0:
        raise Invalid("The file is empty.", field=field)
    if size > rule.largest:
        raise Invalid(
            f"The file has {_size(size)}; WhatsApp takes {_size(rule.largest)}.", field=field
        )


def _size(size: int) -> str:
    return f"{size / MB:.3g} MB" if size >= MB else f"{size / KB:.3g} KB"
