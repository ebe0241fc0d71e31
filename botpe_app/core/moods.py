"""How a text sounds: pleased or not, pressing or not, and in which language; by small word lists.

They cost nothing and know only the plainest signs; what they do not know they call neutral.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LONGEST = 4096  # characters of a text that are looked at


def _these(words: str) -> frozenset[str]:
    return frozenset(words.split())


_GOOD = _these(
    "thanks thank great good love perfect excellent awesome amazing happy wonderful nice best cool"
    " gracias genial bueno excelente perfecto encanta obrigado obrigada ótimo bom adorei perfeito"
    " merci super parfait bien génial danke toll gut prima grazie ottimo bene perfetto"
    " धन्यवाद शुक्रिया अच्छा बढ़िया شكرا ممتاز رائع"
)
_BAD = _these(
    "bad terrible awful horrible worst hate angry disappointed disappointing useless broken wrong"
    " scam unacceptable ridiculous complaint damaged rude never annoyed frustrated poor slow lost"
    " malo terrible pésimo odio roto queja enojado péssimo ruim quebrado reclamação horrível"
    " mauvais nul cassé déçu plainte schlecht furchtbar kaputt enttäuscht beschwerde"
    " pessimo rotto deluso reclamo खराब बेकार गुस्सा शिकायत سيء فظيع مكسور شكوى"
)
_NOT = _these("not no never don't isn't wasn't didn't no não nao pas nicht kein non नहीं لا")
_PRESSING = re.compile(
    r"\b(?:urgent(?:ly|e|emente)?|asap|immediately|right now|right away|emergency|as soon as"
    r" possible|hurry|deadline|inmediatamente|emergencia|ahora mismo|imediatamente|agora mesmo"
    r"|emergência|immédiatement|tout de suite|urgence|dringend|sofort|notfall|subito)\b"
    r"|जल्दी|तुरंत|عاجل|فورا",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"\b(?:today|tonight|soon|still waiting|waiting for|quickly|hoy|pronto|hoje|logo"
    r"|aujourd'hui|bientôt|heute|bald|oggi|presto)\b|आज|اليوم",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?[\u0900-\u097f]*|[\u0900-\u097f]+")

# The commonest short words of each language; a text's language is that of most of its words.
_COMMON: Mapping[str, frozenset[str]] = {
    "en": _these(
        "the is are my i you a an to of in and where what when how it for do does can have this"
        " please want need on not with your me was order hello hi thanks"
    ),
    "es": _these(
        "el la los las es está mi yo de en y dónde donde qué que cuándo cómo para por un una hola"
        " quiero necesito con no tu pedido gracias"
    ),
    "pt": _these(
        "o a os as é está meu minha eu de em e onde que quando como para por um uma olá quero"
        " preciso com não você pedido obrigado"
    ),
    "fr": _these(
        "le la les est mon ma je de en et où que quand comment pour par un une bonjour veux besoin"
        " avec ne pas vous commande merci"
    ),
    "de": _these(
        "der die das ist mein meine ich von in und wo was wann wie für ein eine hallo möchte"
        " brauche mit nicht sie bestellung danke"
    ),
    "it": _these(
        "il lo la gli è mio mia io di in e dove che quando come per un una ciao voglio bisogno con"
        " non ordine grazie"
    ),
    "nl": _these(
        "de het een is mijn ik van en waar wat wanneer hoe voor hallo wil nodig met niet u"
        " bestelling bedankt"
    ),
    "id": _these(
        "saya di mana yang dan untuk ini itu apa kapan bagaimana tidak mau dengan anda pesanan"
        " terima kasih"
    ),
}
# Scripts that name their language well enough, by how Unicode names their letters.
_SCRIPTS = {
    "DEVANAGARI": "hi", "ARABIC": "ar", "CYRILLIC": "ru", "HIRAGANA": "ja", "KATAKANA": "ja",
    "HANGUL": "ko", "CJK": "zh", "THAI": "th", "HEBREW": "he", "GREEK": "el", "BENGALI": "bn",
    "TAMIL": "ta", "TELUGU": "te", "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn",
    "MALAYALAM": "ml",
}  # fmt: skip


def sentiment(text: str) -> str:
    """positive, neutral or negative. A word of denial turns the next two around."""
    words = _words(text)
    total = 0
    for place, word in enumerate(words):
        worth = (word in _GOOD) - (word in _BAD)
        if worth and word not in _NOT and _NOT.intersection(words[max(0, place - 2) : place]):
            worth = -worth
        total += worth
    return "positive" if total > 0 else "negative" if total < 0 else "neutral"


def urgency(text: str) -> str:
    """low, medium or high."""
    text = text[:LONGEST]
    if _PRESSING.search(text) or text.count("!") >= 3:
        return "high"
    return "medium" if _SOON.search(text) else "low"


def language(text: str) -> str | None:
    """The language's ISO 639-1 code; None where there is too little to tell."""
    script = _script(text[:LONGEST])
    if script is not None:
        return script
    words = _words(text)
    hits = {code: sum(word in common for word in words) for code, common in _COMMON.items()}
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] else None


def _script(text: str) -> str | None:
    """The language of the commonest script among letters, None for Latin or no letters."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, text):
        script = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
        counts[script] = counts.get(script, 0) + 1
    if counts.get("HIRAGANA") or counts.get("KATAKANA"):
        return "ja"
    return _SCRIPTS.get(max(counts, key=lambda script: counts[script])) if counts else None


def _words(text: str) -> list[str]:
    found: list[str] = _WORD.findall(text[:LONGEST].casefold().replace("’", "'"))
    return found
