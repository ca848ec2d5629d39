"""What is wrong with a photograph, in both languages: readers say it in English, officers read Indonesian."""

from __future__ import annotations

import re

from sirekap.review.reruns import BEFORE
from sirekap.store.receiving import Label

SAME_ELSEWHERE = {
    "id": "Foto yang sama sudah dikirim untuk TPS lain. Foto disimpan dan tidak dihitung; foto lembar TPS ini.",
    "en": "The same photograph was sent for another station. It is kept and not counted; photograph this sheet.",
}
OTHER_QR = {
    "id": "Kode QR di lembar ini milik TPS lain. Foto disimpan dan tidak dihitung.",
    "en": "The sheet's QR code is another station's. The photograph is kept and not counted.",
}
COUNT_BEFORE = (
    "Foto ini milik hitungan sebelum penghitungan atau pemungutan ulang. Foto disimpan dan tidak dihitung; "
    "foto lembar yang baru."
)
# What the reader's sentences begin with, and what they mean; the first that fits counts.
KNOWN = (
    ("no page of", "Formulir tidak ditemukan di foto. Foto seluruh lembar, rata, dengan cahaya merata."),
    ("page .* is seen, expected", "Ini halaman formulir lain. Foto formulir pemilihan ini."),
    ("the tag of the page", "Tanda halaman tidak terbaca. Foto seluruh lembar, tanpa menutupi tandanya."),
    ("page .* runs out", "Lembar terpotong. Foto seluruh lembar."),
    ("the QR code says", "Kode QR dan tanda halaman tidak cocok. Periksa lembarnya."),
    (".*took too long or too much memory", "Foto tidak dapat dibaca dalam batas waktu. Ambil foto baru."),
    (".*(truncated|damaged)", "Berkas foto rusak. Ambil foto baru."),
    (".*too few to read", "Foto terlalu kecil. Kirim foto asli."),
    (".*megapixels", "Foto terlalu besar. Atur kamera ke ukuran lebih kecil."),
    ("its QR code names station", OTHER_QR["id"]),
    (BEFORE, COUNT_BEFORE),
)
UNKNOWN = "Foto tidak dapat dibaca. Foto seluruh lembar sekali lagi."


def told(problem: str) -> Label:
    """A reader's problem in "id" and "en".

    >>> told("the PNG is truncated; send the photograph again")["id"]
    'Berkas foto rusak. Ambil foto baru.'
    """
    indonesian = next((words for begins, words in KNOWN if re.match(begins, problem)), UNKNOWN)
    return {"id": indonesian, "en": problem}
