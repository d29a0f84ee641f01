"""Attached files that belong to no case and no draft: deleted after a while, or when the trial is over that they were for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from banshi.platform.people.directory import Person
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import Store, StoredAttachment

KEPT = timedelta(days=30)
"""For how long a file is kept that nobody sends: whoever left a form open finds it again."""


class LooseFiles:
    """See the module."""

    def __init__(self, store: Store, folder: AttachmentFolder, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock

    def sweep(self) -> int:
        """Delete the files that nobody has sent for so long; how many."""
        return sum(self._forget(one) for one in self._store.loose_attachments(self._clock() - KEPT))

    def forget(self, person: Person, ids: Iterable[str]) -> int:
        """Delete files that a person attached, whatever their age; how many. Those of a case or a draft stay."""
        found = (self._store.attachment(file) for file in ids)
        return sum(self._forget(one) for one in found if one is not None and one.person == person.id)

    def _forget(self, stored: StoredAttachment) -> bool:
        # The row first: whoever sends the file at this moment has it, or is told that it is gone.
        if not self._store.delete_attachment(stored.id):
            return False
        self._folder.remove(stored.path)
        return True
