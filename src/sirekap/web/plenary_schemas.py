"""The shapes of the plenaries' part of the API (docs/plenaries.md), as types."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from sirekap.web.schemas import In, Name, Sha256, Value

Line = Annotated[str, StringConstraints(max_length=500)]
Words = Annotated[str, StringConstraints(max_length=5000)]
Code = Annotated[str, StringConstraints(max_length=13)]
Number = Annotated[int, Field(ge=1, le=9999, strict=True)]
Version = Annotated[int, Field(ge=1, le=9999)]


class ActIn(In):
    """`request` is a UUID of the caller's: the same act sent again changes nothing."""

    request: UUID


class OpenIn(ActIn):
    """Open it; `decision` where parts are missing."""

    act: Literal["open"]
    decision: Words = ""


class ReadIn(ActIn):
    """A part was read out; `digest` as it was shown."""

    act: Literal["read"]
    part: Code
    digest: Annotated[str, StringConstraints(max_length=100)]


class CorrectIn(ActIn):
    """Correct a figure of a part; null is blank."""

    act: Literal["correct"]
    part: Code
    figure: Name
    before: Value | None
    after: Value | None
    reason: Line
    minutes: Line


class WithdrawIn(ActIn):
    """Take a correction back that says exactly this."""

    act: Literal["withdraw"]
    part: Code
    figure: Name
    before: Value | None
    after: Value | None
    reason: Line
    minutes: Line


class ObjectIn(ActIn):
    """File an objection or special event; `by` where the panel enters what came on paper."""

    act: Literal["object"]
    kind: Literal["objection", "event"]
    text: Words
    by: Line = ""
    part: Code = ""
    attachments: Annotated[tuple[Sha256, ...], Field(max_length=20)] = ()


class TakeUpIn(ActIn):
    """Take up what a unit below carried up, such as "317301/2"."""

    act: Literal["take_up"]
    origin: Annotated[str, StringConstraints(max_length=30)]


class AnswerIn(ActIn):
    """Answer an objection."""

    act: Literal["answer"]
    number: Number
    text: Words


class CarryIn(ActIn):
    """Carry an objection up by decision."""

    act: Literal["carry"]
    number: Number
    decision: Words


class AttendIn(ActIn):
    """Somebody who was called: role, for whom they stand, whether they sign, why not."""

    act: Literal["attend"]
    role: Line
    stands_for: Line = ""
    signing: Literal["signs", "refuses", "absent"]
    reason: Line = ""
    person: Line = ""


class CloseIn(ActIn):
    """Close it with its next version."""

    act: Literal["close"]


class ReopenIn(ActIn):
    """Reopen a plenary of the tier below, or by a court's order."""

    act: Literal["reopen"]
    ground: Words
    minutes: Line
    court: bool = False


AnyActIn = Annotated[
    OpenIn
    | ReadIn
    | CorrectIn
    | WithdrawIn
    | ObjectIn
    | TakeUpIn
    | AnswerIn
    | CarryIn
    | AttendIn
    | CloseIn
    | ReopenIn,
    Field(discriminator="act"),
]


class ListedOut(Schema):
    """A plenary in a list."""

    unit: str
    name: str
    contest: str
    title: str
    stage: str
    stage_words: str
    version: int | None
    closed_at: str | None


class PlenariesOut(Schema):
    """The caller's own plenaries, and those whose certificates come to them."""

    plenaries: list[ListedOut]
    below: list[ListedOut]


class PartOut(Schema):
    """A part: whether it is there and was read out as it stands; `moved` and `late` are stations."""

    code: str
    name: str
    village: str | None
    there: bool
    reason: str
    reason_words: str
    digest: str
    read: bool
    stations: int
    corrections: int
    below: int
    moved: list[str]
    late: list[str]


class SumOut(Schema):
    """A figure's sums: of the sheets, as certified below, as this plenary counts; what lies between."""

    figure: str
    line: str
    label: str
    who: str
    sheets: int | None
    below: int | None
    counted: int | None
    corrections: list[dict[str, Any]]


class BlockOut(Schema):
    """What keeps it from closing."""

    block: str
    about: list[str]
    words: str


class VersionOut(Schema):
    """A closed version; `sha256` is of its data."""

    version: int
    at: str
    sha256: str
    stations: int


class PlenaryOut(Schema):
    """A plenary; `acts` are its minutes, each as docs/plenaries.md says."""

    unit: str
    name: str
    contest: str
    title: str
    form: str
    tier: str
    stage: str
    stage_words: str
    opening: dict[str, Any] | None
    reopening: dict[str, Any] | None
    parts: list[PartOut]
    sums: list[SumOut]
    blocks: list[BlockOut]
    objections: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    attendance: list[dict[str, Any]]
    versions: list[VersionOut]
    acts: list[dict[str, Any]]
    above: str | None
    may: dict[str, bool]


class PartFigureOut(Schema):
    """A figure of a part."""

    figure: str
    page: int
    line: str
    label: str
    who: str
    most: int
    sheets: int | None
    below: int | None
    counted: int | None
    corrections: list[dict[str, Any]]


class PartViewOut(PartOut):
    """A part with its figures, and what the form's arithmetic says of them."""

    previous: str | None
    next: str | None
    place: int
    of: int
    figures: list[PartFigureOut]
    loose: list[dict[str, Any]]
    findings: list[dict[str, Any]]


class FileOut(Schema):
    """A file that was taken."""

    sha256: str


class SignedOut(Schema):
    """A paper with one signature more: its number, who signed."""

    number: int
    sha256: str
    signer: str
