import re
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sirekap.publish import publish_site
from sirekap.publish.pages import TEMPLATES
from sirekap.publish.wording import TEXTS
from tests.publish.example_state import Example, example, sheet_values

VOID = {"meta", "link", "img", "br", "rect"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, out = example(), tmp_path_factory.mktemp("site") / "public"
    publish_site(made.state(), made.objects, out)
    return out


class Outline(HTMLParser):
    """A page's links, ids, images, headings and the balance of its tags."""

    def __init__(self) -> None:
        """Begin an empty outline."""
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.images: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag tells."""
        found = dict(attrs)
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(found)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element closed in itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close the last open tag."""
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def outlines(tree: Path) -> dict[Path, Outline]:
    found = {}
    for page in sorted(tree.rglob("*.html")):
        outline = Outline()
        outline.feed(page.read_text())
        found[page] = outline
    return found


def test_every_link_leads_to_a_file_of_the_tree(tree: Path) -> None:
    """Links are relative, stay inside the tree, and lead to something; no other host is named."""
    checked = 0
    for page, outline in outlines(tree).items():
        for link in outline.links:
            assert "//" not in link and not link.startswith("/"), (page, link)
            if link.startswith("#"):
                assert link[1:] in outline.ids
                continue
            target = (page.parent / link).resolve()
            assert target.is_relative_to(tree.resolve()) and target.is_file(), (page, link)
            checked += 1
    assert checked > 200


def test_pages_are_well_formed_and_need_no_script(tree: Path) -> None:
    """Tags close in order, ids are unique, there is one h1 and no level is jumped, and no script."""
    for page, outline in outlines(tree).items():
        assert outline.crossed == [] and outline.open == [], page
        assert len(outline.ids) == len(set(outline.ids)), page
        assert outline.headings.count(1) == 1 and outline.headings[0] == 1, page
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), (page, outline.headings)
        assert not {"script", "style", "iframe", "form"} & set(outline.tags), page
        assert all("alt" in image for image in outline.images), page


def test_images_of_a_station_tell_their_size_and_wait(tree: Path) -> None:
    """Cuts and photographs carry width, height, a description and lazy loading."""
    page = (tree / "id/stations/3171011001001.html").read_text()
    images = re.findall(r"<img class=[^>]*>", page)
    assert len(images) == 28 + 3
    for image in images:
        assert 'width="64" height="24"' in image and 'loading="lazy"' in image
        assert re.search(r'alt="[^"]+"', image)


def test_names_are_escaped(tree: Path) -> None:
    """A ticket's or village's name cannot bring markup into a page."""
    page = (tree / "id/stations/3171011001001.html").read_text()
    assert "PASANGAN PERTAMA &lt;SATU&gt;" in page and "<SATU>" not in page
    assert "MAWAR &amp; ANGGREK" in page


def test_provisional_totals_are_marked(tree: Path) -> None:
    """Where a total rests on provisional sheets both languages say so before the numbers."""
    for language, word in (("id", "SEMENTARA"), ("en", "PROVISIONAL")):
        page = (tree / f"{language}/units/0.html").read_text()
        assert page.index(word) < page.index('data-figure="suara_1"')


def test_a_unit_whose_sheets_are_all_final_says_so(tree: Path) -> None:
    """Without provisional sheets the total is marked final and no provisional block is shown."""
    page = (tree / "id/units/3171011002.html").read_text()
    assert "FINAL" in page and "SEMENTARA" not in page


def test_figures_in_review_are_shown_and_marked(tree: Path) -> None:
    """Each figure of a sheet in review carries the words that it is not counted."""
    page = (tree / "id/stations/3171011001003.html").read_text()
    assert page.count("belum dihitung</small>") == 28
    assert "tertulis 150, hasil hitung 200" in page
    counted = (tree / "id/stations/3171011001001.html").read_text()
    assert "belum dihitung</small>" not in counted


def test_illegible_blank_and_absent_figures_are_words(tree: Path) -> None:
    """What has no value is told in words in both languages."""
    shown = r'<data value=""[^>]*data-figure="{}"[^>]*>([^<]*)</data>'
    for language, illegible, blank, absent in (
        ("id", "tidak terbaca", "kosong", "halaman belum difoto"),
        ("en", "illegible", "blank", "page not photographed"),
    ):
        page = (tree / f"{language}/stations/3171011002002.html").read_text()
        assert re.findall(shown.format("suara_2"), page) == [illegible]
        assert re.findall(shown.format("disabilitas_l"), page) == [blank]
        page = (tree / f"{language}/stations/3201012001001.html").read_text()
        assert re.findall(shown.format("suara_sah"), page) == [absent]


def test_an_acknowledgement_is_shown_with_who_why_and_when(tree: Path) -> None:
    """A sheet that counts in spite of a finding tells who answered for it."""
    page = (tree / "en/stations/3171011002001.html").read_text()
    for part in ("Operator PPK Melati", "saksi setuju", "2024-02-16T10:15:00+07:00", "R12"):
        assert part in page


def test_missing_stations_and_unknown_numbers_are_words(tree: Path) -> None:
    """The village lists a station that is not in; an unknown number of stations is never a number."""
    village = (tree / "id/units/3171011001.html").read_text()
    assert re.search(r'<th scope="row">004</th><td><span class="badge missing">Belum masuk', village)
    overseas = (tree / "id/units/99.html").read_text()
    assert "Jumlah TPS tidak diketahui" in overseas
    assert re.search(r'<data value="" data-unit="99" data-figure="expected"[^>]*>tidak diketahui', overseas)
    assert "TPS sudah masuk" not in overseas


def test_numbers_are_written_as_each_language_does(tmp_path: Path) -> None:
    """Thousands are apart by a point in Indonesian and a comma in English."""
    made = Example(images=False)
    for number in range(1, 5):
        made.add(f"3171011001{number:03d}", sheet_values((290, 1, 1), invalid=0))
    publish_site(made.state(), made.objects, tmp_path / "public")
    total = '<data value="1160" data-unit="0" data-figure="suara_1" data-sum="provisional">{}</data>'
    assert total.format("1.160") in (tmp_path / "public/id/units/0.html").read_text()
    assert total.format("1,160") in (tmp_path / "public/en/units/0.html").read_text()


def test_a_state_without_sheets_is_published(tmp_path: Path) -> None:
    """Before the first photograph the site says that nothing is counted."""
    made = Example()
    publish_site(made.state(), made.objects, tmp_path / "public")
    assert "Belum ada TPS yang dihitung" in (tmp_path / "public/index.html").read_text()


def test_both_languages_have_every_text_with_the_same_places() -> None:
    """Each text exists in Indonesian and English and takes the same values."""
    for key, (indonesian, english) in TEXTS.items():
        assert indonesian.strip() and english.strip(), key
        places = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (indonesian, english)
        ]
        assert places[0] == places[1], key


def test_no_text_is_unused_and_none_stands_in_a_template() -> None:
    """Every key of the catalogue is used, and templates hold no words of their own."""
    source = "".join(path.read_text() for path in sorted(TEMPLATES.glob("*.html")))
    python = "".join(
        path.read_text() for path in sorted(TEMPLATES.parent.glob("*.py")) if not path.stem.startswith("wording")
    )
    made_up = ("tier_", "state_", "children_", "name_", "severity_", "role_")
    for key in TEXTS:
        used = f'"{key}"' in source + python or key.startswith(made_up) or key in ("blank", "illegible")
        assert used, key
    words = re.sub(
        r"(?s){%.*?%}|{{.*?}}|<[^>]*>|{#.*?#}|sirekap verify|/manifest\.json|/data/[a-z-]*\.?(json|csv)?",
        " ",
        source,
    )
    assert re.findall(r"[A-Za-z]{3,}", words.replace("csv", "")) == []
