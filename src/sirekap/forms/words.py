"""Numbers as they are written out on a form's lines for words: Indonesian, in capitals."""

from __future__ import annotations

MOST = 999
_ONES = (
    "NOL",
    "SATU",
    "DUA",
    "TIGA",
    "EMPAT",
    "LIMA",
    "ENAM",
    "TUJUH",
    "DELAPAN",
    "SEMBILAN",
    "SEPULUH",
    "SEBELAS",
)


def number_words(n: int) -> str:
    """The words of a number from 0 to 999. Raises ValueError outside.

    >>> number_words(115)
    'SERATUS LIMA BELAS'
    """
    if not 0 <= n <= MOST:
        raise ValueError(f"words are known for 0 to {MOST}, not for {n}")
    if n < len(_ONES):
        return _ONES[n]
    if n < 20:
        return f"{_ONES[n - 10]} BELAS"
    if n < 100:
        return _joined(f"{_ONES[n // 10]} PULUH", n % 10)
    return _joined("SERATUS" if n < 200 else f"{_ONES[n // 100]} RATUS", n % 100)


def _joined(head: str, rest: int) -> str:
    return f"{head} {number_words(rest)}" if rest else head
