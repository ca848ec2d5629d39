"""The answer in a sentence, in Indonesian and English."""

from __future__ import annotations

from sirekap.outcome.open import Answer, Judged, Rule, Why

LANGUAGES = ("id", "en")
TEXTS = {
    Why.SEATS: (
        "Tidak dapat dikatakan: daerah pemilihan atau jumlah kursinya belum dimuat.",
        "It cannot be said: the electoral districts or their numbers of seats are not loaded.",
    ),
    Why.SEVERAL: (
        "Tidak dapat dikatakan di tingkat ini: setiap daerah memilih sendiri.",
        "It cannot be said at this tier: each area below elects its own.",
    ),
    Why.TICKETS: (
        "Tidak dapat dikatakan: peserta pemilihan ini belum dimuat.",
        "It cannot be said: who stands in this contest is not loaded.",
    ),
    Why.STATIONS: (
        "Tidak dapat dikatakan: jumlah TPS di sebagian desa/kelurahan tidak diketahui.",
        "It cannot be said: how many stations some villages have is unknown.",
    ),
}
CHANGE = {
    Answer.YES: (
        "Ya, hasil di sini masih dapat berubah",
        "Yes, the result here can still change",
    ),
    Answer.NO: (
        "Tidak, hasil di sini tidak dapat berubah lagi",
        "No, the result here cannot change any more",
    ),
}
OPEN = (
    ": {missing} TPS belum masuk, {held} lembar ditahan, paling banyak {votes} suara; selisih {margin} suara.",
    ": {missing} stations missing, {held} sheets held back, at most {votes} votes; the margin is {margin} votes.",
)
SPREAD = (
    " Yang terdepan mencapai 20% di {provinces} dari {of} provinsi; diperlukan {needed}.",
    " The first has 20% in {provinces} of {of} provinces; {needed} are needed.",
)
ROUND = (
    " Menurut yang sudah dihitung belum ada yang menang di putaran pertama.",
    " As counted so far nobody wins in the first round.",
)
SEATS = {
    Answer.YES: (
        "Ya, kursi masih dapat berubah di {can} dari {of} {where}",
        "Yes, seats can still change in {can} of {of} {where}",
    ),
    Answer.NO: (
        "Tidak, kursi di {of} {where} tidak dapat berubah lagi",
        "No, the seats of {of} {where} cannot change any more",
    ),
}
WHERE = {
    Rule.SEATS: ("daerah pemilihan", "electoral district(s)"),
    Rule.FOUR: ("provinsi", "province(s)"),
}
OPEN_SEATS = (
    ": {missing} TPS belum masuk, {held} lembar ditahan, paling banyak {votes} suara",
    ": {missing} stations missing, {held} sheets held back, at most {votes} votes",
)
NEAREST = (
    "; kursi terdekat berubah dengan {margin} suara.",
    "; the nearest seat changes with {margin} votes.",
)
AT_THE_BAR = (
    "; suatu partai yang memperoleh kursi masih dapat turun di bawah ambang 4%.",
    "; a party that has a seat can still fall below the threshold of 4%.",
)
POINT = {"id": ".", "en": ","}


def sentence(judged: Judged, language: str) -> str:
    """What the answer is, with the margin and what is open."""
    place = LANGUAGES.index(language)
    if judged.answer is Answer.UNKNOWN or judged.open is None:
        return TEXTS[judged.why][place]
    where = None if judged.rule is None else WHERE.get(judged.rule)
    if where is not None:
        head = SEATS[judged.answer][place].format(
            can=len(judged.districts), of=judged.of_districts, where=where[place]
        )
    else:
        head = CHANGE[judged.answer][place]
    tail = NEAREST if judged.margin else AT_THE_BAR if judged.answer is Answer.YES else (".", ".")
    seats = OPEN_SEATS[place] + tail[place]
    text = head + (OPEN[place] if where is None else seats).format(
        missing=whole(judged.open.missing, language),
        held=whole(judged.open.held, language),
        votes=whole(judged.open.votes, language),
        margin=whole(judged.margin, language),
    )
    if judged.rule is Rule.SPREAD and judged.of_provinces:
        needed = judged.of_provinces // 2 + 1
        text += SPREAD[place].format(provinces=judged.provinces, of=judged.of_provinces, needed=needed)
    if judged.rule in (Rule.SPREAD, Rule.HALF) and not judged.won:
        text += ROUND[place]
    return text


def whole(value: int, language: str) -> str:
    """A whole number as people write it there."""
    return f"{value:,}".replace(",", POINT[language])
