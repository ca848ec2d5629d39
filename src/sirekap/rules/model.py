"""What a rule and a finding are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sirekap.forms import Label


class Severity(StrEnum):
    """An error keeps a sheet out of totals until someone acknowledges it; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A numbered check: the form's line it rests on, its quotation, its wording, what it may name."""

    number: str
    severity: Severity
    line: str
    quote: str
    text: Label
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a sheet breaks. `left` and `right` are the two numbers that do not fit, where it has them."""

    rule: str
    severity: Severity
    figures: tuple[str, ...]
    left: int | None = None
    right: int | None = None
