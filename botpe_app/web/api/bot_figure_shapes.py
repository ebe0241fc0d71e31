"""The shapes of a bot's figures."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from botpe_app.web.api.shapes import Id, Moment, Shape


class Node(Shape):
    """A node of a bot: visits, and the conversations that broke off (`dropped`) or wait there."""

    node_id: str
    type: str
    visits: int
    dropped: int
    waiting: int
    drop_off: float
    left_by: dict[str, int]


class BotAnalytics(Shape):
    """A bot's figures, of the conversations that began within the range.

    `containment`: the share of the settled ones in which no person was needed, null if none is.
    `time_to_finish` in seconds.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    bot_id: Id
    since: Annotated[Moment, Field(serialization_alias="from")]
    until: Annotated[Moment, Field(serialization_alias="to")]
    sessions: int
    running: int
    with_a_person: int
    completed: int
    hand_offs: int
    containment: float | None
    endings: dict[str, int]
    hand_off_reasons: dict[str, int]
    time_to_finish: dict[str, float | None]
    nodes: list[Node]
    edges: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    days: list[dict[str, Any]]
