"""Why something that a phone sent is not taken: a reason for programs, words for people."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sirekap.errors import SirekapError

LANGUAGES = ("id", "en")


class Reason(StrEnum):
    """Why not; the word is the `code` of the API's answer."""

    FORBIDDEN = "forbidden"  # the station is known, and lies outside the caller's mandates
    UNKNOWN = "unknown"  # no such contest, station, form or page
    NOTHING = "nothing"  # there is no such upload, picture or cut (yet)
    OFFSET = "offset"  # `offset` is where the upload stands
    LARGE = "large"
    HASH = "hash"
    KIND = "kind"  # no JPEG or PNG, or one that cannot be a photograph
    QUOTA = "quota"  # too much is under way for this account, or the disk is nearly full
    OFTEN = "often"  # the same was asked for too often
    INVALID = "invalid"  # a value of the request; `details` say which
    VERSION = "version"  # another version is the latest: read the sheet again
    INSIST = "insist"  # `figures` differ from a certain reading
    HELD = "held"  # somebody else works on this sheet
    CLAIM = "claim"  # the caller does not hold this sheet (any more)
    STEP = "step"  # the sheet does not wait for this
    OWN = "own"  # the caller had a hand in it already
    BLIND = "blind"  # the caller is typing this sheet, and sees no figures of it
    STAGE = "stage"  # the plenary is not at the stage for this
    CHANGED = "changed"  # what the caller saw of the plenary is not so any more
    BLOCKED = "blocked"  # the plenary cannot close yet; `details` say why
    ABOVE = "above"  # the tier above is closed, and is reopened first
    SIGNATURE = "signature"  # no paper of this certificate with one valid signature more
    BUNDLE = "bundle"  # the evidence of a unit is too large for a browser, or for the server's disk


STATUS = {
    Reason.FORBIDDEN: 403, Reason.UNKNOWN: 404, Reason.NOTHING: 404, Reason.OFFSET: 409, Reason.LARGE: 413,
    Reason.HASH: 422, Reason.KIND: 422, Reason.QUOTA: 429, Reason.INVALID: 422, Reason.VERSION: 409,
    Reason.INSIST: 409, Reason.HELD: 409, Reason.CLAIM: 409, Reason.STEP: 409, Reason.OWN: 403, Reason.BLIND: 403,
    Reason.STAGE: 409, Reason.CHANGED: 409, Reason.BLOCKED: 409, Reason.ABOVE: 409, Reason.SIGNATURE: 422,
    Reason.BUNDLE: 413, Reason.OFTEN: 429,
}  # fmt: skip
TEXTS = {
    Reason.FORBIDDEN: (
        "Akun ini tidak berwenang untuk TPS atau wilayah ini.",
        "This account has no mandate for this station or unit.",
    ),
    Reason.UNKNOWN: ("TPS, pemilihan, formulir atau halaman ini tidak dikenal.",
                     "This station, contest, form or page is not known."),
    Reason.NOTHING: ("Belum ada apa-apa di sini.", "There is nothing here yet."),
    Reason.OFFSET: ("Unggahan dilanjutkan dari tempat lain.", "The upload goes on at another place."),
    Reason.LARGE: ("Berkas terlalu besar: paling besar 20 MB.", "The file is too large: at most 20 MB."),
    Reason.HASH: ("Berkas rusak di perjalanan: sidik SHA-256 tidak cocok. Kirim lagi.",
                  "The file was damaged on its way: another SHA-256. Send it again."),
    Reason.KIND: ("Bukan foto JPEG atau PNG yang dapat dibaca.",
                  "Not a JPEG or PNG photograph that can be read."),
    Reason.QUOTA: ("Terlalu banyak unggahan belum selesai. Tunggu, lalu kirim lagi.",
                   "Too many uploads are unfinished. Wait, then send again."),
    Reason.OFTEN: ("Terlalu sering diminta. Tunggu sebentar, lalu coba lagi.",
                   "This was asked for too often. Wait a while, then try again."),
    Reason.INVALID: ("Permintaan tidak dapat dipahami.", "The request cannot be understood."),
    Reason.VERSION: ("Lembar ini sudah dibaca ulang. Periksa lagi angkanya, lalu konfirmasi.",
                     "The sheet was read again meanwhile. Check the figures again, then confirm."),
    Reason.INSIST: (
        "Angka ini berbeda dari yang jelas terbaca di foto. Periksa lagi; bila tetap benar, tegaskan.",
        "These figures differ from what the photograph clearly shows. Check them; insist if they are right.",
    ),
    Reason.HELD: ("Lembar ini sedang dikerjakan orang lain.", "Somebody else is working on this sheet."),
    Reason.CLAIM: ("Waktu untuk lembar ini habis, atau lembar sudah diserahkan. Ambil lagi dari antrean.",
                   "Your time for this sheet is over, or it was handed back. Take it from the queue again."),
    Reason.STEP: ("Lembar ini tidak lagi menunggu langkah ini.", "The sheet does not wait for this any more."),
    Reason.OWN: ("Anda sudah ikut menangani lembar ini; orang lain yang harus mengerjakannya.",
                 "You had a hand in this sheet already; it needs another person."),
    Reason.BLIND: ("Anda sedang mengetik lembar ini. Serahkan dulu untuk melihat angkanya.",
                   "You are typing this sheet. Hand it back before you look at its figures."),
    Reason.STAGE: ("Rapat pleno tidak sedang pada tahap untuk itu.", "The plenary is not at the stage for this."),
    Reason.CHANGED: ("Yang ditampilkan sudah berubah. Muat ulang, lalu coba lagi.",
                     "What was shown has changed meanwhile. Load it again, then try again."),
    Reason.BLOCKED: ("Rapat pleno belum dapat ditutup.", "The plenary cannot close yet."),
    Reason.ABOVE: ("Tingkat di atasnya sudah ditutup; tingkat itu dibuka kembali lebih dahulu.",
                   "The tier above is closed; it has to be reopened first."),
    Reason.SIGNATURE: ("Berkas ini bukan sertifikat ini dengan satu tanda tangan sah tambahan.",
                       "This file is not this certificate with one more valid signature."),
    Reason.BUNDLE: ("Berkas bukti wilayah ini terlalu besar untuk diunduh. Minta dari pengelola server.",
                    "The evidence of this unit is too large to download. Ask whoever runs the server for it."),
}  # fmt: skip


class NotTaken(SirekapError):
    """Something was not taken, and nothing was changed. `status` is the HTTP status that fits.

    `offset` is where an upload stands (reason OFFSET), `figures` the names that differ (INSIST), `details` what
    was expected and found, for whoever sent it.
    """

    def __init__(
        self, reason: Reason, details: Sequence[str] = (), offset: int | None = None, figures: Sequence[str] = ()
    ) -> None:
        """Keep what the answer needs; the text is the English one."""
        self.reason, self.offset = reason, offset
        self.details, self.figures = tuple(details), tuple(figures)
        super().__init__(" ".join((TEXTS[reason][1], *self.details)))

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS[self.reason]

    def told(self, language: str) -> str:
        """The message in "id" or "en"."""
        return TEXTS[self.reason][LANGUAGES.index(language)]
