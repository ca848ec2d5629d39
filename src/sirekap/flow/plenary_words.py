"""What plenaries say in words, Indonesian and English: stages, why a part is missing, what blocks closing."""

from __future__ import annotations

from collections.abc import Mapping

from sirekap.forms import Form
from sirekap.recap import Block, Blocked, Signing, Stage
from sirekap.store.plenary_parts import Absent

STAGES = {
    Stage.NOT_BEGUN: ("Belum dibuka", "Not begun"),
    Stage.OPEN: ("Sedang berlangsung", "Open"),
    Stage.CLOSED: ("Ditutup", "Closed"),
}
ABSENTS = {
    Absent.NO_SHEET: ("belum ada lembar yang masuk", "no sheet came in"),
    Absent.REVIEW: ("lembar masih diperiksa", "the sheet is still under review"),
    Absent.RERUN: ("penghitungan atau pemungutan ulang belum selesai", "the rerun is not settled yet"),
    Absent.PROVISIONAL: ("lembar belum dikonfirmasi", "nobody vouched for the sheet yet"),
    Absent.NOT_BEGUN: ("rapat pleno di bawahnya belum dibuka", "the plenary below has not begun"),
    Absent.OPEN: ("rapat pleno di bawahnya belum ditutup", "the plenary below is not closed"),
}
SIGNINGS = {
    Signing.SIGNS: ("menandatangani", "signs"),
    Signing.REFUSES: ("menolak menandatangani", "refuses to sign"),
    Signing.ABSENT: ("tidak hadir", "absent"),
}
BLOCKS = {
    Block.STAGE: ("Rapat pleno tidak sedang berlangsung.", "The plenary is not open."),
    Block.MISSING: (
        "Belum ada, dan tidak disebut dalam keputusan pembukaan: {about}.",
        "Not there, and not named by the decision to open: {about}.",
    ),
    Block.UNREAD: (
        "Belum dibacakan, atau berubah setelah dibacakan: {about}.",
        "Not read out, or changed since: {about}.",
    ),
    Block.LOOSE: (
        "Pembetulan atas angka yang tidak (lagi) tertera: {about}.",
        "A correction of a value that does not stand there (any more): {about}.",
    ),
    Block.CHANGED: (
        "Sertifikat di bawahnya tidak lagi sama dengan lembarnya: {about}. Tingkat itu harus dibuka kembali.",
        "A certificate below does not equal its sheets any more: {about}. That tier has to be reopened.",
    ),
    Block.OBJECTIONS: (
        "Keberatan atau kejadian khusus belum dijawab atau dibawa ke atas: nomor {about}.",
        "Objections or special events that are neither answered nor carried up: number {about}.",
    ),
    Block.CARRIED: (
        "Keberatan yang dibawa dari bawah belum dibahas: {about}.",
        "Objections carried up from below that were not taken up: {about}.",
    ),
    Block.NOBODY: (
        "Belum ada yang menandatangani dalam daftar hadir.",
        "Nobody in the attendance list signs yet.",
    ),
}
MOST_NAMED = 10


def stage_words(stage: Stage, language: str) -> str:
    """A plenary's stage."""
    return STAGES[stage][language == "en"]


def absent_words(reason: str, language: str) -> str:
    """Why a part is not there; nothing for a part that is."""
    return ABSENTS[Absent(reason)][language == "en"] if reason else ""


def signing_words(signing: Signing, language: str) -> str:
    """What somebody does about the certificate."""
    return SIGNINGS[signing][language == "en"]


def block_words(blocked: Blocked, language: str, form: Form, names: Mapping[str, str]) -> str:
    """What keeps a plenary from closing, with the first ten that it is about."""
    named = [_about(item, language, form, names) for item in blocked.about[:MOST_NAMED]]
    more = len(blocked.about) - MOST_NAMED
    if more > 0:
        named.append({"id": f"dan {more} lagi", "en": f"and {more} more"}[language])
    return BLOCKS[blocked.block][language == "en"].format(about="; ".join(named))


def _about(item: str, language: str, form: Form, names: Mapping[str, str]) -> str:
    code, _, figure = item.partition(" ")
    where = f"{names[code]} ({code})" if code in names else code
    if not figure:
        return where
    return f"{where}: {form.field(figure).label.of(language) if figure in form.names else figure}"
