"""Templates of special kinds: one-time passwords, limited-time offers, carousels."""

from __future__ import annotations

import re

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates.buttons import LABEL, check_buttons, kinds
from botpe_app.whatsapp.templates.problems import Report
from botpe_app.whatsapp.templates.texts import CARD_BODY, check_body, has_sample_file

_OTP_TYPES = ("COPY_CODE", "ONE_TAP", "ZERO_TAP")
_OFFER, _MOST_APPS, _PACKAGE = 16, 5, 224
_CARDS = range(2, 11)
_CARD_HEADERS = ("IMAGE", "VIDEO", "PRODUCT")


def check_password_parts(report: Report, parts: list[tuple[str, str, Json]]) -> None:
    """All components of an AUTHENTICATION template: (where, kind, component)."""
    for where, kind, component in parts:
        if kind == "BODY":
            if component.get("text"):
                report.warn(f"{where}.text", "Meta writes this text itself, in each language.")
        elif kind == "FOOTER":
            _check_expiry(report, where, component)
        elif kind == "BUTTONS":
            _check_password_button(report, where, component)
        else:
            report.error(where, f"An AUTHENTICATION template takes no {kind or 'such part'}.")
    if not any(kind == "BUTTONS" for _, kind, _ in parts):
        report.error("components", "An AUTHENTICATION template needs its OTP button.")


def check_offer(report: Report, where: str, component: Json, others: dict[str, Json]) -> None:
    """A limited-time offer and what stands around it."""
    offer = loose.mapping(component, "limited_time_offer")
    report.text(f"{where}.limited_time_offer.text", offer.get("text"), _OFFER)
    if report.category != "MARKETING":
        report.error(where, "A limited-time offer is MARKETING.")
    if "FOOTER" in others:
        report.error(where, "A limited-time offer has no footer.")
    found = kinds(others.get("BUTTONS", {}))
    if "URL" not in found:
        report.error(where, "A limited-time offer needs a button with a web address.")
    if loose.flag(offer, "has_expiration") and "COPY_CODE" not in found:
        report.error(where, "An offer that expires needs a button that copies its code.")


def check_carousel(report: Report, where: str, component: Json, others: dict[str, Json]) -> None:
    """Cards that all look alike, under one body."""
    for kind in ("HEADER", "FOOTER", "BUTTONS", "LIMITED_TIME_OFFER"):
        if kind in others:
            report.error(where, f"A carousel stands under a body only, without {kind}.")
    cards = loose.mappings(component, "cards")
    if len(cards) not in _CARDS:
        report.error(f"{where}.cards", "A carousel has 2 to 10 cards.")
    looks: list[object] = []
    for place, card in enumerate(cards[:20]):
        parts = {loose.text(c, "type").upper(): c for c in loose.mappings(card, "components")}
        _check_card(report, f"{where}.cards[{place}]", parts)
        header = loose.text(parts.get("HEADER"), "format").upper()
        looks.append((sorted(parts), header, kinds(parts.get("BUTTONS", {}))))
    if any(look != looks[0] for look in looks):
        report.error(
            f"{where}.cards", "All cards have the same parts, kind of header and kinds of buttons."
        )


def _check_card(report: Report, where: str, parts: dict[str, Json]) -> None:
    header = parts.get("HEADER", {})
    kind = loose.text(header, "format").upper()
    if kind not in _CARD_HEADERS:
        report.error(f"{where}.HEADER", "A card begins with an image, a video or a product.")
    elif kind != "PRODUCT" and not has_sample_file(header):
        report.error(f"{where}.HEADER.example", f"Upload a sample {kind.lower()} for the review.")
    if "BODY" in parts:
        check_body(report, f"{where}.BODY", parts["BODY"], most=CARD_BODY)
    if "BUTTONS" not in parts:
        report.error(f"{where}.BUTTONS", "A card needs a button.")
    else:
        check_buttons(report, f"{where}.BUTTONS", parts["BUTTONS"], most=2)
    for other in sorted(set(parts) - {"HEADER", "BODY", "BUTTONS"}):
        report.error(where, f"A card takes no {other or 'such part'}.")


def _check_expiry(report: Report, where: str, footer: Json) -> None:
    if "code_expiration_minutes" not in footer:
        return
    minutes = loose.whole(footer, "code_expiration_minutes")
    if minutes is None or not 1 <= minutes <= 90:
        report.error(f"{where}.code_expiration_minutes", "A code lasts 1 to 90 minutes.")


def _check_password_button(report: Report, where: str, component: Json) -> None:
    buttons = loose.mappings(component, "buttons")
    found = kinds(component)
    if found == ["URL"]:
        return  # as Meta stores an OTP button once it is approved
    if found != ["OTP"]:
        report.error(f"{where}.buttons", "An AUTHENTICATION template has one button, of kind OTP.")
        return
    button, field = buttons[0], f"{where}.buttons[0]"
    kind = loose.text(button, "otp_type").upper()
    if kind not in _OTP_TYPES:
        report.error(f"{field}.otp_type", f"One of {', '.join(_OTP_TYPES)}.")
    for name in ("text", "autofill_text"):
        if button.get(name):
            report.text(f"{field}.{name}", button.get(name), LABEL)
    if kind in ("ONE_TAP", "ZERO_TAP"):
        _check_apps(report, f"{field}.supported_apps", button)
    if kind == "ZERO_TAP" and not loose.flag(button, "zero_tap_terms_accepted"):
        report.error(f"{field}.zero_tap_terms_accepted", "Zero-tap's terms must be accepted.")


def _check_apps(report: Report, where: str, button: Json) -> None:
    apps = loose.mappings(button, "supported_apps")
    if not 1 <= len(apps) <= _MOST_APPS:
        report.error(where, f"Name 1 to {_MOST_APPS} Android apps that take the code.")
    for place, app in enumerate(apps[:_MOST_APPS]):
        package = loose.text(app, "package_name")
        if not re.fullmatch(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+", package) or len(package) > _PACKAGE:
            report.error(f"{where}[{place}].package_name", "A package such as com.example.app.")
        if not re.fullmatch(r"[A-Za-z0-9+/=]{11}", loose.text(app, "signature_hash")):
            report.error(f"{where}[{place}].signature_hash", "The signing key's hash, 11 signs.")
