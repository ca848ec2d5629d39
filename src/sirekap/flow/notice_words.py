"""What notices say, Indonesian first: for the page, the API and e-mail. No wording holds a figure or a person."""

from __future__ import annotations

from sirekap.review.notices import Kind

LANGUAGES = ("id", "en")
TEXTS: dict[Kind, tuple[str, str]] = {
    Kind.FIRST: ("Lembar menunggu diketik.", "A sheet waits to be typed."),
    Kind.FINDINGS: (
        "Lembar menunggu temuannya ditanggapi.",
        "A sheet waits for somebody to answer for its findings.",
    ),
    Kind.RESOLVE: (
        "Dua entri berbeda; orang ketiga memutuskan.",
        "Two entries differ; a third person decides.",
    ),
    Kind.LOOKED_AT: (
        "Petugas di atas TPS memeriksa lembar Anda.",
        "People above the station look at your sheet.",
    ),
    Kind.SETTLED: ("Hasil lembar Anda sudah final.", "The result of your sheet is final."),
    Kind.RERUN: (
        "Suara TPS ini dihitung atau diberikan ulang: foto lembar yang baru.",
        "The votes of this station are counted or cast again: photograph the new sheet.",
    ),
    Kind.DIFFERS: (
        "Sebuah salinan berbeda dari angka yang berlaku.",
        "A copy differs from the figures that count.",
    ),
    Kind.ASIDE: (
        "Sebuah foto dikesampingkan; lihat alasannya dan kirim yang lain.",
        "A photograph was set aside; see why, and send another one.",
    ),
    Kind.REFUSED: (
        "Sebuah foto tidak dapat dibaca; lihat alasannya dan foto lagi.",
        "A photograph could not be read; see why, and take it again.",
    ),
    Kind.CLAIM_OVER: (
        "Waktu Anda untuk lembar ini habis; ambil lagi dari antrean.",
        "Your time for this sheet is over; take it from the queue again.",
    ),
    Kind.RETURNED: (
        "Lembar yang Anda ketik dikembalikan untuk diketik ulang.",
        "A sheet that you typed was given back to typing.",
    ),
}


def notice_words(kind: str, language: str) -> str:
    """A kind in words, in "id" or "en".

    >>> notice_words("sheet.settled", "en")
    'The result of your sheet is final.'
    """
    return TEXTS[Kind(kind)][LANGUAGES.index(language)]
