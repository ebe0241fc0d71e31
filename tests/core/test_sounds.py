"""The length of voice messages."""

import struct

from botpe_app.core.sounds import ogg_seconds


def page(granule: int, content: bytes) -> bytes:
    return b"OggS\0\2" + struct.pack("<q", granule) + bytes(14) + content


def opus(samples: int, skipped: int = 312) -> bytes:
    head = b"OpusHead\1\1" + struct.pack("<HI", skipped, 16_000)
    return page(0, head) + page(0, b"OpusTags") + page(samples, b"sound" * 9)


def test_an_opus_message_is_as_long_as_its_samples():
    assert ogg_seconds(opus(48_000 * 7 + 312), opus(48_000 * 7 + 312)) == 7.0


def test_a_vorbis_file_counts_in_its_own_rate():
    head = b"\x01vorbis" + struct.pack("<IBI", 0, 2, 22_050)
    file = page(0, head) + page(22_050 * 3, b"sound")
    assert ogg_seconds(file, file) == 3.0


def test_what_does_not_tell_has_no_length():
    for file in (b"", b"OggS", opus(0), opus(48_000)[:20], b"\xff\xfb" * 99, page(-1, b"OpusHead")):
        assert ogg_seconds(file, file) is None
