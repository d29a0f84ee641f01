"""Which changed cells make a difference: those that were used, and those that made what was used.

What was used is told by evaluations as cells; what is changed, by the differences between the workbooks. A rule that reads
another value is explained by what computed that value, and so on: a condition of the route by the price, the price's quantity by
the calculation, the calculation by the row of the data sheet that it looks up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from banshi.platform.forms.index import TOTAL_NAMES, index_of
from banshi.platform.forms.result import Evaluation
from banshi.platform.service.model import Service
from banshi.platform.sheets.differences import Change, Difference
from banshi.platform.sheets.fees_sheet import COLUMNS as FEES
from banshi.platform.workbook.columns import plain
from banshi.platform.workbook.names import sheet_kind
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Text, walk
from banshi.rules.tariffs import BillLine, Method, Tariff

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
_WHOLE = (Change.SHEET_ADDED, Change.SHEET_REMOVED, Change.COLUMN_ADDED, Change.COLUMN_REMOVED)
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

    def charged(self, tariff: str, item: str) -> list[BillLine]:
        """The lines of an item in the bills of a tariff."""
        bills = (bill for key, bill in self.evaluation.bills.items() if key.rpartition(".")[2] == tariff)
        return [line for bill in bills for line in bill.lines if line.item == item]

    def texts(self, name: str) -> Iterator[str]:
        """The values of a name as a lookup compares them; of a repeat, of every row."""
        value = self.evaluation.names.get(name)
        yield from map(plain, map(str, value if isinstance(value, tuple) else (value,)))


class Blame:
    """The differences between two workbooks, ready to be looked up by what was used."""

    def __init__(self, changes: Sequence[Difference], live: Service, draft: Service) -> None:
        self.changes = [change for change in changes if change.kind not in IDLE]
        self._sides = (_Rows(self._at_cells(new=False)), _Rows(self._at_cells(new=True)))
        self._makers = (_makers(live), _makers(draft))
        self._data: defaultdict[str, set[int]] = defaultdict(set)
        for i, change in enumerate(self.changes):
            if change.kind == "data":
                self._data[_DATA + sheet_kind(change.place.sheet)[1]].add(i)
        self._said = frozenset(i for i, change in enumerate(self.changes) if _says_only(change))
        self._known: dict[object, tuple[int, ...]] = {}

    def cells(self, old: Side | None, new: Side | None, was: Used, now: Used) -> tuple[int, ...]:
        """The numbers of the changes that explain why `now` is not as `was`; none where no cell does."""
        differing, data = self._differing(old, new, was.names | now.names)
        used = frozenset(place for name in differing for places in self._used(old, new, name) for place in places)
        key = was, now, differing, data, used
        if key not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[key] = self._found(old, new, was, now, differing, data)
        return self._known[key]

    def _found(
        self,
        old: Side | None,
        new: Side | None,
        was: Used,
        now: Used,
        differing: Collection[str],
        data: Collection[int],
    ) -> tuple[int, ...]:
        places = was.places, now.places
        made = self._near(places) | set(data)
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

    def _differing(
        self, old: Side | None, new: Side | None, names: Collection[str]
    ) -> tuple[frozenset[str], frozenset[int]]:
        """The names, and what they are made of, whose values are not the same on both sides; changes of data sheets that
        they look up.
        """
        if old is None or new is None:
            return frozenset(), frozenset()
        seen, found, data = set[str](), set[str](), self._looked_up((old, new), names)
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in seen or old.evaluation.names.get(name) == new.evaluation.names.get(name):
                continue
            seen.add(name)
            found.add(name)
            for makers in self._makers:
                if name in makers:
                    waiting += makers[name].reads
                    data |= self._looked_up((old, new), makers[name].reads)
        return frozenset(found), frozenset(data)

    def _looked_up(self, sides: tuple[Side, Side], reads: Collection[str]) -> set[int]:
        """The changes of the data sheets that are read: of the rows and columns looked up, where that can be told."""
        found: set[int] = set()
        for name in reads:
            if name not in self._data:
                continue
            here = self._data[name]
            said = {plain(read.removeprefix(_DATA)) for read in reads if read.startswith(_DATA)}
            keys = said.union(*(side.texts(read) for side in sides for read in reads))
            rows = {i for i in here if self._keyed(self.changes[i].row, keys)} or here
            found |= {i for i in rows if plain(self.changes[i].column) in said} or rows
        return found

    @staticmethod
    def _keyed(row: str, keys: Collection[str]) -> bool:
        """Whether a row of a data sheet is told by one of the keys; its other key columns stand behind."""
        words = row.split(" ")
        return any(plain(" ".join(words[:count])) in keys for count in range(1, len(words) + 1))

    def _made(self, old: Side | None, new: Side | None, name: str) -> set[int]:
        """The changes at what computes a name: the rows that were used, or else all that it is made by."""
        if found := self._near(self._used(old, new, name)):
            return found
        own = [makers.get(name, _NOTHING).places for makers in self._makers]
        return self._near((own[0], own[1])) or self._each((own[0], own[1]), _Rows.whole)

    def _used(self, old: Side | None, new: Side | None, name: str) -> tuple[frozenset[Place], frozenset[Place]]:
        """The rows that a name came from on either side: of a table or a policy those that decided, of a tariff the lines
        that are not charged alike.
        """
        makers = [makers.get(name, _NOTHING) for makers in self._makers]
        fired = [
            side.fired(maker.rule) if side is not None and maker.rule else frozenset[Place]()
            for side, maker in zip((old, new), makers, strict=True)
        ]
        lines = [
            side.charged(maker.tariff, name) if side is not None and maker.tariff else []
            for side, maker in zip((old, new), makers, strict=True)
        ]
        charged = [
            frozenset(place for line in unlike for place in line.places) for unlike in unlike_lines(lines[0], lines[1])
        ]
        return fired[0] | charged[0], fired[1] | charged[1]

    def _at_cells(self, *, new: bool) -> Iterator[tuple[int, Difference, Place]]:
        for i, change in enumerate(self.changes):
            gone = change.change in (Change.REMOVED, Change.COLUMN_REMOVED, Change.SHEET_REMOVED)
            if new != gone or change.before.cell:
                yield i, change, change.place if new else change.before if change.before.cell else change.place


@dataclass(frozen=True, slots=True)
class _Maker:
    """What computes a name: the cells, what they read, and the table, policy or tariff that tells which of its rows did."""

    places: frozenset[Place] = frozenset()
    reads: frozenset[str] = frozenset()
    rule: str = ""
    tariff: str = ""


_NOTHING = _Maker()


@dataclass(frozen=True)
class _Rows:
    """The changes on one side, by cell, row and sheet."""

    changes: Iterable[tuple[int, Difference, Place]]
    _cells: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _rows: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _moves: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _sheets: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _whole: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for i, change, place in self.changes:
            self._sheets[place.sheet].add(i)
            if change.change is Change.CHANGED:
                self._cells[place.sheet, place.cell].add(i)
            if change.change in (Change.CHANGED, Change.ADDED, Change.REMOVED):
                self._rows[place.sheet, _row(place)].add(i)
            if change.change is Change.MOVED:
                self._moves[place.sheet, _row(place)].add(i)
            if change.change in _WHOLE:
                self._whole[place.sheet].add(i)

    def at(self, place: Place) -> set[int]:
        """Changes of the very cell."""
        return self._cells.get((place.sheet, place.cell), set())

    def beside(self, place: Place) -> set[int]:
        """Changes of its row."""
        return self._rows.get((place.sheet, _row(place)), set())

    def moved(self, place: Place) -> set[int]:
        """Whether its row stands elsewhere."""
        return self._moves.get((place.sheet, _row(place)), set())

    def whole(self, place: Place) -> set[int]:
        """Whether its sheet or a column of it is new or gone."""
        return self._whole.get(place.sheet, set())

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
        expressions = [one for part in (*node.parents, node) for one in part.expressions()]
        places = frozenset({node.item.place, *(expression.place for expression in expressions)})
        found[name] = _Maker(places, reads_of(expressions))
    for table in service.tables.values():
        maker = _Maker(frozenset({table.place}), table.names, table.name)
        found |= dict.fromkeys(table.output_names, maker)
    for tariff in service.tariffs.values():
        found |= dict(_charges(tariff))
    totals = [found[tariff.total_name] for tariff in service.tariffs.values() if not any(tariff.units.values())]
    together = _Maker(
        frozenset[Place]().union(*(maker.places for maker in totals)),
        frozenset[str]().union(*(maker.reads for maker in totals)),
    )
    found |= dict.fromkeys(TOTAL_NAMES, together)
    for policy in service.policies.values():
        for name in policy.output_names:
            rows = [row for row in policy.statements if any(fact.name == name for fact in row.then)]
            reads = reads_of(one for row in rows for one in row.expressions)
            found[name] = _Maker(frozenset(row.place for row in rows), reads - {name}, policy.name)
    return found


def _charges(tariff: Tariff) -> Iterator[tuple[str, _Maker]]:
    """What computes the items of a tariff, its total, and the quotas that are left over."""
    carries = tariff.carry_names
    for item in tariff.items:
        lines = [line for line in tariff.lines if line.item == item]
        expressions = [one for line in lines for one in line.expressions]
        places = frozenset({*(line.place for line in lines), *(one.place for one in expressions)})
        reads = reads_of(expressions)
        for line in lines:
            reads |= frozenset(line.adds or (tariff.items if line.method is Method.TOTAL else ()))
        maker = _Maker(places, reads - {item}, tariff=tariff.name)
        yield item, maker
        if item in carries:
            yield carries[item], maker
    totals = frozenset(line.place for line in tariff.lines if line.method is Method.TOTAL)
    yield tariff.total_name, _Maker(totals, frozenset(tariff.items))


def unlike_lines(old: Sequence[BillLine], new: Sequence[BillLine]) -> tuple[list[BillLine], list[BillLine]]:
    """The lines that are not charged alike on both sides."""
    same = Counter(map(_substance, old)) & Counter(map(_substance, new))
    left: list[list[BillLine]] = []
    for lines in (old, new):
        common, rest = same.copy(), []
        for line in lines:
            if common[_substance(line)]:
                common[_substance(line)] -= 1
            else:
                rest.append(line)
        left.append(rest)
    return left[0], left[1]


def _substance(line: BillLine) -> tuple[object, ...]:
    return line.label, str(line.quantity), str(line.rate), line.amount
