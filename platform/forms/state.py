"""The values of a form while it is evaluated: each is computed when it is asked for, once, in its row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from banshi.platform.forms import faults
from banshi.platform.forms.answers import EMPTY, MOST_ROWS, Answer, fitted, is_empty, plain, read_answer
from banshi.platform.forms.applicant import applicant_values, is_applicant_name
from banshi.platform.forms.balances import FormBalances
from banshi.platform.forms.index import TOTAL_NAMES, FormIndex, Node
from banshi.platform.forms.keeping import mark_of, readings
from banshi.platform.forms.outputs import Result, outcome_of, output_of, run_rule
from banshi.platform.forms.rows import TOP, Row, data_of, path_of, shared
from banshi.platform.people.directory import Directory, Person
from banshi.platform.service.model import LAST, Computation, Field, Repeat
from banshi.rules.datasets import Dataset
from banshi.rules.decision import Outcome
from banshi.rules.expressions import CalendarView, Environment, Expression, evaluate
from banshi.rules.expressions.convert import to_truth
from banshi.rules.policies import Engine
from banshi.rules.tariffs import Bill
from banshi.rules.values import ErrorValue, Value, from_json

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What an evaluation depends on beside the service and the answers.

    `stored` are answers that the platform itself has kept: a read-only field that nothing computes has its value there,
    and so has one of `withheld`, which whoever fills the form in does not see. `last` are the answers of the applicant's
    case before this one. `kept` are the marks of values that the platform gave before (`keeping`): of what a field keeps
    only those are believed; None believes what the answers say. `registers` are data sheets with the rows of cases, in the
    place of the service's own.
    """

    now: datetime
    engine: Engine
    person: Person | None = None
    directory: Directory | None = None
    calendar: CalendarView | None = None
    balances: FormBalances | None = None
    language: str = "zh"
    stored: Mapping[str, object] = field(default_factory=dict)
    last: Mapping[str, object] = field(default_factory=dict)
    kept: Collection[str] | None = None
    withheld: frozenset[str] = frozenset()
    explained: bool = True
    registers: Mapping[str, Dataset] = field(default_factory=dict)


class Source(Enum):
    """Where a value comes from: whoever fills the form in, a calculation, a default or prefilled value, the platform."""

    GIVEN = "given"
    COMPUTED = "computed"
    DEFAULT = "default"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class Held:
    """The value of a field in a row, and where it comes from."""

    answer: Answer = EMPTY
    source: Source = Source.GIVEN


class FormState:
    """Answers, and everything that follows from them. Circles end in an error value, never in a hang."""

    def __init__(self, index: FormIndex, answers: Mapping[str, object], circumstances: Circumstances) -> None:
        self.index = index
        self.answers = answers
        self.circumstances = circumstances
        self._constants = applicant_values(circumstances.person)
        self._environments: dict[Row, Environment] = {}
        self._known: dict[object, object] = {}
        self._busy: set[object] = set()

    def value(self, name: str, row: Row) -> Value:
        """A name seen from a row: the row's own value, or the values of all rows. KeyError for an unknown name."""
        index = self.index
        if name in index.fields:
            node = index.fields[name]
            return self._seen(node.repeats, row, lambda at: self.held(node, at).answer.value)
        if name in index.producers:
            computation = index.producers[name]
            return self._seen(computation.repeat, row, lambda at: self.output(computation, name, at))
        if name in index.repeats:
            rows = self.rows(index.repeats[name], row)
            return tuple(Decimal(number) for number in range(1, len(rows) + 1))
        if name in TOTAL_NAMES and index.service.tariffs:
            return self.total()
        if not index.service.survey and name in self.answers:
            return from_json(self.answers[name])
        if is_applicant_name(name):
            return self._constants.get(name)
        if name.startswith(LAST) and (asked := index.fields.get(name.removeprefix(LAST))) is not None:
            return self._last(asked, asked.repeats, self.circumstances.last)
        raise KeyError(name)

    def _last(self, node: Node, repeats: tuple[str, ...], answers: object) -> Value:
        """A question's answer in the case before; those of all rows where it stands in a repeat."""
        data = answers if isinstance(answers, Mapping) else {}
        if not repeats:
            return self._read(node.item, data.get(node.item.name)).value if isinstance(node.item, Field) else None
        rows = data.get(repeats[0])
        found = [self._last(node, repeats[1:], row) for row in rows] if isinstance(rows, (list, tuple)) else []
        return tuple(part for value in found for part in (value if isinstance(value, tuple) else (value,)))

    def indexed(self, name: str, path: tuple[tuple[str, int], ...], row: Row) -> Value:
        """A name in the rows that `path` gives (counted from 1), in others as seen from `row`; empty without such a row."""
        index = self.index
        if name in index.fields:
            repeats = index.fields[name].repeats
        elif name in index.producers:
            repeats = index.producers[name].repeat
        else:
            return None
        given, own = dict(path), dict(row)
        at: Row = TOP
        for repeat in repeats:
            number = given[repeat] - 1 if repeat in given else own.get(repeat)
            inner = None if number is None else (*at, (repeat, number))
            if inner is None or inner not in self.rows(index.repeats[repeat], at):
                return None
            at = inner
        return self.value(name, at)

    def _seen(self, repeats: tuple[str, ...], row: Row, at: Callable[[Row], Value]) -> Value:
        inside = shared(row, repeats)
        if len(inside) == len(repeats):
            return at(inside)
        return tuple(at(found) for found in self.rows_below(repeats, inside))

    def rows_below(self, repeats: tuple[str, ...], row: Row = TOP) -> Iterator[Row]:
        """The rows of the innermost of some repeats, inside a row of an outer one."""
        if len(row) == len(repeats):
            yield row
            return
        for found in self.rows(self.index.repeats[repeats[len(row)]], row):
            yield from self.rows_below(repeats, found)

    def rows(self, node: Node, row: Row) -> tuple[Row, ...]:
        """The rows of a repeat: as many as were given, or as its count says; none where it is not relevant."""
        outer = shared(row, node.repeats)
        if len(outer) < len(node.repeats):
            return tuple(found for at in self.rows_below(node.repeats, outer) for found in self.rows(node, at))
        return self._once(("rows", node.item.name, outer), lambda: self._rows(node, outer), lambda: ())

    def _rows(self, node: Node, row: Row) -> tuple[Row, ...]:
        if self.shown(node, row) is not True:
            return ()
        given = data_of(self.answers, row).get(node.item.name)
        count = len(given) if isinstance(given, (list, tuple)) else 0
        if isinstance(node.item, Repeat) and node.item.count is not None:
            count = self.wanted_rows(node.item, row)
        return tuple((*row, (node.item.name, index)) for index in range(min(count, MOST_ROWS)))

    def wanted_rows(self, repeat: Repeat, row: Row) -> int:
        """How many rows the count of a repeat asks for; there may be more than a form can have."""
        wanted = self.compute(repeat.count, row) if repeat.count is not None else None
        return max(0, int(wanted)) if isinstance(wanted, Decimal) else 0

    def shown(self, node: Node, row: Row) -> bool | ErrorValue:
        """Whether an item is relevant, with all groups around it; an error value where that cannot be known (yet).

        What is not known to be relevant is not shown and not stored, and keeps the form from being sent.
        """
        return self._once(("shown", id(node), row), lambda: self._shown(node, row), lambda: _circle(node))

    def _shown(self, node: Node, row: Row) -> bool | ErrorValue:
        if node.parents:
            parent = node.parents[-1]
            if self.shown(parent, row[: len(parent.repeats)]) is not True:
                return False
        if node.item.relevant is None:
            return True
        value = self.compute(node.item.relevant, row)
        return value if isinstance(value, ErrorValue) else to_truth(value)

    def held(self, node: Node, row: Row) -> Held:
        """The value of a field in a row: empty where irrelevant, else computed, given, prefilled or the default."""
        return self._once(("held", id(node), row), lambda: self._held(node, row), lambda: Held(Answer(_circle(node))))

    def _held(self, node: Node, row: Row) -> Held:
        item = node.item
        if not isinstance(item, Field) or item.type == "note" or self.shown(node, row) is not True:
            return Held()
        if item.name in self.index.keeping and self.protected(node, row):
            return self._kept(item, row)
        kept = data_of(self.circumstances.stored, row).get(item.name)
        if item.calculation is not None:
            current = self._read(item, kept).value
            if self.circumstances.balances is None and item.name in self.index.balanced and not is_empty(current):
                return Held(self._fit(item, current), Source.STORED)
            return Held(self._fit(item, self.compute(item.calculation, row, current=current)), Source.COMPUTED)
        data = data_of(self.answers, row)
        if not self.protected(node, row):
            if item.name in data:
                return Held(self._read(item, data[item.name]))
        elif item.name in data_of(self.circumstances.stored, row):
            return Held(self._read(item, kept), Source.STORED)
        source = item.prefill or item.default
        if item.renewal is not None and any(
            name in self.index.fields and not is_empty(self.value(name, row)) for name in item.trigger
        ):
            source = item.renewal
        if source is not None:
            return Held(self._fit(item, self.compute(source, row)), Source.DEFAULT)
        # A hidden item that no rule fills is filled by whoever calls: a link, or another system.
        return Held(self._read(item, data.get(item.name))) if item.type == "hidden" else Held()

    def _kept(self, item: Field, row: Row) -> Held:
        """The value of a field that keeps its first one, or the one since its trigger changed (see `keeping`)."""
        current, stands = self._given_before(item, row)
        if current is None and item.name in (stored := data_of(self.circumstances.stored, row)):
            current, stands = self._read(item, stored[item.name]).value, self._unchanged(item.trigger, row)
        if current is not None and stands and (item.trigger or item.calculation is None):
            return Held(self._fit(item, current), Source.STORED)
        rule = item.calculation or item.prefill or item.default
        assert rule is not None
        return Held(self._fit(item, self.compute(rule, row, current=current)), Source.COMPUTED)

    def _given_before(self, item: Field, row: Row) -> tuple[Value, bool]:
        """The value that the platform gave before and the answers bring along, and whether its triggers are as then."""
        raw, kept = data_of(self.answers, row).get(item.name), self.circumstances.kept
        if is_empty(raw) or item.name in self.circumstances.withheld:
            return None, False
        if kept is None:
            answer = self._read(item, raw)
            return (None if answer.fault else answer.value), True
        triggers = self._triggers(item, row)
        for value in readings(item, raw):
            if mark_of(item.name, value, triggers) in kept:
                return value, True
            if mark_of(item.name, value) in kept:
                return value, False
        return None, False

    def _triggers(self, item: Field, row: Row) -> tuple[Value, ...]:
        """The answers on whose change a value is computed anew."""
        return tuple(self.value(name, row) for name in item.trigger if name in self.index.fields)

    def marks(self, node: Node, row: Row) -> Iterator[str]:
        """The marks of the value that a field keeps in a row, as it is and with its triggers."""
        value = self.held(node, row).answer.value
        if isinstance(node.item, Field) and not is_empty(value) and not isinstance(value, ErrorValue):
            yield mark_of(node.item.name, value)
            yield mark_of(node.item.name, value, self._triggers(node.item, row))

    def _unchanged(self, names: tuple[str, ...], row: Row) -> bool:
        """Whether some questions are answered as they were when the platform kept the answers."""
        for name in names:
            node = self.index.fields.get(name)
            if node is None or not isinstance(node.item, Field):
                return False
            at = shared(row, node.repeats)
            kept = self._read(node.item, data_of(self.circumstances.stored, at).get(name)).value
            if len(at) < len(node.repeats) or self.value(name, at) != kept:
                return False
        return True

    def protected(self, node: Node, row: Row) -> bool:
        """Whether what the browser sends for a field is not believed: calculated, hidden and read-only fields."""
        item = node.item
        if not isinstance(item, Field):
            return False
        if item.type in {"calculate", "hidden", "note"} or item.calculation is not None:
            return True
        if item.name in self.circumstances.withheld:
            return True
        if item.readonly is None:
            return False
        value = self.compute(item.readonly, row)
        return isinstance(value, ErrorValue) or to_truth(value)

    def _read(self, item: Field, raw: object) -> Answer:
        return read_answer(item, raw, self.circumstances.now.tzinfo)

    def _fit(self, item: Field, value: Value) -> Answer:
        """A computed value in the type of its field: `12` computed for a text is the text `12`, 33.333… for money 33.33."""
        if isinstance(value, ErrorValue) or value is None or item.type in {"calculate", "hidden"}:
            return plain(value)
        if item.type in {"file", "image"}:
            return EMPTY
        return self._read(item, list(value) if isinstance(value, tuple) else fitted(item, value))

    def result(self, computation: Computation, row: Row) -> Result | None:
        """The run of a table, a tariff or a policy in a row; None where it would need its own result."""
        return self._once(("result", computation, row), lambda: self._result(computation, row), lambda: None)

    def _result(self, computation: Computation, row: Row) -> Result:
        rule = self.index.rule(computation)
        told = self.circumstances
        return run_rule(rule, self.environment(row), told.engine, path_of(row), explained=told.explained)

    def output(self, computation: Computation, name: str, row: Row) -> Value:
        """One name that a table, a tariff or a policy yields in a row."""
        result = self.result(computation, row)
        if result is None:
            return ErrorValue(faults.CIRCULAR.at(self.index.rule(computation).place, name=name))
        return output_of(self.index.rule(computation), result, name)

    def total(self) -> Value:
        """What all tariffs in money come to; empty as long as one of them cannot be computed."""
        total = Decimal(0)
        for computation in self.index.computations:
            if computation.kind == "tariff" and not self.index.service.tariffs[computation.name].unit:
                for row in self.rows_below(computation.repeat):
                    result = self.result(computation, row)
                    if not isinstance(result, Bill) or outcome_of(result) is not Outcome.OK or result.total is None:
                        return None
                    total += result.total
        return total

    def compute(
        self, expression: Expression, row: Row, *, current: Value = None, extra: Mapping[str, Value] | None = None
    ) -> Value:
        """An expression's value in a row. `current` is what `.` is; `extra` names win over the form's."""
        environment = self.environment(row)
        if extra is not None:
            environment = replace(environment, values=Names(self, row, extra))
        if current is not None:
            environment = replace(environment, current=current)
        return evaluate(expression, environment)

    def environment(self, row: Row) -> Environment:
        """What expressions in a row are computed with."""
        if row not in self._environments:
            circumstances = self.circumstances
            self._environments[row] = Environment(
                values=Names(self, row),
                datasets={**self.index.service.datasets, **circumstances.registers},
                now=circumstances.now,
                directory=circumstances.directory,
                calendar=circumstances.calendar,
                balances=circumstances.balances,
                indexed=lambda name, path: self.indexed(name, path, row),
                rows=lambda name: map(self.environment, self.rows(self.index.repeat(name), row)),
                seed=f"{circumstances.person.id if circumstances.person else ''}/{path_of(row)}",
                choice_labels=self.index.service.choice_label,
                positions=tuple(index + 1 for _, index in row),
            )
        return self._environments[row]

    def _once(self, key: object, compute: Callable[[], T], circular: Callable[[], T]) -> T:
        if key in self._known:
            return self._known[key]  # type: ignore[return-value]  # a key is always asked with one type
        if key in self._busy:
            return circular()
        self._busy.add(key)
        try:
            found = self._known[key] = compute()
        finally:
            self._busy.discard(key)
        return found


def _circle(node: Node) -> ErrorValue:
    return ErrorValue(faults.CIRCULAR.at(node.item.place, name=node.item.name))


class Names(Mapping[str, Value]):
    """The names of a form seen from a row, computed when they are looked up."""

    def __init__(self, state: FormState, row: Row, extra: Mapping[str, Value] | None = None) -> None:
        self._state = state
        self._row = row
        self._extra = extra or {}

    def __getitem__(self, name: str) -> Value:
        if name in self._extra:
            return self._extra[name]
        return self._state.value(name, self._row)

    def __iter__(self) -> Iterator[str]:
        index = self._state.index
        yield from dict.fromkeys((*self._extra, *index.fields, *index.producers, *index.repeats))

    def __len__(self) -> int:
        return sum(1 for _ in self)
