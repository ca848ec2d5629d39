"""The shapes of the API, version 1: what docs/capture.md says, as types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

MOST_BYTES = 20_000_000
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(max_length=200)]
Value = Annotated[int, Field(ge=0, le=999_999_999, strict=True)]
Since = Annotated[int, Field(ge=0, le=2**53)]
Name = Annotated[str, StringConstraints(max_length=64)]
RerunName = Literal["penghitungan_ulang", "pemungutan_ulang", "susulan", "lanjutan"]
RerunNumber = Annotated[int, Field(ge=0, le=32767, strict=True)]


class In(Schema):
    """What is taken: a field that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """A refusal. `offset` with code "offset", `figures` with code "insist"."""

    code: str
    message: str
    details: list[str]
    offset: int | None = None
    figures: list[str] | None = None


class LogIn(In):
    """Login, password, the device's name, and the second factor where one is shown at once."""

    login: Text
    password: Text
    device: Text
    second: Text | None = None


class Second(In):
    """A code of the second factor."""

    code: Text


class MandateOut(Schema):
    """A role at a unit."""

    role: str
    unit: str
    stands_for: str | None


class Me(Schema):
    """Who asks, and what they may do."""

    login: str
    name: str
    mandates: list[MandateOut]
    needs_second: bool
    has_second: bool
    acts: list[str]


class Words(Schema):
    """A wording in both languages."""

    id: str
    en: str


class TagOut(Schema):
    """An AprilTag: `bits` as printed, 1 is white; `rect` is [x, y, w, h] in mm."""

    id: int
    bits: list[str]
    rect: list[float]


class PageOut(Schema):
    """A page of a form; `marks` are the corner marks' points in mm."""

    number: int
    tag: TagOut | None
    title: str
    marks: list[list[float]] = Field(default_factory=list)


class FieldOut(Schema):
    """A figure of a form; `boxes` are its printed boxes, [x, y, w, h] in mm."""

    name: str
    page: int
    line: str
    label: Words
    boxes: Any
    may_be_blank: bool
    most: int


class EquationOut(Schema):
    """A line of the form's arithmetic."""

    rule: str
    total: str
    parts: list[str]
    label: Words


class FormOut(Schema):
    """A form as the phone needs it; lengths in mm."""

    id: str
    width: float
    height: float
    pages: list[PageOut]
    fields: list[FieldOut]
    equations: list[EquationOut]


class TicketOut(Schema):
    """Who stands, and the figure of their votes."""

    number: int
    name: str
    figure: str


class ContestOut(Schema):
    """A contest with its forms; `rerun` is the station's latest one, {number, label: {id, en}, at}, or null."""

    code: str
    title: Any
    forms: list[FormOut]
    tickets: list[TicketOut]
    rerun: Any = None


class StationOut(Schema):
    """A station that the caller sends for; `source` is officer or copy."""

    code: str
    name: str
    source: str
    contests: list[ContestOut]


class Work(Schema):
    """What there is to send."""

    election: Any
    server_time: Any
    stations: list[StationOut]


class NoticeOut(Schema):
    """Something changed about a station's sheet: no figure, no person. `text` is in the caller's language."""

    id: int
    kind: str
    contest: str
    station: str
    at: datetime
    text: str


class NoticesOut(Schema):
    """Notices, the oldest first; `last` is what to ask `since` next, `seen` the last one seen in the app."""

    notices: list[NoticeOut]
    last: int
    more: bool
    seen: int


class DeviceKey(In):
    """The public half of a device's key: x and y, 64 bytes, in base64url; the station where several are."""

    public_key: Annotated[str, StringConstraints(max_length=200)]
    station: Annotated[str, StringConstraints(max_length=13)] | None = None


class Certified(Schema):
    """The server vouches for a device's key."""

    certificate: str


class KeyOut(Schema):
    """A public key of the server."""

    id: str
    public_key: str


class Keys(Schema):
    """All keys of the server, the latest last."""

    keys: list[KeyOut]


class CountsOut(Schema):
    """How many stations of a unit are in each state; `missing` of the `expected` have no photograph.

    `villages_unknown` are those whose number of stations nobody gave: they are in neither.
    """

    unit: str
    name: str
    expected: int
    villages_unknown: int
    missing: int
    photographed: int
    read: int
    confirmed: int
    in_review: int
    provisional: int
    settled: int
    acknowledged: int


class BoardOut(CountsOut):
    """The counts of a unit and of each directly below it, as they were at most 30 seconds ago."""

    contest: str
    as_of: str
    below: list[CountsOut]


class Upload(Schema):
    """How much of an upload is there."""

    offset: int
    size: int | None
    complete: bool


class Delivery(In):
    """These bytes are a page of this contest's sheet of this station."""

    sha256: Sha256
    contest: Annotated[str, StringConstraints(max_length=16)]
    station: Annotated[str, StringConstraints(max_length=13)]
    page: Annotated[int, Field(ge=1, le=99, strict=True)] | None = None
    form: Name | None = None
    name: Annotated[str, StringConstraints(max_length=200)] = ""


class DeliveredOut(Schema):
    """A signed receipt, and in words how long the reading takes."""

    receipt: dict[str, Any]
    status: str
    message: str
    eta_seconds: int | None


class FigureOut(Schema):
    """A figure as it was read; `cut` is the address of the picture that shows it."""

    value: int | None
    status: str
    confidence: float
    certain: bool
    cut: str | None


class FindingOut(Schema):
    """A rule that the sheet breaks, in words."""

    rule: str
    severity: str
    text: str
    figures: list[str]
    answered: list[dict[str, str]]


class PhotoOut(Schema):
    """A photograph of the sheet."""

    sha256: str
    page: int | None
    status: str
    problem: str | None
    remarks: Any


class RerunIn(In):
    """A station's votes are counted or cast again, on a ground in one line of words.

    `request` is new for each order; `after` the number of the latest rerun that the caller knows of, 0 for none.
    """

    request: UUID
    kind: RerunName
    ground: Annotated[str, StringConstraints(max_length=500)]
    after: RerunNumber


class RerunOut(Schema):
    """A rerun; `label` and `meaning` say its kind in the caller's language, `by` is a role and its unit."""

    number: int
    kind: str
    label: str
    meaning: str
    ground: str
    by: str
    at: str


class SheetOut(Schema):
    """A sheet, or a copy of one; `rerun` is the number of its latest rerun, 0 where it has none."""

    state: str | None
    version: int | None
    form: str | None
    pages: Any
    pages_missing: list[int]
    figures: dict[str, FigureOut]
    findings: list[FindingOut]
    photos: list[PhotoOut]
    confirmation: Any
    decided: Any = None
    rerun: int = 0
    reruns: list[RerunOut] = Field(default_factory=list)
    pending: Any
    message: str
    eta_seconds: int | None


class CopyOut(SheetOut):
    """The caller's own copy; `differences` for officials and supervisors."""

    differences: list[dict[str, Any]] | None = None


class Confirmation(In):
    """The officer vouches for every figure; null is blank. `request` is new for each confirmation.

    `rerun`: the number of the latest rerun that the officer knows of.
    """

    request: UUID
    version: Annotated[int, Field(ge=0, le=2**31, strict=True)] | None
    figures: Annotated[dict[Name, Value | None], Field(max_length=2000)]
    insisted: list[Name] = Field(default_factory=list, max_length=2000)
    rerun: RerunNumber = 0


class ConfirmedOut(Schema):
    """What a confirmation led to; `marked` says why the sheet waits for review."""

    state: str
    message: str
    marked: list[str]


Language = Literal["id", "en"]
