"""Header, body and footer of a template, and what their words may cost."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates import variables
from botpe_app.whatsapp.templates.problems import Report

HEADER, BODY, FOOTER, CARD_BODY, OFFER_BODY = 60, 1024, 60, 160, 600
MEDIA = ("IMAGE", "VIDEO", "DOCUMENT", "GIF")
_FORMATS = ("TEXT", *MEDIA, "LOCATION")
_MARKDOWN = re.compile(r"[*_~`]")
SHORTENED = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd|buff\.ly|cutt\.ly|rebrand\.ly|rb\.gy"
    r"|shorturl\.at|wa\.me|api\.whatsapp\.com)(?=[/?\s]|$)",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    r"\b(?:sale|discount|% ?off|special offer|limited offer|coupon|promo(?:tion)?|voucher"
    r"|free gift|buy now|best price)\b|\d ?% off",
    re.IGNORECASE,
)
_SENSITIVE = re.compile(
    r"\b(?:card number|cvv|password|passport number|social security|bank account number|pin code"
    r"|national id)\b",
    re.IGNORECASE,
)
_THREAT = re.compile(r"\b(?:legal action|lawsuit|arrest|prosecut\w+|police)\b", re.IGNORECASE)
# Scripts that one language writes together.
_JAPANESE = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"}


def check_header(report: Report, where: str, header: Json) -> None:
    """A header is a short text, a file or a place."""
    kind = loose.text(header, "format").upper()
    if kind not in _FORMATS:
        report.error(f"{where}.format", f"A header is one of {', '.join(_FORMATS)}.")
    elif kind == "TEXT":
        _check_header_text(report, where, header)
    elif kind in MEDIA and not has_sample_file(header):
        report.error(f"{where}.example", f"Upload a sample {kind.lower()} for the review.")


def has_sample_file(header: Json) -> bool:
    """Whether a header of a file comes with a sample of it."""
    handles = loose.listing(loose.mapping(header, "example"), "header_handle")
    return any(isinstance(handle, str) and handle for handle in handles)


def check_body(report: Report, where: str, body: Json, *, most: int = BODY) -> None:
    """The body: its length, variables, spacing and words."""
    text = report.text(f"{where}.text", body.get("text"), most)
    if not text:
        return
    found = variables.check(report, f"{where}.text", text, variables.samples_of(body, "body"))
    variables.check_edges(report, f"{where}.text", text, found)
    if re.search(r"\n\s*\n\s*\n", text):
        report.warn(f"{where}.text", "More than two line breaks in a row.")
    if re.search(r"\t| {5,}", text):
        report.warn(f"{where}.text", "Tabs, or more than four spaces in a row.")
    if SHORTENED.search(text):
        report.warn(f"{where}.text", "Shortened links and wa.me links are refused in reviews.")
    _check_words(report, f"{where}.text", text)


def check_footer(report: Report, where: str, footer: Json) -> None:
    """A footer is one line without variables."""
    text = report.text(f"{where}.text", footer.get("text"), FOOTER)
    if "{{" in text:
        report.error(f"{where}.text", "A footer takes no variables.")
    if "\n" in text:
        report.error(f"{where}.text", "A footer is one line.")


def has_emoji(text: str) -> bool:
    """Whether a text holds a pictograph."""
    return any(unicodedata.category(char) == "So" or char == "\ufe0f" for char in text)


def _check_header_text(report: Report, where: str, header: Json) -> None:
    field = f"{where}.text"
    text = report.text(field, header.get("text"), HEADER)
    found = variables.check(report, field, text, variables.samples_of(header, "header"))
    if len(found) > 1:
        report.error(field, "A header takes one variable at most.")
    if "\n" in text or has_emoji(text) or _MARKDOWN.search("".join(re.split(r"\{\{.*?\}\}", text))):
        report.error(field, "A header is one line without emoji and without * _ ~ `.")


def _check_words(report: Report, where: str, text: str) -> None:
    if report.category == "UTILITY" and _PROMOTION.search(text):
        report.warn(where, "This reads like an offer: Meta would approve it as MARKETING.")
    if _SENSITIVE.search(text):
        report.warn(where, "Templates may not ask for passwords, card or identity numbers.")
    if _THREAT.search(text):
        report.warn(where, "Templates that threaten are refused.")
    if _is_mixed(text):
        report.warn(where, "Two languages in one template: make one template a language.")


def _is_mixed(text: str) -> bool:
    """Whether two scripts each make up a fourth of the letters."""
    scripts = Counter(
        unicodedata.name(char, "?").split()[0].split("-")[0] for char in text if char.isalpha()
    )
    letters = sum(scripts.values())
    many = {script for script, count in scripts.items() if count * 4 >= letters >= 12}
    return len(many) > 1 and not many <= _JAPANESE
