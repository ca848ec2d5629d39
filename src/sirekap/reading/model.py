"""What reading gives: evidence of one photograph, and the figures of one sheet that follow from it.

A `PhotoReading` is kept as JSON (`as_json`, `from_json`), so that a sheet can be weighed again when a further
photograph arrives without reading the others anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sirekap.figures import Figure, Why
from sirekap.reading.remarks import Remark
from sirekap.review import Decision
from sirekap.rules import Finding

Quads = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What one kind of evidence beside the boxes says: probabilities of single numbers, `rest` of all others.

    `seen` is what was read, for people: for tally marks each row as marks=subtotal, for words the letters.
    """

    values: tuple[tuple[int, float], ...]
    rest: float
    seen: str = ""

    def as_json(self) -> dict[str, Any]:
        """A JSON object of it."""
        values = [[value, round(share, 7)] for value, share in self.values]
        return {"values": values, "rest": round(self.rest, 7), "seen": self.seen}

    @classmethod
    def from_json(cls, tree: Mapping[str, Any] | None) -> Told | None:
        """What `as_json` wrote; None where there is nothing, as in readings of before."""
        if tree is None:
            return None
        return cls(
            tuple((int(value), float(share)) for value, share in tree["values"]), tree["rest"], tree["seen"]
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one photograph says of one figure.

    `digits` holds, for each box from the left, the probabilities of the classes 0 … 9, blank, x, dash,
    scribble; `bubbles` for each column the darkness of the ten bubbles (0 paper to 1 ink), empty where
    the form has none. `tally` and `words` are what the marks counted and the number in words say; None where
    nothing is written there or nothing could be read.
    """

    digits: tuple[tuple[float, ...], ...]
    bubbles: tuple[tuple[float, ...], ...] = ()
    tally: Told | None = None
    words: Told | None = None

    def as_json(self) -> dict[str, Any]:
        """A JSON object of it."""
        tree: dict[str, Any] = {
            "digits": [[round(p, 7) for p in box] for box in self.digits],
            "bubbles": [[round(p, 4) for p in column] for column in self.bubbles],
        }
        beside = {"tally": self.tally, "words": self.words}
        return tree | {kind: told.as_json() for kind, told in beside.items() if told is not None}

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> Evidence:
        """What `as_json` wrote."""
        return cls(
            tuple(tuple(box) for box in tree["digits"]),
            tuple(tuple(column) for column in tree["bubbles"]),
            Told.from_json(tree.get("tally")),
            Told.from_json(tree.get("words")),
        )


@dataclass(frozen=True)
class PhotoReading:
    """What was read from one photograph; `problem` says in words why nothing could be read from it.

    `published` are the bytes that may be published (without EXIF, upright), `cuts` JPEG cuts by figure;
    both are left out of the JSON: they are objects of their own. `quality` from 0 to 1 compares
    photographs of the same page. `quad` are the page's corners in the upright photograph, in pixels.
    `remarks` say what is wrong with the photograph, even where it could be read. `boxes` are by figure the
    four corners of each box, clockwise from the top left, in whole pixels of the published picture. `likeness`
    is what it looks like as a whole (`reading.likeness`), where it could be decoded.
    """

    name: str
    sha256: str
    page: int | None = None
    problem: str | None = None
    station: str | None = None
    form: str | None = None
    quality: float = 0.0
    quad: tuple[tuple[float, float], ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    published: bytes = b""
    cuts: Mapping[str, bytes] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    boxes: Mapping[str, Quads] = field(default_factory=dict)
    likeness: str | None = None

    def as_json(self) -> dict[str, Any]:
        """A JSON object of all but `published` and `cuts`."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "page": self.page,
            "problem": self.problem,
            "station": self.station,
            "form": self.form,
            "quality": round(self.quality, 6),
            "quad": [[round(x, 2), round(y, 2)] for x, y in self.quad],
            "evidence": {name: item.as_json() for name, item in self.evidence.items()},
            "remarks": [remark.as_json() for remark in self.remarks],
            "boxes": {
                name: [[list(point) for point in quad] for quad in quads] for name, quads in self.boxes.items()
            },
            "likeness": self.likeness,
        }

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> PhotoReading:
        """The reading of `as_json`, without its objects."""
        return cls(
            tree["name"],
            tree["sha256"],
            tree["page"],
            tree["problem"],
            tree["station"],
            tree["form"],
            tree["quality"],
            tuple((x, y) for x, y in tree["quad"]),
            {name: Evidence.from_json(item) for name, item in tree["evidence"].items()},
            remarks=tuple(Remark.from_json(remark) for remark in tree.get("remarks", ())),
            boxes={
                name: tuple(tuple((x, y) for x, y in quad) for quad in quads)
                for name, quads in tree.get("boxes", {}).items()
            },
            likeness=tree.get("likeness"),
        )


@dataclass(frozen=True)
class SheetReading:
    """What all photographs of one sheet say together.

    `used` names for each page the SHA-256 of the photograph its figures were read from; further
    photographs of that page stand in `beside`. `findings` include R40 where two photographs differ.
    `problems` by SHA-256 are photographs that belong to no page of this sheet, with the reason. `why` tells
    for each figure what it rests on.
    """

    station: str | None
    form: str
    pages: tuple[int, ...]
    pages_missing: tuple[int, ...]
    decision: Decision
    figures: Mapping[str, Figure]
    findings: tuple[Finding, ...]
    used: Mapping[int, str]
    beside: tuple[str, ...]
    problems: Mapping[str, str]
    photos: tuple[PhotoReading, ...]
    why: Mapping[str, Why] = field(default_factory=dict)
