"""Keeps the world over a restart: one JSON file, and a file for each piece of media."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, cast

from botpe_app.whatsapp import loose, storable
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator import world as w
from botpe_app.whatsapp.simulator.faults import NextSends, Settings

Row = TypeVar("Row")


class Store:
    """A folder with the journal and the media."""

    def __init__(self, folder: Path) -> None:
        self._journal = folder / "state.json"
        self._media = folder / "media"
        self._media.mkdir(parents=True, exist_ok=True, mode=0o700)

    def load(self) -> w.World:
        """The world as it was saved; a new one where nothing (readable) was."""
        try:
            saved = storable.loads(self._journal.read_bytes())
        except (OSError, ValueError):
            saved = {}
        world = _world(cast("Json", saved) if isinstance(saved, dict) else {})
        if not world.customers:
            world.customers = w.default_customers()
        return world

    def save(self, world: w.World) -> None:
        """Writes the journal whole or not at all, readable by us alone."""
        draft = self._journal.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(dataclasses.asdict(world), file)
        draft.replace(self._journal)

    def put(self, media_id: str, content: bytes) -> None:
        """Keeps a file's bytes."""
        (self._media / media_id).write_bytes(content)

    def get(self, media_id: str) -> bytes:
        """A file's bytes. Raises FileNotFoundError."""
        return (self._media / media_id).read_bytes()

    def delete(self, media_id: str) -> None:
        """Forgets a file's bytes."""
        (self._media / media_id).unlink(missing_ok=True)


def _world(saved: Json) -> w.World:
    settings = make(Settings, loose.mapping(saved, "settings"))
    settings.upcoming = [
        make(NextSends, row) for row in loose.mappings(saved.get("settings"), "upcoming")
    ]
    return w.World(
        numbers=_rows(w.Number, saved, "numbers"),
        customers=_rows(w.Customer, saved, "customers"),
        threads={key: _thread(row) for key, row in loose.mapping(saved, "threads").items()},
        templates={
            waba: [make(w.Template, row) for row in rows]
            for waba, rows in loose.mapping(saved, "templates").items()
        },
        media=_rows(w.MediaFile, saved, "media"),
        unsubscribed=[str(waba) for waba in loose.listing(saved, "unsubscribed")],
        insights=[str(waba) for waba in loose.listing(saved, "insights")],
        webhooks={k: v for k, v in loose.mapping(saved, "webhooks").items() if isinstance(v, str)},
        signups=_rows(w.Signup, saved, "signups"),
        grants=_rows(w.Grant, saved, "grants"),
        settings=settings,
        crowd=make(w.CrowdPlan, loose.mapping(saved, "crowd")),
    )


def _thread(saved: Json) -> w.Thread:
    thread = make(w.Thread, saved)
    thread.entries = [make(w.Entry, row) for row in loose.mappings(saved, "entries")]
    return thread


def _rows(kind: type[Row], saved: Json, name: str) -> dict[str, Row]:
    return {key: make(kind, row) for key, row in loose.mapping(saved, name).items()}


def make(kind: type[Row], saved: Json) -> Row:
    """A row of this kind, without fields that an older or newer version wrote."""
    names = {f.name for f in fields(cast("Any", kind))}
    return kind(**{name: value for name, value in saved.items() if name in names})
