"""A limit for each visitor of a page that needs no sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable

from banshi.ui.guard import Bucket


class Throttle:
    """Tokens by visitor: `rate` a second, `burst` at once; of very many visitors those who came first are forgotten."""

    def __init__(
        self, rate: float, burst: float, at_most: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._at_most, self._clock = rate, burst, at_most, clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, visitor: str) -> bool:
        """Whether the visitor may come in once more."""
        bucket = self._buckets.pop(visitor, None) or Bucket(self._rate, self._burst, self._clock)
        self._buckets[visitor] = bucket
        while len(self._buckets) > self._at_most:
            self._buckets.pop(next(iter(self._buckets)))
        return bucket.take()
