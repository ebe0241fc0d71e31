"""Every refusal in one envelope: {"error": {"code", "message", "field"}} with its status."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from botpe_app.errors import BotpeError, Invalid, TooMany, Unauthorized, Unavailable, Unfit

log = logging.getLogger(__name__)

_FRAMEWORK = {
    404: ("not_found", "There is nothing at this address. See /api/docs."),
    405: ("method_not_allowed", "This address does not take this method. See /api/docs."),
}


class Refusal(BaseModel):
    """Why a request was refused, in words for people; `field` names what to mend."""

    code: str
    message: str
    field: str | None
    problems: list[dict[str, object]] | None = None  # of a bot that cannot be published


class Refused(BaseModel):
    """What every status above 399 answers with."""

    error: Refusal


def answer(error: BotpeError) -> JSONResponse:
    """The response that tells of an expected failure."""
    headers: dict[str, str] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if error.status >= 500:
        log.error("request_refused", extra={"code": error.code, "problem": error.message})
    if isinstance(error, Unfit):
        return _unfit(error)
    return envelope(error.status, error.code, error.message, error.field, headers)


def envelope(
    status: int,
    code: str,
    message: str,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A response in the envelope."""
    refused = Refused(error=Refusal(code=code, message=message, field=field))
    said = refused.model_dump(exclude={"error": {"problems"}})
    return JSONResponse(said, status, dict(headers or {}))


def _unfit(error: Unfit) -> JSONResponse:
    told = Refusal(
        code=error.code, message=error.message, field=error.field, problems=error.problems
    )
    return JSONResponse(Refused(error=told).model_dump(), error.status)


async def of_framework(request: Request, error: Exception) -> JSONResponse:
    """The same for what the framework refuses before any of our code runs."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    code, message = _FRAMEWORK.get(error.status_code, ("error", str(error.detail)))
    return envelope(error.status_code, code, message, headers=error.headers)


def of_database(error: Exception) -> BotpeError | None:
    """What a database's complaint means for the one who asked; None if it is a bug of ours."""
    if isinstance(error, OperationalError | InterfaceError | PoolExhausted):
        log.warning("database_unavailable", extra={"error": str(error)})
        return Unavailable("The database does not answer. Try again in a moment.")
    if isinstance(error, DataError):
        log.warning("value_refused_by_database", extra={"error": str(error.orig)})
        return Invalid("A value is too large or not of the kind this field takes.")
    return None


def of_validation(error: ValidationError) -> Invalid:
    """The first thing wrong with a body or query: its field, as a dotted path, and the mend."""
    first = error.errors(include_url=False, include_input=False)[0]
    return Invalid(_words(first), field=".".join(str(part) for part in first["loc"]) or None)


_WORDS = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "string_type": "This is text, in quotes.",
    "bool_type": "This is true or false.",
    "bool_parsing": "This is true or false.",
    "int_type": "This is a whole number.",
    "int_parsing": "This is a whole number.",
    "int_from_float": "This is a whole number.",
    "float_type": "This is a number.",
    "list_type": "This is a list, in square brackets.",
    "dict_type": "This is an object, in curly brackets.",
    "model_type": "Send a JSON object.",
    "model_attributes_type": "Send a JSON object.",
    "uuid_parsing": "This is not an id.",
    "uuid_type": "This is not an id.",
    "literal_error": "This is one of {expected}.",
    "greater_than_equal": "This is at least {ge}.",
    "less_than_equal": "This is at most {le}.",
    "string_too_long": "At most {max_length} characters.",
    "string_too_short": "At least {min_length} characters.",
    "too_long": "At most {max_length} entries.",
}


def _words(problem: ErrorDetails) -> str:
    known = _WORDS.get(problem["type"])
    return known.format(**problem.get("ctx", {})) if known else f"{problem['msg']}."
