"""What can go wrong in ways people should hear about. Messages are written for them.

Every expected failure is a `BotpeError`; anything else is a bug and is logged with an id.
"""

from __future__ import annotations


class BotpeError(Exception):
    """An expected failure. `code` and `status` are what the API answers with."""

    code = "error"
    status = 500

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Unauthorized(BotpeError):
    """Nobody is signed in, or the key or session is no longer good."""

    code, status = "unauthorized", 401


class CodeNeeded(Unauthorized):
    """The password was right; the second factor is to come with it."""

    code = "code_needed"


class Forbidden(BotpeError):
    """The actor is known and may not do this."""

    code, status = "forbidden", 403


class NotFound(BotpeError):
    """No such row, or a row of another organization: the two look the same on purpose."""

    code, status = "not_found", 404


class Conflict(BotpeError):
    """The row is not in a state in which this can be done, or it exists already."""

    code, status = "conflict", 409


class Invalid(BotpeError):
    """What came in cannot be used. `field` names the offending field."""

    code, status = "invalid", 422


class Unfit(Invalid):
    """A bot cannot be published as it is; `problems` are all that keeps it from it."""

    def __init__(
        self, message: str, *, field: str | None, problems: list[dict[str, object]]
    ) -> None:
        super().__init__(message, field=field)
        self.problems = problems


class WindowClosed(BotpeError):
    """The 24-hour customer service window has closed: only a template may be sent."""

    code, status = "window_closed", 422


class TooMany(BotpeError):
    """A rate limit was reached; try again after `retry_after` seconds."""

    code, status = "rate_limited", 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(BotpeError):
    """Something this needs (database, Redis, simulator) does not answer now."""

    code, status = "unavailable", 503


class Misconfigured(BotpeError):
    """A setting is missing or unusable; the message names it and the mend."""

    code, status = "misconfigured", 500
