"""Writing templates: the library passes our checks, and unsaved ones are checked as well."""

from __future__ import annotations

from typing import Any

import pytest

from botpe_app.errors import Conflict, Forbidden, Invalid, NotFound
from botpe_app.services import template_drafting, templates
from botpe_app.whatsapp.templates import lint
from tests.acting import within
from tests.conftest import Business

LIBRARY = template_drafting.library()


def test_the_library_has_24_templates_for_all_kinds_of_business():
    assert len(LIBRARY) == len({item.id for item in LIBRARY}) == 24
    assert len({item.industry for item in LIBRARY}) >= 8
    assert {item.template["category"] for item in LIBRARY} == set(template_drafting.CATEGORIES)


@pytest.mark.parametrize("item", LIBRARY, ids=[item.id for item in LIBRARY])
def test_every_template_of_the_library_passes_our_checks(item: template_drafting.LibraryItem):
    assert lint(item.template) == []


def test_one_that_is_not_saved_is_checked_against_those_that_are(business: Business):
    said = LIBRARY[0].template
    within(business.admin, templates.create_template, **said)
    assert within(business.viewer, template_drafting.check, said) == []
    twin = {**said, "name": "another"}
    (found,) = within(business.viewer, template_drafting.check, twin)
    assert f"The template {said['name']} has the same body" in found.message


@pytest.mark.parametrize(
    "said",
    [
        {"components": [], "name": None, "language": 3},
        {"components": [{"type": "BODY", "text": "\0" * 9}], "name": "\0", "language": "\0"},
        {"components": [1, None, {"type": 4}], "name": ["x"], "language": {}},
    ],
)
def test_what_is_hardly_a_template_has_problems_and_breaks_nothing(
    business: Business, said: dict[str, Any]
):
    assert within(business.viewer, template_drafting.check, said)


def test_what_is_no_template_is_refused(business: Business, make_business: Any):
    with pytest.raises(Invalid):
        within(business.viewer, template_drafting.check, {"components": "x"})
    item = within(business.admin, templates.create_template, **LIBRARY[0].template)
    other = make_business("Globex", "206540352242922")
    for refused in (template_drafting.check,):
        with pytest.raises(NotFound):
            within(other.admin, refused, LIBRARY[0].template, item.id)


def test_a_copy_for_another_language_says_the_same_until_it_is_put_into_it(business: Business):
    item = within(business.admin, templates.create_template, **LIBRARY[0].template)
    copy = within(business.admin, template_drafting.duplicate, item.id, language="es")
    assert (copy.name, copy.language, copy.status) == (item.name, "es", "DRAFT")
    assert copy.components == item.components
    with pytest.raises(Conflict):
        within(business.admin, template_drafting.duplicate, item.id, language="es")
    with pytest.raises(Invalid):
        within(business.admin, template_drafting.duplicate, item.id, language="xx")
    with pytest.raises(Forbidden):
        within(business.agent, template_drafting.duplicate, item.id, language="fr")
