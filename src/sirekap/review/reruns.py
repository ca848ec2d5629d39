"""Reruns: the votes of a station are counted again, or its voters vote again; a new count begins.

What was photographed, read, confirmed and typed of the count before decides nothing any more, and all of it is
kept. Nobody takes a rerun back: a wrong one is followed by another, with its own ground.

Sources: UU 7/2017, articles 372 to 376 (voting and counting again), 431 (voting that was broken off goes on),
432 (voting that could not begin is held later).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sirekap.access import Act, Mandate, may


class RerunKind(StrEnum):
    """What is done again. The values stand in the database and in what is published."""

    RECOUNT = "penghitungan_ulang"  # the same ballots are counted again
    REVOTE = "pemungutan_ulang"  # the station's voters vote again
    LATER = "susulan"  # the voting could not begin, and is held later
    CONTINUED = "lanjutan"  # the voting was broken off, and goes on


LABELS: Mapping[RerunKind, Mapping[str, str]] = {
    RerunKind.RECOUNT: {"id": "Penghitungan suara ulang", "en": "Recount of the votes"},
    RerunKind.REVOTE: {"id": "Pemungutan suara ulang", "en": "Voting run again"},
    RerunKind.LATER: {"id": "Pemungutan suara susulan", "en": "Voting held later"},
    RerunKind.CONTINUED: {"id": "Pemungutan suara lanjutan", "en": "Voting continued"},
}
MEANINGS: Mapping[RerunKind, Mapping[str, str]] = {
    RerunKind.RECOUNT: {
        "id": "Surat suara yang sama dihitung sekali lagi, dan hasilnya ditulis di formulir baru.",
        "en": "The same ballots are counted once more, and the result is written on a new form.",
    },
    RerunKind.REVOTE: {
        "id": "Pemilih TPS ini memilih sekali lagi, dan hasilnya ditulis di formulir baru.",
        "en": "The voters of this station vote once more, and the result is written on a new form.",
    },
    RerunKind.LATER: {
        "id": "Pemungutan suara yang belum dapat dimulai diadakan kemudian.",
        "en": "The voting, which could not begin, is held later.",
    },
    RerunKind.CONTINUED: {
        "id": "Pemungutan suara yang terhenti dilanjutkan, dan hasilnya ditulis di formulir baru.",
        "en": "The voting, which was broken off, goes on, and the result is written on a new form.",
    },
}
ACTS: Mapping[RerunKind, Act] = {
    RerunKind.RECOUNT: Act.RECOUNT,
    RerunKind.REVOTE: Act.RERUN,
    RerunKind.LATER: Act.RERUN,
    RerunKind.CONTINUED: Act.RERUN,
}
BEFORE = "it belongs to the count before rerun"


def kinds_for(mandates: Iterable[Mandate], station: str) -> tuple[RerunKind, ...]:
    """What the holder of some mandates may order at a station, in the order of `RerunKind`.

    >>> [str(kind) for kind in kinds_for([Mandate("ppk", "317301")], "3173011001001")]
    ['penghitungan_ulang']
    """
    held = tuple(mandates)
    return tuple(kind for kind in RerunKind if may(held, ACTS[kind], station))


def before_text(number: int, at: str) -> str:
    """The problem of a photograph of the count before a rerun: its number, and when it was ordered (ISO 8601).

    >>> before_text(1, "2024-02-20T03:00:00Z")
    'it belongs to the count before rerun 1 of 2024-02-20T03:00:00Z'
    """
    return f"{BEFORE} {number} of {at}"


def is_before(problem: str | None) -> bool:
    """Whether a problem in words is that of a photograph of a count before."""
    return problem is not None and problem.startswith(BEFORE)
