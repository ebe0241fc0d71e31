"""How fast messages may leave: per number, per person, after a failure. Times are in seconds.

Meta counts what arrives, we count what leaves, and the way between them jitters. So a slot is
used again only a little more than a second later (`WINDOW`, which costs 2 % of the rate), and
later still if its request was unusually long under way.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

WINDOW = 1.02
REPLY_SHARE = 0.2  # of the rate, kept free for replies while a campaign runs
_REPLIES_ARE_LIVE = 5.0  # seconds after a reply during which the share is kept
_BURST, _BURST_SECONDS = 4, 0.02  # messages that may leave at once after a pause, or that long's
_CATCH_UP = 1.05  # how much faster than the rate the spreading lets them leave
_SLOWEST = 0.1  # of the rate
_RECOVERY = 30.0  # seconds of quiet until the full rate is back
_MEMORY = 10.0  # seconds over which the usual time of a request is averaged
_LATEST = 1.0  # a request that was late by more than this tells nothing


@dataclass(slots=True)
class Slot:
    """A message's place in its number's rate. `seconds`: until it was answered."""

    at: float
    seconds: float | None = None


class Limiter:
    """The slots of one number: never more than its rate in any second, spread out evenly.

    A slot comes back `WINDOW` seconds after its message arrived, as far as we can tell: a token
    bucket that is exact over every sliding second, not only on average.
    """

    def __init__(self, per_second: int, *, not_before: float = float("-inf")) -> None:
        """`not_before`: nothing leaves earlier; another sender may have used this second."""
        self.per_second = per_second
        self._taken: deque[Slot] = deque()
        self._spread_until = not_before
        self._not_before = not_before
        self._last_reply = float("-inf")
        self._slowed_at = float("-inf")
        self._slowed_to = 1.0
        self._answers = 0
        self._mean = self._deviation = 0.0  # of the seconds until an answer

    def rate(self, now: float) -> int:
        """Messages a second allowed now, at least 1."""
        quiet = min(1.0, (now - self._slowed_at) / _RECOVERY)
        factor = self._slowed_to + (1 - self._slowed_to) * quiet
        return max(1, int(self.per_second * factor + 1e-9))

    def wait(self, now: float, *, reply: bool) -> float:
        """Seconds until one more may leave; 0 if it may now. Replies go before campaigns."""
        slots = self.rate(now)
        if not reply and now - self._last_reply < _REPLIES_ARE_LIVE:
            slots = max(1, slots - int(slots * REPLY_SHARE))
        burst = max(_BURST / slots, _BURST_SECONDS)
        free_at = max(self._not_before, self._spread_until - burst)
        if len(self._taken) >= slots:
            # Whatever the order of arrival: were there more than `slots` arrivals in a second, two
            # of them would be `slots` apart here, and the later one did not wait for the earlier.
            oldest = self._taken[-slots]
            free_at = max(free_at, oldest.at + self._late(oldest, now) + WINDOW)
        return max(0.0, free_at - now)

    def take(self, now: float, *, reply: bool) -> Slot:
        """Uses a slot for a message that leaves at `now`."""
        while self._taken and self._taken[0].at + WINDOW + _LATEST <= now:
            self._taken.popleft()
        slot = Slot(now)
        self._taken.append(slot)
        self._spread_until = max(self._spread_until, now) + 1 / (_CATCH_UP * self.rate(now))
        if reply:
            self._last_reply = now
        return slot

    def answered(self, slot: Slot, now: float) -> None:
        """Notes the answer to a message, whatever it was: it had arrived by then."""
        slot.seconds = now - slot.at
        self._answers += 1
        share = 1 / min(self._answers, _MEMORY * self.per_second)
        self._mean += share * (slot.seconds - self._mean)
        self._deviation += share * (abs(slot.seconds - self._mean) - self._deviation)

    def slow_down(self, now: float) -> None:
        """Halves the rate after a rate error, at most once a second and never below a tenth.

        Errors of one burst arrive together; halving for each would stop the number.
        """
        if now - self._slowed_at < 1:
            return
        self._slowed_to = max(_SLOWEST, self.rate(now) / self.per_second / 2)
        self._slowed_at = now

    def _late(self, slot: Slot, now: float) -> float:
        """How much longer than usual a message was, or still is, under way."""
        seconds = now - slot.at if slot.seconds is None else slot.seconds
        return min(_LATEST, max(0.0, seconds - self._mean - 2 * self._deviation))


PAIR_BURST = 45
PAIR_REFILL = 6.0  # seconds for one more


@dataclass
class Pair:
    """What one person may still be sent by one number: 45 at once, then one in six seconds."""

    level: float = PAIR_BURST
    at: float = 0.0
    refusals: int = 0  # pair limit errors in a row

    def wait(self, now: float) -> float:
        """Seconds until one more may leave; 0 if it may now."""
        return max(0.0, (1 - self._level(now)) * PAIR_REFILL)

    def take(self, now: float) -> None:
        """Counts a message that leaves at `now`."""
        self.level, self.at = self._level(now) - 1, now

    def is_full(self, now: float) -> bool:
        """Whether it remembers nothing that a new one would not know."""
        return self._level(now) >= PAIR_BURST and not self.refusals

    def _level(self, now: float) -> float:
        return min(PAIR_BURST, self.level + (now - self.at) / PAIR_REFILL)


def doubling(tries: int, *, longest: float) -> float:
    """Seconds to wait after that many failures in a row: 1, 2, 4 … `longest`."""
    return min(longest, 2.0 ** min(tries - 1, 30))


def jittered(seconds: float, random: float) -> float:
    """`seconds` and up to a quarter more, so that those who failed together part.

    `random` is 0..1.
    """
    return seconds * (1 + random / 4)


AHEAD = 0.025  # seconds' worth of messages that are made ready before their turn
_USUAL = 0.225  # seconds of a request that the 20 in flight of a default number allow for
_LONGEST = 0.35
_IN_TROUBLE = 0.5


def most_in_flight(per_second: int, seconds: float, *, fewest: int, most: int) -> int:
    """How many messages may be under way when one takes `seconds` from request to record.

    Just enough for the rate (rate × time), because all of them are uncertain after a crash: 20
    at 80 a second. A server slower than half a second is in trouble and gets no more than that.
    """
    allowed_for = _USUAL if seconds > _IN_TROUBLE else min(max(seconds, _USUAL), _LONGEST)
    return max(fewest, min(most, round(per_second * (allowed_for + AHEAD))))
