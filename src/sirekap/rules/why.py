"""Why a figure was read as it was, or refused, in words: Indonesian and English."""

from __future__ import annotations

from sirekap.figures import CERTAIN, Beside, Ground, Read, Why

LANGUAGES = ("id", "en")
TEXTS = {
    Ground.PLAIN: (
        "Tertulis jelas: kotaknya menunjukkan {written} dengan peluang {likelihood}.",
        "Plainly written: its boxes show {written} with probability {likelihood}.",
    ),
    Ground.DOUBTED: (
        "Tertulis jelas ({written}, {likelihood}), tetapi hitungan meragukannya; tetap seperti tertulis.",
        "Plainly written ({written}, {likelihood}), but the form's arithmetic doubts it; it stays as written.",
    ),
    Ground.WEIGHED: (
        "Kotak saja: {written} ({likelihood}); bersama hitungan formulir jelas {winner} ({posterior}).",
        "The boxes alone: {written} ({likelihood}); with the form's arithmetic {winner} is clear ({posterior}).",
    ),
    Ground.UNCLEAR: (
        "Ditolak, tidak jelas: yang paling mungkin {winner}, hanya {posterior}; ditebak pun tidak.",
        "Refused, not clear: the likeliest is {winner}, only {posterior}; it is not guessed.",
    ),
    Ground.PATTERN: (
        "Ditolak: isi kotak bukan pola sebuah angka (coretan, kotak kosong di tengah, atau nilai lain).",
        "Refused: the boxes hold no pattern of a number (a scribble, an empty box inside, or another value).",
    ),
    Ground.UNBACKED: (
        "Ditolak: hitungan meminta {winner}, tetapi kotak hampir tidak menunjukkannya (tertulis {written}).",
        "Refused: the arithmetic asks for {winner}, but the boxes hardly show it (written {written}).",
    ),
}
BROKEN = ("Tidak cocok dengan tulisan lain: {rules}.", "Does not fit the other figures as written: {rules}.")
CAUTION = (
    "Peluang bahwa semua angka lembar ini sekaligus benar adalah {cautious}.",
    "That all figures of the sheet are right at once has a probability of {cautious}.",
)
KINDS = {"tally": ("Turus", "Tally marks"), "words": ("Kata", "Words")}
CONTRADICTED = (
    "{kind} jelas menunjukkan {value}; angka tetap seperti tertulis di kotak dan perlu dilihat orang.",
    "{kind} clearly say {value}; the figure stays as its boxes have it, and people should look.",
)
SPECIAL = {"blank": ("kosong", "blank"), "other": ("bukan angka", "no number")}
SYMBOLS = {"blank": ("kosong", "blank"), "x": ("x", "x"), "dash": ("strip", "dash"),
           "scribble": ("coretan", "scribble")}  # fmt: skip


def why_text(why: Why, language: str) -> str:
    """What a figure rests on, or why it was refused, in "id" or "en"."""
    column = LANGUAGES.index(language)
    text = TEXTS[why.ground][column].format(
        written=read_text(why.written, language),
        likelihood=percent(why.likelihood),
        winner=read_text(why.winner, language),
        posterior=percent(why.posterior),
    )
    if why.ground in (Ground.PLAIN, Ground.WEIGHED) and why.cautious < CERTAIN:
        text += " " + CAUTION[column].format(cautious=percent(why.cautious))
    if why.broken:
        text += " " + BROKEN[column].format(rules=", ".join(why.broken))
    for beside in why.beside:
        if beside.contradicts:
            text += " " + CONTRADICTED[column].format(kind=KINDS[beside.kind][column], value=beside.value)
    return text


def beside_text(beside: Beside, language: str) -> str:
    """What tally marks or words say: what was seen, and the likeliest number."""
    kind = KINDS[beside.kind][LANGUAGES.index(language)]
    return f"{kind}: {beside.seen} → {beside.value} {percent(beside.share)}"


def read_text(value: Read, language: str) -> str:
    """A value as words tell it: a number, or that it is blank or no number."""
    return str(value) if isinstance(value, int) else SPECIAL[value][LANGUAGES.index(language)]


def box_text(why: Why, box: int, language: str) -> str:
    """What stands in one box (0 is the leftmost), with its bubbles where the form has them."""
    column = LANGUAGES.index(language)
    read = ", ".join(
        f"{SYMBOLS[symbol][column] if symbol in SYMBOLS else symbol} {percent(share)}"
        for symbol, share in why.boxes[box]
    )
    if box >= len(why.bubbles):
        return read
    return f"{read} · ● {', '.join(str(digit) for digit in why.bubbles[box]) or '–'}"


def percent(share: float) -> str:
    """A probability in per cent; never rounded up to certainty or down to impossibility.

    >>> percent(0.99999), percent(0.5), percent(0.0000001)
    ('>99.9%', '50.0%', '<0.1%')
    """
    if share >= 0.999:
        return ">99.9%"
    return "<0.1%" if share < 0.001 else f"{100 * share:.1f}%"
