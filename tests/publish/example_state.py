"""Small public states made by hand for the tests: two provinces, an overseas tree, one sheet of each kind."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from hashlib import sha256

from sirekap.contests import Contest, Election, Ticket
from sirekap.figures import Beside, Figure, Ground, Read, Why
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.geography import Geography, parse_geography
from sirekap.record.state import FigureRecord, FindingRecord, PhotoRecord, PublicState, Quads, StationRecord
from sirekap.review import Acknowledgement, State
from sirekap.rules import check

GEOGRAPHY = b"""kode,nama,tingkat,tps
31,PROVINSI CONTOH UTARA,1,
3171,KOTA SATU,2,
317101,KECAMATAN MELATI,3,
3171011001,KELURAHAN MAWAR & ANGGREK,4,4
3171011002,KELURAHAN KENANGA,4,2
32,PROVINSI CONTOH SELATAN,1,
3201,KABUPATEN DUA,2,
320101,KECAMATAN SERUNI,3,
3201012001,DESA DAHLIA,4,1
99,LUAR NEGERI,1,
9901,NEGARA CONTOH,2,
990101,PPLN KOTA CONTOH,3,
9901011001,POS,4,
"""
TICKETS = (
    Ticket(1, 100025, "PASANGAN PERTAMA <SATU>", "#8CB9BD"),
    Ticket(2, 100026, "PASANGAN KEDUA", "#C7B7A3"),
    Ticket(3, 100027, "PASANGAN KETIGA", "#B67352"),
)
VOTERS = 300


def sheet_values(votes: tuple[int, int, int], invalid: int = 3) -> dict[str, int | None]:
    """The figures of a sheet whose arithmetic is right."""
    valid = sum(votes)
    total = valid + invalid
    men, women = total // 2, total - total // 2
    values: dict[str, int | None] = {}
    for name, m, w in (
        ("pemilih_dpt", men + 20, women + 25),
        ("pengguna_dpt", men - 1, women - 2),
        ("pengguna_dptb", 1, 1),
        ("pengguna_non_dpt", 0, 1),
        ("pengguna_total", men, women),
    ):
        values |= {f"{name}_l": m, f"{name}_p": w, f"{name}_j": m + w}
    values |= {
        "surat_suara_diterima": total + 47,
        "surat_suara_digunakan": total,
        "surat_suara_dikembalikan": 2,
        "surat_suara_sisa": 45,
        "disabilitas_l": None,
        "disabilitas_p": None,
        "disabilitas_j": None,
        **{f"suara_{number}": count for number, count in enumerate(votes, start=1)},
        "suara_sah": valid,
        "suara_tidak_sah": invalid,
        "suara_total": total,
    }
    return values


PICTURE = bytes.fromhex(  # 64×24 grey pixels that say "12"
    "ffd8ffe000104a46494600010100000100010000ffdb0043001b12141714111b1716171e1c1b2028422b28252528513a3d30"
    "42605565645f555d5b6a7899816a7190735b5d85b586909ea3abadab6780bcc9baa6c799a8aba4ffc0000b08001800400101"
    "1100ffc400190000020301000000000000000000000000000502040603ffc400261000020103030304030000000000000000"
    "010203000411051221315181132232a1427191ffda0008010100003f00d0557bbbeb7b300cf205ddd07527c5755911a21206"
    "f615dd93c7154975ab0697d313f39c64a9c7f698514514522d7ec614825bbf7195d94727207ea99c50adc6991c2f9daf1283"
    "8383d0526bc586e447a669d107d8d9693b79ad0449e9c4899ced5033dea7451452abed267bc91f75fbac4c7223d9903eea71"
    "69970969340d7eedbd42a9dbf003cf6e2ab41a14f6e08875178f3d76c78cfdd38851a38511dcbb2a8058fe47bd4e8a2bffd9"
)


def tiny_jpeg(text: str) -> bytes:
    """A small valid JPEG whose bytes depend on the text, which stands in a comment segment."""
    comment = text.encode()
    return PICTURE[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + PICTURE[2:]


def _why(name: str, figure: Figure) -> Why:
    """A reason that fits the figure."""
    written: Read = 12 if figure.status == "illegible" else "blank" if figure.value is None else figure.value
    ground = Ground.UNCLEAR if figure.status == "illegible" else Ground.PLAIN
    boxes = tuple((("1", 0.991), ("7", 0.006)) for _ in FORM.field(name).boxes)
    columns = FORM.field(name).bubbles
    bubbles = () if columns is None else tuple((1,) for _ in columns.columns)
    counts = FORM.field(name).tally is not None and isinstance(figure.value, int)
    beside = (Beside("tally", "5=5", figure.value or 0, 0.9901),) if counts else ()
    return Why(ground, written, 0.991, written, 0.9999, 0.999, (), boxes, bubbles, beside)


def _boxes(page: int) -> dict[str, Quads]:
    """Boxes of five pixels, one row a figure."""
    return {
        field.name: tuple(
            tuple((x + 6 * n, y + row) for x, y in ((4, 4), (9, 4), (9, 9), (4, 9)))
            for n in range(len(field.boxes))
        )
        for row, field in enumerate(FORM.fields_of(page))
    }


class Example:
    """Collects stations and the objects they name; `state()` gives the PublicState."""

    def __init__(self, geography: bytes = GEOGRAPHY, images: bool = True) -> None:
        """Begin with a geography and no station; `images` False leaves cuts out."""
        self.geography: Geography = parse_geography(geography, "geography.csv")
        self.images = images
        self.stored: dict[str, bytes] = {}
        self.records: list[StationRecord] = []

    def keep(self, data: bytes) -> str:
        """Store an object; its SHA-256 in hex."""
        digest = sha256(data).hexdigest()
        self.stored[digest] = data
        return digest

    def picture(self, text: str) -> str:
        """Store a picture; its SHA-256 in hex."""
        return self.keep(tiny_jpeg(text))

    def add(
        self,
        station: str,
        values: dict[str, int | None],
        state: State = State.PROVISIONAL,
        illegible: Iterable[str] = (),
        acknowledged: Acknowledgement | None = None,
        pages_missing: tuple[int, ...] = (),
    ) -> None:
        """Add one sheet; its findings are those of the rules."""
        illegible = frozenset(illegible)
        pages = [page.number for page in FORM.pages if page.number not in pages_missing]
        photos = {page: self.picture(f"{station} page {page}") for page in pages}
        figures: dict[str, Figure] = {}
        for field in FORM.fields:
            if field.page in pages_missing:
                continue
            value = values[field.name]
            if field.name in illegible:
                figures[field.name] = Figure.illegible(0.41)
            else:
                figures[field.name] = Figure.blank(0.99991) if value is None else Figure.read(value, 0.99997)
        machine = figures if state is State.SETTLED else None
        if machine is not None:  # an officer confirmed what was read
            figures = {
                name: figure
                if figure.status == "illegible"
                else Figure.blank()
                if figure.value is None
                else Figure.read(figure.value)
                for name, figure in machine.items()
            }
        findings = check(FORM, figures, voters_per_station=VOTERS)
        self.records.append(
            StationRecord(
                station,
                state,
                {
                    name: FigureRecord(
                        figure,
                        photos[FORM.field(name).page],
                        self.picture(f"{station} {name}") if self.images else None,
                        _why(name, figure),
                        None if machine is None else machine[name],
                    )
                    for name, figure in figures.items()
                },
                tuple(
                    FindingRecord(
                        finding,
                        acknowledged if acknowledged and acknowledged.rule == finding.rule else None,
                    )
                    for finding in findings
                ),
                tuple(
                    PhotoRecord(digest, digest, page, "used", None, _boxes(page))
                    for page, digest in photos.items()
                ),
                pages_missing,
                None if machine is None else "2024-02-14T13:30:00Z",
            )
        )

    def state(self) -> PublicState:
        """All of it as the input of a publication."""
        contest = Contest("ppwp", FORM.id, TICKETS)
        election = Election("Pemilu Contoh 2024", datetime.date(2024, 2, 14), VOTERS, (contest,))
        return PublicState(election, contest, FORM, self.geography, tuple(self.records))

    def objects(self, digest: str) -> bytes:
        """The bytes of a stored object."""
        return self.stored[digest]


def example() -> Example:
    """Two provinces and overseas: settled, provisional, acknowledged, in review (R12; illegible; a page
    missing), stations not in, and a village whose number of stations nobody knows.
    """
    made = Example()
    made.add("3171011001001", sheet_values((101, 80, 30)))
    made.add("3171011001002", sheet_values((55, 120, 41)), State.SETTLED)
    wrong = sheet_values((40, 50, 60))
    wrong["suara_1"] = 90
    made.add("3171011001003", wrong, State.REVIEW)
    broken = sheet_values((70, 71, 72))
    broken["suara_2"] = 17
    reason = "Tertulis demikian di C.Hasil; saksi setuju."
    made.add(
        "3171011002001",
        broken,
        State.SETTLED,
        acknowledged=Acknowledgement("R12", "Operator PPK Melati", reason, "2024-02-16T10:15:00+07:00"),
    )
    made.add("3171011002002", sheet_values((60, 61, 62)), State.REVIEW, illegible=("suara_2",))
    made.add("3201012001001", sheet_values((33, 44, 55)), State.REVIEW, pages_missing=(3,))
    made.add("9901011001007", sheet_values((12, 13, 14), invalid=0))
    return made
