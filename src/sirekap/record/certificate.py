"""The certificate of a plenary, D.HASIL: what its paper says, as plain data, and the hash of it.

Pure: `store` makes a `Certificate` from a recap, `drawing` prints it, `verify` compares the hash. Times are
aware datetimes; they are kept and hashed in UTC. None in a column is a blank figure, which is never zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sirekap.forms import Label
from sirekap.geography import NATION, OVERSEAS, Tier, parent_of, tier_of
from sirekap.recap import Signing as Signing
from sirekap.recap import holds_plenary
from sirekap.record.canonical import canonical

SCHEMA = "sirekap/certificate/1"
NAME_OF_TIER = {
    Tier.DISTRICT: "KECAMATAN",
    Tier.REGENCY: "KABKO",
    Tier.PROVINCE: "PROV",
    Tier.NATION: "NASIONAL",
}
NAME_OF_CONTEST = {
    "ppwp": "PPWP",
    "pdpr": "DPR",
    "pdpd": "DPD",
    "pdprdp": "DPRD PROV",
    "pdprdk": "DPRD KABKO",
    "pkwkp": "KWK-GUBERNUR",
    "pkwkk": "KWK-BUPATI/WALIKOTA",
}


class Answered(StrEnum):
    """What became of an objection: answered there, or carried up to the tier above by decision."""

    ANSWERED = "answered"
    CARRIED_UP = "carried_up"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or station by code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One figure in the form's order: its name, the form's line, its label, and who stands where votes are for
    somebody (`who`, else ""). `section` heads the rows that follow it.
    """

    figure: str
    line: str
    label: Label
    who: str = ""
    section: Label | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One unit below, with a value for each row in order; `stations` is how many sheets it rests on.

    A column without stations has no values: it is missing, and shown so.
    """

    place: Place
    values: tuple[int | None, ...]
    stations: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that have a sum of their own: the stations of a village. Above the district there is one group."""

    place: Place
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Replaced:
    """Why there is a version after the first: what it replaces, by whose order (a role), on what ground."""

    version: int
    by: str
    ground: str


@dataclass(frozen=True, slots=True)
class MissingStation:
    """A station that is not in the sums, and what is known of why."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """Stations expected and counted, those missing, and the decision that let the plenary open without them.

    `unknown_villages`: villages whose number of stations nobody gave, so that `expected` is a lower bound.
    """

    expected: int
    counted: int
    missing: tuple[MissingStation, ...] = ()
    decision: str = ""
    unknown_villages: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the tier below certified another number than its sheets sum to. `certified` None: none was given."""

    place: Place
    figure: str
    computed: int | None
    certified: int | None
    explanation: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure of a station that the plenary changed, with the role of who did it."""

    station: Place
    figure: str
    before: int | None
    after: int | None
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection or special event: its number in the minutes, the author's role, text, answer and status."""

    number: int
    by: str
    text: str
    answer: str
    status: Answered
    event: bool = False
    """True for a special event (kejadian khusus), False for an objection (keberatan)."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Somebody called to the plenary: the role, whom they stand for, and whether they sign; `reason` if not."""

    role: str
    stands_for: str
    signing: Signing
    reason: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One version of a unit's certificate of one contest.

    `path` are the units from the nation down to this one. `sheets` is the SHA-256 (hex) of the list of sheets
    that it rests on. Raises ValueError for what would make a false table.
    """

    election: str
    day: date
    contest: str
    contest_name: Label
    form: str
    path: tuple[Place, ...]
    version: int
    closed_at: datetime
    completeness: Completeness
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    sheets: str
    replaces: Replaced | None = None
    differences: tuple[Difference, ...] = ()
    corrections: tuple[Correction, ...] = ()
    objections: tuple[Objection, ...] = ()
    attendance: tuple[Attendance, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would make a false table."""
        for problem in _problems(self):
            raise ValueError(f"certificate of {self.path[-1].code if self.path else 'no unit'}: {problem}")

    @property
    def unit(self) -> Place:
        """The unit whose certificate it is."""
        return self.path[-1]

    @property
    def model(self) -> str:
        """The form's official name, such as "MODEL D.HASIL KECAMATAN-PPWP"."""
        return model_of(self.unit.code, self.contest)

    @property
    def totals(self) -> tuple[int | None, ...]:
        """The sum of each row over all columns; None where every column is blank."""
        return sums([column for group in self.groups for column in group.columns], len(self.rows))

    @property
    def signers(self) -> tuple[Attendance, ...]:
        """Those who sign, in order."""
        return tuple(person for person in self.attendance if person.signing is Signing.SIGNS)


def sums(columns: list[Column], rows: int) -> tuple[int | None, ...]:
    """The sum of each of the `rows` over columns; a blank adds nothing, and only blanks sum to None."""
    found: list[int | None] = [None] * rows
    for column in columns:
        for index, value in enumerate(column.values):
            if value is not None:
                found[index] = (found[index] or 0) + value
    return tuple(found)


def model_of(unit: str, contest: str) -> str:
    """The official name of the certificate of a unit (by code) and contest. Raises ValueError for none.

    >>> model_of("317301", "ppwp"), model_of("0", "pdpr"), model_of("990101", "ppwp")
    ('MODEL D.HASIL KECAMATAN-PPWP', 'MODEL D.HASIL NASIONAL-DPR', 'MODEL D.HASIL PPLN-PPWP')
    """
    if contest not in NAME_OF_CONTEST or not holds_plenary(unit, contest):
        raise ValueError(f"there is no D.HASIL of {unit} and {contest}")
    name = "PPLN" if unit.startswith(OVERSEAS) else NAME_OF_TIER[tier_of(unit)]
    return f"MODEL D.HASIL {name}-{NAME_OF_CONTEST[contest]}"


def certificate_document(certificate: Certificate) -> dict[str, Any]:
    """The certificate as a JSON value: the fields as they are named here, times in UTC, ISO 8601."""
    document = {name: _plain(value) for name, value in asdict(certificate).items()}
    return {"schema": SCHEMA, "model": certificate.model, **document}


def body(certificate: Certificate) -> bytes:
    """The canonical JSON of a certificate: what its hash is taken of."""
    return canonical(certificate_document(certificate))


def body_hash(certificate: Certificate) -> str:
    """The SHA-256 of the canonical JSON in hex: printed on every page, in the QR code and in the metadata."""
    return hashlib.sha256(body(certificate)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _problems(certificate: Certificate) -> Iterator[str]:
    codes = [place.code for place in certificate.path]
    if not codes or codes[0] != NATION:
        yield "the path begins at the nation"
        return
    for above, below in pairwise(codes):
        if parent_of(below) != above:
            yield f"{below} does not lie in {above}"
    model_of(codes[-1], certificate.contest)
    if certificate.closed_at.tzinfo is None:
        yield "the time of closing has no time zone"
    if certificate.version < 1 or (certificate.version > 1) != (certificate.replaces is not None):
        yield "a version after the first, and no other, says what it replaces"
    if certificate.replaces is not None and not 1 <= certificate.replaces.version < certificate.version:
        yield f"version {certificate.version} replaces an earlier one"
    names = [row.figure for row in certificate.rows]
    if len(set(names)) != len(names):
        yield "each figure stands once"
    named = [item.figure for item in certificate.differences] + [item.figure for item in certificate.corrections]
    for name in named:
        if name not in names:
            yield f"no figure {name}"
    yield from _false_columns(certificate)


def _false_columns(certificate: Certificate) -> Iterator[str]:
    seen: set[str] = set()
    stations = 0
    for group in certificate.groups:
        for column in group.columns:
            if column.place.code in seen:
                yield f"{column.place.code} stands twice"
            seen.add(column.place.code)
            stations += column.stations
            if len(column.values) != (len(certificate.rows) if column.stations else 0):
                yield f"{column.place.code} has {len(column.values)} values for {len(certificate.rows)} rows"
            if any(value is not None and value < 0 for value in column.values):
                yield f"{column.place.code} has a negative value"
    if stations != certificate.completeness.counted:
        yield f"the columns hold {stations} stations, {certificate.completeness.counted} are said to be counted"
    if not certificate.completeness.unknown_villages and stations > certificate.completeness.expected:
        yield f"{stations} stations counted, {certificate.completeness.expected} expected"
