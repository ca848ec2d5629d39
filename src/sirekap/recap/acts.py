"""What is written down in a plenary, one line after another: nothing is ever changed or taken back.

Each act names who did it in words (role and unit) and when (ISO 8601 in UTC). `plenary.after` says which act may
follow which; `as_json` and `from_json` are how acts are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

COURT = "court"  # by whose order a plenary is reopened, where it is not the unit above


class ObjectionKind(StrEnum):
    """What D.KEJADIAN KHUSUS / KEBERATAN SAKSI tells apart."""

    OBJECTION = "objection"  # keberatan saksi
    EVENT = "event"  # kejadian khusus


class Signing(StrEnum):
    """What somebody who was called to the plenary does about the certificate."""

    SIGNS = "signs"
    REFUSES = "refuses"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the minutes."""

    name: ClassVar[str] = ""
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class Opened(Act):
    """The plenary opens. `missing` are the parts that are not there, by code, and `decision` why it opens all the
    same; both are empty where the tier below is complete.
    """

    name: ClassVar[str] = "open"
    missing: tuple[str, ...] = ()
    decision: str = ""


@dataclass(frozen=True, slots=True)
class ReadOut(Act):
    """A part's figures were read out before everyone; `digest` says which figures these were."""

    name: ClassVar[str] = "read"
    part: str
    digest: str


@dataclass(frozen=True, slots=True)
class Corrected(Act):
    """A part's figure was corrected; None is blank. The value before stays on record beside it."""

    name: ClassVar[str] = "correct"
    part: str
    figure: str
    before: int | None
    after: int | None
    reason: str
    minutes: str


@dataclass(frozen=True, slots=True)
class Withdrew(Act):
    """The last correction that says exactly this is taken back: it stays in the minutes and counts no more."""

    name: ClassVar[str] = "withdraw"
    part: str
    figure: str
    before: int | None
    after: int | None
    reason: str
    minutes: str


@dataclass(frozen=True, slots=True)
class Objected(Act):
    """An objection or special event; `by` is the author's role, `attachments` SHA-256 of files, `part` what it
    is about ("" for the whole). `origin` is where it was carried up from, as `origin_of` writes it ("" for none).
    """

    name: ClassVar[str] = "object"
    number: int
    kind: ObjectionKind
    by: str
    text: str
    part: str = ""
    attachments: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Answered(Act):
    """The panel answers an objection."""

    name: ClassVar[str] = "answer"
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class CarriedUp(Act):
    """The panel decides to carry an objection up to the tier above, unanswered here."""

    name: ClassVar[str] = "carry"
    number: int
    decision: str


@dataclass(frozen=True, slots=True)
class Attended(Act):
    """Somebody called to the plenary: role, for whom they stand, whether they sign; `reason` where not."""

    name: ClassVar[str] = "attend"
    role: str
    stands_for: str
    signing: Signing
    reason: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Closed(Act):
    """The plenary closes with a certificate: its version and the SHA-256 of its canonical JSON."""

    name: ClassVar[str] = "close"
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Reopened(Act):
    """Reopened by the tier above (its code in `by`) or a court's order (`COURT`), with ground and minutes."""

    name: ClassVar[str] = "reopen"
    by: str
    ground: str
    minutes: str


ACTS: Mapping[str, type[Act]] = {
    kind.name: kind
    for kind in (
        *(Opened, ReadOut, Corrected, Withdrew, Objected, Answered, CarriedUp, Attended, Closed, Reopened),
    )
}


def origin_of(unit: str, number: int) -> str:
    """How an objection of a unit below is named above.

    >>> origin_of("317301", 2)
    '317301/2'
    """
    return f"{unit}/{number}"


def as_json(act: Act) -> dict[str, Any]:
    """An act as a JSON object, with its kind as `act`."""
    tree = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(act).items()}
    return {"act": act.name, **{key: str(v) if isinstance(v, StrEnum) else v for key, v in tree.items()}}


def from_json(tree: Mapping[str, Any]) -> Act:
    """The act of `as_json`. Raises ValueError for what is none."""
    kind = ACTS.get(str(tree.get("act")))
    if kind is None:
        raise ValueError(f"expected an act of {', '.join(ACTS)}; found {tree.get('act')!r}")
    held = {field.name for field in fields(kind)}
    given = {key: value for key, value in tree.items() if key != "act"}
    if not given.keys() <= held:
        raise ValueError(f"{kind.name}: unknown {', '.join(sorted(given.keys() - held))}")
    made: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in given.items()
    }
    try:
        for name, words in (("kind", ObjectionKind), ("signing", Signing)):
            if name in held:
                made[name] = words(made[name])
        return kind(**made)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{kind.name}: {error}") from error
