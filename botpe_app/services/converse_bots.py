"""Programs of the bots around a batch. A version never changes, so it is made ready once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import LiteralString
from uuid import UUID

from botpe_app.core.engine import Program
from botpe_app.core.flow import parse
from botpe_app.services.converse_batch import Bots, Connection, Talk
from botpe_app.services.ingest_batch import columns

_MOST_KEPT = 500
_PUBLISHED: LiteralString = """
select organization_id, account_id, id, version, status from bots
where organization_id = any(%b) and version > 0 order by created_at, id
"""
_FLOWS: LiteralString = """
select v.bot_id, v.number, v.flow
from unnest(%b::uuid[], %b::uuid[], %b::int[]) as n (organization_id, bot_id, number)
join bot_versions v on v.organization_id = n.organization_id and v.bot_id = n.bot_id
  and v.number = n.number
"""

_ready: OrderedDict[tuple[UUID, int], Program] = OrderedDict()
_Version = tuple[UUID, UUID, int]  # organization, bot, number


def around(connection: Connection, talks: Sequence[Talk]) -> Bots:
    """The bots that may speak in these conversations."""
    organizations = sorted({talk.organization_id for talk in talks})
    rows = connection.cursor(binary=True).execute(_PUBLISHED, (organizations,)).fetchall()
    wanted: set[_Version] = {(row[0], row[2], row[3]) for row in rows}
    wanted |= {version for talk in talks for version in _of(talk)}
    _make_ready(connection, wanted)
    bots = Bots()
    for _, bot_id, number in wanted:
        if program := _ready.get((bot_id, number)):
            bots.versions[str(bot_id), str(number)] = program
    for organization_id, account_id, bot_id, number, status in rows:
        program = _ready.get((bot_id, number))
        if program is None:
            continue
        bots.published[organization_id][str(bot_id)] = program
        if status == "active":
            bots.active[account_id].append(program)
    return bots


def _of(talk: Talk) -> Iterable[_Version]:
    for bot_id, number in talk.live.state.bots if talk.live else ():
        yield talk.organization_id, UUID(bot_id), int(number)


def _make_ready(connection: Connection, wanted: set[_Version]) -> None:
    missing = [version for version in wanted if version[1:] not in _ready]
    if missing:
        for bot_id, number, flow in connection.cursor(binary=True).execute(
            _FLOWS, columns(sorted(missing))
        ):
            _ready[bot_id, number] = Program(parse(flow), str(bot_id), str(number))
    for version in wanted:
        if version[1:] in _ready:
            _ready.move_to_end(version[1:])
    while len(_ready) > max(_MOST_KEPT, len(wanted)):
        _ready.popitem(last=False)
