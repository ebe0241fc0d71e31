"""What a campaign says, while somebody writes it: its templates and what fills them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import reflex as rx

from botpe_app.services import template_places
from botpe_app.services.template_items import TemplateItem
from botpe_app.ui import words
from botpe_app.ui.base import PageState
from botpe_app.ui.campaigns import variants
from botpe_app.ui.campaigns.choices import Tile
from botpe_app.ui.campaigns.places import Source
from botpe_app.ui.campaigns.timing import Timing
from botpe_app.ui.campaigns.variants import Variant


class Writing(Timing, PageState, rx.State, mixin=True):
    """The wizard's second step: one text, or several to try against each other."""

    templates: rx.Field[list[Tile]] = rx.field(default_factory=list)
    variants: rx.Field[list[Variant]] = rx.field(default_factory=lambda: [Variant()])
    shown: int = 0  # the place of the variant that is being written
    sources: rx.Field[list[Source]] = rx.field(default_factory=list)
    _templates: rx.Field[list[TemplateItem]] = rx.field(default_factory=list)

    @rx.var
    def variant(self) -> Variant:
        """The variant that is being written."""
        return self.variants[self.shown]

    @rx.event
    async def choose_template(self, template_id: str):
        """Chooses what is sent."""
        self._write(await self._with_template(template_id, {}, self.variant))

    @rx.event
    def add_variant(self):
        """Adds a variant that begins like the one being written."""
        self.variants = variants.one_more(self.variants, self.variant)
        self.shown = len(self.variants) - 1

    @rx.event
    def show_variant(self, place: int):
        """Goes on with another variant."""
        if place in range(len(self.variants)):
            self.shown = place

    @rx.event
    def drop_variant(self):
        """Takes the variant being written away."""
        if len(self.variants) > 1:
            self.variants = self.variants[: self.shown] + self.variants[self.shown + 1 :]
            self.shown = max(self.shown - 1, 0)

    @rx.event
    def call_variant(self, name: str):
        """Names the variant being written."""
        self._write(replace(self.variant, name=name[:80]))

    @rx.event
    def draw_from(self, key: str, source: str):
        """Says where the text of a place comes from."""
        self._change_place(key, source=source)

    @rx.event
    def say_otherwise(self, key: str, said: str):
        """Says what stands in a place without it, or for all."""
        self._change_place(key, fallback=said[:1000])

    async def _with_template(
        self, template_id: str, variables: dict[str, Any], variant: Variant
    ) -> Variant:
        item = next((each for each in self._templates if each.id == template_id), None)
        if item is None:
            return variant
        found = await self._call(template_places.places_of, item.id)
        zone = words.zone(self.zone)
        return variants.of_template(
            variant.name, item, found, variables, known=self.sources, zone=zone
        )

    def _write(self, variant: Variant) -> None:
        self.variants = [
            variant if place == self.shown else each for place, each in enumerate(self.variants)
        ]

    def _change_place(self, key: str, **news: str) -> None:
        changed = [
            replace(place, **news) if place.key == key else place for place in self.variant.places
        ]
        self._write(replace(self.variant, places=changed))
