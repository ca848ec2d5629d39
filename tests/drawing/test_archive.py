"""Certificates are PDF/A-2b, before and after they are signed.

No validator of PDF/A-2 comes from Debian, PyPI or npm (decision 17). What checks: typst, which refuses to write
what breaks it; here what of ISO 19005-2 can be seen in the file's structure; and Apache's Preflight, where
Debian's libpdfbox2-java is, which knows PDF/A-1b: of its rules only those that part 2 lifted may be broken.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from sirekap.drawing.certificate import draw_certificate
from sirekap.drawing.certificate_source import signing_places
from sirekap.drawing.signing import sign_certificate
from tests.drawing import certificates
from tests.drawing.officers import NOW, officer, timestamper

JARS = Path(os.environ.get("SIREKAP_PREFLIGHT", "/usr/share/java"))
NEEDED = (
    "preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "commons-io", "bcprov",
    "javax.activation", "jaxb-api",
)  # fmt: skip
LIFTED = {
    "7.11.2 : Error on MetaData, part must be 1",
    "2.1.6 : Invalid graphics object, Invalid version of the ICCProfile",
}
"""Part 2 is another part, and allows version 4 of ICC profiles."""
UNSEEN = (
    "5.3.1 : Invalid field value in an annotation definition, widget annotation lacks an appearance dictionary"
)
"""Part 2 asks for no appearance where an annotation has no area, as those of unseen signatures."""
FORBIDDEN_KEYS = {
    "/JS",
    "/JavaScript",
    "/AA",
    "/EmbeddedFiles",
    "/EF",
    "/XFA",
    "/NeedAppearances",
    "/Alternates",
    "/OPI",
}
FORBIDDEN_ACTIONS = {
    "/Launch",
    "/Sound",
    "/Movie",
    "/ResetForm",
    "/ImportData",
    "/Hide",
    "/SetOCGState",
    "/Rendition",
}
HIDDEN = 0b100011  # invisible, hidden, not viewed: annotation flags that must be 0
PRINTED = 0b100


def signed(pdf: bytes) -> bytes:
    """By three: seen with a timestamp, seen, unseen."""
    places = signing_places(certificates.full())
    pdf = sign_certificate(pdf, officer("Ketua PPK"), places[0], timestamper(NOW.replace(microsecond=0)))
    return sign_certificate(sign_certificate(pdf, officer("Saksi"), places[1]), officer("Anggota PPK 1"))


FILES = {
    "district": lambda: draw_certificate(certificates.full()),
    "copy": lambda: draw_certificate(certificates.full(), copy_for="Saksi pasangan calon nomor urut 1"),
    "regency, 18 parties": lambda: draw_certificate(certificates.regency_dpr()),
    "signed": lambda: signed(draw_certificate(certificates.full())),
}


@pytest.mark.parametrize("name", FILES)
def test_the_structure_is_that_of_pdf_a_2b(name: str) -> None:
    """Identified as such, with an output intent, every font embedded, and nothing that acts or hides."""
    pdf = FILES[name]()
    reader = PdfFileReader(BytesIO(pdf))
    assert re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", pdf) and "/Encrypt" not in reader.trailer
    assert len(reader.trailer["/ID"]) == 2 and not reader.root.get("/Version", "/1.7").startswith("/2")
    xmp = reader.root["/Metadata"].data.decode()
    assert re.search(r"pdfaid:part>2<", xmp) and re.search(r"pdfaid:conformance>B<", xmp)
    assert "/Filter" not in reader.root["/Metadata"]
    for key, value in reader.trailer["/Info"].items():
        assert key.endswith("Date") or str(value).replace("&", "&amp;") in xmp, key
    intents = [intent.get_object() for intent in reader.root["/OutputIntents"]]
    assert [intent["/S"] for intent in intents] == ["/GTS_PDFA1"]
    assert intents[0]["/DestOutputProfile"]["/N"] == 3
    fonts = 0
    for item in objects(reader):
        assert not FORBIDDEN_KEYS & set(item), item
        assert item.get("/S") not in FORBIDDEN_ACTIONS
        assert "/LZWDecode" not in str(item.raw_get("/Filter") if "/Filter" in item else "")
        if item.get("/Type") == "/FontDescriptor":
            fonts += 1
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(item), item
        if item.get("/Type") == "/Font" and item["/Subtype"] != "/Type0":
            assert "/FontDescriptor" in item, "one of the fourteen fonts that readers are said to have"
        if item.get("/Subtype") == "/Widget":
            assert int(item["/F"]) & PRINTED and not int(item["/F"]) & HIDDEN
            empty = [float(side) for side in item["/Rect"]] == [0.0] * 4
            assert empty or list(item["/AP"]) == ["/N"]
    assert fonts


def objects(reader: Any) -> Iterator[Any]:
    """Every dictionary that can be reached from the trailer."""
    seen: set[Any] = set()
    waiting: list[Any] = [reader.root, reader.trailer["/Info"]]
    while waiting:
        item = waiting.pop()
        if isinstance(item, generic.IndirectObject):
            if item.reference in seen:
                continue
            seen.add(item.reference)
            item = item.get_object()
        if isinstance(item, generic.DictionaryObject):
            yield item
            waiting += [item.raw_get(key) for key in item]
        elif isinstance(item, generic.ArrayObject):
            waiting += [item.raw_get(index) for index in range(len(item))]


@pytest.mark.skipif(
    shutil.which("java") is None or not all((JARS / f"{jar}.jar").exists() for jar in NEEDED),
    reason="needs Java and Debian's libpdfbox2-java, libjaxb-api-java, libactivation-java",
)
@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_preflight_finds_only_what_part_2_allows(name: str, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(FILES[name]())
    path = os.pathsep.join(str(JARS / f"{jar}.jar") for jar in NEEDED)
    command = ["java", "-cp", path, "org.apache.pdfbox.preflight.Validator_A1b", str(tmp_path / "c.pdf")]
    run = subprocess.run(command, capture_output=True, text=True)
    found = {
        re.sub(r" on page.*", "", line.strip()) for line in run.stdout.splitlines() if re.match(r"\d+\.\d", line)
    }
    assert found - {UNSEEN} == LIFTED, run.stdout[:2000] + run.stderr[:2000]
