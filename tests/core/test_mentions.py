"""Whom a note names."""

import pytest

from botpe_app.core.mentions import named_in, spelled_in

PEOPLE = {"1": "Ana Ruiz", "2": "Bob", "3": "Ana Maria Silva", "4": "Ana", "5": "Émile Ö"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Bob please", ["2"]),
        ("please, @bob: look", ["2"]),
        ("@Ana Ruiz and @Bob", ["1", "2"]),
        ("@ana maria silva", ["3"]),
        ("@Ana has it", ["4"]),
        ("@Émile", ["5"]),
        ("@Bobby", []),
        ("bob@example.com", []),
        ("@@Bob @", []),
        ("@Bob @Bob", ["2"]),
        ("nobody", []),
    ],
)
def test_people_are_named_by_their_whole_name_or_an_unmistakable_first_one(text, expected):
    assert named_in(text, PEOPLE) == expected


def test_a_first_name_that_two_have_names_neither():
    assert named_in("@Ana look", {"1": "Ana Ruiz", "3": "Ana Silva"}) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please, @ana RUIZ and @Bob: look", ["@ana RUIZ", "@Bob"]),
        ("@Ana has it, @Émile", ["@Ana", "@Émile"]),
        ("@Bobby bob@example.com", []),
        ("Straße @Bob", []),  # its letters fold into more of them
    ],
)
def test_names_are_given_as_they_stand(text, expected):
    assert spelled_in(text, PEOPLE) == expected
