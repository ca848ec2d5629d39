"""Forgeries of published plenaries by name: the forger owns the site and makes hashes, pages and manifest fit."""

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sirekap.publish.pages import Pages
from sirekap.publish.recap_pages import Standing, recap_values, told_corrections
from sirekap.recap import Corrected, Stage, from_json
from sirekap.record.canonical import canonical
from tests.flow.recapped import DECISION
from tests.flow.sitting import DISTRICT, ELSEWHERE, NATION, NEXT, PROVINCE, REGENCY, STATIONS
from tests.verify.forgeries import edit

Change = Callable[[Any], object]
ABOVE = {DISTRICT: REGENCY, NEXT: REGENCY, REGENCY: PROVINCE, PROVINCE: NATION}


def file_of(unit: str) -> str:
    """A plenary's document."""
    return f"data/recap/{unit}.json"


def load(tree: Path, file: str) -> Any:
    """A document."""
    return json.loads((tree / file).read_bytes())


def acts_of(document: Any, kind: str) -> list[Any]:
    """The acts of a kind."""
    return [act for act in document["acts"] if act["act"] == kind]


def without(kind: str, place: int = 0) -> Change:
    """An act is left out."""
    return lambda document: document["acts"].remove(acts_of(document, kind)[place])


def said(kind: str, key: str, value: object, place: int = 0) -> Change:
    """An act says something else."""

    def change(document: Any) -> None:
        act = acts_of(document, kind)[place]
        assert act[key] != value
        act[key] = value

    return change


def recertify(tree: Path, unit: str, number: int, change: Change) -> None:
    """Change a version's certificate, with the hash wherever it stands: here, and in every tier above."""
    document = load(tree, file_of(unit))
    version = document["versions"][number - 1]
    old = version["data"]
    certificate = load(tree, f"certificates/{old}.json")
    change(certificate)
    data = canonical(certificate)
    new = sha256(data).hexdigest()
    (tree / f"certificates/{old}.json").unlink()
    (tree / f"certificates/{new}.json").write_bytes(data)
    drop_paper(tree, version)
    version["data"] = acts_of(document, "close")[number - 1]["digest"] = new
    (tree / file_of(unit)).write_bytes(canonical(document))
    above = ABOVE.get(unit)
    if above is not None:
        read_again(tree, above, unit, f"{number}:{old}", f"{number}:{new}")


def drop_paper(tree: Path, version: Any) -> None:
    """A paper that does not fit any more is taken away."""
    if version["paper"] is not None:
        (tree / f"certificates/{version['paper']}.pdf").unlink()
        version["paper"], version["signatures"] = None, []


def read_again(tree: Path, unit: str, part: str, old: str, new: str) -> None:
    """Another certificate of a part was read out, and all that rests on it fits."""
    document = load(tree, file_of(unit))
    for act in acts_of(document, "read"):
        if act["digest"] == old:
            assert act["part"] == part
            act["digest"] = new
    (tree / file_of(unit)).write_bytes(canonical(document))
    rest(tree, unit)


def rest(tree: Path, unit: str) -> None:
    """Every version's list of what it rests on is made to fit what was read out."""
    read: dict[str, str] = {}
    for act in load(tree, file_of(unit))["acts"]:
        if act["act"] == "read":
            read[act["part"]] = act["digest"]
        if act["act"] == "close":
            version = load(tree, file_of(unit))["versions"][act["version"] - 1]
            certificate = load(tree, f"certificates/{version['data']}.json")
            columns = [column for group in certificate["groups"] for column in group["columns"]]
            on = [[c["place"]["code"], read[c["place"]["code"]]] for c in columns if c["stations"]]
            sheets = sha256(canonical(on)).hexdigest()
            if sheets != certificate["sheets"]:
                recertify(tree, unit, act["version"], lambda c, sheets=sheets: c.update(sheets=sheets))


@cache
def painter(election: bytes) -> Pages:
    """What draws the pages of an election; sizes of photographs are no matter here."""
    return Pages(json.loads(election), defaultdict(lambda: None))


def repaint(tree: Path, whole: bool) -> None:
    """The plenaries' pages show what their documents say now; `whole`: those of units and stations too."""
    pages = painter((tree / "data/election.json").read_bytes())
    units = {path.stem: json.loads(path.read_bytes()) for path in tree.glob("data/units/*.json")}
    names = {code: unit["name"] for code, unit in units.items()}
    for path in sorted(tree.glob("data/recap/*.json")):
        document = json.loads(path.read_bytes())
        versions = document["versions"]
        certificate = load(tree, f"certificates/{versions[-1]['data']}.json") if versions else None
        standing = Standing(Stage(document["stage"]), tuple(version["closed_at"] for version in versions))
        corrected = [act for act in map(from_json, document["acts"]) if isinstance(act, Corrected)]
        for language in ("id", "en"):
            values = {
                **recap_values(document, certificate, pages.election, language, names),
                "has_officers": True,
            }
            values["standing"] = standing.text(language)
            place = tree / language
            (place / f"recap/{path.stem}.html").write_bytes(pages.recap(language, path.stem, values))
            if not whole:
                continue
            area = pages.area(language, units[path.stem], standing=standing.text(language))
            (place / f"units/{path.stem}.html").write_bytes(area)
            for file in sorted(tree.glob(f"data/stations/{path.stem}*.json")):
                told = [act for act in corrected if act.part == file.stem]
                sentences = told_corrections(told, pages.election, names, language)
                station = json.loads(file.read_bytes())
                page = pages.station(language, station, has_reading=True, corrections=sentences)
                (place / f"stations/{file.stem}.html").write_bytes(page)


def column(certificate: Any, code: str) -> Any:
    """A certificate's column."""
    return next(c for group in certificate["groups"] for c in group["columns"] if c["place"]["code"] == code)


def row(certificate: Any, figure: str) -> int:
    """The place of a figure."""
    return [item["figure"] for item in certificate["rows"]].index(figure)


def ten_more(tree: Path) -> None:
    """Ten more votes at a station, in every certificate of the way up, and said to stand on its sheet."""
    for unit, part in ((DISTRICT, STATIONS[0]), (REGENCY, DISTRICT), (PROVINCE, REGENCY)):
        number = len(load(tree, file_of(unit))["versions"])

        def more(certificate: Any, part: str = part) -> None:
            column(certificate, part)["values"][row(certificate, "suara_3")] += 10

        recertify(tree, unit, number, more)
        edit(tree, file_of(unit), more_votes)


def more_votes(document: Any) -> None:
    """The document's sums fit the ten more votes."""
    for key in ("sheets", "below", "certified"):
        document["versions"][-1][key]["suara_3"] += 10


def uncorrected(tree: Path) -> None:
    """The first station's correction is nowhere any more; its corrected value stays, said to be the sheet's."""
    for unit in (DISTRICT, REGENCY, PROVINCE):
        for number in range(1, len(load(tree, file_of(unit))["versions"]) + 1):
            recertify(tree, unit, number, forget)
        edit(tree, file_of(unit), forget_in_document)


def forget_in_document(document: Any) -> None:
    """No act and no sum tells of the correction."""

    def kept(acts: list[Any]) -> list[Any]:
        return [act for act in acts if act.get("part") != STATIONS[0] or act["act"] != "correct"]

    document["acts"] = kept(document["acts"])
    for version in document["versions"]:
        version["corrections"] = kept(version["corrections"])
        version["sheets"]["suara_1"] += 6
        if document["unit"] == DISTRICT:
            version["below"]["suara_1"] += 6


def forget(certificate: Any) -> None:
    """A certificate without the correction, or without the difference that it makes below."""
    for key in ("corrections", "differences"):
        certificate[key] = [item for item in certificate[key] if item["figure"] != "suara_1"]


def first_version_dropped(document: Any) -> None:
    document["versions"].pop(0)


def reopened(document: Any) -> None:
    """The plenary is open again, and the document goes on saying that it is closed."""
    act = {
        "act": "reopen",
        "who": "KPU",
        "at": "2024-02-18T09:00:00Z",
        "by": REGENCY,
        "ground": "x",
        "minutes": "y",
    }
    document["acts"].append(act)


def others_paper(tree: Path) -> None:
    """The other district shows the paper of this one's first version."""
    paper = load(tree, file_of(DISTRICT))["versions"][0]

    def change(document: Any) -> None:
        drop_paper(tree, document["versions"][0])
        document["versions"][0].update(paper=paper["paper"], signatures=paper["signatures"])

    edit(tree, file_of(NEXT), change)


def bent_paper(tree: Path) -> None:
    """A byte of a signed paper is another, under the name that fits."""
    version = load(tree, file_of(DISTRICT))["versions"][0]
    old = tree / f"certificates/{version['paper']}.pdf"
    data = bytearray(old.read_bytes())
    data[len(data) // 3] ^= 1
    old.unlink()
    digest = sha256(data).hexdigest()
    (tree / f"certificates/{digest}.pdf").write_bytes(data)
    edit(tree, file_of(DISTRICT), lambda document: document["versions"][0].update(paper=digest))


def other_officers(tree: Path) -> None:
    """The authority is another one."""
    from sirekap.store.officer_keys import make_authority
    from tests.drawing.officers import DAY, NOW

    other = make_authority("Lain", NOW - DAY, NOW + DAY)
    (tree / "certificates/officers.pem").write_bytes(other.certificate)


def moved(station: str, how: str | None) -> Callable[[Path], None]:
    """A station is told to have moved otherwise, or not at all, in its district and above."""

    def change(document: Any) -> None:
        found = {item["station"]: item["how"] for item in document["moved"]}
        found.pop(station, None)
        if how is not None:
            found[station] = how
        document["moved"] = [{"station": key, "how": found[key]} for key in sorted(found)]

    def both(tree: Path) -> None:
        for unit in (station[:6], REGENCY, PROVINCE, NATION):
            edit(tree, file_of(unit), change)

    return both


def in_certificate(unit: str, number: int, change: Change) -> Callable[[Path], None]:
    """One version's certificate is changed, with all hashes."""
    return lambda tree: recertify(tree, unit, number, change)


def in_document(unit: str, change: Change) -> Callable[[Path], None]:
    """A plenary's document is changed."""
    return lambda tree: edit(tree, file_of(unit), change)


def no_plenary(unit: str) -> Callable[[Path], None]:
    """A plenary is hidden, with its pages and certificates."""

    def change(tree: Path) -> None:
        for version in load(tree, file_of(unit))["versions"]:
            (tree / f"certificates/{version['data']}.json").unlink()
            drop_paper(tree, version)
        (tree / file_of(unit)).unlink()
        for language in ("id", "en"):
            (tree / f"{language}/recap/{unit}.html").unlink()
            area = Pages(load(tree, "data/election.json"), {}).area(
                language, load(tree, f"data/units/{unit}.json")
            )
            (tree / f"{language}/units/{unit}.html").write_bytes(area)

    return change


def bytes_of(unit: str) -> Callable[[Path], None]:
    """A certificate is the same value in other bytes, under the hash of these."""

    def change(tree: Path) -> None:
        document = load(tree, file_of(unit))
        version = document["versions"][-1]
        old = tree / f"certificates/{version['data']}.json"
        data = old.read_bytes().replace(b'{"attendance"', b'{ "attendance"', 1)
        old.unlink()
        version["data"] = acts_of(document, "close")[-1]["digest"] = sha256(data).hexdigest()
        (tree / f"certificates/{version['data']}.json").write_bytes(data)
        (tree / file_of(unit)).write_bytes(canonical(document))

    return change


def fewer_expected(certificate: Any) -> None:
    certificate["completeness"]["expected"] -= 1
    certificate["completeness"]["missing"] = []
    for group in certificate["groups"]:
        group["columns"] = [item for item in group["columns"] if item["stations"]]
    certificate["groups"] = [group for group in certificate["groups"] if group["columns"]]


def refused_signs(tree: Path) -> None:
    """The witness who refused is said to sign."""
    for number in (1, 2):
        recertify(tree, DISTRICT, number, lambda c: c["attendance"][1].update(signing="signs", reason=""))


CERTIFIED = f"version 2, {STATIONS[0]}"
# name: the change, the file that tells of it, and the beginning of the kind of difference
D, N, K, P = (file_of(unit) for unit in (DISTRICT, NEXT, REGENCY, PROVINCE))
PAGE = {unit: f"id/recap/{unit}.html" for unit in (DISTRICT, NEXT)}
FORGERIES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "votes added at a station, all hashes and sums fitting": (
        ten_more, D, f"{CERTIFIED} suara_3",
    ),
    "a correction removed everywhere": (uncorrected, D, f"{CERTIFIED} suara_1"),
    "a correction removed from the acts": (
        in_document(DISTRICT, without("correct")), D, f"{CERTIFIED} suara_1",
    ),
    "a correction with another reason": (
        in_document(DISTRICT, said("correct", "reason", "lain")), D, "version 1 correction",
    ),
    "an objection's answer removed": (in_document(DISTRICT, without("answer")), D, "malformed"),
    "an objection's answer is another": (
        in_document(DISTRICT, said("answer", "text", "Ditolak")), D, "version 1 objection",
    ),
    "an objection taken up in other words": (
        in_document(REGENCY, said("object", "text", "Tidak apa-apa")), K,
        f"version 1 objection {DISTRICT}/1",
    ),
    "a version dropped": (in_document(DISTRICT, first_version_dropped), D, "version"),
    "a closing dropped": (in_document(DISTRICT, without("close")), D, "malformed"),
    "a reopened plenary shown as closed": (in_document(NEXT, reopened), N, "stage"),
    "a reopened plenary under a closed one": (in_document(NEXT, reopened), K, f"version 2, {NEXT}"),
    "reopened by whom it does not concern": (
        in_document(DISTRICT, said("reopen", "by", PROVINCE)), D, "act 13",
    ),
    "reopened on another ground": (
        in_document(DISTRICT, said("reopen", "ground", "lain")), D, "version 2 replaces",
    ),
    "opened by another decision": (
        in_document(DISTRICT, said("open", "decision", "lain")), D, "version 1 decision",
    ),
    "other figures read out": (
        in_document(DISTRICT, said("read", "digest", "ab" * 32)), D, "version 1 list of what",
    ),
    "another certificate read out": (
        in_document(REGENCY, said("read", "digest", f"1:{'ab' * 32}")), K, f"version 1, {DISTRICT}",
    ),
    "a paper of another version": (others_paper, "certificates/", "data"),
    "a signed paper with another byte": (bent_paper, "certificates/", "signature 1"),
    "a signature that is not told": (
        in_document(DISTRICT, lambda d: d["versions"][0].update(signatures=[])), "certificates/", "signatures",
    ),
    "another authority": (other_officers, "certificates/", "signature 1"),
    "a moved station hidden": (moved(ELSEWHERE[1], None), N, f"version 1, {ELSEWHERE[1]} disabilitas"),
    "a station said to have moved that did not": (
        moved(ELSEWHERE[0], "figures"), N, f"moved {ELSEWHERE[0]}",
    ),
    "a late station hidden": (moved(STATIONS[2], None), D, f"moved {STATIONS[2]}"),
    "a settled sheet said to be none": (moved(STATIONS[0], "unsettled"), D, f"moved {STATIONS[0]}"),
    "a moved station hidden from the tier above": (
        in_document(REGENCY, lambda d: d["moved"].pop()), K, f"moved {ELSEWHERE[1]}",
    ),
    "sums of the sheets that hide a difference": (
        in_document(REGENCY, lambda d: d["versions"][1]["sheets"].update(suara_1=138)), K,
        "version 2 sheets.suara_1",
    ),
    "a certified sum": (
        in_document(PROVINCE, lambda d: d["versions"][0]["certified"].update(suara_1=1)), P,
        "version 1 certified.suara_1",
    ),
    "a difference with another explanation": (
        in_certificate(REGENCY, 2, lambda c: c["differences"][0].update(explanation="salah ketik")),
        K, "version 2 difference",
    ),
    "a missing station forgotten": (in_certificate(DISTRICT, 2, fewer_expected), D, "version 2"),
    "a missing station without a decision": (
        in_document(DISTRICT, said("open", "missing", [STATIONS[1]])), D, "version 1 missing",
    ),
    "a refusal turned into a signature": (refused_signs, D, "version 1 attendance"),
    "another form's rows": (
        in_certificate(NEXT, 1, lambda c: c["rows"][0]["label"].update(en="Voters")), N, "version 1 row",
    ),
    "votes for somebody else": (
        in_certificate(NEXT, 1, lambda c: c["rows"][row(c, "suara_1")].update(who="DUA")), N,
        "version 1 suara_1 who",
    ),
    "closed at another time": (
        in_certificate(NEXT, 1, lambda c: c.update(closed_at="2024-02-16T09:00:00Z")), N,
        "version 1 closed_at",
    ),
    "a certificate in other bytes": (bytes_of(NEXT), "certificates/", "malformed"),
    "a plenary hidden": (no_plenary(NEXT), K, f"version 2, {NEXT}"),
    "a certificate of no version": (
        lambda tree: (tree / f"certificates/{sha256(b'{}').hexdigest()}.json").write_bytes(b"{}"),
        f"certificates/{sha256(b'{}').hexdigest()}.json", "unknown",
    ),
    "an act of a station elsewhere": (
        in_document(DISTRICT, said("object", "part", ELSEWHERE[0])), D, "act 7",
    ),
    "an act without its time": (in_document(NEXT, said("open", "at", "yesterday")), N, "malformed"),
    "an act that says more": (
        in_document(NEXT, lambda d: d["acts"][0].update(note="x")), N, "malformed",
    ),
}  # fmt: skip

# what alone stands on a page: the page, the text, another in its place, the kind of difference
REPAINTED: dict[str, tuple[str, str, str, str]] = {
    "a certified number on its page": (
        PAGE[DISTRICT], 'data-figure="suara_1" data-sum="certified">69<',
        'data-figure="suara_1" data-sum="certified">96<', f"{DISTRICT} suara_1 certified text",
    ),
    "a reason on its page": (f"en/recap/{DISTRICT}.html", "Reason: salah tulis", "Reason: x", "correction 2"),
    "the decision on its page": (PAGE[DISTRICT], f">{DECISION}<", "><", "decision 1"),
    "an answer on its page": (PAGE[DISTRICT], "Listrik padam", "Gempa", "objection 2"),
    "a line of the minutes hidden": (
        PAGE[NEXT], '<li class="typed" data-says="act">', '<li class="typed" data-says="act" hidden>',
        "act 1",
    ),
    "a hash on its page": (PAGE[NEXT], '<code data-says="hash">', '<code data-says="hash">a', "hash 1"),
    "a link to another paper": (PAGE[NEXT], ".pdf", ".pdf?", "certificates"),
    "a time on its page": (PAGE[NEXT], "17 Februari 2024, 16.00", "18 Februari 2024, 16.00", "act 1"),
    "where a plenary stands on its unit's page": (
        f"id/units/{DISTRICT}.html", "versi 2", "versi 3", "standing 1",
    ),
    "a plenary of a unit that held none": (
        "id/units/3173011001.html", "</h1>", "</h1><p>Disahkan dalam rapat pleno, versi 1</p>",
        "standing of a plenary",
    ),
    "a reason on a station's page": (
        f"id/stations/{STATIONS[0]}.html", "Alasan: salah tulis", "Alasan: lain", "correction 1",
    ),
    "a correction on the page of another station": (
        f"id/stations/{ELSEWHERE[0]}.html", "<h1>", '<p data-says="correction">TPS 001</p><h1>', "correction 1",
    ),
}  # fmt: skip


def forge(tree: Path, name: str, whole: bool = False) -> tuple[str, str]:
    """Carry a forgery out; the file and the kind of difference that must tell of it."""
    if name in REPAINTED:
        page, old, new, kind = REPAINTED[name]
        text = (tree / page).read_text()
        assert old in text, f"{old} is not in {page}"
        (tree / page).write_text(text.replace(old, new))
        return page, kind
    change, file, kind = FORGERIES[name]
    change(tree)
    if kind not in ("malformed", "version"):  # what breaks the rules of a plenary cannot be drawn either
        repaint(tree, whole)
    return file, kind
