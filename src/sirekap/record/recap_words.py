"""What plenaries say in words, Indonesian and English: shown by the pages, and looked for there by `verify`.

`names` are the units' names by code, `label` gives a figure's label. What somebody typed stands as it was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sirekap.geography import LENGTH, Tier, certified_into, parent_of, tier_of
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
    Withdrew,
    from_json,
)
from sirekap.recap.plenary import ObjectionState
from sirekap.record.moments import moment, whole
from sirekap.record.recap_state import How

LANGUAGES = ("id", "en")
MOST_LISTED = 300  # corrections on one page
Names = Mapping[str, str]
Label = Callable[[str], str]
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
    How.UNSETTLED: ("lembarnya sekarang belum final", "its sheet is not final now"),
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
WITHOUT = (
    "Rapat pleno dibuka tanpa {parts}. Keputusan: {decision}",
    "The plenary was opened without {parts}. Decision: {decision}",
)
READ = ("Dibacakan: {part}", "Read out: {part}")
CORRECTED = (
    "{part}, {figure}: {before} menjadi {after}. Berita acara: {minutes}. Alasan: {reason}",
    "{part}, {figure}: {before} becomes {after}. Minutes: {minutes}. Reason: {reason}",
)
WITHDREW = ("Pembetulan ditarik kembali: {correction}", "A correction is taken back: {correction}")
OBJECTED = {
    ObjectionKind.OBJECTION: ("Keberatan nomor {number} dari {by}", "Objection {number} by {by}"),
    ObjectionKind.EVENT: (
        "Kejadian khusus nomor {number}, disampaikan {by}",
        "Special event {number}, told by {by}",
    ),
}
ABOUT = (", tentang {part}", ", about {part}")
ORIGIN = (", dibawa dari {unit} nomor {number}", ", carried up from {unit} number {number}")
FILES = (", dengan {files} lampiran", ", with {files} attached")
ANSWERED = ("Jawaban atas nomor {number}: {text}", "Answer to number {number}: {text}")
CARRIED = (
    "Nomor {number} dibawa ke tingkat di atasnya: {text}",
    "Number {number} is carried up to the tier above: {text}",
)
UNANSWERED = ("Nomor {number} belum dijawab.", "Number {number} is not answered yet.")
CLOSED = (
    "Rapat pleno ditutup dengan sertifikat versi {version}.",
    "The plenary closed with version {version} of the certificate.",
)
REOPENED = (
    "Dibuka kembali oleh {by}. Berita acara: {minutes}. Dasar: {ground}",
    "Reopened by {by}. Minutes: {minutes}. Ground: {ground}",
)


def standing_text(stage: Stage, closings: Iterable[str], language: str) -> str:
    """Where a plenary stands; `closings` are the times of its closings.

    >>> standing_text(Stage.CLOSED, ["2024-02-17T09:00:00Z"], "en")
    'Certified in plenary, version 1, 17 February 2024, 16.00 WIB'
    """
    times = tuple(closings)
    key = "reopened" if stage is Stage.OPEN and times else str(stage)
    text = STANDING[key][LANGUAGES.index(language)].format(version=len(times))
    return f"{text}, {moment(times[-1], language)}" if times else text


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


def corrected_text(act: Corrected, label: Label, names: Names, language: str) -> str:
    """A correction in one sentence."""
    return CORRECTED[LANGUAGES.index(language)].format(
        part=place_text(act.part, names),
        figure=label(act.figure),
        before=value_text(act.before, language),
        after=value_text(act.after, language),
        minutes=act.minutes,
        reason=act.reason,
    )


def holder_of(part: str) -> str:
    """The unit whose plenary a station or unit is a part of. Raises ValueError for a code of none.

    >>> holder_of("3173011001002"), holder_of("317301"), holder_of("990101")
    ('317301', '3173', '0')
    """
    return part[: LENGTH[Tier.DISTRICT]] if tier_of(part) is Tier.STATION else certified_into(part)


def listed_corrections(unit: str, corrections: Iterable[Mapping[str, Any]]) -> tuple[Corrected, ...]:
    """Those that a unit's page lists: all, or its own alone where there are too many for a phone."""
    acts = [act for tree in corrections if isinstance(act := from_json(tree), Corrected)]
    own = [act for act in acts if holder_of(act.part) == unit]
    return tuple(acts if len(acts) <= MOST_LISTED else own)


def objected_text(act: Objected, names: Names, language: str) -> str:
    """An objection or special event: number, author, what it is about, its text."""
    place = LANGUAGES.index(language)
    text = OBJECTED[act.kind][place].format(number=act.number, by=act.by)
    if act.origin:
        unit, _, number = act.origin.partition("/")
        text += ORIGIN[place].format(unit=place_text(unit, names), number=number)
    elif act.part:
        text += ABOUT[place].format(part=place_text(act.part, names))
    text += FILES[place].format(files=len(act.attachments)) if act.attachments else ""
    return f"{text}: {act.text}"


def outcome_text(state: ObjectionState, language: str) -> str:
    """What became of an objection."""
    if state.answer is not None:
        return act_text(state.answer, str, {}, language)
    if state.carried is not None:
        return act_text(state.carried, str, {}, language)
    return UNANSWERED[LANGUAGES.index(language)].format(number=state.act.number)


def attended_text(act: Attended, language: str) -> str:
    """Somebody of the attendance list, and what they do about the certificate."""
    who = " ".join(filter(None, (act.role, act.stands_for)))
    named = ", ".join(filter(None, (who, act.person)))
    told = f"{named}: {SIGNING[act.signing][LANGUAGES.index(language)]}"
    return f"{told}. {act.reason}" if act.reason else told


def moved_text(station: str, how: How, names: Names, language: str) -> str:
    """A station whose sheet left its district's certificate behind."""
    return f"{place_text(station, names)}: {HOW[how][LANGUAGES.index(language)]}"


def act_text(act: Act, label: Label, names: Names, language: str) -> str:
    """One line of the minutes. Raises TypeError for what is no act."""
    place = LANGUAGES.index(language)
    match act:
        case Opened():
            if not act.missing:
                return OPENED[place]
            parts = "; ".join(place_text(code, names) for code in act.missing)
            return WITHOUT[place].format(parts=parts, decision=act.decision)
        case ReadOut():
            return READ[place].format(part=place_text(act.part, names))
        case Corrected():
            return corrected_text(act, label, names, language)
        case Withdrew():
            said = Corrected(
                act.who, act.at, act.part, act.figure, act.before, act.after, act.reason, act.minutes
            )
            return WITHDREW[place].format(correction=corrected_text(said, label, names, language))
        case Objected():
            return objected_text(act, names, language)
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
