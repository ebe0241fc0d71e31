import re
from itertools import product
from pathlib import Path

import pytest

from botpe_app.ui import theme

ASSETS = Path(__file__).parents[2] / "assets"
SURFACES = ("bg", "surface", "raise", "hover")
# Text on ground, as the stylesheets pair them; WCAG AA asks 4.5 : 1.
TEXT_PAIRS = [
    *product(("text", "mute"), (*SURFACES, "tint", "paper", "in", "note")),
    *product(("faint",), ("surface", "raise")),
    *product(("tint-text", "bad"), ("surface", "raise", "out")),
    ("text", "out"),
    ("out-mute", "out"),
    ("read", "out"),
    ("info", "in"),
    ("info", "out"),
    ("on-solid", "solid"),
    ("on-solid", "solid-hover"),
    ("on-bad", "bad-solid"),
    ("tint-text", "tint"),
    ("warn", "warn-bg"),
    ("text", "warn-bg"),
    ("mute", "warn-bg"),
    ("bad", "bad-bg"),
    ("info", "info-bg"),
    ("note-text", "note"),
    *((f"hue-{n}-text", f"hue-{n}") for n in range(1, 7)),
]
# Marks one must see, not read; AA asks 3 : 1.
MARK_PAIRS = [("solid", "surface"), ("solid", "bg"), ("faint", "surface"), ("chart-in", "surface")]


def tokens(mode: str) -> dict[str, str]:
    """The colours of a mode by their names."""
    light, dark = (ASSETS / "tokens.css").read_text().split(":root.dark {")
    colours = re.compile(r"--([\w-]+): (#[0-9a-f]+);")
    return dict(colours.findall(light) + (colours.findall(dark) if mode == "dark" else []))


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_PAIRS, 4.5), (MARK_PAIRS, 3.0)])
def test_every_pair_of_colours_can_be_read(mode: str, pairs: list[tuple[str, str]], least: float):
    known = tokens(mode)
    weak = {
        f"{text} on {ground}": round(ratio, 2)
        for text, ground in pairs
        if (ratio := contrast(known[text], known[ground])) < least
    }
    assert weak == {}


def test_the_measure_knows_black_on_white_and_sees_a_weak_pair():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#00c307", "#fff") < 3  # the brand's green carries no text


def test_every_stylesheet_is_there_and_every_stylesheet_is_used():
    assert sorted(theme.STYLESHEETS) == sorted(path.name for path in ASSETS.glob("*.css"))


def test_every_colour_that_is_used_has_a_name():
    known = set(re.findall(r"--([\w-]+):", (ASSETS / "tokens.css").read_text()))
    used = {
        name
        for path in ASSETS.glob("*.css")
        for name in re.findall(r"var\(--([\w-]+)\)", path.read_text())
    }
    assert used - known == set()


def test_no_stylesheet_or_script_grows_past_a_page_that_can_be_read():
    long = {
        path.name: lines
        for path in ASSETS.rglob("*.*")
        if (lines := len(path.read_text().splitlines())) > 300
    }
    assert long == {}


def test_no_class_is_described_by_two_stylesheets():
    """All apply to every page: a name that two rooms use is a page that the other breaks."""
    homes: dict[str, set[str]] = {}
    for path in ASSETS.glob("*.css"):
        for name in re.findall(r"^\.([\w-]+) {", path.read_text(), re.MULTILINE):
            homes.setdefault(name, set()).add(path.name)
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}
