"""What a file may be called where people download it."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from botpe_app.core.files import ACTIVE, EXTENSIONS

# Names that an operating system would run, or that it keeps for devices.
_RUNS = re.compile(
    "app|apk|appx|bat|cmd|com|cpl|desktop|dll|dmg|exe|hta|inf|iso|jar|jse?|lnk|ms[cip]|pif|pkg|"
    "ps1|psm1|py|reg|sc[fr]|sh|svg|s?html?|mht|mhtml|url|vb[es]?|vhdx?|ws[fh]?|x[ml]l|xht|xhtml",
    re.IGNORECASE,
)
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 120  # characters


def safe_name(name: str, mime_type: str, otherwise: str = "file") -> str:
    """What a download may be called: one plain name whose extension fits the type.

    `otherwise` is what it is called if nothing of its name can stay.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in plain if unicodedata.category(c)[0] not in "CZ" or c == " ")
    kept = re.sub(r'[<>:"|?*]', "_", kept).strip(" .")
    kept = f"_{kept}" if _DEVICE.fullmatch(kept) else kept
    stem, dot, extension = kept.rpartition(".")
    if not _fits(extension if dot else "", mime_type):
        stem, extension = kept, (*_extensions(mime_type), "bin")[0]
    stem = stem[: _LONGEST_NAME - len(extension) - 1].strip(" .") or otherwise
    return f"{stem}.{extension}"


def _fits(extension: str, mime_type: str) -> bool:
    if known := _extensions(mime_type):
        return extension.lower() in known
    return 1 <= len(extension) <= 10 and not _RUNS.fullmatch(extension)


def _extensions(mime_type: str) -> tuple[str, ...]:
    """Those a file of this type may have; none: any that nothing would run."""
    return ("txt",) if mime_type in ACTIVE else EXTENSIONS.get(mime_type, ())


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition header (RFC 6266) for a file of this name."""
    plain = re.sub(r"[^ !#-$&-.0-9A-Z^-z~]", "_", name)
    way = "inline" if inline else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
