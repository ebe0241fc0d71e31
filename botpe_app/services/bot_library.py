"""The starting bots that come with BotPe, each a JSON file beside this module."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from botpe_app.errors import Invalid

_FOLDER = Path(__file__).parent / "starting_bots"


@dataclass(frozen=True, slots=True)
class LibraryItem:
    """A bot to start from. `example`: what a customer may say, of which the first starts it.

    `dialogues` come with the bot that is made of it.
    """

    id: str
    name: str
    description: str
    example: list[str]
    flow: dict[str, Any]
    dialogues: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@cache
def library() -> list[LibraryItem]:
    """All of them, by name."""
    found = [LibraryItem(**json.loads(path.read_text("utf-8"))) for path in _FOLDER.glob("*.json")]
    return sorted(found, key=lambda item: item.name)


def named(item_id: str) -> LibraryItem:
    """The one with this id. Raises Invalid."""
    for item in library():
        if item.id == item_id:
            return item
    known = ", ".join(item.id for item in library())
    raise Invalid(f"The library holds {known}.", field="library")
