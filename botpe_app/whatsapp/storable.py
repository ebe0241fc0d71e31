"""JSON that arrived, made such that Postgres can keep it as jsonb.

jsonb has no NUL, no lone surrogate, no NaN and no infinity; each becomes something visible
instead of costing the message. Numbers too long for a machine become strings; nesting beyond
MOST_LEVELS becomes text.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, cast

MOST_LEVELS = 64  # Meta nests about ten deep

_NUL = "\u2400"  # the visible symbol for NUL
_LOST = "\ufffd"
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < 20 else digits


def _number(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


_decode = json.JSONDecoder(parse_int=_integer, parse_float=_number, parse_constant=str).decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def loads(body: bytes) -> Any:
    """The JSON value of `body`, storable. Raises ValueError where there is none."""
    try:
        value = _decode(body.decode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deep to be read") from None
    # Nearly no body nests deep or hides such a character: look closer only at those that might.
    if body.count(b"{") + body.count(b"[") > MOST_LEVELS and _is_deep(value):
        value = _shallow(value, MOST_LEVELS)
    return clean(value) if _SUSPECT.search(body) else value


def dumps(value: Any) -> bytes:
    """The compact UTF-8 JSON of a storable value, as the payload column takes it."""
    return _encode(value).encode()


def canonical(value: Any) -> bytes:
    """The same bytes for the same JSON value, however its keys were ordered."""
    return _canonical(value).encode()


def text_of(body: bytes) -> str:
    """`body` as text to keep and show, whatever its bytes are."""
    return visible(body.decode("utf-8", "backslashreplace"))


def visible(text: str) -> str:
    """`text` with what Postgres cannot keep replaced by a visible symbol."""
    if not _UNSTORABLE.search(text):
        return text
    return _UNSTORABLE.sub(lambda found: _NUL if found[0] == "\x00" else _LOST, text)


def clean(value: Any) -> Any:
    """The same value with every string, keys too, made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return {visible(key): clean(item) for key, item in pairs}
    if isinstance(value, list):
        return [clean(item) for item in cast("list[Any]", value)]
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [below for item in level for below in _below(item)]
        if not level:
            return False
    return True


def _shallow(value: Any, levels: int) -> Any:
    """The same value with everything below so many levels turned into its JSON text."""
    if not isinstance(value, dict | list):
        return value
    if levels == 1:
        return _canonical(value)
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return {key: _shallow(item, levels - 1) for key, item in pairs}
    return [_shallow(item, levels - 1) for item in cast("list[Any]", value)]


def _below(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).values())
    return cast("list[Any]", value) if isinstance(value, list) else []
