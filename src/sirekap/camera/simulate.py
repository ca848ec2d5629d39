"""A station's three photographs from nothing but a seed: figures, paper, handwriting, camera.

The same (seed, station) gives the same bytes, in any process and in any order of stations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sirekap.camera.fill import Habits, fill_page
from sirekap.camera.handwriting import Writer
from sirekap.camera.photograph import FIELD, Setting, photograph
from sirekap.camera.stations import ERROR_SHARE, Figures, StationFigures, regional_shares, station_figures
from sirekap.forms import Form
from sirekap.geography import LENGTH, Tier

# Scales at which pages are drawn, in px a mm: a little finer than the photograph shows them. Few of them, so
# that printed pages are drawn once and kept.
_SCALES = (1.0, 2.0, 3.5, 4.5)
_DESK_PAPER, _BALLPOINT = 450.0, 0.6  # mm: longest paper that is filled at a desk, and the thickest pen there
SECOND_HAND = 0.2
"""The share of stations where another person fills the page of totals."""


@dataclass(frozen=True)
class SimulatedStation:
    """A station as it was photographed. `photos` are JPEG files, one a page in order of pages.

    `truth` holds every figure of the form as it stands on paper (None is blank); `counted` what was counted.
    `consistent` tells whether the paper adds up, `slip` what went wrong where it does not.
    """

    station: str
    photos: tuple[bytes, ...]
    truth: Figures
    counted: Figures
    consistent: bool
    slip: str


def generator(seed: int, *names: str) -> np.random.Generator:
    """The random generator of something named, such as a station: the same in every process."""
    digest = hashlib.sha256("|".join((str(seed), *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


@dataclass(frozen=True)
class People:
    """Who sits at a station's table and what they write: `rng` is the generator after they were drawn."""

    paper: StationFigures
    writer: Writer
    second: Writer | None
    habits: Habits
    size: tuple[int, int]
    rng: np.random.Generator

    def writer_of(self, form: Form, page: int) -> Writer:
        """Whose hand fills a page: at some stations another one fills the last."""
        return self.second if self.second is not None and page == len(form.pages) else self.writer


def people_of(
    form: Form,
    station: str,
    seed: int,
    setting: Setting,
    shares: Sequence[float] | None = None,
    error_share: float = ERROR_SHARE,
    voters_per_station: int = 300,
) -> People:
    """What `simulate_station` photographs for the same arguments. Raises as it does."""
    if len(station) != LENGTH[Tier.STATION] or not (station.isascii() and station.isdigit()):
        raise ValueError(f"no station has the code {station!r}: expected 13 digits")
    rng = generator(seed, station)
    if shares is None:
        shares = regional_shares(form.tickets, generator(seed, "region", station[: LENGTH[Tier.REGENCY]]))
    paper = station_figures(form, rng, shares, voters_per_station).with_human_error(form, rng, error_share)
    writer, second = (pen_for(form, Writer.random(rng)) for _ in range(2))
    other_hand = rng.random() < SECOND_HAND
    habits = Habits.random(rng)
    size = setting.sizes[int(rng.integers(len(setting.sizes)))]
    return People(paper, writer, second if other_hand else None, habits, size, rng)


def simulate_station(
    form: Form,
    station: str,
    seed: int,
    setting: Setting = FIELD,
    *,
    shares: Sequence[float] | None = None,
    place: Mapping[str, str] | None = None,
    error_share: float = ERROR_SHARE,
    voters_per_station: int = 300,
    with_qr: bool = False,
    paper: StationFigures | None = None,
) -> SimulatedStation:
    """One station, counted, written down and photographed page by page with one phone.

    `shares` are the tickets' shares of its region; drawn from its regency's code where they are None.
    `place` names the header's lines (provinsi, kabupaten, kecamatan, kelurahan); the station's number is
    written beside them. `with_qr` prints the station's QR code on its pages. Where the setting allows one
    size alone, all photographs have it. `paper` stands on the forms instead of what is drawn. Raises
    ValueError for a code that is no station's.
    """
    at = people_of(form, station, seed, setting, shares, error_share, voters_per_station)
    rng, paper, habits, size = at.rng, paper or at.paper, at.habits, at.size
    px_per_mm = drawn_at(form, size)
    photos = []
    for page in form.pages:
        picture = fill_page(
            form, page.number, paper.figures, at.writer_of(form, page.number), rng,
            place={**(place or {}), "tps": station[-3:]}, habits=habits, counted=paper.counted,
            station=station if with_qr else None, px_per_mm=px_per_mm,
        )  # fmt: skip
        photos.append(photograph(picture, rng, setting, size))
    return SimulatedStation(station, tuple(photos), paper.figures, paper.counted, paper.consistent, paper.slip)


def pen_for(form: Form, writer: Writer) -> Writer:
    """The writer with a pen that suits the paper: nobody fills boxes of 8 mm with a marker."""
    if max(form.width, form.height) > _DESK_PAPER:
        return writer
    return replace(writer, stroke_mm=min(writer.stroke_mm, _BALLPOINT))


def drawn_at(form: Form, size: tuple[int, int]) -> float:
    """The coarsest scale that is not coarser than the photograph itself can be."""
    finest = min(min(size) / form.width, max(size) / form.height)
    return next((scale for scale in _SCALES if scale >= 0.95 * finest), _SCALES[-1])
