"""Numbers that follow what happens elsewhere: one timer for the whole hall asks for every person who has a page open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from nicegui import Client

from banshi.platform.errors import StorageFailed
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.views import Waiting

log = logging.getLogger(__name__)

SECONDS = 5.0
Show = Callable[[Waiting], None]


class Counts:
    """Who looks at how much waits for her. A timer a page would cost five times as much at 500 pages."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._known: dict[str, Waiting] = {}
        self._people: dict[str, Person] = {}
        self._watchers: dict[str, dict[str, list[Show]]] = {}

    def follow(self, client: Client, person: Person, show: Show) -> None:
        """Show it now (as last known) and whenever it changes, until the page is gone."""
        pages = self._watchers.setdefault(person.id, {})
        if client.id not in pages:
            client.on_delete(lambda: self._forget(person.id, client.id))
        pages.setdefault(client.id, []).append(show)
        self._people[person.id] = person
        if person.id in self._known:
            show(self._known[person.id])

    def learn(self, person: Person, waiting: Waiting) -> None:
        """Take what was just read, and show it on every page of the person."""
        if self._known.get(person.id) == waiting:
            return
        self._known[person.id] = waiting
        for shows in list(self._watchers.get(person.id, {}).values()):
            for show in shows:
                show(waiting)

    async def tick(self) -> None:
        """Ask the hall for everybody who has a page open."""
        people = [self._people[key] for key in self._watchers]
        if people:
            try:
                found = await asyncio.to_thread(lambda: [self._hall.waiting(person) for person in people])
            except StorageFailed as error:  # what was known stays, and the next tick looks again
                log.warning("What waits could not be counted: %s", error)
                return
            for person, waiting in zip(people, found, strict=True):
                self.learn(person, waiting)

    def _forget(self, person_id: str, client_id: str) -> None:
        pages = self._watchers.get(person_id, {})
        pages.pop(client_id, None)
        if not pages:
            self._watchers.pop(person_id, None)
            self._people.pop(person_id, None)
            self._known.pop(person_id, None)
