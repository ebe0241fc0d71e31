"""The buttons of a template: how many of which kind, in what order, and what each needs."""

from __future__ import annotations

import re
from collections import Counter

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates.problems import Report
from botpe_app.whatsapp.templates.texts import SHORTENED, has_emoji

LABEL, ADDRESS, PHONE = 25, 2000, 20
CODE, LONGEST_CODE = 15, 20  # one page of Meta's says 20
_MOST = 10
_AT_MOST = {
    "QUICK_REPLY": 10,
    "URL": 2,
    "PHONE_NUMBER": 1,
    "COPY_CODE": 1,
    "FLOW": 1,
    "CATALOG": 1,
    "MPM": 1,
    "SPM": 1,
    "OTP": 1,
    "VOICE_CALL": 1,
    "ORDER_DETAILS": 1,
    "CALL_PERMISSION_REQUEST": 1,
    "REQUEST_CONTACT_INFO": 1,
    "APP": 1,
}
_UNLABELLED = {"COPY_CODE", "OTP", "CALL_PERMISSION_REQUEST", "REQUEST_CONTACT_INFO"}
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,}")
_WEB = re.compile(r"https?://[^\s/?#{}]+[^\s]*", re.IGNORECASE)


def kinds(component: Json) -> list[str]:
    """The kinds of a component's buttons, in their order."""
    return [loose.text(button, "type").upper() for button in loose.mappings(component, "buttons")]


def check_buttons(report: Report, where: str, component: Json, *, most: int = _MOST) -> None:
    """All buttons of a BUTTONS component."""
    given = loose.listing(component, "buttons")
    buttons = loose.mappings(component, "buttons")
    field = f"{where}.buttons"
    if not buttons or len(buttons) != len(given):
        report.error(field, "A list of buttons is needed, each an object with a type.")
        return
    if len(buttons) > most:
        report.error(field, f"At most {most} buttons.")
    found = kinds(component)
    for kind, count in Counter(found).items():
        if count > _AT_MOST.get(kind, count):
            report.error(field, f"At most {_AT_MOST[kind]} of kind {kind}.")
    _check_order(report, field, found)
    labels = [loose.text(button, "text") for button in buttons if loose.text(button, "text")]
    if len(set(labels)) < len(labels):
        report.error(field, "Two buttons say the same.")
    for place, button in enumerate(buttons[:50]):
        _check_button(report, f"{field}[{place}]", button, found[place])


def _check_order(report: Report, field: str, found: list[str]) -> None:
    quick = [kind == "QUICK_REPLY" for kind in found]
    if any(quick) and quick not in (sorted(quick), sorted(quick, reverse=True)):
        report.error(field, "Quick replies stand together, before or after all other buttons.")
    if len(found) > 3:
        report.warn(field, "Beyond three buttons, phones show two and “See all options”.")


def _check_button(report: Report, where: str, button: Json, kind: str) -> None:
    if kind not in _AT_MOST:
        report.error(f"{where}.type", f"A button is one of {', '.join(_AT_MOST)}.")
        return
    if kind == "OTP" and report.category != "AUTHENTICATION":
        report.error(f"{where}.type", "One-time passwords belong in AUTHENTICATION templates.")
    if kind not in _UNLABELLED or button.get("text"):
        _check_label(report, f"{where}.text", button)
    check = {
        "URL": _check_url,
        "PHONE_NUMBER": _check_phone,
        "COPY_CODE": _check_code,
        "FLOW": _check_flow,
    }.get(kind)
    if check:
        check(report, where, button)


def _check_label(report: Report, where: str, button: Json) -> None:
    label = report.text(where, button.get("text"), LABEL)
    if "{{" in label or "\n" in label or has_emoji(label):
        report.error(where, "A button's text takes no variables, line breaks or emoji.")


def _check_url(report: Report, where: str, button: Json) -> None:
    field = f"{where}.url"
    url = report.text(field, button.get("url"), ADDRESS)
    if not url:
        return
    if not _WEB.match(url):
        report.error(field, "A web address starts with https://.")
    if SHORTENED.search(url):
        report.error(field, "Shortened links and wa.me links are refused. Use your own address.")
    if "{{" not in url and "}}" not in url:
        return
    if url.count("{{") != 1 or not re.search(r"\{\{(?:1|[a-z0-9_]+)\}\}$", url):
        report.error(field, "A web address takes one variable, {{1}}, at its end.")
    sample = next(iter(loose.listing(button, "example")), "")
    if not isinstance(sample, str) or not sample.strip():
        report.error(f"{where}.example", "Give a sample of the whole web address.")


def _check_phone(report: Report, where: str, button: Json) -> None:
    field = f"{where}.phone_number"
    phone = report.text(field, button.get("phone_number"), PHONE)
    if phone and not _PHONE.fullmatch(phone):
        report.error(field, "A phone number with its country, such as +15550783881.")


def _check_code(report: Report, where: str, button: Json) -> None:
    sample = next(iter(loose.listing(button, "example")), None)
    code = report.text(f"{where}.example", sample, LONGEST_CODE)
    if CODE < len(code) <= LONGEST_CODE:
        report.warn(f"{where}.example", f"Some phones take codes of {CODE} characters only.")


def _check_flow(report: Report, where: str, button: Json) -> None:
    if not any(button.get(name) for name in ("flow_id", "flow_name", "flow_json")):
        report.error(f"{where}.flow_id", "Say which flow opens.")
