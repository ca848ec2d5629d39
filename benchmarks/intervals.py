"""Intervals of measured shares."""

from __future__ import annotations

from math import comb, exp, log1p

from benchmarks.compare import wilson


def upper_bound(hits: int, of: int, level: float = 0.95) -> float:
    """The one-sided upper bound of a share (Clopper and Pearson); with no hit about 3/n, the rule of three.

    >>> round(upper_bound(0, 30000) * 30000, 2)
    3.0
    >>> round(upper_bound(1, 100), 4)
    0.0466
    """
    if of == 0 or hits >= of:
        return 1.0
    low, high = hits / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(hits, of, middle) > 1 - level:
            low = middle
        else:
            high = middle
    return high


def _at_most(hits: int, of: int, share: float) -> float:
    """P(at most `hits` of `of`) at a share."""
    if share >= 1:
        return 0.0
    return sum(comb(of, k) * share**k * exp((of - k) * log1p(-share)) for k in range(hits + 1))


def share_told(hits: int, of: int, digits: int = 1) -> str:
    """A count with its share and 95 % interval (Wilson).

    >>> share_told(97, 100)
    '97 (97.0 %; 91.5–99.0)'
    """
    low, high = wilson(hits, of)
    return f"{hits:,} ({100 * hits / max(1, of):.{digits}f} %; {100 * low:.{digits}f}–{100 * high:.{digits}f})"
