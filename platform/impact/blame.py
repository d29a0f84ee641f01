"""Which changed cells make a difference: those that were used, else those that made what was used.

What was used is told by evaluations as cells; what is changed, by the differences between the workbooks. A rule that stands as
it did but reads another value is explained by what computed that value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from banshi.platform.forms.index import index_of
from banshi.platform.forms.result import Evaluation
from banshi.platform.service.model import Service
from banshi.platform.sheets.differences import Change, Difference
from banshi.platform.sheets.fees_sheet import COLUMNS as FEES
from banshi.platform.workbook.columns import plain
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Text, walk

IDLE = frozenset({"examples", "migrate"})
"""Sheets that decide nothing about a case."""
_TEXTS = frozenset(
    plain(word)
    for word in (
        *(
            "label",
            "caption",
            "标签",
            "名称",
            "hint",
            "提示",
            "guidance_hint",
            "详细提示",
            "message",
            "说明",
            "remedy",
            "办法",
        ),
        *(
            "reference",
            "依据",
            "note",
            "notes",
            "备注",
            "required_message",
            "必填提示",
            "constraint_message",
            "校验提示",
        ),
        *("appearance", "外观", "name::English (en)", "name::en", "环节名称"),
    )
)
"""Columns that only say something."""
_SILENT = frozenset(
    plain(word)
    for column in FEES
    if column.name in ("method", "from_date", "until_date", "prorate", "unit", "round", "when")
    for word in column.words
)
"""Columns of fees that shape a line and are no cell that it reads a number from."""
_DATA = "data."
"""What stands before the name of a data sheet among names that are read."""


def reads_of(expressions: Iterable[Expression]) -> frozenset[str]:
    """The names that expressions read, and every data sheet that a text in them may name."""
    found: set[str] = set()
    for expression in expressions:
        found |= expression.names
        found |= {_DATA + node.value for node in walk(expression.root) if isinstance(node, Text)}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Used:
    """What was used on one side: cells, and names whose values were read."""

    places: frozenset[Place] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Side:
    """A version with what it made of one case."""

    service: Service
    evaluation: Evaluation

    def fired(self, name: str) -> frozenset[Place]:
        """The cells of a table or a policy that decided."""
        return frozenset(place for one in self.evaluation.decisions if one.name == name for place in one.fired)


class Blame:
    """The differences between two workbooks, ready to be looked up by what was used."""

    def __init__(self, changes: Sequence[Difference], live: Service, draft: Service) -> None:
        self.changes = [change for change in changes if change.kind not in IDLE]
        self._sides = (_Rows(self._at_cells(new=False)), _Rows(self._at_cells(new=True)))
        self._makers = (_makers(live), _makers(draft))
        self._data: defaultdict[str, set[int]] = defaultdict(set)
        for i, change in enumerate(self.changes):
            if change.kind in ("data", "choices"):
                self._data[_DATA + change.place.sheet.partition(".")[2].strip()].add(i)
        self._said = frozenset(i for i, change in enumerate(self.changes) if _says_only(change))
        self._known: dict[object, tuple[int, ...]] = {}

    def cells(self, old: Side | None, new: Side | None, was: Used, now: Used) -> tuple[int, ...]:
        """The numbers of the changes that explain why `now` is not as `was`; none where no cell does."""
        names = was.names | now.names
        differing = self._differing(old, new, names)
        fired = frozenset(
            place
            for side, makers in zip((old, new), self._makers, strict=True)
            if side is not None
            for name in differing
            if name in makers
            for place in side.fired(makers[name].rule)
        )
        key = was, now, differing, fired
        if key not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[key] = self._found(old, new, was, now, differing)
        return self._known[key]

    def _found(
        self, old: Side | None, new: Side | None, was: Used, now: Used, differing: Collection[str]
    ) -> tuple[int, ...]:
        places = was.places, now.places
        if near := self._near(places):
            return tuple(sorted(near))
        made: set[int] = set()
        for name in differing:
            made |= self._made(old, new, name)
        if made:
            return tuple(sorted(made))
        return tuple(sorted(self._each(places, _Rows.moved) or self._each(places, _Rows.on_sheet) - self._said))

    def _near(self, places: tuple[frozenset[Place], frozenset[Place]]) -> set[int]:
        """The changes of the very cells, and what shapes their rows without being read; else those of their rows."""
        rows = self._each(places, _Rows.beside) - self._said
        if exact := self._each(places, _Rows.at):
            return exact | {i for i in rows if self._shapes(self.changes[i])}
        return rows

    @staticmethod
    def _shapes(change: Difference) -> bool:
        """Whether a cell decides on its row as a whole: of a decision table, every one does."""
        return change.kind == "rules" or plain(change.column) in _SILENT

    def _each(
        self,
        places: tuple[frozenset[Place], frozenset[Place]],
        look: Callable[[_Rows, Place], Iterable[int]],
    ) -> set[int]:
        return {i for rows, used in zip(self._sides, places, strict=True) for place in used for i in look(rows, place)}

    def _differing(self, old: Side | None, new: Side | None, names: Iterable[str]) -> frozenset[str]:
        """The names, and what they are made of, whose values are not the same on both sides."""
        if old is None or new is None:
            return frozenset()
        waiting, seen, found = list(names), set[str](), set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self._data:
                found.add(name)
            elif old.evaluation.names.get(name) != new.evaluation.names.get(name):
                found.add(name)
                waiting += [read for makers in self._makers if name in makers for read in makers[name].reads]
        return frozenset(found)

    def _made(self, old: Side | None, new: Side | None, name: str) -> set[int]:
        """The changes at what computes a name: the rows that fired, its own cells, or its whole sheet."""
        if name in self._data:
            return self._data[name]
        fired, own = [], []
        for side, makers in zip((old, new), self._makers, strict=True):
            maker = makers.get(name, _NOTHING)
            fired.append(side.fired(maker.rule) if side is not None and maker.rule else frozenset[Place]())
            own.append(maker.places)
        for places in ((fired[0], fired[1]), (own[0], own[1])):
            if found := self._near(places):
                return found
        return set()

    def _at_cells(self, *, new: bool) -> Iterator[tuple[int, Difference, Place]]:
        for i, change in enumerate(self.changes):
            gone = change.change in (Change.REMOVED, Change.COLUMN_REMOVED, Change.SHEET_REMOVED)
            if new != gone or change.before.cell:
                yield i, change, change.place if new else change.before if change.before.cell else change.place


@dataclass(frozen=True, slots=True)
class _Maker:
    """What computes a name: the cells, what they read, and the table or policy that tells which of its rows decided."""

    places: frozenset[Place] = frozenset()
    reads: frozenset[str] = frozenset()
    rule: str = ""


_NOTHING = _Maker()


@dataclass(frozen=True)
class _Rows:
    """The changes on one side, by cell, row and sheet."""

    changes: Iterable[tuple[int, Difference, Place]]
    _cells: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _rows: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _moves: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _sheets: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for i, change, place in self.changes:
            self._sheets[place.sheet].add(i)
            if change.change is Change.CHANGED:
                self._cells[place.sheet, place.cell].add(i)
            if change.change in (Change.CHANGED, Change.ADDED, Change.REMOVED):
                self._rows[place.sheet, _row(place)].add(i)
            if change.change is Change.MOVED:
                self._moves[place.sheet, _row(place)].add(i)

    def at(self, place: Place) -> set[int]:
        """Changes of the very cell."""
        return self._cells.get((place.sheet, place.cell), set())

    def beside(self, place: Place) -> set[int]:
        """Changes of its row."""
        return self._rows.get((place.sheet, _row(place)), set())

    def moved(self, place: Place) -> set[int]:
        """Whether its row stands elsewhere."""
        return self._moves.get((place.sheet, _row(place)), set())

    def on_sheet(self, place: Place) -> set[int]:
        """Everything on its sheet."""
        return self._sheets.get(place.sheet, set())


def _row(place: Place) -> str:
    return place.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _says_only(change: Difference) -> bool:
    """Whether a cell only says something (`label::en` is a label)."""
    if change.change is not Change.CHANGED or not change.column:
        return False
    return plain(change.column) in _TEXTS or plain(change.column.partition("::")[0]) in _TEXTS


def _makers(service: Service) -> Mapping[str, _Maker]:
    """What computes each name of a service."""
    found: dict[str, _Maker] = {}
    for name, node in index_of(service).fields.items():
        expressions = list(node.expressions())
        places = frozenset({node.item.place, *(expression.place for expression in expressions)})
        found[name] = _Maker(places, reads_of(expressions))
    for table in service.tables.values():
        maker = _Maker(frozenset({table.place}), table.names, table.name)
        found |= dict.fromkeys(table.output_names, maker)
    for tariff in service.tariffs.values():
        places = frozenset(line.place for line in tariff.lines)
        found |= dict.fromkeys(tariff.output_names, _Maker(places, tariff.names))
        for item in tariff.items:
            lines = [line for line in tariff.lines if line.item == item]
            expressions = [one for line in lines for one in line.expressions]
            found[item] = _Maker(
                frozenset({*(line.place for line in lines), *(one.place for one in expressions)}),
                reads_of(expressions) - {item},
            )
    for policy in service.policies.values():
        for name in policy.output_names:
            rows = [row for row in policy.statements if any(fact.name == name for fact in row.then)]
            reads = reads_of(one for row in rows for one in row.expressions)
            found[name] = _Maker(frozenset(row.place for row in rows), reads - {name}, policy.name)
    return found
