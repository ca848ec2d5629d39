"""Forgeries of a published tree by name: what is changed, and which file and kind of difference must tell it."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from sirekap.publish.tree import manifest_of
from sirekap.record.canonical import canonical

STATION = "data/stations/3171011001001.json"
READING = "data/readings/3171011001001.json"
REVIEWED = "data/stations/3171011001003.json"
VILLAGE = "data/units/3171011001.json"
NATION = "data/units/0.json"
SETTLED = "data/stations/3171011001002.json"


def edit(tree: Path, file: str, change: Callable[[Any], None]) -> None:
    """Change a JSON document in place."""
    document = json.loads((tree / file).read_bytes())
    change(document)
    (tree / file).write_bytes(canonical(document))


def replace(tree: Path, file: str, old: str, new: str) -> None:
    """Change a text in a file; it must be there."""
    text = (tree / file).read_text()
    assert old in text, f"{old} is not in {file}"
    (tree / file).write_text(text.replace(old, new))


def remanifest(tree: Path) -> None:
    """Write a manifest that fits whatever the files are now: the forger owns the site."""
    files = {}
    for place in sorted(tree.rglob("*")):
        path = place.relative_to(tree).as_posix()
        if place.is_file() and path != "manifest.json":
            data = place.read_bytes()
            files[path] = (len(data), sha256(data).hexdigest())
    (tree / "manifest.json").write_bytes(manifest_of(files, {"units": 14, "stations": 7})[0])


def a_photo(tree: Path) -> Path:
    return min((tree / "photos").iterdir())


def set_in(*keys: str, value: object) -> Callable[[Any], None]:
    """A change of one field of a document."""

    def change(document: Any) -> None:
        for key in keys[:-1]:
            document = document[key]
        assert document[keys[-1]] != value
        document[keys[-1]] = value

    return change


def everywhere_but_stations(tree: Path) -> None:
    """Ten more votes for ticket 2 in every total of the way up, in JSON, CSV and pages, and new shares."""
    for code in ("3171011001", "317101", "3171", "31", "0"):
        file = f"data/units/{code}.json"
        document = json.loads((tree / file).read_bytes())
        for unit in (document, *document.get("children", ())):
            if unit["code"] in "3171011001" or unit["code"] == "0":
                old = unit["provisional"]["sums"]["suara_2"]
                unit["provisional"]["sums"]["suara_2"] = old + 10
                for page in (*tree.glob("id/**/*.html"), *tree.glob("en/**/*.html")):
                    mark = f'data-unit="{unit["code"]}" data-figure="suara_2" data-sum="provisional">{old}<'
                    text = page.read_text().replace(f'value="{old}" {mark}', f'value="{old + 10}" {mark}')
                    page.write_text(text.replace(mark, mark.replace(f">{old}<", f">{old + 10}<")))
        (tree / file).write_bytes(canonical(document))
    remanifest(tree)


def settled_and_read(document: Any) -> None:
    """Another number is confirmed, and said to have been read."""
    for place in (document["figures"]["suara_1"], document["figures"]["suara_1"]["machine"]):
        place["value"] = 56


def without_machine(document: Any) -> None:
    """What was read is left out."""
    for figure in document["figures"].values():
        del figure["machine"]


def count_reviewed(tree: Path) -> None:
    """The sheet with the open error is declared provisional."""
    edit(tree, REVIEWED, set_in("state", value="provisional"))
    edit(tree, REVIEWED, set_in("counted", value=True))
    remanifest(tree)


def hide_finding(tree: Path) -> None:
    """The finding of the sheet in review is taken out and the sheet counted."""
    edit(tree, REVIEWED, set_in("findings", value=[]))
    edit(tree, REVIEWED, set_in("open_errors", value=[]))
    count_reviewed(tree)


def count_illegible(tree: Path) -> None:
    edit(tree, "data/stations/3171011002002.json", set_in("state", value="settled"))
    edit(tree, "data/stations/3171011002002.json", set_in("counted", value=True))
    remanifest(tree)


def drop_station(tree: Path) -> None:
    """A station's document and pages vanish, from the manifest too."""
    for file in (STATION, READING):
        (tree / file).unlink()
    for page in tree.glob("*/*/3171011001001.html"):
        page.unlink()
    remanifest(tree)


def drop_unit(tree: Path) -> None:
    for file in ("data/units/3201.json", "id/units/3201.html", "en/units/3201.html"):
        (tree / file).unlink()
    remanifest(tree)


def swap_photos(tree: Path) -> None:
    """Two photographs change places; the manifest fits."""
    first, second = sorted((tree / "photos").iterdir())[:2]
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    remanifest(tree)


def flip_photo(tree: Path) -> None:
    photo = a_photo(tree)
    data = bytearray(photo.read_bytes())
    data[-10] ^= 1
    photo.write_bytes(data)


def link_outside(tree: Path) -> None:
    secret = tree.parent / "secret"
    secret.write_bytes((tree / STATION).read_bytes())
    (tree / STATION).unlink()
    (tree / STATION).symlink_to(secret)


def with_manifest(change: Callable[[Path], None]) -> Callable[[Path], None]:
    """The same change, hidden by a manifest that fits."""

    def both(tree: Path) -> None:
        change(tree)
        remanifest(tree)

    return both


def manifest_entry(tree: Path) -> None:
    text = (tree / "manifest.json").read_text()
    at = text.index('"path":"data/election.json","sha256":"') + len('"path":"data/election.json","sha256":"')
    (tree / "manifest.json").write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :])


def village_says(tree: Path) -> None:
    edit(tree, VILLAGE, set_in("stations_known", value=3))
    edit(tree, VILLAGE, lambda document: document["stations"].pop())


def without_photos(document: Any) -> None:
    document["photos"] = []
    for figure in document["figures"].values():
        figure["photo"] = None


def others_photos(tree: Path) -> None:
    """The second station shows the photographs of the first."""
    photos = json.loads((tree / STATION).read_bytes())["photos"]

    def change(document: Any) -> None:
        document["photos"] = photos
        used = {photo["page"]: photo["published"] for photo in photos}
        for figure in document["figures"].values():
            figure["photo"] = used[figure["page"]]

    edit(tree, "data/stations/3171011001002.json", change)


MORE_VOTES = set_in("provisional", "sums", "suara_2", value=999)
MUTATIONS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a digit of a unit's total": (lambda t: edit(t, NATION, MORE_VOTES), NATION, "sha256"),
    "a digit of a unit's total, manifest fitting": (
        with_manifest(lambda t: edit(t, NATION, MORE_VOTES)),
        NATION,
        "provisional.sums.suara_2",
    ),
    "a settled figure, with what was read beside it": (
        with_manifest(lambda t: edit(t, SETTLED, set_in("figures", "suara_1", "value", value=56))),
        SETTLED,
        "findings",
    ),
    "a settled figure, and what was read too": (
        with_manifest(lambda t: edit(t, SETTLED, settled_and_read)),
        "data/readings/3171011001002.json",
        "figures.suara_1",
    ),
    "a settled sheet that nobody confirmed": (
        with_manifest(lambda t: edit(t, SETTLED, set_in("confirmed_at", value=None))),
        SETTLED,
        "counted as settled",
    ),
    "a settled sheet without what was read": (
        with_manifest(lambda t: edit(t, SETTLED, without_machine)),
        SETTLED,
        "figures.suara_1",
    ),
    "a provisional sheet called settled": (
        with_manifest(lambda t: edit(t, STATION, set_in("state", value="settled"))),
        STATION,
        "counted as settled",
    ),
    "a settled total, manifest fitting": (
        with_manifest(lambda t: edit(t, "data/units/31.json", set_in("settled", "sums", "suara_1", value=1))),
        "data/units/31.json",
        "settled.sums.suara_1",
    ),
    "a share, manifest fitting": (
        with_manifest(lambda t: edit(t, NATION, set_in("provisional", "shares", "suara_1", value=5000))),
        NATION,
        "provisional.shares.suara_1",
    ),
    "the turnout, manifest fitting": (
        with_manifest(lambda t: edit(t, NATION, set_in("settled", "turnout", value=9999))),
        NATION,
        "settled.turnout",
    ),
    "a count of stations, manifest fitting": (
        with_manifest(lambda t: edit(t, NATION, set_in("completeness", "missing", value=0))),
        NATION,
        "completeness.missing",
    ),
    "a figure of a station, manifest fitting": (
        with_manifest(lambda t: edit(t, STATION, set_in("figures", "suara_2", "value", value=180))),
        VILLAGE,
        "provisional.sums.suara_2",
    ),
    "a figure of a station breaks a rule that is not published": (
        with_manifest(lambda t: edit(t, STATION, set_in("figures", "suara_2", "value", value=180))),
        STATION,
        "findings",
    ),
    "a zero put where the paper is blank": (
        with_manifest(
            lambda t: edit(
                t,
                STATION,
                lambda d: d["figures"]["disabilitas_j"].update(value=0, status="read"),
            )
        ),
        VILLAGE,
        "3171011001001 disabilitas_j",
    ),
    "a cell of a table of units, manifest fitting": (
        with_manifest(lambda t: replace(t, "data/units-nation.csv", ",238,", ",239,")),
        "data/units-nation.csv",
        "row 2, 0, column suara_1_provisional",
    ),
    "a cell of the table of stations, manifest fitting": (
        with_manifest(lambda t: replace(t, "data/stations.csv", ",101,80,30,", ",101,80,31,")),
        "data/stations.csv",
        "row 2, 3171011001001, column suara_3",
    ),
    "a row taken out of a table": (
        with_manifest(
            lambda t: (t / "data/stations.csv").write_text(
                "\n".join((t / "data/stations.csv").read_text().split("\n")[:-2]) + "\n"
            )
        ),
        "data/stations.csv",
        "rows",
    ),
    "the text of a number on a page": (
        with_manifest(lambda t: replace(t, "id/units/0.html", ">238<", ">283<")),
        "id/units/0.html",
        "0 suara_1 provisional text",
    ),
    "the value of a number on a page": (
        with_manifest(
            lambda t: replace(t, "en/stations/3171011001001.html", 'value="101" data-st', 'value="1" data-st')
        ),
        "en/stations/3171011001001.html",
        "3171011001001 suara_1 value",
    ),
    "a blank shown as a zero": (
        with_manifest(lambda t: replace(t, "id/stations/3171011001001.html", ">kosong</data>", ">0</data>")),
        "id/stations/3171011001001.html",
        "3171011001001 disabilitas_l text",
    ),
    "a number taken off a page": (
        with_manifest(lambda t: replace(t, "id/stations/3171011001001.html", 'data-figure="suara_3"', "")),
        "id/stations/3171011001001.html",
        "number",
    ),
    "a page taken away, manifest fitting": (
        with_manifest(lambda t: (t / "en/units/31.html").unlink()),
        "en/units/31.html",
        "missing",
    ),
    "a bit of a photograph": (flip_photo, "photos/", "sha256"),
    "a bit of a photograph, manifest fitting": (with_manifest(flip_photo), "photos/", "name"),
    "two photographs exchanged, manifest fitting": (swap_photos, "photos/", "name"),
    "a photograph removed, manifest fitting": (
        with_manifest(lambda t: a_photo(t).unlink()),
        "data/stations/",
        "photos",
    ),
    "a file removed": (lambda t: (t / VILLAGE).unlink(), VILLAGE, "missing"),
    "a file added": (lambda t: (t / "data/more.json").write_text("{}"), "data/more.json", "unlisted"),
    "a link to a file elsewhere": (link_outside, STATION, "missing"),
    "an entry of the manifest": (manifest_entry, "data/election.json", "sha256"),
    "an entry of the manifest against the root": (manifest_entry, "manifest.json", "root"),
    "the manifest cut short": (
        lambda t: (t / "manifest.json").write_bytes((t / "manifest.json").read_bytes()[:500]),
        "manifest.json",
        "malformed",
    ),
    "no manifest": (lambda t: (t / "manifest.json").unlink(), "manifest.json", "missing"),
    "a total changed everywhere but in the stations": (
        everywhere_but_stations,
        NATION,
        "provisional.sums.suara_2",
    ),
    "the sheet with an open error counted": (count_reviewed, REVIEWED, "counted as provisional"),
    "its finding hidden": (hide_finding, REVIEWED, "findings"),
    "the sheet with an illegible figure counted": (
        count_illegible,
        "data/stations/3171011002002.json",
        "counted as settled",
    ),
    "an acknowledgement without a reason": (
        with_manifest(
            lambda t: edit(
                t,
                "data/stations/3171011002001.json",
                lambda d: d["findings"][0]["acknowledged"].update(reason=" "),
            )
        ),
        "data/stations/3171011002001.json",
        "acknowledged",
    ),
    "a finding's words": (
        with_manifest(lambda t: edit(t, REVIEWED, lambda d: d["findings"][0]["text"].update(id="Semua benar."))),
        REVIEWED,
        "R12 text",
    ),
    "a station dropped, manifest fitting": (drop_station, VILLAGE, "3171011001001 state"),
    "a unit dropped, manifest fitting": (drop_unit, "data/units/32.json", "children"),
    "a village that says it has fewer stations": (
        with_manifest(village_says),
        "data/units/317101.json",
        "completeness.expected",
    ),
    "a unit's name": (
        with_manifest(lambda t: edit(t, VILLAGE, set_in("name", value="ELSEWHERE"))),
        "data/units/317101.json",
        "child 3171011001 name",
    ),
    "a document that is no JSON": (
        with_manifest(lambda t: (t / STATION).write_text("{")),
        STATION,
        "malformed",
    ),
    "a document nested without end": (
        with_manifest(lambda t: (t / STATION).write_text("[" * 200_000)),
        STATION,
        "malformed",
    ),
    "a document with a key twice": (
        with_manifest(lambda t: replace(t, STATION, '"counted":true', '"counted":true,"counted":true')),
        STATION,
        "malformed",
    ),
    "a negative figure": (
        with_manifest(lambda t: edit(t, STATION, set_in("figures", "suara_1", "value", value=-5))),
        STATION,
        "malformed",
    ),
    "a total that is a text": (
        with_manifest(lambda t: edit(t, NATION, set_in("settled", "sums", value="many"))),
        NATION,
        "malformed",
    ),
    "a figure without its photograph": (
        with_manifest(lambda t: edit(t, STATION, set_in("figures", "suara_1", "photo", value=None))),
        STATION,
        "figures.suara_1.photo",
    ),
    "a figure without its cut": (
        with_manifest(lambda t: edit(t, STATION, set_in("figures", "suara_1", "cut", value=None))),
        STATION,
        "figures.suara_1.cut",
    ),
    "a counted sheet without photographs": (
        with_manifest(lambda t: edit(t, STATION, without_photos)),
        STATION,
        "figures.suara_1.photo",
    ),
    "a counted sheet whose photographs are all unread": (
        with_manifest(lambda t: edit(t, STATION, lambda d: [p.update(role="unread") for p in d["photos"]])),
        STATION,
        "figures.suara_1.photo",
    ),
    "a figure's photograph is of another page": (
        with_manifest(
            lambda t: edit(
                t, STATION, lambda d: d["figures"]["suara_1"].update(photo=d["photos"][0]["published"])
            )
        ),
        STATION,
        "figures.suara_1.photo",
    ),
    "the photographs of another station": (
        with_manifest(others_photos),
        "data/stations/3171011001002.json",
        "photos",
    ),
    "a cut of another figure": (
        with_manifest(
            lambda t: edit(
                t, STATION, lambda d: d["figures"]["suara_1"].update(cut=d["figures"]["suara_2"]["cut"])
            )
        ),
        STATION,
        "figures.suara_2.cut",
    ),
    "a doubtful figure counted": (
        with_manifest(lambda t: edit(t, STATION, set_in("figures", "suara_1", "confidence", value=0.5))),
        STATION,
        "counted as provisional",
    ),
    "an acknowledgement at no time": (
        with_manifest(
            lambda t: edit(
                t,
                "data/stations/3171011002001.json",
                lambda d: d["findings"][0]["acknowledged"].update(at="yesterday"),
            )
        ),
        "data/stations/3171011002001.json",
        "acknowledged",
    ),
    "a page of no document, manifest fitting": (
        with_manifest(lambda t: (t / "hasil.html").write_text("<p>1.000")),
        "hasil.html",
        "unknown",
    ),
    "a program, manifest fitting": (
        with_manifest(lambda t: (t / "assets/site.js").write_text("")),
        "assets/site.js",
        "unknown",
    ),
    "a page beside the log": (
        lambda t: ((t / "log").mkdir(), (t / "log/more.html").write_text(""))[0],
        "log/more.html",
        "unlisted",
    ),
    "a number hidden, another in its place": (
        with_manifest(
            lambda t: replace(t, "id/units/0.html", '<data value="238"', '<span hidden><data value="238"')
        ),
        "id/units/0.html",
        "hidden",
    ),
    "a digit before a number": (
        with_manifest(lambda t: replace(t, "id/units/0.html", '<data value="238"', '9<data value="238"')),
        "id/units/0.html",
        "digits",
    ),
    "a digit after a number": (
        with_manifest(lambda t: replace(t, "id/units/0.html", ">238</data>", ">238</data><b>.000</b>")),
        "id/units/0.html",
        "digits",
    ),
    "a number in the text of a page": (
        with_manifest(lambda t: replace(t, "id/units/0.html", "<h1>", "<p>Total 1.234.567 suara</p><h1>")),
        "id/units/0.html",
        "digits",
    ),
    "a program in a page": (
        with_manifest(lambda t: replace(t, "id/units/0.html", "</body>", "<script></script></body>")),
        "id/units/0.html",
        "element",
    ),
    "a style in a page": (
        with_manifest(lambda t: replace(t, "id/units/0.html", "<h1>", '<h1 style="color:red">')),
        "id/units/0.html",
        "element",
    ),
    "a ticket's name on a unit's page": (
        with_manifest(lambda t: replace(t, "id/units/0.html", "PASANGAN KEDUA", "PASANGAN KETIGA")),
        "id/units/0.html",
        "tickets",
    ),
    "a ticket's name on a station's page": (
        with_manifest(
            lambda t: replace(t, "id/stations/3171011001001.html", "PASANGAN KEDUA", "PASANGAN KETIGA")
        ),
        "id/stations/3171011001001.html",
        "suara_2 label",
    ),
    "a ticket's name on the start page": (
        with_manifest(lambda t: replace(t, "index.html", "PASANGAN KEDUA", "PASANGAN LAIN")),
        "index.html",
        "tickets",
    ),
    "a reason that belongs to another value": (
        with_manifest(lambda t: edit(t, READING, set_in("figures", "suara_1", "why", "written", value=7))),
        READING,
        "figures.suara_1.why",
    ),
    "a figure that the reading gives otherwise": (
        with_manifest(lambda t: edit(t, READING, set_in("figures", "suara_1", "value", value=7))),
        READING,
        "figures.suara_1",
    ),
    "a refusal of a figure that is given": (
        with_manifest(lambda t: edit(t, READING, set_in("figures", "suara_1", "why", "ground", value="unclear"))),
        READING,
        "figures.suara_1.why",
    ),
    "a ground that nobody knows": (
        with_manifest(lambda t: edit(t, READING, set_in("figures", "suara_1", "why", "ground", value="luck"))),
        READING,
        "malformed",
    ),
    "boxes of another page": (
        with_manifest(lambda t: edit(t, READING, lambda d: d["photos"][0].update(page=3))),
        READING,
        "photos",
    ),
    "a box with three corners": (
        with_manifest(lambda t: edit(t, READING, lambda d: d["photos"][1]["boxes"]["suara_1"][0].pop())),
        READING,
        "malformed",
    ),
    "a reading of another station's photograph": (
        with_manifest(lambda t: edit(t, READING, lambda d: d["photos"][0].update(published="0" * 64))),
        READING,
        "photos",
    ),
    "another reason on the page": (
        with_manifest(
            lambda t: replace(t, "id/readings/3171011001001.html", "menunjukkan 101", "menunjukkan 107")
        ),
        "id/readings/3171011001001.html",
        "suara_1 reason",
    ),
    "a reading without a sheet": (
        with_manifest(lambda t: (t / READING).rename(t / "data/readings/3171011001009.json")),
        "data/readings/3171011001009.json",
        "station",
    ),
    "a reading without its page": (
        with_manifest(lambda t: (t / "en/readings/3171011001001.html").unlink()),
        "en/readings/3171011001001.html",
        "missing",
    ),
    "an unknown form": (
        with_manifest(lambda t: edit(t, "data/election.json", set_in("form", value="C.HASIL/1999"))),
        "data/election.json",
        "malformed",
    ),
}
