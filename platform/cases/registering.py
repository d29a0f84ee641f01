"""Registers at run time: the rows that a case has in them, and data sheets with the rows of all others.

The live version of a service says what its cases put there, whatever version they are pinned to. Rows that were made by
another definition are made anew when somebody first reads the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from threading import Lock
from typing import Any

from banshi.platform.publishing.library import Library
from banshi.platform.routes.state import RouteOutcome
from banshi.platform.service.model import Field, Item, Repeat, Service
from banshi.platform.service.registers import Counts, Register
from banshi.platform.sheets.register_checks import datasets_read
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset, key_text
from banshi.rules.expressions import Environment, evaluate, fold_name
from banshi.rules.expressions.convert import to_text
from banshi.rules.values import CAMPUS_ZONE, Kind, Value, from_json
from banshi.storage.contract import Store, StoredCase
from banshi.storage.registers import RegisterRow

Rows = Sequence[Mapping[str, Cell]]
_GONE = frozenset({RouteOutcome.REFUSED, RouteOutcome.WITHDRAWN})
_MOST_KEPT = 16


def id_of(service_id: str, name: str) -> str:
    """How stores call a register."""
    return f"{service_id}.{name}"


def rows_of(register: Register, service: Service, case: StoredCase) -> list[RegisterRow]:
    """The rows that a case has in a register of its service; `service` is the version that says so. A pure function."""
    counted = case.state == RouteOutcome.APPROVED if register.counts is Counts.APPROVED else case.state not in _GONE
    if register.counts is None or not counted:
        return []
    facts: dict[str, Value] = {
        "case.number": case.number,
        "case.applicant": case.applicant,
        "case.date": case.submitted_at.astimezone(CAMPUS_ZONE).date(),
    }
    fields = {fold_name(item.name): item for item in _fields(service)}
    found = []
    walked = list(service.survey.walk()) if service.survey else []
    repeats = {fold_name(item.name): item.name for item, _ in walked if isinstance(item, Repeat)}
    now = case.submitted_at.astimezone(CAMPUS_ZONE)
    for answers in _answers(register, service, case.snapshot.get("answers", {})):
        said = {name: from_json(answers.get(item.name), item.kind) for name, item in fields.items()}
        said |= _of_rows(walked, answers)
        names = {
            fields[name].name if name in fields else repeats.get(name, name): value for name, value in said.items()
        }
        around = Environment(values=names, datasets=service.datasets, now=now, choice_labels=service.choice_label)
        if register.when is not None and evaluate(register.when, around) is not True:
            continue
        taken = {**said, **facts}
        content = {column: _one(taken.get(value)) for column, value in register.values.items()}
        key = content[register.key]
        found.append(RegisterRow(key="" if key is None else to_text(key), content=content))
    return found


def _one(value: Value) -> Value:
    """What several choices are as one text."""
    return " ".join(map(to_text, value)) if isinstance(value, tuple) else value


def kinds_of(register: Register, service: Service) -> dict[str, Kind]:
    """The kinds of a register's columns."""
    kinds = {fold_name(item.name): item.kind for item in _fields(service)} | {"case.date": Kind.DATE}
    found = {column: kinds.get(value, Kind.TEXT) for column, value in register.values.items()}
    return {column: Kind.TEXT if kind is Kind.LIST else kind for column, kind in found.items()}


def made_by(register: Register, service: Service) -> str:
    """What tells the definition of a register in a version of its service from others."""
    read = [service.datasets.get(name) for name, _ in datasets_read(register.when)] if register.when else []
    return register.made_by(kinds_of(register, service), read)


def _of_rows(walked: Sequence[tuple[Item, tuple[str, ...]]], answers: Mapping[str, Any]) -> dict[str, Value]:
    """What questions in repeats say in all rows, and the numbers of the rows, as a condition outside of them reads it."""
    found: dict[str, Value] = {}
    for item, around in walked:
        rows: list[Any] = [answers]
        for name in around:
            rows = [row for outer in rows for row in (outer.get(name) or () if isinstance(outer, Mapping) else ())]
        if isinstance(item, Repeat):
            inside = [row for outer in rows for row in (outer.get(item.name) or ())]
            found[fold_name(item.name)] = tuple(Decimal(number) for number in range(1, len(inside) + 1))
        elif isinstance(item, Field) and around and fold_name(item.name) not in _top(answers):
            found[fold_name(item.name)] = tuple(from_json(row.get(item.name), item.kind) for row in rows)
    return found


def _top(answers: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(map(fold_name, answers))


def _fields(service: Service) -> Iterator[Field]:
    for item, _ in service.survey.walk() if service.survey else ():
        if isinstance(item, Field):
            yield item


def _answers(register: Register, service: Service, answers: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The answers of a case, or those of each row of the register's repeat with those around it."""
    chain: tuple[str, ...] = ()
    for item, around in service.survey.walk() if register.repeat and service.survey else ():
        if isinstance(item, Repeat) and fold_name(item.name) == register.repeat:
            chain = (*around, item.name)

    def inner(said: Mapping[str, Any], left: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
        if not left:
            yield said
            return
        for row in said.get(left[0]) or ():
            yield from inner({**said, **row}, left[1:])

    return inner(answers, chain)


class LiveDataset(Dataset):
    """A data sheet with the rows of cases behind its own; `fetch` gives them, all or those with one of some keys."""

    _sheet: Dataset
    _fetch: Callable[[Sequence[str] | None], Rows]
    _by_key: bool

    def __init__(self, sheet: Dataset, fetch: Callable[[Sequence[str] | None], Rows], *, by_key: bool) -> None:
        names = ("name", "columns", "keys", "marked", "live")
        self.__dict__.update({name: getattr(sheet, name) for name in names})
        self.__dict__.update(_sheet=sheet, _fetch=fetch, _by_key=by_key)

    @cached_property
    def rows(self) -> Rows:  # type: ignore[override]  # a field there, asked for only where it is needed
        """All rows."""
        return (*self._sheet.rows, *self._fetch(None))

    def find(self, *keys: str) -> Rows:
        """The rows whose first key columns read `keys`."""
        if not self._by_key:
            return super().find(*keys)
        rows = (*self._sheet.find(*keys), *self._fetch(keys[:1]))
        asked = list(zip(self.keys, map(key_text, keys), strict=False))
        return [row for row in rows if all(key_text(row[name].text) == key for name, key in asked)]

    def narrowed(self, column: str, value: object) -> Rows:
        """Rows among which are all whose column equals a value."""
        if not (self._by_key and column == self.keys[0] and isinstance(value, str)):
            return self.rows
        return (*self._sheet.rows, *self._fetch([value]))


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A row that a case has in a register: which case of which service, and what it put there."""

    service_id: str
    case_id: str
    content: Mapping[str, Any]
    register: Register
    kinds: Mapping[str, Kind]

    @property
    def cells(self) -> dict[str, Cell]:
        """The row in the columns of whoever reads it."""
        return _cells(self.register, self.content, self.kinds)


class Reading:
    """The registers that one evaluation reads: `datasets` by name, and after it `marks`, the numbers of those it has read."""

    def __init__(self, registers: Registers, service: Service, case_id: str) -> None:
        self.marks: dict[str, int] = {}
        self._registers = registers
        self._case_id = case_id
        self.datasets: dict[str, Dataset] = {
            name: self._live(register, service) for name, register in service.registers.items()
        }

    def taken(self, register: Register, service: Service) -> list[TakenRow]:
        """The rows of cases in a register of a service, with their cases, in the order in which these were begun."""
        return self._taken(register, dict(self._sources(register, service)), None)

    def _sources(self, register: Register, service: Service) -> list[tuple[str, Service]]:
        """The services whose cases have rows in a register."""
        sources = [(service.settings.id, service)] if register.counts is not None else []
        return sources + [(id_, other) for id_ in register.of if (other := self._registers.live(id_)) is not None]

    def _live(self, register: Register, service: Service) -> LiveDataset:
        sources = self._sources(register, service)
        by_key = all(
            theirs.key == register.key and kinds_of(theirs, other).get(register.key) is Kind.TEXT
            for id_, other in sources
            if (theirs := (self._registers.live(id_) or other).registers.get(register.name)) is not None
        )
        return LiveDataset(service.datasets[register.name], partial(self._rows, register, dict(sources)), by_key=by_key)

    def _rows(self, register: Register, sources: Mapping[str, Service], keys: Sequence[str] | None) -> Rows:
        return [row.cells for row in self._taken(register, sources, keys)]

    def _taken(self, register: Register, sources: Mapping[str, Service], keys: Sequence[str] | None) -> list[TakenRow]:
        found: list[TakenRow] = []
        for service_id, service in sources.items():
            theirs = (self._registers.live(service_id) or service).registers.get(register.name)
            kinds = kinds_of(theirs, service) if theirs else {}
            register_id = id_of(service_id, register.name)
            if register_id not in self.marks:
                self.marks[register_id] = self._registers.number(service_id, register.name)
            for case_id, row in self._registers.rows(register_id, self.marks[register_id], keys):
                if case_id != self._case_id:
                    found.append(TakenRow(service_id, case_id, row.content, register, kinds))
        return found


def _cells(register: Register, content: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, Cell]:
    values = {column: from_json(content.get(column), kinds.get(column, Kind.TEXT)) for column in register.columns}
    return {column: Cell(value, register.at(column)) for column, value in values.items()}  # type: ignore[arg-type]  # no lists


class Registers:
    """See the module."""

    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library
        self._filling = Lock()
        self._kept: dict[str, tuple[int, list[tuple[str, RegisterRow]]]] = {}

    def around(self, service: Service, case_id: str = "") -> Reading:
        """What an evaluation reads; rows of the case itself are left out."""
        return Reading(self, service, case_id)

    def taken(self, service: Service, name: str) -> list[TakenRow]:
        """The rows of cases behind a data sheet of a service, none where it is no register; the newest cases first."""
        register = service.registers.get(name)
        rows = self.around(service).taken(register, service) if register is not None else []
        return sorted(rows, key=lambda row: row.case_id, reverse=True)

    def of(self, case: StoredCase, service: Service) -> dict[str, list[RegisterRow]]:
        """The rows that a case has now, by the id of the register."""
        live = self.live(case.service_id) or service
        own = (register for register in live.registers.values() if register.counts is not None)
        return {id_of(case.service_id, one.name): rows_of(one, live, case) for one in own}

    def live(self, service_id: str) -> Service | None:
        """The live version of a service."""
        found = self._library.live.get(service_id)
        return found[0] if found else None

    def number(self, service_id: str, name: str) -> int:
        """The number of a register's last change, after its rows were made as the live version says."""
        register_id = id_of(service_id, name)
        found = self._library.live.get(service_id)
        register = found[0].registers.get(name) if found else None
        if found is None or register is None or register.counts is None:
            return self._store.register_mark(register_id).seq
        service, version = found
        made = made_by(register, service)

        def stands() -> bool:
            mark = self._store.register_mark(register_id)
            newer = mark.made_of is not None and mark.made_of > version.published_at
            return newer or mark.made_by == made  # another process may know a newer version

        if not stands():
            with self._filling:
                if not stands():
                    last = ""
                    while last := self._store.fill_register(
                        register_id, service_id, partial(rows_of, register, service), last
                    ):
                        pass
                    self._store.mark_register(register_id, made, version.published_at)
        return self._store.register_mark(register_id).seq

    def rows(self, register_id: str, number: int, keys: Sequence[str] | None) -> list[tuple[str, RegisterRow]]:
        """Rows with the ids of their cases; all of them are kept until the register grows."""
        if keys is not None:
            return self._store.register_rows(register_id, keys)
        known, rows = self._kept.get(register_id, (-1, []))
        if known != number:
            rows = self._store.register_rows(register_id)
            if self._store.register_mark(register_id).seq == number:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[register_id] = number, rows
        return rows
