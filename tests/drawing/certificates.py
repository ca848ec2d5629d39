"""Made-up certificates of every tier, with roles in the place of names."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sirekap.forms import C_HASIL_PPWP_2024, Form, Label
from sirekap.forms.c_hasil_dpr_2024 import dpr
from sirekap.record.certificate import (
    Answered,
    Attendance,
    Certificate,
    Column,
    Completeness,
    Correction,
    Difference,
    Group,
    MissingStation,
    Objection,
    Place,
    Replaced,
    Row,
    Signing,
)
from sirekap.record.certificate_rows import rows_of

CLOSED = datetime(2024, 2, 20, 10, 30, tzinfo=UTC)
PPWP = Label("Presiden dan Wakil Presiden", "President and Vice President")
DPR = Label("Anggota DPR", "Members of the House of Representatives")
NATION = Place("0", "INDONESIA")
PATH = (NATION, Place("31", "DKI JAKARTA"), Place("3173", "JAKARTA PUSAT"), Place("317301", "TANAH ABANG"))
DIGEST = "5e" * 32
TICKETS = {f"suara_{number}": f"Pasangan calon nomor urut {number}" for number in (1, 2, 3)}
PANEL = (
    Attendance("Ketua PPK", "", Signing.SIGNS),
    *(Attendance(f"Anggota PPK {number}", "", Signing.SIGNS) for number in range(1, 5)),
    Attendance("Saksi", "Pasangan calon nomor urut 1", Signing.SIGNS),
    Attendance("Saksi", "Pasangan calon nomor urut 2", Signing.REFUSES, "Keberatan nomor 1 belum dijawab"),
    Attendance("Saksi", "Pasangan calon nomor urut 3", Signing.ABSENT, "Tanpa keterangan"),
    Attendance("Panwaslu Kecamatan", "", Signing.ABSENT),
)


def values(rows: Sequence[Row], dice: random.Random, most: int = 300) -> tuple[int | None, ...]:
    """A value for each row; a few are blank."""
    return tuple(None if dice.random() < 0.01 else dice.randrange(most) for _ in rows)


def district(villages: int = 2, stations: int = 3, seed: int = 1, **more: Any) -> Certificate:
    """A district of the president's contest with so many stations in each village."""
    dice = random.Random(seed)
    rows = rows_of(C_HASIL_PPWP_2024, TICKETS)
    groups = tuple(
        Group(
            Place(f"3173011{village:03d}", f"KELURAHAN {village}"),
            tuple(
                Column(Place(f"3173011{village:03d}{number:03d}", f"TPS {number:03d}"), values(rows, dice))
                for number in range(1, stations + 1)
            ),
        )
        for village in range(1, villages + 1)
    )
    return made(PATH, "ppwp", PPWP, rows, groups, villages * stations, **more)


def above(
    path: tuple[Place, ...], below: Sequence[Place], form: Form, names: dict[str, str], most: int
) -> Certificate:
    """A unit above the district, with the units below it."""
    dice = random.Random(len(below))
    rows = rows_of(form, names)
    columns = tuple(Column(place, values(rows, dice, most), 100) for place in below)
    contest, label = (form.contest, DPR) if form.contest == "pdpr" else ("ppwp", PPWP)
    return made(path, contest, label, rows, (Group(path[-1], columns),), 100 * len(below))


def made(
    path: tuple[Place, ...], contest: str, label: Label, rows: tuple[Row, ...], groups: tuple[Group, ...],
    counted: int, **more: Any,
) -> Certificate:  # fmt: skip
    """A certificate with a panel and nothing else to tell."""
    given: dict[str, Any] = {
        "completeness": Completeness(counted, counted),
        "attendance": PANEL,
        **more,
    }
    return Certificate(
        "Pemilu 2024", date(2024, 2, 14), contest, label, "C.HASIL/2024", path, groups=groups, rows=rows,
        closed_at=CLOSED, sheets=DIGEST, version=2 if more.get("replaces") else 1, **given,
    )  # fmt: skip


def full() -> Certificate:
    """A district with everything that a certificate can tell."""
    plain = district()
    gone = Place("3173011002004", "TPS 004")
    last = plain.groups[-1]
    groups = (*plain.groups[:-1], Group(last.place, (*last.columns, Column(gone, (), 0))))
    return made(
        PATH, "ppwp", PPWP, plain.rows, groups, 6,
        completeness=Completeness(
            7, 6, (MissingStation(gone, "Kotak suara hilang dalam banjir"),), "Keputusan PPK nomor 1"
        ),
        replaces=Replaced(1, "KPU Kabupaten/Kota", "Saran perbaikan Bawaslu: TPS 002 dihitung ulang"),
        differences=(
            Difference(last.place, "suara_1", 301, 310, "Salah jumlah pada lembar rekap desa"),
            Difference(last.place, "suara_2", 40, None, ""),
        ),
        corrections=(
            Correction(last.columns[0].place, "suara_3", 17, 71, "Angka tertukar pada salinan", "Ketua PPK"),
            Correction(last.columns[1].place, "disabilitas_j", None, 0, "Kosong pada lembar", "Anggota PPK 1"),
        ),
        objections=(
            Objection(1, "Saksi pasangan calon nomor urut 2", "Selisih jumlah di TPS 002.\nMinta hitung ulang.",
                      "Dihitung ulang di hadapan semua saksi; hasil tetap.", Answered.ANSWERED),
            Objection(2, "Panwaslu Kecamatan", "Listrik padam 20 menit.", "", Answered.CARRIED_UP, event=True),
        ),
    )  # fmt: skip


def regency_dpr() -> Certificate:
    """A regency of a contest of 18 parties with 8 candidates each."""
    form = dpr((8,) * 18, "C.HASIL-DPR/2024", 221)
    names = {f"suara_partai_{party}": f"PARTAI NOMOR URUT {party}" for party in range(1, 19)}
    names |= {
        f"suara_caleg_{party}_{number}": f"Calon nomor urut {number} dari partai {party}"
        for party in range(1, 19)
        for number in range(1, 9)
    }
    below = [Place(f"3173{number:02d}", name) for number, name in enumerate(DISTRICTS, start=1)]
    return above(PATH[:3], below, form, names, 40_000)


def nation() -> Certificate:
    """The nation of the president's contest: 38 provinces and overseas."""
    below = [Place(f"{11 + number}", f"PROVINSI KE-{number + 1}") for number in range(38)]
    below[3] = Place("14", "KEPULAUAN BANGKA BELITUNG")
    return above((NATION,), [*below, Place("99", "LUAR NEGERI")], C_HASIL_PPWP_2024, TICKETS, 30_000_000)


DISTRICTS = (
    "TANAH ABANG", "MENTENG", "SENEN", "JOHAR BARU", "CEMPAKA PUTIH", "KEMAYORAN", "SAWAH BESAR", "GAMBIR",
    "SIAU TAGULANDANG BIARO UTARA", "PULAUPULAUTERLUARSEKALI", "LONG APARI", "RAJA AMPAT SELATAN DALAM",
)  # fmt: skip
