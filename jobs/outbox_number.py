"""One leased number at work: what waits to leave from it, what is under way, and how fast."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from botpe_app import vault
from botpe_app.core.pacing import AHEAD, Limiter, Pair, Slot, doubling, most_in_flight
from botpe_app.services import accounts
from botpe_app.services.outbox import Claimed, Timing, Wanted
from botpe_app.services.outbox_leases import Lease

MOST_CONNECTIONS = 400
_FEWEST_IN_FLIGHT = 4
_LARGEST_GROUP = 200  # noted as sending in one commit
_WORTH_A_CLAIM = 25  # messages; of so fast a number what is claimed need not wait for its turn
_BUFFER_SECONDS = 0.5  # worth of messages claimed ahead of their turn; more would only age here
_SMALLEST_BUFFER, _LARGEST_BUFFER = 20, 500
_SILENCES = 20  # requests in a row without an answer until the number holds
_LONGEST_HOLD = 15.0
_turn = count()


@dataclass(slots=True)
class Outgoing:
    """A claimed message on its way out."""

    claimed: Claimed
    number: Number
    pair: Pair  # what its recipient may still be sent
    marked: bool = False  # noted in the database as sending
    fence: float = 0.0  # its request may not start later than this
    slot: Slot | None = None  # in its number's rate, since its request was made
    share: Slot | None = None  # in its campaign's rate, since it was about to leave


class Number:
    """What this drain does with one number. Times are those of `time.monotonic`."""

    def __init__(self, lease: Lease, now: float, timing: Timing) -> None:
        # Another drain may have used up this second's slots; we cannot know.
        self._not_before = now + 1 if lease.just_used else float("-inf")
        self.limiter = Limiter(lease.per_second, not_before=self._not_before)
        self.pairs: dict[UUID, Pair] = {}
        self._campaigns: dict[UUID, Limiter] = {}  # that have a rate of their own
        self.under_way = 0  # noted as sending and not recorded yet
        self.uploading = Counter[bool]()  # that wait for their files, by whether it is a reply
        self.is_held = True  # until it is given back
        self.has_more = False  # the last claim took all it asked for
        self.used_at = now
        self.hold_until = float("-inf")
        self.arrived = asyncio.Event()  # something became ready to leave
        self._waiting: list[tuple[int, int, Outgoing]] = []
        self._ready: list[tuple[int, int, Outgoing]] = []
        self._early: list[Outgoing] = []  # that their campaign's rate does not let go yet
        self._seconds = 0.0  # of a request until it is recorded, smoothed
        self._silences = 0  # requests in a row that got no answer
        self._holds = 0  # pauses in a row because of that
        self.prolong(lease, now, timing)

    def prolong(self, lease: Lease, now: float, timing: Timing) -> None:
        """Takes over what the database says of it; `now` is from before it was asked.

        Raises Misconfigured if its token cannot be opened.
        """
        self.lease = lease
        self.fence = now + timing.may_start
        self.limiter.per_second = lease.per_second
        place = accounts.place(lease.organization_id, lease.account_id)
        self.token = vault.open_sealed(lease.token_sealed, place=place)

    def wants(self, now: float) -> Wanted | None:
        """How many messages it can take now. Replies find room even when it is full."""
        if now < self.hold_until:
            return None
        leaving = 0 if self._waiting or self._early else self._free(now)
        if self._is_fast(now) and not self._waiting:
            return self._wanted(leaving, leaving=leaving) if self.runs_low(now) else None
        room = self._buffer - len(self._waiting) - len(self._early) - self.uploading[False]
        if room > 0:
            return self._wanted(room, leaving=leaving)
        replies = sum(1 for _, _, message in self._waiting if message.claimed.is_reply)
        room = _SMALLEST_BUFFER - replies
        return self._wanted(room, lowest=9) if room > 0 else None

    def runs_low(self, now: float) -> bool:
        """Whether it is time to claim more, if there are more."""
        if self._is_fast(now):
            return not self._waiting and 2 * self._free(now) >= self._ahead(now) // 2
        return 2 * len(self._waiting) <= self._buffer

    def is_idle(self) -> bool:
        """Whether it has nothing in hand."""
        waiting = self._waiting or self._ready or self._early
        return not (waiting or self.under_way or self.uploading.total())

    def put(self, message: Outgoing) -> None:
        """Has a claimed message wait its turn."""
        heapq.heappush(self._waiting, (message.claimed.priority, next(_turn), message))

    def take_to_mark(self, now: float) -> Iterator[Outgoing]:
        """The messages to note as sending now: just ahead of their turn, replies first."""
        if now < self.hold_until:
            return
        early, self._early = self._early, []
        for message in early:
            self.put(message)
        most, ahead, ready = self._most(now), self._ahead(now), len(self._ready)
        while self._waiting and self.under_way < most:
            # A reply must not stand behind campaign messages that wait for a slot.
            if ready >= (ahead if self._waiting[0][2].claimed.is_reply else ahead // 2):
                return
            message = heapq.heappop(self._waiting)[2]
            limiter = self._limiter_of(message.claimed)
            if limiter and limiter.wait(now, reply=True) > 0:
                self._early.append(message)
                continue
            message.share = limiter.take(now, reply=True) if limiter else None
            ready += 1
            self.under_way += 1
            yield message

    def early_for(self, now: float) -> float | None:
        """Seconds until a campaign's rate lets the next one go; None if none waits for that."""
        limiters = {self._limiter_of(message.claimed) for message in self._early}
        return min((limiter.wait(now, reply=True) for limiter in limiters if limiter), default=None)

    def _limiter_of(self, claimed: Claimed) -> Limiter | None:
        if claimed.campaign_id is None or claimed.campaign_rate is None:
            return None
        known = self._campaigns.get(claimed.campaign_id)
        if known is None:
            known = Limiter(claimed.campaign_rate, not_before=self._not_before)
            self._campaigns[claimed.campaign_id] = known
        known.per_second = claimed.campaign_rate
        return known

    def make_ready(self, message: Outgoing) -> None:
        """Lets a message leave as soon as there is a slot."""
        heapq.heappush(self._ready, (message.claimed.priority, next(_turn), message))
        self.arrived.set()

    def wait(self, now: float) -> float | None:
        """Seconds until the next one may leave, 0 for now; None if nothing is ready."""
        if not self._ready:
            return None
        return self.limiter.wait(now, reply=self._ready[0][2].claimed.is_reply)

    def pop(self) -> Outgoing:
        """Takes out the next message to leave."""
        return heapq.heappop(self._ready)[2]

    def start(self, message: Outgoing, now: float) -> None:
        """Uses the slots of a message that leaves now. Its time runs from here."""
        message.slot = self.limiter.take(now, reply=message.claimed.is_reply)
        if message.share:
            message.share.at = now
        message.pair.take(now)

    def pair(self, conversation_id: UUID, now: float) -> Pair:
        """What the recipient of a conversation may still be sent."""
        if (known := self.pairs.get(conversation_id)) is None:
            known = self.pairs[conversation_id] = Pair(at=now)
        return known

    def finish(self, message: Outgoing, now: float) -> None:
        """Forgets a message whose result is recorded."""
        self.under_way -= message.marked
        self.used_at = now
        if message.slot:
            self._seconds += 0.1 * (now - message.slot.at - self._seconds)

    def answered(self, message: Outgoing, now: float) -> None:
        """Notes that the server answered, whatever it said."""
        self._silences = self._holds = 0
        if message.slot:
            self.limiter.answered(message.slot, now)
        if message.share and (limiter := self._limiter_of(message.claimed)):
            limiter.answered(message.share, now)

    def unanswered(self, now: float, *, left: bool) -> None:
        """Notes a request without an answer.

        One that never left holds the number for a moment: nothing gets through. One that may
        have arrived does so only after many in a row, as each that follows may end uncertain.
        """
        self._silences += left
        if now < self.hold_until or (left and self._silences < _SILENCES):
            return
        self._holds += 1
        self.hold_until = now + doubling(self._holds, longest=_LONGEST_HOLD)

    def let_go(self) -> list[Outgoing]:
        """Everything that has not left, taken out: the number is given back."""
        self.is_held = False
        taken = [message for _, _, message in (*self._ready, *self._waiting)] + self._early
        self._early.clear()
        self._ready.clear()
        self._waiting.clear()
        return taken

    def forget_pairs(self, now: float) -> None:
        """Drops the recipients about whom there is nothing left to know."""
        self.pairs = {key: pair for key, pair in self.pairs.items() if not pair.is_full(now)}

    @property
    def _buffer(self) -> int:
        wanted = round(self.lease.per_second * _BUFFER_SECONDS)
        return max(_SMALLEST_BUFFER, min(_LARGEST_BUFFER, wanted))

    def _most(self, now: float) -> int:
        """How many may be under way."""
        if self._holds:
            return 1  # it tries whether answers come again
        rate = self.limiter.rate(now)
        return most_in_flight(rate, self._seconds, fewest=_FEWEST_IN_FLIGHT, most=MOST_CONNECTIONS)

    def _ahead(self, now: float) -> int:
        """How many may be noted as sending before their turn; campaigns take half of it."""
        return max(2, min(_LARGEST_GROUP, round(2 * AHEAD * self.limiter.rate(now))))

    def _free(self, now: float) -> int:
        """How many more may be noted as sending now, whatever they are."""
        free = min(self._ahead(now) // 2 - len(self._ready), self._most(now) - self.under_way)
        return max(0, free)

    def _is_fast(self, now: float) -> bool:
        return self._ahead(now) // 2 >= _WORTH_A_CLAIM

    def _wanted(self, room: int, lowest: int = 100, leaving: int = 0) -> Wanted:
        return Wanted(self.lease.organization_id, self.lease.account_id, room, lowest, leaving)
