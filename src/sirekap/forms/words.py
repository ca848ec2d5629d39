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


MOST_WRITTEN = 10**15 - 1
_GROUPS = ("", "RIBU", "JUTA", "MILIAR", "TRILIUN")


def written_out(n: int) -> str:
    """The words of any whole number below a thousand billion (10^15), as totals are written out.

    Raises ValueError outside.

    >>> written_out(1_001_000)
    'SATU JUTA SERIBU'
    """
    if not 0 <= n <= MOST_WRITTEN:
        raise ValueError(f"words are known for 0 to {MOST_WRITTEN}, not for {n}")
    if n == 0:
        return _ONES[0]
    parts = []
    for power in range(len(_GROUPS) - 1, -1, -1):
        group = n // 1000**power % 1000
        if group == 1 and power == 1:
            parts.append("SERIBU")
        elif group:
            parts.append(f"{number_words(group)} {_GROUPS[power]}".rstrip())
    return " ".join(parts)
