"""Trials that owners have begun: one a session, a few in all, thrown away when nobody has touched them for an hour."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.trial import Trial

SECONDS = 3600.0
AT_MOST = 8


@dataclass(slots=True)
class _Kept:
    id: str
    trial: Trial
    at: float


class Trials:
    """Kept by session: nobody sees what somebody else tries."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, person: Person, hall: Hall, token: str, file: str, data: bytes) -> str:
        """Begin a trial in place of the session's earlier one; its id. Raises what `Trial` raises."""
        made = _Kept(secrets.token_urlsafe(9), Trial(hall, person, file, data), self._clock())
        with self._lock:
            gone = [self._kept.pop(token)] if token in self._kept else []
            self._kept[token] = made
            while len(self._kept) > AT_MOST:
                gone.append(self._kept.popitem(last=False)[1])
            gone += self._late()
        for kept in gone:
            kept.trial.close()
        return made.id

    def end_late(self) -> int:
        """Throw away the trials that nobody has touched for an hour; how many. Jobs call it."""
        with self._lock:
            gone = self._late()
        for kept in gone:
            kept.trial.close()
        return len(gone)

    def close(self) -> None:
        """Throw all of them away."""
        with self._lock:
            gone = [*self._kept.values()]
            self._kept.clear()
        for kept in gone:
            kept.trial.close()

    def _late(self) -> list[_Kept]:
        """Those whose time is over, which are kept no longer."""
        late = [key for key, kept in self._kept.items() if self._clock() - kept.at > SECONDS]
        return [self._kept.pop(key) for key in late]

    def get(self, token: str, trial_id: str) -> Trial | None:
        """The trial of a session; None when it is over."""
        with self._lock:
            kept = self._kept.get(token)
            if kept is None or kept.id != trial_id or self._clock() - kept.at > SECONDS:
                return None
            kept.at = self._clock()
            self._kept.move_to_end(token)
            return kept.trial
