"""Charts one can read values from: by pointer, by arrow keys, or as a table."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True)
class Series:
    """One row of values; `tone` is in, out, third or before."""

    name: str
    tone: str
    values: list[float]


class Chart(rx.Component):
    """Series over labels, as `bars` or `lines`."""

    library = "$/public/chart.jsx"
    tag = "Chart"
    title: rx.Var[str]
    labels: rx.Var[list[str]]
    series: rx.Var[list[Series]]
    kind: rx.Var[str]
    unit: rx.Var[str]


class Heat(rx.Component):
    """Counts by hour of the week: seven rows of 24."""

    library = "$/public/chart.jsx"
    tag = "Heat"
    title: rx.Var[str]
    rows: rx.Var[list[list[int]]]


class SaveRows(rx.Component):
    """A button that saves rows the page has as CSV."""

    library = "$/public/saverows.jsx"
    tag = "SaveRows"
    heads: rx.Var[list[str]]
    rows: rx.Var[list[list[str]]]
    name: rx.Var[str]


chart = Chart.create
heat = Heat.create
save_rows = SaveRows.create
