"""What a check of a template finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from botpe_app.whatsapp.messages.checks import units

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: `error` keeps Meta from taking it, `warning` may cost approval.

    `field` is a path such as `components[1].buttons[0].text`.
    """

    field: str
    severity: str
    message: str


@dataclass(slots=True)
class Report:
    """Collects problems; `category` and `named` are the template's."""

    category: str
    named: bool
    problems: list[Problem] = field(default_factory=list[Problem])

    def error(self, where: str, message: str) -> None:
        """Meta would refuse this."""
        self.problems.append(Problem(where, ERROR, message))

    def warn(self, where: str, message: str) -> None:
        """Meta may refuse this, or people may not like it."""
        self.problems.append(Problem(where, WARNING, message))

    def text(self, where: str, value: object, most: int) -> str:
        """The text if it can be looked at further, else ""; says so where it cannot."""
        if not isinstance(value, str) or not value.strip():
            self.error(where, "Text is needed here.")
            return ""
        if units(value) > most:
            self.error(where, f"At most {most:,} characters; these are {units(value):,}.")
        return value
