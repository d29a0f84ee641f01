"""The ticker: a thread that looks every few seconds for what is to be done by itself, such as timers that are due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

LOG = logging.getLogger("banshi")
SECONDS = 5.0
"""How often it looks: a deadline is told to the minute, and an empty look costs one read of an index."""


class Ticker:
    """Calls `fire` (which tells how much it did) until it finds nothing to do, again and again until stopped."""

    def __init__(self, fire: Callable[[], int], seconds: float = SECONDS) -> None:
        self._fire = fire
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the portion that is being fired."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                taken = self._fire()
            except Exception:
                LOG.exception("What is due could not be looked at; it is looked at again soon.")
                taken = 0
            if not taken:
                self._stopping.wait(self._seconds)
