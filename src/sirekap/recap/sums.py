"""A plenary's table: what sheets say, what was certified below, what was corrected here, and what blocks closing.

A certificate equals its sheets plus its corrections, each of which is named with its reason: that is checked
figure by figure here, and whatever else differs blocks. Blank adds nothing; only blanks sum to blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sirekap.recap.acts import Corrected, Objected, Signing, origin_of
from sirekap.recap.plenary import Plenary, Stage

Values = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Part:
    """A station's settled sheet, or the last certificate of a unit below.

    `figures` are what it says, None where it is not there, and `reason` why not. `digest` changes with whatever
    it rests on. `sheets` are the sums of the settled sheets within it now (at a station its own figures), and
    `below` the corrections that its certificate holds, those of the tiers further down too. `moved` are the
    stations whose sheet is not any more what its certificate rests on, `late` those that were missing in it and
    are there now, `carried` the objections it carried up.
    """

    code: str
    figures: Values | None
    digest: str = ""
    stations: int = 0
    sheets: Values = field(default_factory=dict)
    below: tuple[Corrected, ...] = ()
    reason: str = ""
    moved: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    carried: tuple[Objected, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A part with what is counted of it: its figures after the plenary's own corrections.

    `applied` are those corrections; `loose` those whose value before does not stand there (any more).
    """

    part: Part
    counted: Values | None
    applied: tuple[Corrected, ...] = ()
    loose: tuple[Corrected, ...] = ()

    @property
    def corrections(self) -> tuple[Corrected, ...]:
        """All that lies between the sheets and what is counted, from below upwards."""
        return (*self.part.below, *self.applied)


class Block(StrEnum):
    """What keeps a plenary from closing."""

    STAGE = "stage"  # it is not open
    MISSING = "missing"  # a part is not there, and no decision names it
    UNREAD = "unread"  # a part was not read out, or changed since
    LOOSE = "loose"  # a correction of a value that does not stand there (any more), or of no part of this plenary
    CHANGED = "changed"  # a certificate below does not equal its sheets and corrections any more
    OBJECTIONS = "objections"  # an objection is neither answered nor carried up
    CARRIED = "carried"  # an objection that a unit below carried up was not taken up
    NOBODY = "nobody"  # nobody signs


@dataclass(frozen=True, slots=True)
class Blocked:
    """One reason, with the parts, figures or numbers that it is about."""

    block: Block
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recap:
    """A plenary's table in the form's order of `figures`; `stray` are corrections of what is no part of it."""

    figures: tuple[str, ...]
    columns: tuple[Column, ...]
    stray: tuple[Corrected, ...] = ()

    @property
    def sheets(self) -> dict[str, int | None]:
        """The sums of the settled sheets within the parts that are counted."""
        return total(self.figures, (column.part.sheets for column in self._there()))

    @property
    def below(self) -> dict[str, int | None]:
        """The sums as certified below; at a district, of its sheets."""
        return total(self.figures, (column.part.figures or {} for column in self._there()))

    @property
    def counted(self) -> dict[str, int | None]:
        """The sums that this plenary certifies."""
        return total(self.figures, (column.counted or {} for column in self._there()))

    @property
    def stations(self) -> int:
        """How many sheets the sums rest on."""
        return sum(column.part.stations for column in self._there())

    @property
    def corrections(self) -> tuple[Corrected, ...]:
        """All corrections between the sheets and these sums."""
        return tuple(item for column in self._there() for item in column.corrections)

    def _there(self) -> list[Column]:
        return [column for column in self.columns if column.counted is not None]


def total(figures: Sequence[str], parts: Iterable[Values]) -> dict[str, int | None]:
    """Figure by figure the sum over the parts that give it; None where none does.

    >>> total(("a", "b"), [{"a": 1, "b": None}, {"a": 2}])
    {'a': 3, 'b': None}
    """
    sums: dict[str, int | None] = dict.fromkeys(figures)
    for part in parts:
        for name in figures:
            value = part.get(name)
            if value is not None:
                sums[name] = (sums[name] or 0) + value
    return sums


def recapitulate(figures: Sequence[str], plenary: Plenary, parts: Iterable[Part]) -> Recap:
    """The table of a plenary. Raises ValueError for a part that is given twice or a figure of no form."""
    columns = []
    seen: set[str] = set()
    for part in parts:
        if part.code in seen:
            raise ValueError(f"{part.code} is given twice: a part counted twice would falsify the sum")
        seen.add(part.code)
        if not set(part.figures or {}) <= set(figures):
            raise ValueError(f"{part.code} gives figures that the form does not hold")
        columns.append(column_of(part, plenary.corrections_of(part.code)))
    stray = tuple(item for item in plenary.corrections if item.part not in seen)
    return Recap(tuple(figures), tuple(columns), stray)


def column_of(part: Part, corrections: Iterable[Corrected]) -> Column:
    """A part after the corrections of it, in order."""
    if part.figures is None:
        return Column(part, None, (), tuple(corrections))
    values = dict(part.figures)
    applied: list[Corrected] = []
    loose: list[Corrected] = []
    for item in corrections:
        if item.figure in values and values[item.figure] == item.before:
            values[item.figure] = item.after
            applied.append(item)
        else:
            loose.append(item)
    return Column(part, values, tuple(applied), tuple(loose))


def unexplained(column: Column, figures: Iterable[str]) -> tuple[str, ...]:
    """The figures whose counted value is not that of the sheets plus the named corrections."""
    if column.counted is None:
        return ()
    moved: dict[str, int] = {}
    for item in column.corrections:
        moved[item.figure] = moved.get(item.figure, 0) + (item.after or 0) - (item.before or 0)
    return tuple(
        name
        for name in figures
        if (column.counted.get(name) or 0) != (column.part.sheets.get(name) or 0) + moved.get(name, 0)
    )


def waiting_objections(recap: Recap) -> dict[str, Objected]:
    """What the units below carried up, by `acts.origin_of`, whether it was taken up or not."""
    return {
        origin_of(column.part.code, item.number): item for column in recap.columns for item in column.part.carried
    }


def blocks(recap: Recap, plenary: Plenary) -> tuple[Blocked, ...]:
    """What keeps this plenary from closing; empty where it may close."""
    there = [column for column in recap.columns if column.counted is not None]
    gone = [column.part.code for column in recap.columns if column.counted is None]
    loose = (*recap.stray, *(item for c in recap.columns for item in c.loose))
    found = {
        Block.STAGE: () if plenary.stage is Stage.OPEN else (str(plenary.stage),),
        Block.MISSING: tuple(code for code in gone if code not in plenary.missing_by_decision),
        Block.UNREAD: tuple(c.part.code for c in there if plenary.read.get(c.part.code) != c.part.digest),
        Block.LOOSE: tuple(f"{item.part} {item.figure}" for item in loose),
        Block.CHANGED: tuple(
            f"{c.part.code} {name}" for c in there for name in (*c.part.moved, *unexplained(c, recap.figures))
        ),
        Block.OBJECTIONS: tuple(map(str, plenary.open_objections)),
        Block.CARRIED: tuple(origin for origin in waiting_objections(recap) if origin not in plenary.taken_up),
        Block.NOBODY: () if any(item.signing is Signing.SIGNS for item in plenary.attendance) else ("",),
    }
    return tuple(Blocked(block, about) for block, about in found.items() if about)
