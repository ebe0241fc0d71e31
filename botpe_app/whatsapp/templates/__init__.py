"""Message templates before they go to Meta: every rule that can be checked without asking.

Cloud API docs, "Templates": components, limits, and the error subcodes 2388…
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates.buttons import check_buttons
from botpe_app.whatsapp.templates.problems import ERROR, WARNING, Problem, Report
from botpe_app.whatsapp.templates.special import (
    check_carousel,
    check_offer,
    check_password_parts,
)
from botpe_app.whatsapp.templates.texts import (
    BODY,
    OFFER_BODY,
    check_body,
    check_footer,
    check_header,
)
from botpe_app.whatsapp.templates.variables import are_named, names

CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
_CODES = (
    "af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da"
    " prs_AF nl nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ"
    " en_QA en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el"
    " gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl"
    " pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX"
    " es_PA es_PE es_ES es_UY sw sv ta te th tr uk ur uz vi zu"
)
LANGUAGES = frozenset(_CODES.split())
KINDS = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER")
_NAME = re.compile(r"[a-z0-9_]{1,512}")


def is_name(name: str) -> bool:
    """Whether a template can be called this."""
    return _NAME.fullmatch(name) is not None


def lint(template: Json, others: Iterable[tuple[str, list[Json]]] = ()) -> list[Problem]:
    """What keeps `name, language, category, components` from being approved, errors first.

    `others` are the names and components of the account's other templates in this language.
    """
    category = loose.text(template, "category").upper()
    components = loose.mappings(template, "components")
    named = loose.text(template, "parameter_format").upper() == "NAMED" or are_named(components)
    report = Report(category, named)
    _check_head(report, template)
    parts = [
        (f"components[{place}]", loose.text(component, "type").upper(), component)
        for place, component in enumerate(components)
    ]
    _check_parts(report, parts)
    if category == "AUTHENTICATION":
        check_password_parts(report, parts)
    else:
        _check_message(report, parts)
    _check_twins(report, parts, others)
    # A sample's place is beside the text it explains.
    problems = [replace(p, field=p.field.replace(".text|", ".")) for p in report.problems]
    return sorted(problems, key=lambda problem: problem.severity != ERROR)


def _check_head(report: Report, template: Json) -> None:
    if not is_name(loose.text(template, "name")):
        report.error("name", "Lower-case letters, digits and underscores, 512 at most.")
    if loose.text(template, "language") not in LANGUAGES:
        report.error("language", "One of WhatsApp's language codes, such as en, en_US or pt_BR.")
    if report.category not in CATEGORIES:
        report.error("category", f"One of {', '.join(CATEGORIES)}.")


def _check_parts(report: Report, parts: list[tuple[str, str, Json]]) -> None:
    found = [kind for _, kind, _ in parts]
    if "BODY" not in found:
        report.error("components", "A BODY component is needed.")
    for place, (where, kind, _) in enumerate(parts):
        if kind not in KINDS:
            report.error(f"{where}.type", f"A component is one of {', '.join(KINDS)}.")
        elif kind in found[:place]:
            report.error(where, f"There is a {kind} already.")


def _check_message(report: Report, parts: list[tuple[str, str, Json]]) -> None:
    by_kind = {kind: component for _, kind, component in parts}
    for where, kind, component in parts:
        if kind == "HEADER":
            check_header(report, where, component)
        elif kind == "BODY":
            most = OFFER_BODY if "LIMITED_TIME_OFFER" in by_kind else BODY
            check_body(report, where, component, most=most)
        elif kind == "FOOTER":
            check_footer(report, where, component)
        elif kind == "BUTTONS":
            check_buttons(report, where, component)
        elif kind == "CAROUSEL":
            check_carousel(report, where, component, by_kind)
        elif kind == "LIMITED_TIME_OFFER":
            check_offer(report, where, component, by_kind)


def _check_twins(
    report: Report,
    parts: list[tuple[str, str, Json]],
    others: Iterable[tuple[str, list[Json]]],
) -> None:
    said = _said([component for _, _, component in parts])
    for name, components in others:
        if said[0] and _said(components) == said:
            report.error("components", f"The template {name} has the same body and footer.")
            return


def _said(components: list[Json]) -> tuple[str, str]:
    texts = {loose.text(c, "type").upper(): loose.text(c, "text").strip() for c in components}
    return texts.get("BODY", ""), texts.get("FOOTER", "")


__all__ = [
    "CATEGORIES",
    "ERROR",
    "KINDS",
    "LANGUAGES",
    "WARNING",
    "Problem",
    "are_named",
    "is_name",
    "lint",
    "names",
]
