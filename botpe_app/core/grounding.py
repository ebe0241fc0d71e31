"""Whether a reply says only what its sources say, as far as that can be told without a model.

What costs a business money when it is made up is checked: figures, addresses, and the words by
which something is promised. A reply that fails is not sent, whoever wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FIGURE = re.compile(r"\d+(?:[.,:/]\d+)*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?://|www\.)[^\s)\]>,]+", re.IGNORECASE)
# What a reply promises, in the languages we know; it has to be promised by a source as well.
_PROMISES = {
    "free": r"free(?! to| of)|gratis|gr[aá]tis|gratuit\w*|kostenlos\w*|मुफ्त|مجان\w*",
    "refund": r"refund\w*|money back|reembols\w*|rembours\w*|erstatt\w*|rückerstatt\w*|rimbors\w*"
    r"|devolv\w* (?:el|o|su|seu) dinero|रिफंड|استرداد",
    "discount": r"discount\w*|coupon\w*|descuent\w*|descont\w*|cup[oó]n|cupom|réduction|remise"
    r"|rabatt\w*|gutschein\w*|sconto|छूट|خصم",
    "guarantee": r"guarant\w*|warrant\w*|garant\w*|गारंटी|वारंटी|ضمان",
    "compensation": r"compensat\w*|compensa[cç]\w*|entschädig\w*|indemni\w*|मुआवज़ा|تعويض",
}
_PROMISED = {
    name: re.compile(rf"\b(?:{words})", re.IGNORECASE) for name, words in _PROMISES.items()
}
_WORDS = re.compile(r"\w+")

_PERSON = re.compile(
    r"\b(?:(?:talk|speak|chat|connect me|transfer me|put me through)\b.{0,20}\b(?:to|with)\b.{0,20}"
    r"\b(?:human|person|someone|somebody|agent|representative|manager|operator|staff|people)"
    r"|(?:human|real person|live agent|representative|operator)(?: please)?$"
    r"|(?:want|need|get me) (?:a|an|to see) (?:human|real person|person|agent|manager|operator)"
    r"|(?:hablar|falar|parler|parlare|sprechen)\b.{0,20}(?:persona|pessoa|humano|agente|atendente"
    r"|asesor|gerente|quelqu'un|conseiller|operatore|mensch\w*|mitarbeiter\w*)"
    r"|mit (?:einem|einer) (?:menschen|mitarbeiter\w*)|(?:asesor|atendente) humano)\b"
    r"|इंसान से बात|किसी से बात|موظف|شخص حقيقي",
    re.IGNORECASE | re.MULTILINE,
)

_COLLEAGUE = {
    "ar": "سأطلب من أحد زملائي مساعدتك في ذلك.",
    "de": "Ich gebe das an eine Kollegin oder einen Kollegen weiter, die Ihnen helfen.",
    "en": "Let me bring in a colleague who can help you with that.",
    "es": "Voy a pasarle con una persona de nuestro equipo que pueda ayudarle.",
    "fr": "Je demande à une personne de notre équipe de vous aider.",
    "hi": "मैं आपको हमारी टीम के किसी सदस्य से जोड़ता हूँ।",
    "id": "Saya akan meminta rekan kami untuk membantu Anda.",
    "it": "Chiedo a una persona del nostro team di aiutarla.",
    "nl": "Ik vraag een collega om u hiermee te helpen.",
    "pt": "Vou chamar alguém da nossa equipa para o ajudar.",
}


def unsupported(reply: str, sources: Iterable[str]) -> list[str]:
    """What the reply states and no source does: figures, addresses, kinds of promises."""
    known = "\n".join(_plain(source) for source in sources)
    said = _plain(reply)
    figures = {_figure(found) for found in _FIGURE.findall(known)}
    missing = [found for found in _FIGURE.findall(said) if _figure(found) not in figures]
    missing += [found for found in _ADDRESS.findall(said) if found.rstrip(".") not in known]
    missing += [
        name for name, words in _PROMISED.items() if words.search(said) and not words.search(known)
    ]
    return list(dict.fromkeys(missing))


def quotes(quote: str, source: str) -> bool:
    """Whether the source holds these very words, whatever its line breaks and case."""
    wanted = " ".join(_plain(quote).split())
    return bool(wanted) and wanted in " ".join(_plain(source).split())


def leaks(reply: str, secret: str) -> bool:
    """Whether eight words in a row of the secret stand in the reply."""
    said = " ".join(_WORDS.findall(_plain(reply)))
    words = _WORDS.findall(_plain(secret))
    return any(" ".join(words[at : at + 8]) in said for at in range(len(words) - 7))


def wants_person(text: str) -> bool:
    """Whether somebody asks for a human being."""
    return bool(_PERSON.search(text[:4096].strip(" .!?")))


def hand_off_words(language: str | None) -> str:
    """What a customer is told when a person takes over."""
    return _COLLEAGUE.get(language or "", _COLLEAGUE["en"])


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def _figure(found: str) -> str:
    """The same for 1,000 and 1000, for 5.00 and 5."""
    bare = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", found)
    return re.sub(r"[.,]0+$", "", bare).replace(",", ".").lstrip("0") or "0"
