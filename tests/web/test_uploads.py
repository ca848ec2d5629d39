"""From a phone's bytes to what is stored and shown: what is taken, what is refused, and what is never served."""

from hashlib import sha256

import pytest

from sirekap.flow.worker import work_once
from sirekap.store.models import Delivery
from tests.flow.fakes import READER, consistent, photo
from tests.web.pictures import jpeg, jpeg_header, png_header, with_exif
from tests.web.site import OTHER, STATION, Answer, Client, TestSite

MARK = b"<script>alert('secret place -6.2,106.8')</script>"
ZIP = b"PK\x03\x04" + b"\x00" * 26 + b"evil.exe"
CHUNK = 100_000


def put(client: Client, data: bytes, chunk: int = CHUNK) -> Answer:
    """Send bytes in chunks; the last answer."""
    name = sha256(data).hexdigest()
    for start in range(0, len(data), chunk):
        path = f"/api/v1/uploads/{name}?offset={start}&size={len(data)}"
        answer = client.ask("PUT", path, data[start : start + chunk])
        if answer.status != 200:
            return answer
    return answer


def deliver(client: Client, data: bytes, **more: object) -> Answer:
    """Deliver what was sent."""
    parcel = {
        "sha256": sha256(data).hexdigest(),
        "contest": "ppwp",
        "station": STATION,
        "page": 1,
        "name": "a.jpg",
    }
    return client.post("/api/v1/deliveries", {**parcel, **more})


def test_a_photograph_comes_in_chunks_and_is_answered_with_a_receipt(fresh: TestSite) -> None:
    """Sending again is safe at every step; the receipt is the same; the answer says how long reading takes."""
    client, data = fresh.client("kpps"), jpeg()
    where = f"/api/v1/uploads/{sha256(data).hexdigest()}"
    assert client.get(where).json == {"offset": 0, "size": None, "complete": False}
    assert deliver(client, data).status == 404
    first = client.ask("PUT", f"{where}?offset=0&size={len(data)}", data[:1000])
    assert first.json == {"offset": 1000, "size": len(data), "complete": False} == client.get(where).json
    gap = client.ask("PUT", f"{where}?offset=5000&size={len(data)}", data[5000:6000])
    assert (gap.status, gap.json["code"], gap.json["offset"]) == (409, "offset", 1000)
    rest = client.ask("PUT", f"{where}?offset=1000&size={len(data)}", data[1000:])
    assert rest.json["complete"]
    made, again = deliver(client, data), deliver(client, data)
    assert (made.status, again.status) == (201, 200) and made.json["receipt"] == again.json["receipt"]
    assert made.json["status"] == "pending" and made.json["message"] and made.json["eta_seconds"] is not None
    shown = client.get(f"/api/v1/sheets/ppwp/{STATION}").json
    assert shown["pending"] == 1 and shown["photos"][0]["status"] == "pending"
    assert fresh.client("saksi").get(f"/api/v1/uploads/{sha256(data).hexdigest()}").json["offset"] in (
        0,
        len(data),
    )


REFUSED = {
    "SVG": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>' + b" " * 500,
    "HTML": b"<!doctype html><script>alert(1)</script>" + b" " * 500,
    "a PDF": b"%PDF-1.7" + b" " * 500,
    "a ZIP": ZIP + b" " * 500,
    "a GIF that is a script": b"GIF89a/*" + b" " * 500 + b"*/=1;alert(1)",
    "WebP": b"RIFF\x00\x10\x00\x00WEBPVP8 " + b" " * 500,
    "HEIC": b"\x00\x00\x00\x18ftypheic" + b" " * 500,
    "a text with the first bytes of a JPEG": b"\xff\xd8\xff" + MARK * 20,
    "a PNG of 200 megapixels": png_header(20_000, 10_000),
    "a PNG of four gigapixels": png_header(65_535, 65_535),
    "a JPEG that says 65535 by 65535": jpeg_header(65_535, 65_535),
    "a PNG of no size": png_header(0, 0),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_no_photograph_is_refused_before_it_is_decoded(site: TestSite, data: bytes) -> None:
    """422 in words, and nothing of it is kept."""
    client = site.client("kpps")
    answer = put(client, data)
    assert (answer.status, answer.json["code"]) == (422, "kind"), answer.body
    assert not site.workspace.objects.has(sha256(data).hexdigest())
    assert deliver(client, data).status == 404


TOO_MUCH = {
    "more than 20 MB": (0, 20_000_001, 413, "large"),
    "nothing": (0, 0, 422, "invalid"),
    "less than nothing": (-1, 10, 422, "invalid"),
    "beyond all numbers": (0, 10**30, 422, "invalid"),
}


@pytest.mark.parametrize(("offset", "size", "status", "code"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_size_that_cannot_be_is_refused(site: TestSite, offset: int, size: int, status: int, code: str) -> None:
    """Before anything is written."""
    path = f"/api/v1/uploads/{'b' * 64}?offset={offset}&size={size}"
    answer = site.client("kpps").ask("PUT", path, b"\xff\xd8\xff\xe0")
    assert (answer.status, answer.json["code"]) == (status, code)


def test_other_bytes_than_were_announced_are_thrown_away(fresh: TestSite) -> None:
    """422, and the upload begins again at 0."""
    client, data = fresh.client("kpps"), jpeg(seed=3)
    path = f"/api/v1/uploads/{'c' * 64}"
    answer = client.ask("PUT", f"{path}?offset=0&size={len(data)}", data)
    assert (answer.status, answer.json["code"]) == (422, "hash")
    assert client.get(path).json["offset"] == 0


POLYGLOTS = {
    "JPEG and HTML": jpeg(seed=1) + MARK,
    "JPEG and ZIP": jpeg(seed=2) + ZIP,
    "EXIF with a script": with_exif(jpeg(seed=4), MARK),
    "EXIF with a place": with_exif(jpeg(seed=5), b"II*\x00\x08\x00\x00\x00" + MARK),
    "a comment with a script": jpeg(seed=6)[:2] + b"\xff\xfe\x00\x33" + MARK[:49] + jpeg(seed=6)[2:],
}


@pytest.mark.slow
@pytest.mark.parametrize("data", POLYGLOTS.values(), ids=POLYGLOTS)
def test_a_picture_that_is_more_than_one_is_kept_as_received_and_shown_stripped(
    fresh: TestSite, data: bytes
) -> None:
    """What was received can be proved; what is shown is a picture and nothing else, and says so."""
    from dataclasses import replace

    from sirekap.flow.reader import standard_reader

    client = fresh.client("kpps")
    assert put(client, data).json["complete"] and deliver(client, data).status == 201
    work_once(fresh.workspace, replace(standard_reader(), workers=0))
    digest = sha256(data).hexdigest()
    assert fresh.workspace.objects.get(digest) == data
    shown = client.get(f"/api/v1/sheets/ppwp/{STATION}/photos/{digest}")
    if shown.status == 404:  # nothing of it could be read, so nothing is shown
        assert client.get(f"/api/v1/sheets/ppwp/{STATION}").json["photos"][0]["status"] == "refused"
        return
    assert shown.headers["Content-Type"] == "image/jpeg" and shown.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        shown.body.startswith(b"\xff\xd8\xff") and b"script" not in shown.body and b"PK\x03\x04" not in shown.body
    )
    assert b"Exif" not in shown.body


NAMES = {
    "up and out": ("../../etc/passwd", "passwd"),
    "of another system": ("C:\\fotos\\a.jpg", "a.jpg"),
    "with a NUL": ("a\x00.jpg", "a.jpg"),
    "with lines": ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie: x=1.jpg"),
    "with markup": ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
    "turned around": ("a\u202egpj.exe", "agpj.exe"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("name", "kept"), NAMES.values(), ids=NAMES)
def test_a_hostile_file_name_names_nothing(fresh: TestSite, name: str, kept: str) -> None:
    """It is a note for people: no folder, nothing that does not print; objects are named by their hash."""
    client, data = fresh.client("kpps"), jpeg(seed=7)
    put(client, data)
    assert deliver(client, data, name=name).status == 201
    assert fresh.workspace.rows(Delivery).get().name == kept


def test_a_witness_sends_a_copy_and_sees_no_copy_of_others(fresh: TestSite) -> None:
    """The second source is a delivery of its own, and never part of the sheet."""
    data, client = jpeg(seed=8), fresh.client("saksi")
    put(client, data)
    assert deliver(client, data).status == 201
    assert client.get(f"/api/v1/copies/ppwp/{STATION}").json["pending"] == 1
    assert fresh.client("bawaslu").get(f"/api/v1/copies/ppwp/{STATION}").json["pending"] == 0
    assert fresh.client("kpps").get(f"/api/v1/sheets/ppwp/{STATION}").json["photos"] == []
    assert deliver(fresh.client("kpps"), data, station=OTHER).status == 403


def test_a_photograph_is_not_delivered_by_whoever_knows_its_hash(fresh: TestSite) -> None:
    """An upload is its sender's: another account has to send the bytes itself."""
    data = jpeg(seed=9)
    put(fresh.client("kpps"), data)
    assert deliver(fresh.client("saksi"), data).status == 404


def test_a_confirmed_sheet_is_shown_beside_its_reading(fresh: TestSite) -> None:
    """The officer corrects a figure, insists, and the station's page says so in words."""
    from sirekap.flow.intake import ingest
    from tests.flow.fakes import pages, write_manifest

    folder = fresh.workspace.path.parent / "photos"
    ingest(fresh.workspace, write_manifest(folder, pages(STATION)), READER)
    client, values = fresh.client("kpps"), consistent()
    sheet = client.get(f"/api/v1/sheets/ppwp/{STATION}").json
    assert sheet["figures"]["suara_1"]["cut"] == f"/api/v1/sheets/ppwp/{STATION}/cuts/suara_1"
    assert client.get(sheet["figures"]["suara_1"]["cut"]).status == 200
    changed = {**values, "suara_1": (values["suara_1"] or 0) + 1}
    said = {"request": "0b5c2a52-2b57-4a0c-9a55-6a9a3d7f6a11", "version": sheet["version"], "figures": changed}
    path = f"/api/v1/sheets/ppwp/{STATION}/confirmation"
    first = client.post(path, said)
    assert (first.status, first.json["code"], first.json["figures"]) == (409, "insist", ["suara_1"])
    done = client.post(path, {**said, "insisted": ["suara_1"]})
    assert done.status == 201 and done.json["state"] == "review" and done.json["marked"]
    again = client.post(path, {**said, "insisted": ["suara_1"]})
    assert again.status == 201 and again.json == done.json
    for language, words in (("id", "dikoreksi petugas"), ("en", "corrected by the officer")):
        page = fresh.client("ppk").get(f"/app/tps/{STATION}/ppwp/?lang={language}")
        assert page.status == 200 and words in page.text and "kpps-x" in page.text
    assert photo(1)  # the reader of these tests takes texts for photographs
    assert "kpps-x" not in fresh.client("saksi").get(f"/app/tps/{STATION}/ppwp/").text.partition("events")[2]
