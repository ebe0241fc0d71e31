"""Kinds of text that a flow holds, with their limits: in Python, and in the JSON Schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from botpe_app.core.conditions import OPERATORS
from botpe_app.core.templating import literal


class Part(BaseModel):
    """A piece of a flow: it has the fields it names and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def units(text: str) -> int:
    """A text's length as WhatsApp counts it at most: in UTF-16 units."""
    return len(text) if text.isascii() else len(text) + sum(letter > "\uffff" for letter in text)


@dataclass(frozen=True)
class Limit:
    """A text of at most so many characters beside its placeholders; `least` 1: not blank."""

    most: int
    least: int = 1

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = dict(handler(schema))
        short = {"maxLength": self.most}
        described["anyOf"] = [short, {"pattern": r"\{\{", "maxLength": self.most + 2000}]
        return {**described, "pattern": r"\S"} if self.least else described

    def check(self, text: str) -> str:
        """The text; raises what pydantic turns into an error of its field."""
        length = units(literal(text))
        if self.least and not text.strip():
            raise PydanticCustomError("empty", "is empty: write something")
        if length > self.most or len(text) > self.most + 2000:
            told = {"length": f"{length:,}", "most": f"{self.most:,}"}
            raise PydanticCustomError(
                "too_long", "has {length} characters; the most is {most}. Shorten it", told
            )
        return text


@dataclass(frozen=True)
class _OneOf:
    """A word of a table that another room keeps."""

    words: tuple[str, ...]
    what: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self.words)}

    def check(self, word: str) -> str:
        """The word; raises what pydantic turns into an error of its field."""
        if word not in self.words:
            told = {"word": word, "what": self.what}
            raise PydanticCustomError("unknown_word", "{word} is no {what}", told)
        return word


Id = Annotated[str, StringConstraints(pattern=r"^[\w.:\-]{1,100}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d][\w\-]{0,63}$")]
Body = Annotated[str, Limit(1024)]
LongBody = Annotated[str, Limit(4096)]
OptionalBody = Annotated[str, Limit(4096, least=0)]
Caption = Annotated[str, Limit(1024, least=0)]
Footer = Annotated[str, Limit(60, least=0)]
ButtonTitle = Annotated[str, Limit(20)]
RowTitle = Annotated[str, Limit(24)]
RowDescription = Annotated[str, Limit(72, least=0)]
Value = Annotated[str, Limit(4096, least=0)]
Line = Annotated[str, Limit(1000)]
Url = Annotated[str, Limit(2000)]
Label = Annotated[str, StringConstraints(max_length=200)]
OperatorName = Annotated[str, _OneOf(tuple(sorted(OPERATORS)), "test")]
