"""The shapes of the desk's part of the API (docs/review.md), as types."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from sirekap.web.schemas import In, Name, Value

ClaimId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Reason = Annotated[str, StringConstraints(max_length=500)]
Typed = Value | Literal["?"] | None
WorkStep = Literal["first", "second", "resolve", "findings"]


class WaitingOut(Schema):
    """A sheet that waits; `votes_at_least` are in question; `holder` works on it until `until`."""

    contest: str
    title: str
    station: str
    name: str
    step: str
    causes: list[str]
    votes_at_least: int
    since: str | None
    holder: str | None
    until: str | None
    mine: bool
    may: bool


class QueueOut(Schema):
    """What waits: how many in all, and some of them, those first that move most votes."""

    waiting: int
    sheets: list[WaitingOut]
    more: bool


class ClaimIn(In):
    """Take a sheet: the named one, else the next of the caller's queue, as narrowed."""

    contest: Annotated[str, StringConstraints(max_length=16)] | None = None
    station: Annotated[str, StringConstraints(max_length=13)] | None = None
    unit: Annotated[str, StringConstraints(max_length=13)] | None = None
    step: WorkStep | None = None


class PagePhoto(Schema):
    """A photograph of a page."""

    sha256: str
    photo: str


class FieldToType(Schema):
    """A figure of the form by name and place; nothing of what it may be."""

    name: str
    line: str
    label: str
    digits: int
    most: int
    tall: bool
    cut: str | None


class PartToType(Schema):
    """A part of a page, such as a party's column, by the names of its figures; no title where it is the page."""

    title: str | None
    figures: list[str]


class PageToType(Schema):
    """A page with its photographs and the figures to type, in the form's order, and the parts they fall into."""

    number: int
    title: str
    photos: list[PagePhoto]
    figures: list[FieldToType]
    parts: list[PartToType]


class Answered(Schema):
    """Somebody's word for a finding."""

    who: str
    reason: str
    at: str


class SaidOut(FieldToType):
    """A figure with what every source says: a number, null for blank, "?" for illegible, "" for nothing."""

    value: Any
    machine: Any
    officer: Any
    copies: list[int]


class OpenFinding(Schema):
    """An error that waits for somebody to answer for it; `people` is how many must."""

    rule: str
    text: str
    line: str | None
    quote: str | None
    people: int
    answered: list[Answered]
    mine: bool
    figures: list[SaidOut]


class ClaimOut(Schema):
    """A sheet that the caller holds. `differ` and `entries` with step resolve, `findings` with step findings."""

    claim: int
    contest: str
    title: str
    station: str
    name: str
    version: int
    step: str
    until: str
    form: str
    pages: list[PageToType]
    differ: list[str] | None = None
    entries: list[dict[str, Any]] | None = None
    findings: list[OpenFinding] | None = None


class EntryIn(In):
    """Every figure of the form as typed. `request` is new for each entry; `reason` with step resolve."""

    request: UUID
    figures: Annotated[dict[Name, Typed], Field(max_length=2000)]
    reason: Reason = ""


class EntryOut(Schema):
    """What became of it: kept, agreed, differs or decided."""

    outcome: str


class AnswerIn(In):
    """Answer for an error finding. `request` is new for each answer."""

    request: UUID
    rule: Annotated[str, StringConstraints(max_length=8)]
    reason: Reason


class ReturnIn(In):
    """Have the sheet typed again."""

    reason: Reason


class StandsOut(Schema):
    """How the sheet stands then: its state, its step at the desk, the errors that are still open."""

    state: str
    step: str
    open: list[str]
