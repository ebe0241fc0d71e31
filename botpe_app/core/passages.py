"""Documents as passages: short enough to quote, whole enough to be understood."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

LONGEST = 700  # characters of a passage

# The full-text configurations of Postgres 14 by language; any other language is read as it stands.
CONFIGS = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish",
    "fi": "finnish", "fr": "french", "hi": "hindi", "hu": "hungarian", "id": "indonesian",
    "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip

_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…。！？।])\s+|\n")
# Scripts that write without spaces: each two neighbours count as a word.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_BLOCKS = re.compile(
    "address|article|blockquote|br|dd|div|dl|dt|footer|h[1-6]|header|hr|li|main|nav|ol|p|pre"
    "|section|table|t[dhr]|title|ul"
)
_UNSEEN = frozenset(("script", "style", "template", "noscript", "head"))


def config(language: str) -> str:
    """The name of Postgres's full-text configuration for a language such as `pt` or `pt_BR`."""
    return CONFIGS.get(re.split(r"[-_]", language.lower())[0], "simple")


def passages(text: str) -> list[str]:
    """The text in its order, in pieces of at most `LONGEST` characters, cut where it breathes."""
    pieces: list[str] = []
    for paragraph in _PARAGRAPH.split(text):
        pieces += _joined(_short(paragraph.strip()), " ")
    return _joined(pieces, "\n\n")


def for_search(text: str) -> str:
    """The text as Postgres should split it into words."""
    plain = unicodedata.normalize("NFKC", text)
    return _UNSPACED.sub(lambda run: f" {_pairs(run[0])} ", plain)


def text_of_html(html: str) -> str:
    """What a page says, without what is not for reading."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _pairs(run: str) -> str:
    return run if len(run) == 1 else " ".join(run[at : at + 2] for at in range(len(run) - 1))


def _short(paragraph: str) -> list[str]:
    """The paragraph's sentences; one that is too long is cut at a space, or anywhere."""
    found: list[str] = []
    for sentence in _SENTENCE.split(paragraph):
        rest = sentence.strip()
        while len(rest) > LONGEST:
            cut = rest.rfind(" ", LONGEST // 2, LONGEST)
            cut = cut if cut > 0 else LONGEST
            found.append(rest[:cut].strip())
            rest = rest[cut:].strip()
        found.append(rest)
    return [piece for piece in found if piece]


def _joined(pieces: list[str], between: str) -> list[str]:
    joined: list[str] = []
    for piece in pieces:
        if joined and len(joined[-1]) + len(between) + len(piece) <= LONGEST:
            joined[-1] += between + piece
        else:
            joined.append(piece)
    return joined


class _Reader(HTMLParser):
    """Collects what a page shows, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Counts what is not shown."""
        self._unseen += tag in _UNSEEN
        if _BLOCKS.fullmatch(tag):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Ends a block, or what is not shown."""
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if _BLOCKS.fullmatch(tag):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keeps what is shown."""
        if not self._unseen:
            self.parts.append(data.replace("\n", " "))
