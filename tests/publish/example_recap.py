"""Plenaries of districts made by hand: stations with their figures, corrections, a certificate."""

import datetime
from collections.abc import Mapping, Sequence
from hashlib import sha256

from sirekap.contests import Contest, Election
from sirekap.forms import Form, Label
from sirekap.geography import parse_geography, path_of
from sirekap.recap import Act, Attended, Closed, Corrected, Opened, Part, ReadOut, Signing, play, recapitulate
from sirekap.record.certificate import (
    Attendance,
    Certificate,
    Column,
    Completeness,
    Correction,
    Group,
    Place,
    body,
)
from sirekap.record.certificate_rows import rows_of
from sirekap.record.recap_state import PlenaryRecord, VersionRecord
from sirekap.record.state import PublicState

AT = "2024-02-17T09:00:00Z"
WHO = "PPK KECAMATAN MELATI (ppk-317101-a)"
DISTRICT = "317101"
Values = Mapping[str, int | None]


def geography(villages: int, stations: int) -> bytes:
    """A district of so many villages, each with so many stations."""
    rows = "".join(f"3171011{n:03d},KELURAHAN {1944 + n},4,{stations}\n" for n in range(1, villages + 1))
    head = "kode,nama,tingkat,tps\n31,PROVINSI CONTOH UTARA,1,\n3171,KOTA SATU,2,\n317101,KECAMATAN MELATI,3,\n"
    return (head + rows).encode()


def held(
    form: Form, villages: int, stations: int, values: Values, corrections: Sequence[tuple[str, str, int]]
) -> tuple[PublicState, dict[str, bytes]]:
    """A state without sheets in which the district's plenary is closed, every station with the same `values`;
    `corrections` are (station, figure, change). Beside it the objects that it names.
    """
    found = parse_geography(geography(villages, stations), "geography.csv")
    parts = [
        Part(station, values, "0" * 64, 1, values)
        for village in found.children(DISTRICT)
        for station in found.stations(village.code)
    ]
    acts: list[Act] = [Opened(WHO, AT), *(ReadOut(WHO, AT, part.code, part.digest) for part in parts)]
    for station, figure, change in corrections:
        before = values[figure]
        assert before is not None
        acts.append(Corrected(WHO, AT, station, figure, before, before + change, "Salah tulis", "BA nomor 4"))
    acts.append(Attended(WHO, AT, "Ketua PPK", "", Signing.SIGNS))
    recap = recapitulate(form.names, play(acts), parts)
    groups = tuple(
        Group(
            Place(village.code, village.name),
            tuple(
                Column(Place(c.part.code, f"TPS {c.part.code[-3:]}"), tuple((c.counted or {}).values()))
                for c in recap.columns
                if c.part.code.startswith(village.code)
            ),
        )
        for village in found.children(DISTRICT)
    )
    certificate = Certificate(
        "Pemilu Contoh 2024",
        datetime.date(2024, 2, 14),
        form.contest,
        Label("Pemilihan contoh", "An example"),
        form.id,
        tuple(Place(code, found.units[code].name) for code in path_of(DISTRICT)),
        1,
        datetime.datetime.fromisoformat(AT),
        Completeness(len(parts), len(parts)),
        rows_of(form, {}),
        groups,
        "0" * 64,
        corrections=tuple(
            Correction(
                Place(c.part, f"TPS {c.part[-3:]}"), c.figure, c.before, c.after, f"{c.reason} ({c.minutes})", WHO
            )
            for c in recap.corrections
        ),
        attendance=(Attendance("Ketua PPK", "", Signing.SIGNS),),
    )
    data = body(certificate)
    digest = sha256(data).hexdigest()
    acts.append(Closed(WHO, AT, 1, digest))
    version = VersionRecord(
        1, AT, digest, len(parts), recap.sheets, recap.below, recap.counted, recap.corrections
    )
    contest = Contest(form.contest, form.id, ())
    election = Election("Pemilu Contoh 2024", datetime.date(2024, 2, 14), 300, (contest,))
    record = PlenaryRecord(DISTRICT, tuple(acts), (version,))
    return PublicState(election, contest, form, found, (), (record,)), {digest: data}
