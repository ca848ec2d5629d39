"""The sentences of an outcome: every kind of ending has words in both languages."""

from pathlib import Path

import pytest

from sirekap.contests import ElectoralDistrict
from sirekap.outcome import telling
from sirekap.outcome.elected import By, Elected, Level, Needs, Place
from sirekap.outcome.house import Basis, Counted, Lack, house
from sirekap.outcome.president import Race, jakarta, most, president
from sirekap.outcome.seats import Quotient

LANGUAGES = ("id", "en")
NAMES = {1: "SATU", 2: "DUA", 3: "TIGA"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_enumeration_has_words(language: str) -> None:
    """A value without words would end in a traceback on somebody's screen."""
    place = LANGUAGES.index(language)
    for table, values in ((telling.LACKS, Lack), (telling.BY, By), (telling.NEEDS, Needs)):
        assert set(table) == set(values)
        assert all(isinstance(pair[place], str) for pair in table.values())


RACES = {
    "won": (president({"11": {1: 60, 2: 30, 3: 10}}, [1, 2, 3], ["11"]), "Terpilih: 1 SATU.", "Elected: 1 SATU."),
    "second round": (
        president({"11": {1: 40, 2: 35, 3: 25}}, [1, 2, 3], ["11"]),
        "Putaran kedua: 1 SATU; 2 DUA.",
        "Second round: 1 SATU; 2 DUA.",
    ),
    "level at the second place": (
        jakarta({1: 40, 2: 30, 3: 30}, [1, 2, 3]),
        "Suara sama: 2 DUA; 3 TIGA, untuk 1 tempat",
        "Level: 2 DUA; 3 TIGA, for 1 place(s)",
    ),
    "level": (most({1: 4, 2: 4}, [1, 2]), "UU 10/2016 pasal 107 dan 109", "UU 10/2016 articles 107 and 109"),
    "nobody": (most({1: 0, 2: 0}, [1, 2]), "Belum ada suara.", "Nobody has a vote."),
}


@pytest.mark.parametrize(("race", "indonesian", "english"), RACES.values(), ids=RACES.keys())
def test_a_race_says_how_it_ends(race: Race, indonesian: str, english: str) -> None:
    """And for level ones by which law it is decided."""
    assert indonesian in "\n".join(telling.race_lines(race, NAMES, "id"))
    assert english in "\n".join(telling.race_lines(race, NAMES, "en"))


def test_a_tied_seat_is_said_to_be_decided_by_nobody_here() -> None:
    """Two parties level for the last seat of a district."""
    district = ElectoralDistrict("3101", "JAKARTA I", "pdprdp", 1, ("3173",))
    basis = Basis(1, 1, 0, 0, 0)
    found = house("pdprdp", [Counted(district, {1: 10, 2: 10}, {}, basis)], [])
    lines = telling.district_lines(found.districts[0], NAMES, {}, "en")
    assert "  seat 1: level at 10 : 1 (1 SATU; 2 DUA); the law's text does not decide it, KPU does" in lines
    assert "  ! its candidates are not loaded" in lines
    assert (found.undecided, found.threshold) == (1, None)
    assert telling.basis_lines(found.basis, "en")[0] == "Every station is settled."


def test_people_who_are_level_and_seats_without_people_are_said() -> None:
    """With what would decide it."""
    elected = Elected((Place(1, 1, 9, By.VOTES),), Level(1, (2, 3), 5, Needs.EVEN), 2)
    text = "\n".join(telling.elected_lines(elected, NAMES, "en"))
    assert "1 place(s) not decided: 2 DUA; 3 TIGA level with 5 votes" in text
    assert "article 423 (2)" in text and "2 seat(s) without a candidate" in text


@pytest.mark.parametrize(
    ("one", "language", "told"),
    [
        (Quotient(1, 20_000, 3), "id", "20.000 : 3 = 6.666 2/3"),
        (Quotient(1, 20_000, 3), "en", "20,000 : 3 = 6,666 2/3"),
        (Quotient(1, 9, 3), "id", "9 : 3 = 3"),
        (Quotient(1, 9, 1), "id", "9 : 1"),
    ],
)
def test_a_quotient_is_never_rounded(one: Quotient, language: str, told: str) -> None:
    """Whole number and fraction."""
    assert telling.quotient(one, language) == told


def test_blank_figures_and_unknown_villages_are_told() -> None:
    """A sum with a blank in it is not complete, however many stations count."""
    lines = telling.basis_lines(Basis(1, 1, 0, 0, 0, unknown=2, blank=3), "en")
    assert lines[0].startswith("PROVISIONAL")
    assert any("unknown: 2." in line for line in lines) and any("3 figures are blank" in line for line in lines)


def test_the_example_in_the_docs_is_what_is_told() -> None:
    """docs/outcome.md shows a district as it is worked out."""
    page = (Path(__file__).parents[2] / "docs/outcome.md").read_text(encoding="utf-8")
    district = ElectoralDistrict("310001", "CONTOH", "pdprdp", 6, ("3171",))
    votes = {1: 30_000, 2: 20_000, 3: 15_000, 4: 7_000, 5: 5_000}
    found = house("pdprdp", [Counted(district, votes, {}, Basis(1, 1, 0, 0, 0))], [])
    lines = telling.district_lines(found.districts[0], dict(enumerate("ABCDE", start=1)), {}, "en")
    assert "\n".join(["<!-- example -->", "```", *lines, "```", "<!-- end -->"]) in page
