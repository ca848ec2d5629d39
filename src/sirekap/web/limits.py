"""How often somebody may ask: a bucket of tokens for each address and each session.

A bucket holds so many tokens, each request takes one, and they come back at a steady rate. Buckets live in the
memory of one process: each of several workers allows its share, so together they never allow more than the limits
below, and a phone whose connections all come to one worker has that worker's share. No query is asked for it.
Mobile networks put thousands of people behind one address, therefore an address has far more than a session.
Guessing secrets is slowed down apart from this, in the database (`store.lockout`).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

MOST_BUCKETS = 100_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, then `per_second`."""

    burst: float
    per_second: float


RATES: Mapping[str, Rate] = {
    "address": Rate(1000, 100),
    "session": Rate(200, 20),  # a photograph of 20 MB comes in 20 pieces
    "secret": Rate(60, 5),  # what costs a password's hash, by address
}


def multiplied(factor: float) -> Mapping[str, Rate]:
    """The limits, so many times as large."""
    return {kind: Rate(max(1.0, rate.burst * factor), rate.per_second * factor) for kind, rate in RATES.items()}


class Buckets:
    """All buckets of one process; safe among threads. The least used are forgotten first."""

    def __init__(
        self,
        rates: Mapping[str, Rate] = RATES,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_BUCKETS,
    ) -> None:
        """`clock` gives seconds."""
        self.rates, self._clock, self._most = rates, clock, most
        self._held: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, kind: str, key: str) -> float:
        """Take a token: 0 where there was one, else the seconds until there is."""
        rate, now = self.rates[kind], self._clock()
        with self._lock:
            tokens, since = self._held.pop((kind, key), (rate.burst, now))
            tokens = min(rate.burst, tokens + (now - since) * rate.per_second)
            let = tokens >= 1
            self._held[kind, key] = (tokens - 1 if let else tokens, now)
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        return 0.0 if let else (1 - tokens) / rate.per_second
