"""Pages of large plenaries: a district of 300 stations, a form of 241 figures."""

from pathlib import Path

import pytest

from sirekap.errors import InputError
from sirekap.forms import C_HASIL_PPWP_2024 as PPWP
from sirekap.forms import form_of
from sirekap.publish import publish_site
from sirekap.record.recap_words import listed_corrections
from sirekap.verify import verify_tree
from tests.publish.example_recap import DISTRICT, held

DPR = form_of("C.HASIL-DPR/2024")


def test_a_district_of_300_stations_fits_a_cheap_phone(tmp_path: Path) -> None:
    """Its page has the sums and links to the villages, not every station's figures, and stays below 150 kB."""
    values = dict.fromkeys(PPWP.names, 101)
    corrections = [(f"3171011{n:03d}001", "suara_1", 1000 + n) for n in range(1, 11)]
    state, objects = held(PPWP, 10, 30, values, corrections)
    publish_site(state, objects.__getitem__, tmp_path / "public")
    page = (tmp_path / f"public/id/recap/{DISTRICT}.html").read_text()
    assert len(page.encode()) < 150_000
    assert page.count("TPS 001 KELURAHAN 1954 (3171011010001), ") == 2  # as a difference, and in the minutes
    assert 'data-figure="suara_1" data-sum="certified">40.355<' in page
    assert page.count('data-sum="counted">30<') == 10
    told = [
        d
        for d in verify_tree(tmp_path / "public").differences
        if d.file.startswith(("id/", "en/", "certificates/"))
    ]
    assert told == []  # there are no sheets in this tree; all that the pages show is right


def test_a_form_of_241_figures_shows_each_with_its_sum(tmp_path: Path) -> None:
    """Every figure of the DPR's form stands once in the page's tables, the few that matter most first."""
    state, objects = held(DPR, 1, 2, dict.fromkeys(DPR.names, 5), [("3171011001001", DPR.names[40], 2)])
    publish_site(state, objects.__getitem__, tmp_path / "public")
    page = (tmp_path / f"public/en/recap/{DISTRICT}.html").read_text()
    assert len(DPR.names) == 241
    for name in DPR.names:
        for key, value in (("sheets", 10), ("certified", 12 if name == DPR.names[40] else 10)):
            shown = f'<data value="{value}" data-unit="{DISTRICT}" data-figure="{name}" data-sum="{key}">{value}<'
            assert page.count(shown) == 1, name
    assert page.index('data-figure="suara_sah"') < page.index("<details>") < page.index(f'"{DPR.names[40]}"')


def test_too_many_corrections_are_counted_and_left_to_the_pages_below() -> None:
    """A page lists up to 300; with more those of its own plenary alone, of which a district has no others."""
    acts = [
        {"act": "correct", "who": "PPK", "at": "2024-02-17T09:00:00Z", "part": f"3171011001{n:03d}",
         "figure": "suara_1", "before": 1, "after": 2, "reason": "x", "minutes": "y"}
        for n in range(1, 302)
    ]  # fmt: skip
    own = {**acts[0], "part": DISTRICT}
    assert len(listed_corrections("3171", [*acts[:299], own])) == 300
    assert [act.part for act in listed_corrections("3171", [*acts, own])] == [DISTRICT]
    assert len(listed_corrections(DISTRICT, acts)) == 301


def test_a_certificate_that_is_not_kept_stops_the_publication(tmp_path: Path) -> None:
    """Where an object is missing or is another one nothing is published, and the unit is named."""
    state, objects = held(PPWP, 1, 1, dict.fromkeys(PPWP.names, 1), [])
    with pytest.raises(InputError, match=f"{DISTRICT}.*every certificate and paper"):
        publish_site(state, {}.__getitem__, tmp_path / "public")
    wrong = dict.fromkeys(objects, b"{}")
    with pytest.raises(InputError, match=f"{DISTRICT}.*bytes whose SHA-256 is"):
        publish_site(state, wrong.__getitem__, tmp_path / "public")
    assert list(tmp_path.iterdir()) == []
