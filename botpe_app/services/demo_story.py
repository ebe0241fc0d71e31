"""The believable shop of the demo: who works there, who writes, and what is said.

Times are minutes before now. A line is (minutes ago, who, type, content, status); `who` is
"<" for the customer, else the name of a person of the shop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ORGANIZATION = "Aurora Outdoor"
TIME_ZONE = "Europe/Berlin"
PASSWORD = "aurora-demo"  # noqa: S105 - shown on the sign-in page of every demo
PEOPLE = (
    ("Mara Lindt", "mara@aurora.example.com", "ADMIN"),
    ("Jonas Weber", "jonas@aurora.example.com", "AGENT"),
    ("Priya Nair", "priya@aurora.example.com", "VIEWER"),
)
NUMBER = {
    "name": "Aurora shop",
    "phone": "+4930901820000",
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "token": "EAAdemo0000simulated0000token",
}

Line = tuple[float, str, str, dict[str, Any], str]
MARA, JONAS = PEOPLE[0][0], PEOPLE[1][0]
HOUR, DAY = 60.0, 1440.0


@dataclass(frozen=True, slots=True)
class Talk:
    """One customer and the conversation with them, oldest line first."""

    name: str
    address: str  # E.164, or a business-scoped user id
    lines: tuple[Line, ...]
    language: str = "en"
    city: str = ""
    status: str = "open"
    assignee: str = ""
    tags: tuple[str, ...] = ()
    contact_tags: tuple[str, ...] = ()
    unread: int = 0
    opted_in: bool = False
    notes: tuple[tuple[float, str, str], ...] = ()
    error: tuple[int, str, str] = field(default=(0, "", ""))


def _said(ago: float, text: str) -> Line:
    return (ago, "<", "text", {"body": text}, "received")


def _answered(ago: float, who: str, text: str, status: str = "read") -> Line:
    return (ago, who, "text", {"body": text}, status)


def _got(ago: float, kind: str, **content: Any) -> Line:
    return (ago, "<", kind, content, "received")


NAMES = (
    ("Lena", "Emil", "Mia", "Paul", "Hanna", "Felix", "Ida", "Anton", "Greta", "Theo"),
    ("Brandt", "Vogel", "Seidel", "Krüger", "Lorenz", "Arnold", "Peters", "Franke", "Roth"),
)
TALKS = (
    Talk(
        "Ana Ruiz",
        "+34612345678",
        (
            _said(26, "Hi, is the blue Fjell jacket back in M?"),
            _answered(24, JONAS, "Yes, three left in M. Shall I reserve one for you?"),
            _said(22, "Yes please! And I have a question about the delivery"),
            _answered(
                20, JONAS, "Reserved until tonight 🙂 We deliver tomorrow between *9 and 12*."
            ),
            _said(3, "Perfect, can I still change the address?"),
            _said(2, "I moved last week: Calle de la Luna 8, 28004 Madrid"),
        ),
        language="es",
        city="Madrid",
        assignee=JONAS,
        tags=("order",),
        contact_tags=("vip",),
        unread=2,
        opted_in=True,
        notes=((12, MARA, "She moved last week, check the address before it ships."),),
    ),
    Talk(
        "Bilal Mansoor",
        "+971501234567",
        (
            _said(9, "Salaam, my tent arrived but one seam is open"),
            _got(8, "image", id="1042", mime_type="image/jpeg", caption="the seam is open here"),
            _said(8, "Can you replace it before Friday? We leave for Jebel Jais"),
        ),
        city="Dubai",
        tags=("urgent", "returns"),
        unread=3,
    ),
    Talk(
        "Chloé Martin",
        "+33612345678",
        (
            _said(70, "Bonjour, vous livrez en Belgique ?"),
            _answered(66, MARA, "Bonjour Chloé ! Oui, en 2 à 3 jours, gratuit dès 60 €."),
            _said(65, "Super, merci 🙏"),
            _answered(64, MARA, "Avec plaisir. Bonne journée !", "delivered"),
        ),
        language="fr",
        city="Lille",
        assignee=MARA,
        status="pending",
    ),
    Talk(
        "Daiki Tanaka",
        "+819012345678",
        (
            _said(3 * HOUR, "Do you ship the Nord 2 backpack to Osaka?"),
            _answered(
                2.9 * HOUR, JONAS, "We do. Shipping is 18 €, duties are on the parcel.", "delivered"
            ),
            _got(
                2.5 * HOUR,
                "location",
                latitude=34.6937,
                longitude=135.5023,
                name="Umeda",
                address="Kita-ku, Osaka",
            ),
        ),
        language="ja",
        city="Osaka",
        assignee=JONAS,
        unread=1,
    ),
    Talk(
        "Esha Patel",
        "+919876543210",
        (
            _said(5 * HOUR, "नमस्ते, क्या ट्रेकिंग शूज़ साइज़ 6 में हैं?"),
            _got(5 * HOUR - 1, "audio", id="1043", mime_type="audio/ogg", voice=True),
            _answered(4.6 * HOUR, MARA, "Namaste Esha! Size 6 is in stock, in grey and in red."),
            _got(
                4.5 * HOUR,
                "interactive",
                type="button_reply",
                button_reply={"id": "red", "title": "Red"},
            ),
            _answered(4.4 * HOUR, MARA, "Red it is. Here is your payment link.", "uncertain"),
        ),
        language="hi",
        city="Pune",
        assignee=MARA,
        tags=("order",),
        opted_in=True,
    ),
    Talk(
        "Finn Larsen",
        "+4791234567",
        (
            _said(27 * HOUR, "Hei! Is the winter sale also in the store?"),
            _answered(26.5 * HOUR, JONAS, "Yes, both. The store opens at 10.", "failed"),
        ),
        language="nb",
        city="Bergen",
        error=(131026, "Not delivered", "The number is not on WhatsApp any more."),
    ),
    Talk(
        "Giulia Rossi",
        "+393331234567",
        (
            _said(2 * DAY, "Thanks, the sleeping bag is wonderful!"),
            _answered(2 * DAY - 20, MARA, "That makes our day, Giulia ❤️"),
            (2 * DAY - 19, "<", "sticker", {"id": "1044", "mime_type": "image/webp"}, "received"),
        ),
        language="it",
        city="Torino",
        status="resolved",
        assignee=MARA,
        contact_tags=("vip",),
        opted_in=True,
    ),
    Talk(
        "Hannah Schmidt",
        "DE.13491208655302741918",
        (
            _said(35, "Habt ihr den Kocher auch ohne Koffer?"),
            _got(
                34,
                "document",
                id="1045",
                mime_type="application/pdf",
                filename="Kocher-Datenblatt.pdf",
            ),
        ),
        language="de",
        unread=2,
    ),
    Talk(
        "Ismail Çelik",
        "+905321234567",
        (
            _got(
                6 * DAY,
                "order",
                catalog_id="77",
                product_items=[
                    {
                        "product_retailer_id": "rope-60",
                        "quantity": 1,
                        "item_price": 149,
                        "currency": "EUR",
                    }
                ],
                text="Is the red one in stock?",
            ),
            _answered(6 * DAY - 30, JONAS, "It is. I have put one aside for you."),
            _said(6 * DAY - 45, "Teşekkürler!"),
        ),
        language="tr",
        city="İzmir",
        status="resolved",
        assignee=JONAS,
        tags=("order",),
    ),
)

# What earlier days sounded like, so that the charts have something to say.
SMALL_TALK = (
    ("Where is my parcel?", "It is with the carrier and arrives tomorrow."),
    ("Do you repair zips?", "We do, in about a week. Bring it by or send it in."),
    ("Which size should I take at 182 cm?", "Take L; the cut is narrow."),
    ("Can I pay on delivery?", "In Germany and Austria, yes."),
    ("Are you open on Saturday?", "From 10 to 16."),
)
