"""What plenaries' minutes say in words, Indonesian and English: shown by the pages, looked for by `verify`.

`names` are the units' names by code. A text that somebody typed stands last in its sentence or by itself, as it
was typed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sirekap.geography import Tier, parent_of, tier_of
from sirekap.recap import (
    COURT,
    Act,
    Answered,
    Attended,
    CarriedUp,
    Closed,
    Corrected,
    Objected,
    ObjectionKind,
    Opened,
    ReadOut,
    Reopened,
    Signing,
    Stage,
)
from sirekap.record.moments import whole
from sirekap.record.recap_state import How

LANGUAGES = ("id", "en")
Names = Mapping[str, str]
STANDING = {
    "closed": ("Disahkan dalam rapat pleno, versi {version}", "Certified in plenary, version {version}"),
    "open": ("Rapat pleno sedang berlangsung", "Plenary under way"),
    "reopened": (
        "Rapat pleno dibuka kembali setelah versi {version}",
        "Plenary reopened after version {version}",
    ),
}
HOW = {
    How.FIGURES: ("angka lembarnya sekarang lain", "its sheet says other figures now"),
    How.UNSETTLED: ("lembarnya sekarang diperiksa lagi", "its sheet is under review again"),
    How.ANEW: (
        "lembarnya difoto lagi, angkanya sama",
        "its sheet was photographed again, with the same figures",
    ),
    How.LATE: ("lembarnya masuk sesudahnya", "its sheet came in afterwards"),
}
SIGNING = {
    Signing.SIGNS: ("menandatangani", "signs"),
    Signing.REFUSES: ("menolak menandatangani", "refuses to sign"),
    Signing.ABSENT: ("tidak hadir", "absent"),
}
BLANK = ("kosong", "blank")
COURTS = ("putusan pengadilan", "a court's order")
OPENED = ("Rapat pleno dibuka.", "The plenary was opened.")
MISSING = (
    "Rapat pleno dibuka tanpa {parts}. Keputusan: {decision}",
    "The plenary was opened without {parts}. Decision: {decision}",
)
READ = ("Dibacakan: {part}", "Read out: {part}")
CORRECTED = (
    "{part}, {figure}: {before} menjadi {after}. Berita acara: {minutes}. Alasan: {reason}",
    "{part}, {figure}: {before} becomes {after}. Minutes: {minutes}. Reason: {reason}",
)
OBJECTED = {
    ObjectionKind.OBJECTION: ("Keberatan nomor {number} dari {by}", "Objection {number} by {by}"),
    ObjectionKind.EVENT: (
        "Kejadian khusus nomor {number}, disampaikan {by}",
        "Special event {number}, told by {by}",
    ),
}
ABOUT = (", tentang {part}", ", about {part}")
ORIGIN = (", dibawa dari {unit} nomor {number}", ", carried up from {unit} number {number}")
FILES = (", lampiran: {files}", ", files: {files}")
ANSWERED = ("Jawaban atas nomor {number}: {text}", "Answer to number {number}: {text}")
CARRIED = (
    "Nomor {number} dibawa ke tingkat di atasnya: {text}",
    "Number {number} is carried up to the tier above: {text}",
)
CLOSED = (
    "Rapat pleno ditutup dengan sertifikat versi {version}.",
    "The plenary closed with version {version} of the certificate.",
)
REOPENED = (
    "Dibuka kembali oleh {by}. Berita acara: {minutes}. Dasar: {ground}",
    "Reopened by {by}. Minutes: {minutes}. Ground: {ground}",
)


def standing_text(stage: Stage, versions: int, language: str) -> str:
    """Where a plenary stands, for who looks at its unit.

    >>> standing_text(Stage.OPEN, 2, "en")
    'Plenary reopened after version 2'
    """
    key = "reopened" if stage is Stage.OPEN and versions else str(stage)
    return STANDING[key][LANGUAGES.index(language)].format(version=versions)


def place_text(code: str, names: Names) -> str:
    """A station or unit by name and code.

    >>> place_text("3173011001002", {"3173011001": "GELORA"})
    'TPS 002 GELORA (3173011001002)'
    """
    try:
        station = tier_of(code) is Tier.STATION
    except ValueError:
        return code
    if station:
        return " ".join(filter(None, (f"TPS {code[-3:]}", names.get(parent_of(code)), f"({code})")))
    return f"{names[code]} ({code})" if code in names else code


def value_text(value: int | None, language: str) -> str:
    """A figure, or that it is blank."""
    return BLANK[LANGUAGES.index(language)] if value is None else whole(value, language)


def corrected_text(act: Corrected, label: str, names: Names, language: str) -> str:
    """A correction in one sentence; `label` is the figure's."""
    return CORRECTED[LANGUAGES.index(language)].format(
        part=place_text(act.part, names),
        figure=label,
        before=value_text(act.before, language),
        after=value_text(act.after, language),
        minutes=act.minutes,
        reason=act.reason,
    )


def objected_text(act: Objected, names: Names, language: str) -> str:
    """An objection's head: number, author, what it is about; its own text stands by itself."""
    place = LANGUAGES.index(language)
    text = OBJECTED[act.kind][place].format(number=act.number, by=act.by)
    if act.part and not act.origin:
        text += ABOUT[place].format(part=place_text(act.part, names))
    if act.origin:
        unit, _, number = act.origin.partition("/")
        text += ORIGIN[place].format(unit=place_text(unit, names), number=number)
    return text + (FILES[place].format(files=len(act.attachments)) if act.attachments else "")


def attended_text(act: Attended, language: str) -> str:
    """Somebody of the attendance list, and what they do about the certificate."""
    who = " ".join(filter(None, (act.role, act.stands_for)))
    named = ", ".join(filter(None, (who, act.person)))
    told = f"{named}: {SIGNING[act.signing][LANGUAGES.index(language)]}"
    return f"{told}. {act.reason}" if act.reason else told


def act_text(act: Act, label: str, names: Names, language: str) -> str:
    """One line of the minutes; `label` is that of the figure that a correction names, else "".

    Raises TypeError for what is no act.
    """
    place = LANGUAGES.index(language)
    match act:
        case Opened():
            if not act.missing:
                return OPENED[place]
            parts = "; ".join(place_text(code, names) for code in act.missing)
            return MISSING[place].format(parts=parts, decision=act.decision)
        case ReadOut():
            return READ[place].format(part=place_text(act.part, names))
        case Corrected():
            return corrected_text(act, label, names, language)
        case Objected():
            return f"{objected_text(act, names, language)}: {act.text}"
        case Answered():
            return ANSWERED[place].format(number=act.number, text=act.text)
        case CarriedUp():
            return CARRIED[place].format(number=act.number, text=act.decision)
        case Attended():
            return attended_text(act, language)
        case Closed():
            return CLOSED[place].format(version=act.version)
        case Reopened():
            by = COURTS[place] if act.by == COURT else place_text(act.by, names)
            return REOPENED[place].format(by=by, minutes=act.minutes, ground=act.ground)
    raise TypeError(f"{type(act).__name__} is no act of a plenary")
