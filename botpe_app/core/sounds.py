"""How long a voice message is, without decoding it."""

from __future__ import annotations

import struct

ENDS = 64 * 1024  # bytes of either end of a file that are enough to know
_OPUS_RATE = 48_000  # what Opus counts in, whatever it was recorded at (RFC 7845)


def ogg_seconds(head: bytes, tail: bytes) -> float | None:
    """The length of an Ogg file with Opus or Vorbis sound; None if its ends do not tell.

    Its last page says how many samples there are; its first one how many make a second.
    """
    last = tail.rfind(b"OggS")
    rate, skipped = _pace(head)
    if not rate or last < 0 or len(tail) < last + 14:
        return None
    (samples,) = struct.unpack_from("<q", tail, last + 6)
    return round((samples - skipped) / rate, 2) if samples > skipped else None


def _pace(head: bytes) -> tuple[int, int]:
    """Samples a second, 0 if unknown, and how many at the start are not heard."""
    opus, vorbis = head.find(b"OpusHead"), head.find(b"\x01vorbis")
    if opus >= 0 and len(head) >= opus + 12:
        return _OPUS_RATE, struct.unpack_from("<H", head, opus + 10)[0]
    if vorbis >= 0 and len(head) >= vorbis + 16:
        return struct.unpack_from("<I", head, vorbis + 12)[0], 0
    return 0, 0
