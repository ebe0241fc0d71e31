"""A small copy of a picture, drawn anew: nothing of the original's bytes is in it."""

from __future__ import annotations

import io
import logging
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps

log = logging.getLogger(__name__)

READABLE = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
}
_SIDE = 640  # pixels of the copy's longer side, at most
_MOST_PIXELS = 32_000_000  # decoded at once: some 128 MB
_ORIENTATION, _LYING = 0x0112, (5, 6, 7, 8)  # the EXIF tag, and its values for a turned camera


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's size in pixels as it is looked at, and its small copy as WebP."""

    width: int
    height: int
    thumbnail: bytes


def draw(file: IO[bytes], mime_type: str) -> Picture | None:
    """What is in the file; None if it cannot be read as that type, or would be too much to."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=(READABLE[mime_type],)) as image:
                return _draw(image)
    except Exception:
        # Pillow raises whatever broken files make it stumble over.
        log.info("picture_unreadable", extra={"mime_type": mime_type}, exc_info=True)
        return None


def _draw(image: Image.Image) -> Picture | None:
    width, height = image.size
    image.draft("RGB", (_SIDE, _SIDE))  # a JPEG is decoded no larger than needed
    if image.width * image.height > _MOST_PIXELS:
        return None
    if image.getexif().get(_ORIENTATION) in _LYING:
        width, height = height, width
    small = ImageOps.exif_transpose(image)
    small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    small.thumbnail((_SIDE, _SIDE))
    copy = io.BytesIO()
    small.save(copy, "WEBP", quality=80, exif=b"", icc_profile=b"", xmp=b"")
    return Picture(width, height, copy.getvalue())
