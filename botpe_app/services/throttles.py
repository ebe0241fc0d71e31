"""How often something may be tried: leaky buckets in Postgres."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import text

from botpe_app.db import act_as_system, transaction
from botpe_app.errors import TooMany


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` tries at once, then one more every `seconds` seconds."""

    name: str
    burst: int
    seconds: float


_POUR = text(
    "insert into throttles as t (key, level, updated_at) values (:key, 1, now())"
    " on conflict (key) do update set updated_at = now(), level = 1 + least(:burst,"
    " greatest(0, t.level - extract(epoch from now() - t.updated_at) / :seconds))"
    " returning level"
)


def take(limit: Limit, key: str) -> None:
    """Counts one try. Raises TooMany with the seconds to wait when the bucket is full.

    It commits on its own: a try counts also when the work it guards is undone.
    """
    with transaction() as session:
        act_as_system(session)
        values = {
            "key": f"{limit.name}:{key}"[:200],
            "burst": limit.burst,
            "seconds": limit.seconds,
        }
        level = float(session.connection().execute(_POUR, values).scalar_one())
    if level > limit.burst:
        wait = math.ceil((level - limit.burst) * limit.seconds)
        raise TooMany(f"Too many tries. Try again in {wait} s.", retry_after=wait)
