"""A small election on paper, and a naive sum of it: plain dictionaries, nothing of the program's own arithmetic.

1 province, 2 regencies, 4 districts, 24 stations, 3 contests. `Truth` knows what stands on the papers, which of
them came in, what plenaries corrected and certified; every sum that the program tells is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sirekap.forms import FORMS
from tests.example import consistent
from tests.flow.seating import filled

Values = Mapping[str, int | None]
Sums = dict[str, int | None]

GEOGRAPHY = """kode,nama,tingkat,tps
31,JAKARTA,1,
3173,JAKARTA PUSAT,2,
317301,TANAH ABANG,3,
3173011001,GELORA,4,3
3173011002,BENDUNGAN HILIR,4,3
317302,MENTENG,3,
3173021001,CIKINI,4,3
3173021002,GONDANGDIA,4,3
3174,JAKARTA SELATAN,2,
317401,TEBET,3,
3174011001,MANGGARAI,4,3
3174011002,BUKIT DURI,4,3
317402,PANCORAN,3,
3174021001,KALIBATA,4,3
3174021002,DUREN TIGA,4,3
"""
DISTRICTS = ("317301", "317302", "317401", "317402")
NATION, PROVINCE, REGENCIES = "0", "31", ("3173", "3174")
BELOW = {NATION: (PROVINCE,), PROVINCE: REGENCIES, "3173": DISTRICTS[:2], "3174": DISTRICTS[2:]}
UNITS = (*DISTRICTS, *REGENCIES, PROVINCE, NATION)
STATIONS = tuple(
    f"{unit}{village}{number:03d}" for unit in DISTRICTS for village in (1001, 1002) for number in (1, 2, 3)
)
FORM_OF = {
    "ppwp": FORMS["C.HASIL-PPWP/2024"], "pdpd": FORMS["C.HASIL-DPD/2024"], "pdpr": FORMS["C.HASIL-DPR/2024"],
}  # fmt: skip


def paper(contest: str, station: str) -> dict[str, int | None]:
    """What stands on a station's sheet: each its own numbers."""
    k = STATIONS.index(station)
    if contest == "ppwp":
        blank: dict[str, int | None] = {"disabilitas_j": None} if k == 4 else {}
        return {**consistent((31 + k, 120 - k, 44 + k), women=80 + k), **blank}
    if contest == "pdpd":
        votes = {f"suara_{number}": 2 + k // 2 + k * (number + 3) % 5 for number in range(1, 13)}
    else:
        votes = {f"suara_partai_{party}": (k + party) % 4 for party in range(1, 19)}
        votes |= {f"suara_caleg_{p}_{n}": (k * p + n) % 3 for p in range(1, 19) for n in range(1, 11)}
    return dict(filled(FORM_OF[contest], votes))


def add(names: Iterable[str], papers: Iterable[Values]) -> Sums:
    """Figure by figure; a blank adds nothing, and only blanks are blank."""
    every = list(papers)
    found: Sums = {}
    for name in names:
        numbers = [values[name] for values in every if values.get(name) is not None]
        found[name] = sum(number for number in numbers if number is not None) if numbers else None
    return found


@dataclass(frozen=True)
class Change:
    """A correction: of which part of which plenary, by how much."""

    part: str
    figure: str
    by: int


@dataclass(frozen=True)
class Certified:
    """What a closing certified: the papers as they stood, and all corrections down to the stations."""

    papers: Mapping[str, Values]
    changes: tuple[Change, ...]


@dataclass
class Truth:
    """What is so by now. Every key is a contest and a station or unit."""

    papers: dict[tuple[str, str], Values] = field(default_factory=dict)
    changes: dict[tuple[str, str], list[Change]] = field(default_factory=dict)
    versions: dict[tuple[str, str], list[Certified]] = field(default_factory=dict)
    closed: set[tuple[str, str]] = field(default_factory=set)

    def parts(self, contest: str, unit: str) -> tuple[str, ...]:
        """Those that a plenary can read out: stations whose sheet is settled, units whose plenary is closed."""
        if unit in DISTRICTS:
            return tuple(s for s in STATIONS if s.startswith(unit) and (contest, s) in self.papers)
        return tuple(part for part in BELOW[unit] if (contest, part) in self.closed)

    def below(self, contest: str, unit: str, part: str) -> Certified:
        """What a part brings."""
        if unit in DISTRICTS:
            return Certified({part: self.papers[contest, part]}, ())
        return self.versions[contest, part][-1]

    def brings(self, contest: str, unit: str, parts: Iterable[str]) -> Certified:
        """What these parts bring together."""
        every = [self.below(contest, unit, part) for part in parts]
        papers = {station: values for item in every for station, values in item.papers.items()}
        return Certified(papers, tuple(change for item in every for change in item.changes))

    def own(self, contest: str, unit: str, parts: Iterable[str]) -> list[Change]:
        """A plenary's own corrections of these parts."""
        return [change for change in self.changes.get((contest, unit), []) if change.part in set(parts)]

    def sums(self, contest: str, unit: str, parts: Iterable[str] | None = None) -> tuple[Sums, Sums, Sums]:
        """Of the sheets as they are now, as certified below, as this plenary counts; of all parts, or of some."""
        chosen = self.parts(contest, unit) if parts is None else tuple(parts)
        names, brought = FORM_OF[contest].names, self.brings(contest, unit, chosen)
        now = [self.papers[contest, s] for s in brought.papers if (contest, s) in self.papers]
        sheets = add(names, now)
        certified = changed(add(names, brought.papers.values()), brought.changes)
        return sheets, certified, changed(certified, self.own(contest, unit, chosen))

    def correct(self, contest: str, unit: str, part: str, figure: str, by: int) -> None:
        """A plenary corrects a figure."""
        self.changes.setdefault((contest, unit), []).append(Change(part, figure, by))

    def close(self, contest: str, unit: str) -> None:
        """A plenary closes with its next version."""
        parts = self.parts(contest, unit)
        brought, own = self.brings(contest, unit, parts), self.own(contest, unit, parts)
        self.versions.setdefault((contest, unit), []).append(Certified(brought.papers, (*brought.changes, *own)))
        self.closed.add((contest, unit))

    def reopen(self, contest: str, unit: str) -> None:
        """A plenary is reopened; its versions stay."""
        self.closed.discard((contest, unit))

    def certified(self, contest: str, unit: str, version: int) -> Sums:
        """The sums of a version, from the papers as they stood then."""
        held = self.versions[contest, unit][version - 1]
        return changed(add(FORM_OF[contest].names, held.papers.values()), held.changes)


def changed(sums: Sums, changes: Iterable[Change]) -> Sums:
    """Sums after corrections."""
    found = dict(sums)
    for change in changes:
        found[change.figure] = (found[change.figure] or 0) + change.by
    return found
