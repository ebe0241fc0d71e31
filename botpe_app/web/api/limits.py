"""How often one key may ask: a bucket in Redis that every web process draws from."""

from __future__ import annotations

import hashlib
import logging
import math
import time

from redis.exceptions import RedisError

from botpe_app.errors import TooMany
from botpe_app.queue import redis

log = logging.getLogger(__name__)

PER_MINUTE = 20_000
BURST = 3_000
_PER_MILLISECOND = PER_MINUTE / 60_000
_BLIND_SECONDS = 5  # how long a Redis that failed is left alone

# Answers with what is left, below 0 if this one is too many.
_DRAW = """
local now = redis.call('TIME')
now = now[1] * 1000 + now[2] / 1000
local known = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = tonumber(known[1] or ARGV[2])
left = math.min(tonumber(ARGV[2]), left + (now - tonumber(known[2] or now)) * tonumber(ARGV[1]))
left = left - 1
if left >= 0 then
  redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', string.format('%.3f', now))
  redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[2]) / tonumber(ARGV[1])))
end
return tostring(left)
"""

_blind_until = 0.0


def take(token: str) -> dict[str, str]:
    """Counts one request of this key or session; the headers that tell how many are left.

    Raises TooMany. Without Redis nothing is counted: a limit must not close the door.
    """
    global _blind_until
    if time.monotonic() < _blind_until:
        return {}
    try:
        left = _draw(token)
    except RedisError:
        log.warning("rate_limit_off", extra={"reason": "Redis does not answer"})
        _blind_until = time.monotonic() + _BLIND_SECONDS
        return {}
    if left < 0:
        wait = math.ceil(-left / _PER_MILLISECOND / 1000)
        raise TooMany(
            f"At most {PER_MINUTE:,} requests a minute and {BURST:,} at once. Wait {wait} s.",
            retry_after=wait,
        )
    until_full = math.ceil((BURST - left) / _PER_MILLISECOND / 1000)
    return {
        "RateLimit-Limit": str(BURST),
        "RateLimit-Remaining": str(int(left)),
        "RateLimit-Reset": str(until_full),
    }


def _draw(token: str) -> float:
    key = f"botpe:api:{hashlib.sha256(token.encode()).hexdigest()[:32]}"
    draw = redis().register_script(_DRAW)
    answer = draw(keys=[key], args=[str(_PER_MILLISECOND), str(BURST)])
    return float(answer)  # pyright: ignore[reportArgumentType] - the sync client answers at once
