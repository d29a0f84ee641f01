"""Sign-in: a random token in the browser, its hash in the store, a person of the directory behind it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from banshi.platform.errors import NotFound
from banshi.platform.people.directory import Directory, Person
from banshi.storage.contract import Store

LIFETIME = timedelta(hours=8)


class Sessions:
    """Who is signed in. `directory` is asked anew each time, so that somebody who was removed is out at once."""

    def __init__(self, store: Store, directory: Callable[[], Directory], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock

    def sign_in(self, person_id: str, lifetime: timedelta = LIFETIME, mark: str = "") -> str:
        """A new token for a person; `sign_out_marked` ends it by its mark. Raises NotFound."""
        if person_id not in self._directory().people:
            raise NotFound("person", person_id)
        token = secrets.token_urlsafe(32)
        now = self._clock()
        self._store.purge_sessions(now)
        self._store.add_session(_hash(token), person_id, now + lifetime, _hash(mark) if mark else "")
        return token

    def sign_in_numbered(self, number: str, mark: str = "") -> str:
        """A new token for the person with a campus number, however it is written. Raises NotFound."""
        person = self._directory().numbered(number)
        if person is None:
            raise NotFound("person", number)
        return self.sign_in(person.id, mark=mark)

    def until(self) -> dict[str, datetime]:
        """Who is signed in, and until when at the latest."""
        now = self._clock()
        return {one.person: one.expires for one in self._store.sessions() if one.expires > now}

    def sign_out_everywhere(self, person_id: str) -> int:
        """End every session of a person; how many there were."""
        return self._store.delete_sessions(person_id)

    def person_of(self, token: str) -> Person | None:
        """The person behind a token; None when it is unknown or has expired, or when the person is no longer there."""
        session = self._store.session(_hash(token)) if token else None
        if session is None or session.expires <= self._clock():
            return None
        return self._directory().people.get(session.person)

    def sign_out_marked(self, mark: str) -> int:
        """Forget the tokens that were given under a mark; how many."""
        return self._store.delete_marked_sessions(_hash(mark)) if mark else 0

    def sign_out(self, token: str) -> None:
        """Forget a token."""
        self._store.delete_session(_hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
