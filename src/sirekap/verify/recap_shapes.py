"""Documents of plenaries and certificates as they are read back: every shape is checked, nothing is assumed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sirekap.errors import InputError
from sirekap.recap import Act, Closed, Corrected, NotAllowed, Plenary, Withdrew, as_json, play
from sirekap.recap.acts import ACTS
from sirekap.record.canonical import canonical
from sirekap.record.certificate import Certificate, body
from sirekap.record.certificate_reading import read_certificate
from sirekap.record.moments import moment
from sirekap.record.recap_state import How
from sirekap.record.typed import Wrong, value_of
from sirekap.verify.shapes import (
    MOST,
    Document,
    Malformed,
    load,
    nested,
    number,
    number_or_none,
    objects,
    text,
    text_or_none,
)

SCHEMA = "sirekap/recap/1"
DIGEST = re.compile(r"[0-9a-f]{64}")
SUMS = ("sheets", "below", "certified")
Values = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Version:
    """A version as a plenary's document tells it; `sums` by "sheets", "below" and "certified"."""

    number: int
    closed_at: str
    data: str
    stations: int
    sums: dict[str, Values]
    corrections: tuple[Corrected, ...]
    paper: str | None
    signatures: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """What the tier above reads out."""
        return f"{self.number}:{self.data}"


@dataclass(frozen=True)
class Recap:
    """A plenary's document, read. `moved` are by station how its sheet left the certificate behind."""

    unit: str
    name: str
    path: tuple[tuple[str, str], ...]
    stage: str
    acts: tuple[Act, ...]
    versions: tuple[Version, ...]
    moved: dict[str, How]

    @cached_property
    def minutes(self) -> Plenary:
        """What the acts say."""
        return play(self.acts)

    def until(self, version: int) -> Plenary:
        """What the acts said when a version was closed: all before that act."""
        for place, act in enumerate(self.acts):
            if isinstance(act, Closed) and act.version == version:
                return play(self.acts[:place])
        raise KeyError(version)


def read_recap(data: bytes, contest: str, form: str, names: tuple[str, ...]) -> Recap:
    """A plenary's document. Raises Malformed for another shape, and for acts that break the rules."""
    document = load(data)
    try:
        if canonical(document) != data:
            raise Malformed("canonical JSON (RFC 8785)", "the same value in other bytes")
    except (ValueError, RecursionError) as error:
        raise Malformed("canonical JSON (RFC 8785)", str(error)) from error
    for key, expected in (("schema", SCHEMA), ("contest", contest), ("form", form)):
        if document.get(key) != expected:
            raise Malformed(f"{key} {expected}", str(document.get(key)))
    recap = Recap(
        text(document, "unit"),
        text(document, "name"),
        tuple((text(step, "code"), text(step, "name")) for step in objects(document, "path")),
        text(document, "stage"),
        tuple(_act(item) for item in objects(document, "acts")),
        tuple(_version(item, names) for item in objects(document, "versions")),
        _moved(document),
    )
    try:
        if not recap.minutes.opening:
            raise Malformed("an opening as the first act", "none")
    except NotAllowed as error:
        raise Malformed("acts that follow the rules of a plenary", error.detail) from error
    return recap


def time(document: Document, key: str) -> str:
    """A field that is a moment: ISO 8601 with its zone."""
    at = text(document, key)
    try:
        aware = datetime.fromisoformat(at).tzinfo is not None
        moment(at, "id")
    except (ValueError, OverflowError):
        aware = False
    if not aware:
        raise Malformed(f"an ISO 8601 date and time with its zone in {key}", at)
    return at


def _act(item: Document) -> Act:
    kind = ACTS.get(str(item.get("act")))
    if kind is None:
        raise Malformed(f"an act of {', '.join(ACTS)}", f"{item.get('act')!r:.80}")
    try:
        act: Act = value_of(kind, {key: value for key, value in item.items() if key != "act"}, kind.name)
    except Wrong as wrong:
        raise Malformed(f"{wrong.expected} in {wrong.where}", f"{wrong.found!r:.80}") from wrong
    time(item, "at")
    if as_json(act) != item:
        raise Malformed(f"the act {kind.name} as it is written", str(item)[:100])
    if isinstance(act, Corrected | Withdrew):
        for value in (act.before, act.after):
            if value is not None and not 0 <= value <= MOST:
                raise Malformed("whole numbers of at least 0 in a correction", str(value))
    return act


def _version(item: Document, names: tuple[str, ...]) -> Version:
    data, paper = text(item, "data"), text_or_none(item, "paper")
    for digest in (data, paper):
        if digest is not None and not DIGEST.fullmatch(digest):
            raise Malformed("a SHA-256 in hex", digest)
    acts = [_act(tree) for tree in objects(item, "corrections")]
    corrections = tuple(act for act in acts if isinstance(act, Corrected))
    if len(corrections) != len(acts):
        raise Malformed("corrections alone in corrections", "other acts")
    return Version(
        number(item, "number"),
        time(item, "closed_at"),
        data,
        number(item, "stations"),
        {key: _values(item, key, names) for key in SUMS},
        corrections,
        paper,
        tuple((text(each, "signer"), time(each, "at")) for each in objects(item, "signatures")),
    )


def _values(item: Document, key: str, names: tuple[str, ...]) -> Values:
    found = nested(item, key)
    if set(found) != set(names):
        raise Malformed(f"every figure of the form in {key}", ", ".join(sorted(set(found) ^ set(names)))[:100])
    return {name: number_or_none(found, name) for name in names}


def _moved(document: Document) -> dict[str, How]:
    found: dict[str, How] = {}
    for item in objects(document, "moved"):
        station, how = text(item, "station"), text(item, "how")
        if how not in list(How) or station in found:
            raise Malformed(f"each station once, and how it moved: {', '.join(How)}", f"{station} {how}"[:100])
        found[station] = How(how)
    if list(found) != sorted(found):
        raise Malformed("moved stations in order", "another order")
    return found


def read_certified(data: bytes, file: str) -> Certificate:
    """A certificate from its file. Raises Malformed for another shape, a false table, or bytes not canonical."""
    try:
        certificate = read_certificate(data, file)
        written = body(certificate)
    except InputError as error:
        problem = error.problems[0]
        raise Malformed(f"{problem.expected} in {problem.column or 'a certificate'}", problem.found) from error
    except (ValueError, RecursionError, OverflowError) as error:
        raise Malformed("a certificate", str(error)) from error
    if written != data:
        raise Malformed("the certificate's canonical JSON (RFC 8785)", "the same value in other bytes")
    return certificate
