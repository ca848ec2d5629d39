"""A contest's plenaries as they are published: minutes, versions of certificates, sheets that left one behind.

`store` makes these, `publish` writes them. Certificates, papers and files are named by SHA-256 in hex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sirekap.recap import Act, Corrected, ReadOut, Stage, play

Values = Mapping[str, int | None]


class How(StrEnum):
    """How a station's sheet stands otherwise than its district's last certificate says."""

    FIGURES = "figures"  # settled, with other figures
    UNSETTLED = "unsettled"  # not settled any more
    ANEW = "anew"  # settled with the same figures, from other photographs than were read out
    LATE = "late"  # missing in the certificate, and settled now


@dataclass(frozen=True, slots=True)
class MovedRecord:
    """A station whose sheet left its district's last certificate behind."""

    station: str
    how: How


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """A signature on a version's paper: who signed, in words, and when the paper came in with it (ISO 8601)."""

    signer: str
    at: str


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version of a certificate: its number, when the plenary closed (ISO 8601), the hash of its `data`.

    `stations` are the sheets that it rests on, `sheets` their sums, `below` the sums as certified below (at a
    district those of its sheets), `certified` its own, `corrections` all that lie between, from below upwards.
    `paper` is the last one that is kept, None where none was drawn.
    """

    number: int
    closed_at: str
    data: str
    stations: int
    sheets: Values
    below: Values
    certified: Values
    corrections: tuple[Corrected, ...] = ()
    paper: str | None = None
    signatures: tuple[SignatureRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class PlenaryRecord:
    """A unit's plenary that was opened. `moved` are the stations within the unit, by code."""

    unit: str
    acts: tuple[Act, ...]
    versions: tuple[VersionRecord, ...] = ()
    moved: tuple[MovedRecord, ...] = ()

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        return play(self.acts).stage


def uncorrected(values: Values, corrections: tuple[Corrected, ...]) -> dict[str, int | None]:
    """A part's figures as they stood before its corrections, which were made in this order.

    >>> act = Corrected("PPK", "2024-02-17T09:00:00Z", "3173011001001", "suara_1", 31, 37, "keliru", "BA 1")
    >>> uncorrected({"suara_1": 37}, (act,))
    {'suara_1': 31}
    """
    found = dict(values)
    for item in reversed(corrections):
        found[item.figure] = item.before
    return found


def read_outs(acts: tuple[Act, ...]) -> dict[str, str]:
    """By part the digest of what was last read out."""
    return {act.part: act.digest for act in acts if isinstance(act, ReadOut)}
