"""The text of a PDF, read in a process of its own: a hostile file costs it, and not us.

That process has little memory and few seconds; whatever becomes of it, we only read its text.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from typing import LiteralString

from botpe_app.errors import Invalid
from botpe_app.processes import ending_with_parent, set_title

_SECONDS = 20
_MEMORY = 1024 * 1024 * 1024  # bytes of address space, the interpreter's own included
_MOST_PAGES = 1000
_READ: LiteralString = "from botpe_app.services.pdfs import main; main()"
_LOCKED = 3  # the exit code where a password is needed


def text_of(raw: bytes, most: int) -> str:
    """What its pages say, cut a little beyond `most` characters; an empty line between pages.

    Raises Invalid naming `file` for what cannot be read, in time, or holds no text.
    """
    try:
        read = subprocess.run(  # noqa: S603 - our own words; the file comes by a pipe
            [sys.executable, "-c", _READ, str(most)],
            input=raw,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            preexec_fn=ending_with_parent(),
        )
    except subprocess.TimeoutExpired:
        raise Invalid("This PDF takes too long to read. Save it as text.", field="file") from None
    if read.returncode == _LOCKED:
        raise Invalid("This PDF is locked with a password.", field="file")
    said = read.stdout.decode("utf-8", "replace").replace("\0", "")
    if read.returncode:
        raise Invalid("This PDF cannot be read. Save it anew, or as text.", field="file")
    if not said.strip():
        raise Invalid("This PDF holds no text, perhaps only pictures of it.", field="file")
    return said


def main() -> None:
    """The process that reads: a PDF from standard input, its text to standard output."""
    set_title("reader")
    _limit()
    most = int(sys.argv[-1])
    sys.stdout.buffer.write(_read(sys.stdin.buffer.read(), most).encode("utf-8", "replace"))


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    with contextlib.suppress(ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _read(raw: bytes, most: int) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(raw), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        sys.exit(_LOCKED)
    pages: list[str] = []
    for page in reader.pages[:_MOST_PAGES]:
        pages.append(page.extract_text().strip())
        most -= len(pages[-1])
        if most < 0:
            break
    return "\n\n".join(pages)
