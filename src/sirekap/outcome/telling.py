"""An outcome in sentences and rows, in Indonesian and English: how it was worked out and what it hangs on.

Each function gives lines for a terminal or a page. Quotients stand as whole number and fraction, never rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sirekap.outcome.elected import By, Elected, Needs
from sirekap.outcome.house import Basis, DistrictResult, House, Lack, ProvinceResult
from sirekap.outcome.margins import Margin
from sirekap.outcome.open import Rule
from sirekap.outcome.president import Ending, Race, Row
from sirekap.outcome.seats import Quotient, Step, Threshold
from sirekap.outcome.words import LANGUAGES, whole

Names = Mapping[int, str]
Pair = tuple[str, str]

COUNTED: Pair = (
    (
        "{counted} dari {expected} TPS dihitung: {settled} final, {provisional} sementara, {review} ditahan, "
        "{missing} belum masuk."
    ),
    (
        "{counted} of {expected} stations count: {settled} settled, {provisional} provisional, {review} held, "
        "{missing} missing."
    ),
)
FINAL: Pair = ("Semua TPS final.", "Every station is settled.")
NOT_FINAL: Pair = (
    "SEMENTARA: menurut yang sudah dihitung; ini bukan hasil akhir.",
    "PROVISIONAL: by what counts so far; this is no final result.",
)
LEFT_OUT: Pair = (
    "{provisional} TPS sementara tidak ikut dihitung (--provisional menghitungnya).",
    "{provisional} provisional stations do not count (--provisional counts them).",
)
UNKNOWN: Pair = (
    "Jumlah TPS di {unknown} desa/kelurahan tidak diketahui.",
    "Villages whose number of stations is unknown: {unknown}.",
)
BLANK: Pair = (
    "{blank} angka dibiarkan kosong pada lembar yang dihitung; kosong bukan nol.",
    "{blank} figures are blank on sheets that count; blank is not zero.",
)
LACKS: dict[Lack, Pair] = {
    Lack.SEATS: ("jumlah kursi belum dimuat", "its number of seats is not loaded"),
    Lack.UNITS: ("sebagian wilayahnya tidak ada dalam geografi", "some of its units are not in the geography"),
    Lack.PARTIES: ("sebagian peserta tidak ada di formulir", "some who stand have no figure on the form"),
    Lack.PARTS: (
        "jumlah partai tidak sama dengan suara partai + calonnya",
        "totals of parties differ from their own votes + their candidates'",
    ),
    Lack.CANDIDATES: ("calon belum dimuat", "its candidates are not loaded"),
}
ENDINGS: dict[Ending, Pair] = {
    Ending.WON: ("Terpilih: {who}.", "Elected: {who}."),
    Ending.ROUND: ("Putaran kedua: {who}.", "Second round: {who}."),
    Ending.LEVEL: (
        "Suara sama: {level}, untuk {places} tempat; tidak ditetapkan di sini, melainkan menurut {law}.",
        "Level: {level}, for {places} place(s); not decided here but by {law}.",
    ),
    Ending.NOBODY: ("Belum ada suara.", "Nobody has a vote."),
}
LAW: dict[Rule, Pair] = {
    Rule.SPREAD: (
        "persebaran suara yang lebih luas (UU 7/2017 pasal 416)",
        "the wider spread of votes (UU 7/2017 article 416)",
    ),
    Rule.MOST: (
        "persebaran dukungan yang lebih merata (UU 10/2016 pasal 107 dan 109)",
        "the more even spread of support (UU 10/2016 articles 107 and 109)",
    ),
    Rule.HALF: ("keputusan KPU (UU 2/2024 pasal 10)", "KPU (UU 2/2024 article 10)"),
}
TICKET: Pair = ("{name}: {votes} dari {total} suara", "{name}: {votes} of {total} votes")
HALF: tuple[Pair, Pair] = (
    ("; tidak lebih dari setengah", "; not more than half"),
    ("; lebih dari setengah", "; more than half"),
)
WIDE: Pair = (
    "; 20% di {own} dari {of} provinsi (perlu {needed})",
    "; 20% in {own} of {of} provinces ({needed} needed)",
)
SPARE: Pair = (
    "Bila lawan mendapat {half} suara lagi, tidak lagi lebih dari setengah; syarat provinsi gugur dengan {wide}.",
    "Others take the half with {half} votes more, and the provinces with {wide}.",
)
LEAD: Pair = ("Unggul {lead} suara.", "Ahead by {lead} votes.")
BAR: Pair = (
    "Ambang batas 4% dari {total} suara sah nasional: {needed} suara (UU 7/2017 pasal 414).",
    "Threshold of 4% of {total} valid votes of the nation: {needed} votes (UU 7/2017 article 414).",
)
OVER: Pair = (
    "  lolos: {name}, {votes} suara (sisa {spare})",
    "  through: {name}, {votes} votes ({spare} to spare)",
)
UNDER: Pair = ("  tidak: {name}, {votes} suara (kurang {short})", "  not: {name}, {votes} votes ({short} short)")
SEAT: Pair = (
    "  kursi {seat}: {who}, {quotient}; berikutnya {next}",
    "  seat {seat}: {who}, {quotient}; next {next}",
)
TIED: Pair = (
    "  kursi {seat}: sama {quotient} ({level}); undang-undang tidak menentukan, ditetapkan KPU",
    "  seat {seat}: level at {quotient} ({level}); the law's text does not decide it, KPU does",
)
LAST: Pair = (
    "  kursi terakhir ({holder}) berpindah bila {who} mendapat {votes} suara lagi",
    "  the last seat ({holder}) goes if {who} gets {votes} votes more",
)
FALLS: Pair = (
    "  atau bila {holder} kehilangan {votes} suara (terhadap {who})",
    "  or if {holder} loses {votes} votes (to {who})",
)
LEVEL_AT: Pair = (" (sama dengan {level})", " (level with {level})")
UNFILLED: Pair = (
    "  {unfilled} kursi belum terisi: tidak ada suara",
    "  {unfilled} seats unfilled: nobody has a vote",
)
IN: Pair = ("    {rank}. {name}, {votes} suara{by}", "    {rank}. {name}, {votes} votes{by}")
BY: dict[By, Pair] = {
    By.VOTES: ("", ""),
    By.AREAS: (" (suara sama; persebaran lebih luas)", " (level; votes in more areas)"),
    By.SEX: (" (suara dan persebaran sama; perempuan)", " (level in votes and areas; a woman)"),
    By.ORDER: (" (nomor urut)", " (by the order on the list)"),
}
NEEDS: dict[Needs, Pair] = {
    Needs.AREAS: ("persebaran suaranya belum diketahui", "the spread of their votes is not known"),
    Needs.SEX: ("jenis kelaminnya belum diketahui", "their sex is not known"),
    Needs.EVEN: (
        "ditentukan menurut pemerataan dukungan (UU 7/2017 pasal 423 ayat 2)",
        "decided by how even their support is (UU 7/2017 article 423 (2))",
    ),
    Needs.RULE: ("tidak ada yang memperoleh suara", "none of them has a vote"),
}
LEVEL: Pair = (
    "    {places} tempat belum ditetapkan: {who} sama {votes} suara; {needs}",
    "    {places} place(s) not decided: {who} level with {votes} votes; {needs}",
)
VACANT: Pair = (
    "    {vacant} kursi tanpa calon: daftar habis",
    "    {vacant} seat(s) without a candidate: the list is at its end",
)
AFTER: Pair = ("    berikutnya {name}: kurang {more} suara", "    next {name}: {more} votes short")


def basis_lines(basis: Basis, language: str) -> list[str]:
    """What a result rests on, and whether it is final."""
    numbers = {
        name: getattr(basis, name)
        for name in ("counted", "expected", "settled", "provisional", "review", "missing", "unknown", "blank")
    }
    lines = [_say(FINAL if basis.final else NOT_FINAL, language), _say(COUNTED, language, **numbers)]
    if basis.provisional and not basis.with_provisional:
        lines.append(_say(LEFT_OUT, language, **numbers))
    lines += [_say(UNKNOWN, language, **numbers)] if basis.unknown else []
    lines += [_say(BLANK, language, **numbers)] if basis.blank else []
    return lines


def race_lines(race: Race, names: Names, language: str) -> list[str]:
    """How a race ends, and each ticket's conditions."""
    law = _say(LAW[race.rule], language)
    who, level = _all(race.through, names), _all(race.level, names)
    lines = [_say(ENDINGS[race.ending], language, who=who, level=level, places=race.places, law=law)]
    if race.ending is Ending.LEVEL and race.through:
        lines.append(_say(ENDINGS[Ending.ROUND], language, who=who))
    lines += [_ticket(race, row, names, language) for row in race.rows]
    lines += [_say(LEAD, language, lead=race.lead)]
    if race.ending is Ending.WON and race.rule is Rule.SPREAD:
        lines.append(_say(SPARE, language, half=race.half_to_spare, wide=race.wide_to_spare))
    return lines


def _ticket(race: Race, row: Row, names: Names, language: str) -> str:
    text = _say(TICKET, language, name=_name(row.ticket, names), votes=row.votes, total=race.total)
    if race.rule is not Rule.MOST:
        text += _say(HALF[row.half], language)
    if race.rule is Rule.SPREAD:
        text += _say(WIDE, language, own=row.provinces, of=len(row.shares), needed=race.needed)
    return text


def threshold_lines(bar: Threshold, names: Names, language: str) -> list[str]:
    """Who is over the threshold, who is not, and by how many votes."""
    lines = [_say(BAR, language, total=bar.total, needed=bar.needed)]
    for party in sorted(bar.votes, key=lambda each: (-bar.votes[each], each)):
        over = party in bar.through
        numbers = {"votes": bar.votes[party], "spare": bar.to_spare(party), "short": bar.short(party)}
        lines.append(_say(OVER if over else UNDER, language, name=_name(party, names), **numbers))
    return lines


def house_rows(house: House, names: Names) -> list[tuple[str, int, int]]:
    """Each party that has a seat for certain: name, seats, votes in the districts told."""
    votes: dict[int, int] = {}
    for result in house.districts:
        for party, own in result.counted.parties.items():
            votes[party] = votes.get(party, 0) + own
    return [(_name(party, names), seats, votes[party]) for party, seats in house.seats.items() if seats]


def district_lines(
    result: DistrictResult, names: Names, people: Mapping[tuple[int, int], str], language: str
) -> list[str]:
    """A district seat by seat, what the last one hangs on, and who takes them."""
    district, found = result.counted.district, result.allocation
    lines = [f"{district.code} {district.name}: {'?' if district.seats is None else district.seats}"]
    lines += (f"  ! {_say(LACKS[lack], language)}" for lack in result.lacks)
    if found is None:
        return lines
    lines += (_step(step, names, language) for step in found.steps)
    lines += [_say(UNFILLED, language, unfilled=found.unfilled)] if found.unfilled else []
    if result.last is not None:
        holder = _name(result.last.holder, names)
        gain, loss = result.last.gain, result.last.loss
        if gain is not None:
            who = _name(gain.party, names)
            lines.append(_say(LAST, language, holder=holder, who=who, votes=gain.votes) + _level(gain, language))
        if loss is not None and loss.against is not None:
            who = _name(loss.against.party, names)
            lines.append(_say(FALLS, language, holder=holder, who=who, votes=loss.votes) + _level(loss, language))
    for party, elected in result.elected.items():
        lines.append(f"  {_name(party, names)}:")
        lines += elected_lines(elected, {n: of for (p, n), of in people.items() if p == party}, language)
    return lines


def province_lines(result: ProvinceResult, names: Names, language: str) -> list[str]:
    """The four of a province."""
    lines = [f"{result.district.code} {result.district.name}: {result.district.seats}"]
    lines += (f"  ! {_say(LACKS[lack], language)}" for lack in result.lacks)
    return lines + elected_lines(result.elected, names, language)


def elected_lines(elected: Elected, names: Names, language: str) -> list[str]:
    """Who takes the places, what decided it, who is next."""
    lines = [
        _say(
            IN,
            language,
            rank=place.rank,
            name=_name(place.number, names),
            votes=place.votes,
            by=_say(BY[place.by], language),
        )
        for place in elected.places
    ]
    if elected.level is not None:
        level = elected.level
        needs = _say(NEEDS[level.needs], language)
        who = _all(level.numbers, names)
        lines.append(_say(LEVEL, language, places=level.places, who=who, votes=level.votes, needs=needs))
    lines += [_say(VACANT, language, vacant=elected.vacant)] if elected.vacant else []
    if elected.next is not None and elected.more is not None:
        lines.append(_say(AFTER, language, name=_name(elected.next, names), more=elected.more))
    return lines


def quotient(one: Quotient, language: str) -> str:
    """A quotient as it stands and as whole number and fraction, such as 20.000 : 3 = 6.666 2/3."""
    text = f"{whole(one.votes, language)} : {one.divisor}"
    if one.divisor == 1:
        return text
    rest = one.votes % one.divisor
    value = whole(one.votes // one.divisor, language)
    return f"{text} = {value}" + (f" {rest}/{one.divisor}" if rest else "")


def _step(step: Step, names: Names, language: str) -> str:
    best = quotient(step.quotients[0], language)
    if step.party is None:
        return _say(TIED, language, seat=step.seat, quotient=best, level=_all(step.level, names))
    after = step.turned_on
    told = "–" if after is None else f"{_name(after.party, names)}, {quotient(after, language)}"
    return _say(SEAT, language, seat=step.seat, who=_name(step.party, names), quotient=best, next=told)


def _level(margin: Margin, language: str) -> str:
    return "" if margin.level is None else _say(LEVEL_AT, language, level=margin.level)


def _name(number: int, names: Names) -> str:
    return f"{number} {names[number]}" if number in names else str(number)


def _all(numbers: Iterable[int], names: Names) -> str:
    return "; ".join(_name(number, names) for number in numbers)


def _say(pair: Pair, language: str, **values: object) -> str:
    told = {key: whole(value, language) if isinstance(value, int) else value for key, value in values.items()}
    return pair[LANGUAGES.index(language)].format(**told)
