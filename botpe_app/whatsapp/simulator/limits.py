"""The Graph API's two rate limits (Cloud API docs, "Throughput" and "Pair rate limits").

Times are seconds of one clock, any clock.
"""

from __future__ import annotations

from collections import deque

_SLACK = 1.05  # a sender's exact pace arrives with jitter; WhatsApp's own count is not exact
_BURST, _REFILL_SECONDS = 45.0, 6.0
_MOST_PAIRS = 200_000


class Throughput:
    """At most `per_second` messages of one number in any second."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._taken: deque[float] = deque(maxlen=max(1, int(per_second * _SLACK)))

    def take(self, now: float) -> bool:
        """Whether one more message may pass at `now`; if so it has."""
        if len(self._taken) == self._taken.maxlen and now - self._taken[0] < 1.0:
            return False
        self._taken.append(now)
        return True


class Pairs:
    """At most 45 messages at once to one person, then one every 6 seconds."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, number: str, person: str, now: float) -> bool:
        """Whether one more message may pass from `number` to `person`; if so it has."""
        left, since = self._left.get((number, person), (_BURST, now))
        # Rounded, or 6 s of float seconds would now and then refill a hair less than one.
        left = min(_BURST, round(left + (now - since) / _REFILL_SECONDS, 9))
        if left < 1:
            return False
        if len(self._left) >= _MOST_PAIRS:
            self._left.clear()
        self._left[number, person] = (left - 1, now)
        return True
