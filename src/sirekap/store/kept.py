"""Answers that one process keeps for a while, because asking the database each time would be dear."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

ALONE = 5.0  # for so long others get the older answer while one asks anew
MOST = 2000


class Kept:
    """Answers of one process by key, each for a while; safe among threads. The least asked go first."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._seconds, self._clock = seconds, clock
        self._held: OrderedDict[Any, tuple[float, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """The answer of a key; where it is too old, one thread makes it anew and the others get the older one."""
        with self._lock:
            found = self._held.pop(key, None)
            at = self._clock()
            if found is not None:
                fresh = found[0] > at
                self._held[key] = found if fresh else (at + ALONE, found[1])
                if fresh:
                    return found[1]
        made = make()
        with self._lock:
            self._held[key] = (self._clock() + self._seconds, made)
            self._held.move_to_end(key)
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return made
