"""Telephone numbers: loaded whole or not at all, shown to few, told nowhere."""

from pathlib import Path

import pytest

from sirekap.access import Mandate
from sirekap.cli.main import main
from sirekap.errors import InputError
from sirekap.store.contacts import contacts_for, load_contacts
from sirekap.store.models import Contact, Event
from sirekap.store.setup import Workspace
from tests.store.people import loaded
from tests.web.site import GEOGRAPHY, OTHER, STATION

GOOD = f"""unit,role,telephone
{STATION},Ketua KPPS,0812-0000-0001
{STATION},Anggota KPPS,+62 812 0000 0002
3173011002,Ketua PPS,(021) 000 0003
3173,KPU,021 0000004
0,KPU RI,0210000005
"""
DIGITS = ("081200000001", "+6281200000002", "0210000003", "0210000004", "0210000005")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return loaded(tmp_path, GEOGRAPHY)


def seen(workspace: Workspace, station: str, *mandates: Mandate) -> list[str]:
    return [number.telephone for number in contacts_for(workspace, [station], mandates)[station]]


def test_numbers_are_those_of_the_station_or_of_the_nearest_unit_above(workspace: Workspace) -> None:
    """As far as the mandates reach: nobody learns the numbers of offices above their own."""
    assert load_contacts(workspace, GOOD.encode(), "c.csv") == 5
    nation, village = Mandate("kpu_ri", "0"), Mandate("pps", "3173011002")
    assert seen(workspace, STATION, nation) == ["+6281200000002", "081200000001"]
    assert seen(workspace, OTHER, nation) == seen(workspace, OTHER, village) == ["0210000003"]
    assert seen(workspace, "3173021001001", nation) == ["0210000004"]
    assert seen(workspace, "3173021001001", Mandate("ppk", "317302")) == []


@pytest.mark.parametrize(
    "mandate",
    [
        Mandate("kpps", STATION),
        Mandate("saksi", STATION, "900001"),
        Mandate("bawaslu", "0"),
        Mandate("auditor", "0"),
        Mandate("pps", "3173021001"),
    ],
    ids=str,
)
def test_nobody_else_sees_any(workspace: Workspace, mandate: Mandate) -> None:
    """Witnesses, supervisors, auditors, and officials of another place."""
    load_contacts(workspace, GOOD.encode(), "c.csv")
    assert seen(workspace, STATION, mandate) == []


def test_a_load_replaces_and_a_bad_one_changes_nothing(workspace: Workspace) -> None:
    """All or none."""
    load_contacts(workspace, GOOD.encode(), "c.csv")
    load_contacts(workspace, f"unit,role,telephone\n{STATION},KPPS,0811111\n".encode(), "d.csv")
    assert list(workspace.rows(Contact).values_list("telephone", flat=True)) == ["0811111"]
    with pytest.raises(InputError):
        load_contacts(
            workspace, f"unit,role,telephone\n{STATION},KPPS,0822222\n{STATION},x,y\n".encode(), "e.csv"
        )
    assert list(workspace.rows(Contact).values_list("telephone", flat=True)) == ["0811111"]


BAD = {
    "no code": ("31730", "KPPS", "0811111", "unit"),
    "no station of here": ("3173011001099", "KPPS", "0811111", "unit"),
    "no role": (STATION, "", "0811111", "role"),
    "a long role": (STATION, "x" * 81, "0811111", "role"),
    "no number": (STATION, "KPPS", "", "telephone"),
    "letters": (STATION, "KPPS", "08111x2345", "telephone"),
    "too long": (STATION, "KPPS", "0" * 16, "telephone"),
    "other digits": (STATION, "KPPS", "٠٨١١١١١١", "telephone"),
    "a formula": (STATION, "KPPS", "=0811111", "telephone"),
}


@pytest.mark.parametrize(("unit", "role", "telephone", "column"), BAD.values(), ids=BAD)
def test_a_bad_row_is_told_with_row_and_column_and_without_the_number(
    workspace: Workspace, unit: str, role: str, telephone: str, column: str
) -> None:
    """The message can be shown to anybody."""
    data = f"unit,role,telephone\n0,KPU RI,0210000005\n{unit},{role},{telephone}\n"
    with pytest.raises(InputError) as told:
        load_contacts(workspace, data.encode(), "c.csv")
    assert f"c.csv, row 3, column {column}: expected" in str(told.value)
    assert not telephone or telephone not in str(told.value)


def test_the_same_number_twice_is_told(workspace: Workspace) -> None:
    """It is a slip of who made the file."""
    with pytest.raises(InputError, match=r"row 3, column telephone.*first in row 2"):
        load_contacts(workspace, b"unit,role,telephone\n0,KPU RI,021 0000005\n0,KPU RI,0210000005\n", "c.csv")


def test_no_event_holds_a_number(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says how many, the event too, and neither says which."""
    (tmp_path / "nomor.csv").write_text(GOOD)
    assert main(["contacts", "load", str(workspace.path), str(tmp_path / "nomor.csv")]) == 0
    said = capsys.readouterr().out + str(list(workspace.rows(Event).values()))
    assert "5 telephone numbers" in said and "contacts loaded" in said
    assert not any(digits in said for digits in DIGITS)


def test_boards_are_checked_from_the_command_line(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1 where a count is wrong, and 0 once it was put right."""
    from sirekap.store.models import BoardCount, Sheet

    folder = str(workspace.path)
    workspace.rows(Sheet).create(contest_id="ppwp", station=STATION, state="review")
    assert main(["boards", "check", folder]) == 0
    workspace.rows(BoardCount).update(review=7)
    assert main(["boards", "check", folder]) == 1
    assert f"ppwp {STATION[:10]} review: kept 7, counted 1" in capsys.readouterr().out
    assert main(["boards", "recount", folder]) == 0 == main(["boards", "check", folder])
