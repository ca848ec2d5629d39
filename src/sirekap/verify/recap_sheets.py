"""A district's certificate against the sheets that are published now, and which stations left it behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sirekap.recap import Plenary
from sirekap.record.recap_state import How
from sirekap.verify.recap_shapes import Recap, Values, Version
from sirekap.verify.recap_sums import Counted, compare_part
from sirekap.verify.report import VerifyReport
from sirekap.verify.units import FACT

Settled = Callable[[str], Values | None]


def settled_values(facts: str | None, names: tuple[str, ...]) -> Values | None:
    """A settled sheet's figures from its facts (`units.facts`); None for one that is not settled, or none.

    >>> settled_values("settled\\x1fTrue\\x1f\\x1f31 read\\x1fNone blank", ("suara_1", "suara_2"))
    {'suara_1': 31, 'suara_2': None}
    """
    if facts is None:
        return None
    state, _, _, *cells = facts.split(FACT)
    if state != "settled":
        return None
    values = (cell.partition(" ")[0] for cell in cells)
    return {name: int(value) if value.isdigit() else None for name, value in zip(names, values, strict=True)}


def check_last(
    file: str, recap: Recap, version: Version, columns: list[Counted], settled: Settled, report: VerifyReport
) -> None:
    """The last version: every column is the published sheet's, or its station is told as moved, and did move."""
    for column in columns:
        now, how = settled(column.code), recap.moved.get(column.code)
        what = f"moved {column.code}"
        if how is None and now is None:
            expected = "a settled sheet, or a station that is told as moved"
            report.add(file, f"version {version.number}, {column.code}", expected, "neither")
        elif how is None and now is not None:
            compare_part(file, version, column, now, "its sheet says, or a station told as moved", report)
        elif how is How.FIGURES and (now is None or now == column.before):
            report.add(file, what, "a settled sheet with other figures", "none" if now is None else "the same")
        elif how is How.UNSETTLED and now is not None:
            report.add(file, what, "a sheet that is not settled", "a settled one")
        elif how is How.ANEW and now is None:
            report.add(file, what, "a settled sheet with the same figures", "none")
        elif how is How.ANEW and now is not None:
            compare_part(file, version, column, now, "its sheet says, because it moved with the same", report)
        elif how is How.LATE:
            report.add(file, what, "a station that is not counted", "a counted one")


def check_earlier(
    file: str,
    version: Version,
    columns: list[Counted],
    minutes: Plenary,
    unmoved: dict[str, str],
    settled: Settled,
    report: VerifyReport,
) -> None:
    """An earlier version, where a station's sheet was read out as it still stands (`unmoved`: its digest)."""
    for column in columns:
        if minutes.read.get(column.code) == unmoved.get(column.code, ""):
            compare_part(file, version, column, settled(column.code) or {}, "its sheet says", report)


def check_late(
    file: str, recap: Recap, counted: set[str], stations: Iterable[str], settled: Settled, report: VerifyReport
) -> None:
    """The stations that are settled and not in the last version are told as late, and no others."""
    late = {station for station in stations if station not in counted and settled(station) is not None}
    told = {station for station, how in recap.moved.items() if how is How.LATE}
    for station in sorted(late - told):
        report.add(file, f"moved {station}", "a station that is told as late", "nothing")
    for station in sorted(set(recap.moved) - late - counted):
        report.add(file, f"moved {station}", "a station with a sheet of this district", recap.moved[station])
