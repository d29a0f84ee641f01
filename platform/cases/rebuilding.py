"""Cases computed anew from their events, compared with what is stored, and put right where that differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

from banshi.platform.cases.booked import LEDGER
from banshi.platform.cases.case import Case, fold, of_stored
from banshi.storage.contract import StaleWrite, Store, StoredCase, StoredEvent, StoredTask, TaskFilter
from banshi.storage.reading_back import histories, tasks_of

_TRIES = 5
_MOST_TASKS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A case whose projection was not what its events add up to; `columns` are those that differ.

    `missing` is that it was not there at all, `eventless` that it has no events: then nothing can be done.
    """

    id: str
    number: str
    columns: tuple[str, ...] = ()
    missing: bool = False
    eventless: bool = False


def rebuild(store: Store, told: Callable[[str, int, int], None], *, dry_run: bool) -> Iterator[Rebuilt]:
    """Every case that differs, put right unless it is a dry run; safe while a hall is at work."""
    with store.snapshot() as snapshot:
        total = snapshot.count("cases")
        for done, (case_id, events, stored) in enumerate(histories(snapshot), 1):
            told("cases", done, max(total, done))
            if lost := list(_lost_movements(store, events)):
                yield Rebuilt(id=case_id, number="、".join(lost)[:200], columns=("movements",))
            if case_id == LEDGER:
                continue  # the history of what is booked without a case
            if not events:
                number = stored.number if stored else ""
                yield Rebuilt(id=case_id, number=number, eventless=True)
                continue
            case = fold(case_id, events)
            different = _different(case.stored(), stored) if stored else ()
            if stored is not None and not different:
                continue
            if not dry_run:
                _put_right(store, case, None if stored else tasks_of(snapshot, case_id))
            yield Rebuilt(id=case_id, number=case.number, columns=different, missing=stored is None)


def wrong_balances(store: Store, *, dry_run: bool) -> Iterator[Rebuilt]:
    """Every balance that is not the sum of its postings, put right unless it is a dry run."""
    for one in store.wrong_balances() if dry_run else store.rebuild_balances():
        yield Rebuilt(id=f"{one.account} {one.holder}", number="", columns=("balance",))


def _lost_movements(store: Store, events: Sequence[StoredEvent]) -> Iterator[str]:
    """The movements that events tell of and that are not kept, or with other lines."""
    for event in events:
        for told in event.payload.get("movements", ()):
            kept = store.transaction(told["id"])
            if kept is None or kept.to_json()["postings"] != [list(line) for line in told["postings"]]:
                yield str(told["id"])


def _different(folded: StoredCase, stored: StoredCase) -> tuple[str, ...]:
    """The columns that differ; what cases of older releases lack is empty."""
    known = of_stored(stored).stored()
    return tuple(item.name for item in fields(StoredCase) if getattr(folded, item.name) != getattr(known, item.name))


def _put_right(store: Store, case: Case, tasks: Sequence[StoredTask] | None) -> None:
    """Write the projection, with the tasks as they are; if the case has moved on meanwhile, that of all its events."""
    for _ in range(_TRIES):
        try:
            store.rebuild(case.stored(), _tasks(store, case.id) if tasks is None else tasks)
        except StaleWrite:
            case = fold(case.id, store.events(case.id))
        else:
            return


def _tasks(store: Store, case_id: str) -> list[StoredTask]:
    """The tasks of a case as they are: they do not follow from its events."""
    return [line.task for line in store.tasks(TaskFilter(case_id=case_id), size=_MOST_TASKS)[0]]
