"""Reading what a request carries, so that nothing a client can spell gets past as a crash."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.requests import Request

from botpe_app.errors import BotpeError, Invalid
from botpe_app.web.api.errors import of_validation

Model = TypeVar("Model", bound=BaseModel)


LARGEST = 1024 * 1024  # bytes


class TooLarge(BotpeError):
    """The body is larger than any route takes."""

    code, status = "too_large", 413


async def read_all(request: Request, *, largest: int = LARGEST) -> bytes:
    """The body's bytes. Raises TooLarge at the first byte too many, whatever its header says."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise TooLarge(f"The body is larger than {largest // 2**20} MB.")
        parts.append(part)
    return b"".join(parts)


def read_body(model: type[Model], raw: bytes) -> Model:
    """The body as `model`; an empty one counts as {}. Raises Invalid naming the field."""
    return _validate(model, read_json(raw))


def read_query(model: type[Model], query: Mapping[str, str]) -> Model:
    """The query as `model`; an empty value counts as none given. Raises Invalid."""
    given = {name: value for name, value in query.items() if value}
    _check_storable(given, "")
    return _validate(model, given)


def read_json(raw: bytes) -> Any:
    """What the JSON says. Raises Invalid for anything else, or what Postgres could not keep."""
    if not raw.strip():
        return {}
    try:
        parsed = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise Invalid(f"The body is not JSON: {error}.") from None
    _check_storable(parsed, "")
    return parsed


def _validate(model: type[Model], value: Any) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise of_validation(error) from None


def _check_storable(value: Any, path: str) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise Invalid("Text cannot hold the character NUL (\\u0000).", field=path or None)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid("This number is too large.", field=path or None)
    elif isinstance(value, dict | list):
        for name, inner in _entries(value):
            inside = f"{path}.{name}" if path else name
            _check_storable(name, path)
            _check_storable(inner, inside)


def _entries(value: dict[str, Any] | list[Any]) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        return value.items()
    return ((str(place), inner) for place, inner in enumerate(value))
