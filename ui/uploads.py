"""Workbooks between their upload and what is done with them: one a session, a few in all, none for longer than an hour."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

SECONDS = 3600.0
AT_MOST = 16


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrived."""

    id: str
    file: str
    data: bytes
    at: float


class Uploads:
    """Kept in memory and by session: nobody can check or use what somebody else has uploaded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, at_most: int = AT_MOST) -> None:
        self._at_most = at_most
        self._clock = clock
        self._kept: OrderedDict[str, Upload] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, token: str, file: str, data: bytes) -> str:
        """Keep a file for a session, in place of the one before; its id."""
        upload = Upload(secrets.token_urlsafe(12), file, data, self._clock())
        with self._lock:
            self._kept.pop(token, None)
            self._kept[token] = upload
            while len(self._kept) > self._at_most:
                self._kept.popitem(last=False)
        return upload.id

    def get(self, token: str, upload_id: str) -> Upload | None:
        """The file of a session; None when it is too old or was replaced."""
        with self._lock:
            upload = self._kept.get(token)
        if upload is None or upload.id != upload_id or self._clock() - upload.at > SECONDS:
            return None
        return upload
