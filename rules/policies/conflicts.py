"""Rows that contradict each other, found before anybody is asked.

Three kinds: a row allows what another forbids under the same condition; it allows what another forbids in some cases
(a notice, as what is forbidden stays so: the author may have meant an exception); two rows conclude different values of
a fact that has one value. But for the first, both must hold at once in a case that the policy has been run on, so rows
that exclude each other are never blamed. Where rows ask what a form or a table computes, the case is
one of answers, from which the rest is computed. A pair for which no such case is found is not reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations, islice, pairwise, product
from typing import Any, Protocol

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Environment, Expression, Scope, evaluate
from banshi.rules.expressions.convert import to_text
from banshi.rules.expressions.likely import takes, usual
from banshi.rules.expressions.tree import Call, Membership, Node, Operation, Reference, children, walk
from banshi.rules.policies import faults
from banshi.rules.policies.compiler import Spot
from banshi.rules.policies.conditions import Condition, Every, Leaf, fact_name, facts_in, leaves
from banshi.rules.policies.engine import FixpointEngine
from banshi.rules.policies.model import Policy, Statement, Verdict
from banshi.rules.policies.run import Run
from banshi.rules.policies.truth import truth_of
from banshi.rules.values import ErrorValue, Value

_MOST_WAYS = 24
"""Ways in which one row may come to hold that are looked at; more make a policy slow to check."""
_MOST_CASES = 60
_MOST_RUNS = 2_000
_MOST_TRIES = 20_000
_FORM_STEPS = 5
"""What a try costs for which the form computes, in tries for which it does not."""
_MOST_PAIRS = 5_000
"""Pairs of rows that conclude different values of a fact: those of a hundred rows."""
_MOST_ROWS = 100_000
"""Rows that are run, over all runs: of a policy of more than fifty rows fewer cases are run."""
_AS_A_LIST = frozenset({"selected", "count", "counta", "count-selected", "countif", "join", "textjoin", "max", "min"})
"""Functions that show that the author knows of several values."""
_STEPS = {Decimal: Decimal(1), date: timedelta(days=1), datetime: timedelta(days=1)}

Way = tuple[Leaf, ...]
"""Leaves over fields that together make a row hold."""


class Answering(Protocol):
    """What is computed from answers before a policy is asked: calculations of the form, other tables, tariffs, policies."""

    def computes(self, name: str) -> bool:
        """Whether a name is computed, so that nobody can give it any value."""
        ...

    def questions(self, name: str) -> frozenset[str]:
        """The questions that a computed name depends on."""
        ...

    def names(self, answers: Mapping[str, Value], now: datetime) -> Mapping[str, Value]:
        """All names, given some answers at a moment."""
        ...


def conflicts(policy: Policy, scope: Scope, form: Answering | None = None) -> Iterator[Diagnostic]:
    """The contradictions of a policy that can be compiled, as warnings at the later row, naming the other."""
    yield from _allowed_and_forbidden(policy)
    values, verdicts = _Search(policy, scope, form), _Search(policy, scope, form)
    yield from values.found()
    yield from verdicts.overruled()
    if not (values.complete and verdicts.complete):
        yield faults.NOT_SEARCHED.at(policy.place)


def _allowed_and_forbidden(policy: Policy) -> Iterator[Diagnostic]:
    first: dict[Any, Statement] = {}
    opposite = {Verdict.ALLOW: Verdict.FORBID, Verdict.FORBID: Verdict.ALLOW}
    for row, condition in zip(policy.statements, policy.plan.conditions, strict=True):
        if row.verdict not in opposite:
            continue
        key = _plain(condition)
        other = first.get((opposite[row.verdict], key))
        if other is not None:
            place = row.when.place if row.when else row.place
            yield faults.ALLOWED_AND_FORBIDDEN.at(place, id=row.id, other_id=other.id, other=other.place)
        first.setdefault((row.verdict, key), row)


def _plain(condition: Condition) -> Any:
    """A form in which conditions that say the same, in another order or turned round, are equal."""
    if isinstance(condition, Leaf):
        return "leaf", condition.negated, repr(_turned(condition.expression.root))
    kind = "every" if isinstance(condition, Every) else "some"
    flat: set[Any] = set()
    for part in map(_plain, condition.parts):
        flat |= part[1] if part[0] == kind else {part}
    return next(iter(flat)) if len(flat) == 1 else (kind, frozenset(flat))


def _turned(node: Node) -> Node:
    """A tree without its places in the text, `5 < x` written as `x > 5`."""
    bare = replace(node, start=0, end=0)
    if not isinstance(bare, (Operation, Membership, Call)):
        return bare
    operands = tuple(map(_turned, children(node)))
    match bare:
        case Operation(operator="<" | "<=" as operator):
            return replace(bare, operator=operator.replace("<", ">"), operands=operands[::-1])
        case Operation(operator="=" | "!="):
            return replace(bare, operands=tuple(sorted(operands, key=repr)))
        case Call():
            return replace(bare, operands=operands, word="")
        case _:
            return replace(bare, operands=operands)


@dataclass(frozen=True, slots=True)
class _Case:
    answers: Mapping[str, Value]
    now: datetime
    computed: Mapping[str, Value]

    @property
    def values(self) -> dict[str, Value]:
        return {**self.answers, **self.computed}

    def __str__(self) -> str:
        return "，".join(f"{name} = {to_text(value) or '空'}" for name, value in self.values.items()) or "—"


class _Search:
    """Looks for cases in which two rows that conclude different values both hold."""

    def __init__(self, policy: Policy, scope: Scope, form: Answering | None) -> None:
        self._form = form
        self._policy = policy
        self._scope = scope
        self._left = min(_MOST_RUNS, _MOST_ROWS // max(len(policy.statements), 1))
        self._pairs = _MOST_PAIRS
        self._tries = _MOST_TRIES
        self._engine = FixpointEngine()
        self.complete = True

    def found(self) -> Iterator[Diagnostic]:
        """A warning a pair."""
        lists = self._lists()
        for name, spots in self._policy.plan.spots.items():
            if name in lists:
                continue
            for one, other in combinations(spots, 2):
                if one[0] == other[0] or not self._differ(one, other):
                    continue
                if not self._go_on():
                    return
                case = self._together(one[0], other[0])
                if case is not None:
                    yield self._warning(name, one, other, case)

    def overruled(self) -> Iterator[Diagnostic]:
        """A notice a row that allows what others forbid. A row without a condition allows whatever none forbids."""
        rows = self._policy.statements
        plain = list(map(_plain, self._policy.plan.conditions))
        forbidding = [i for i, row in enumerate(rows) if row.verdict is Verdict.FORBID]
        for i, row in enumerate(rows):
            if row.verdict is not Verdict.ALLOW or row.when is None:
                continue
            others = (j for j in forbidding if plain[i] != plain[j] and self._go_on())
            cases = [(rows[j], case) for j in others if (case := self._together(i, j)) is not None]
            if cases:
                forbids = "、".join(f"{other.id}（{other.place}）" for other, _ in cases)
                yield faults.OVERRULED.at(row.when.place, id=row.id, others=forbids, case=cases[0][1])

    def _go_on(self) -> bool:
        """Count a pair, and say whether it may still be looked at."""
        self._pairs -= 1
        self.complete &= self._pairs >= 0 and self._left > 0 and self._tries >= 0
        return self.complete

    def _warning(self, name: str, one: Spot, other: Spot, case: _Case) -> Diagnostic:
        first, second = (self._policy.statements[i].then[j] for i, j in (one, other))
        facts = {"name": name, "value": _said(second.value), "other_value": _said(first.value), "other": first.place}
        return faults.TWO_VALUES.at(second.place, case=case, **facts)

    def _lists(self) -> frozenset[str]:
        """The facts that the policy itself asks as something with several values."""
        own = frozenset(self._policy.plan.spots)
        expressions = (expression for row in self._policy.statements for expression in row.expressions)
        calls = (node for expression in expressions for node in walk(expression.root) if isinstance(node, Call))
        return frozenset[str]().union(*(facts_in(call, own) for call in calls if call.function in _AS_A_LIST))

    def _differ(self, one: Spot, other: Spot) -> bool:
        values = [self._policy.statements[i].then[j].value for i, j in (one, other)]
        computed = any(isinstance(value, Expression) for value in values)
        return not computed and type(values[0]) is type(values[1]) and values[0] != values[1]

    def _together(self, one: int, other: int) -> _Case | None:
        now = _a_day(self._policy.statements[one], self._policy.statements[other])
        if now is None:
            return None
        rest = sorted(self._fields((one, other)))
        ways = product(self._ways(one), self._ways(other))
        for first, second in islice(ways, _MOST_WAYS * 2):
            for case in islice(self._filled((*first, *second), rest, now), _MOST_CASES):
                if self._left <= 0:
                    return None
                self._left -= 1
                run = Run(self._policy, self._policy.plan, self._env(case), self._engine)
                run.run()
                if run.held(one) and run.held(other):
                    return case
        return None

    def _fields(self, rows: Sequence[int]) -> set[str]:
        """The fields that rows read, also by way of the facts that they ask."""
        waiting, seen, found = list(rows), set[int](), set[str]()
        while waiting:
            row = waiting.pop()
            if row in seen:
                continue
            seen.add(row)
            for leaf in leaves(self._policy.plan.conditions[row]):
                found |= {name for name in leaf.expression.names if fact_name(name) not in self._policy.output_names}
                waiting += [i for fact in leaf.facts for i, _ in self._policy.plan.spots[fact]]
        return found

    def _filled(self, way: Way, rest: Sequence[str], now: datetime) -> Iterator[_Case]:
        """The cases of a way, with something small, then something large, in the fields that only denials read."""
        for answers in self._cases(way, now):
            others = [name for name in self._asked(rest) if name not in answers]
            for at in (0, -1) if others else (0,):
                filled = {**answers, **{name: self._usual(name)[at] for name in others}}
                yield _Case(filled, now, self._computed(rest, filled, now))

    def _asked(self, names: Iterable[str]) -> list[str]:
        """What people answer, of some names and of what the computed ones among them depend on."""
        form = self._form
        each = (form.questions(name) if form and form.computes(name) else {name} for name in names)
        return sorted(set[str]().union(*each))

    def _computed(self, names: Iterable[str], answers: Mapping[str, Value], now: datetime) -> dict[str, Value]:
        """Those of some names that are computed, with what comes out."""
        computed = [name for name in names if self._form and self._form.computes(name)]
        if not computed or self._form is None:
            return {}
        found = self._form.names(answers, now)
        return {name: found[name] for name in computed}

    def _usual(self, field: str) -> tuple[Value, ...]:
        return usual(self._scope.find(field))

    def _env(self, case: _Case) -> Environment:
        return Environment(case.values, self._scope.datasets, now=case.now)

    def _ways(self, row: int) -> list[Way]:
        return list(islice(self._of(self._policy.plan.conditions[row], frozenset({row})), _MOST_WAYS))

    def _of(self, condition: Condition, above: frozenset[int]) -> Iterator[Way]:
        """The ways in which a condition may hold; what it asks of facts is followed to the rows that conclude them."""
        if isinstance(condition, Leaf):
            yield from self._of_leaf(condition, above)
        elif isinstance(condition, Every):
            each = [list(islice(self._of(part, above), _MOST_WAYS)) for part in condition.parts]
            yield from (sum(ways, ()) for ways in islice(product(*each), _MOST_WAYS))
        else:
            for part in condition.parts:
                yield from self._of(part, above)

    def _of_leaf(self, leaf: Leaf, above: frozenset[int]) -> Iterator[Way]:
        if not leaf.facts:
            yield (leaf,)
            return
        if not leaf.live:  # what is denied or counted: only the run of the policy can tell
            yield ()
            return
        for i, _ in self._policy.plan.spots[leaf.one]:
            if i not in above and len(above) < 8:
                yield from self._of(self._policy.plan.conditions[i], above | {i})

    def _cases(self, way: Way, now: datetime) -> Iterator[dict[str, Value]]:
        """Answers for which all leaves hold."""
        names = sorted({name for leaf in way for name in leaf.expression.names})
        fields = self._asked(names)
        own = [[leaf for leaf in way if leaf.expression.names == {name}] for name in fields]
        possible = [
            [value for value in self._candidates(name, way, now) if self._hold(fitting, {name: value}, now)]
            for name, fitting in zip(fields, own, strict=True)
        ]
        steps = 1 if fields == names else _FORM_STEPS
        for chosen in islice(product(*possible), _MOST_CASES * 4):
            self._tries -= steps
            if self._tries < 0:
                return
            values = dict(zip(fields, chosen, strict=True))
            if self._hold(way, {**values, **self._computed(names, values, now)}, now):
                yield values

    def _hold(self, way: Sequence[Leaf], values: Mapping[str, Value], now: datetime) -> bool:
        env = Environment(values, self._scope.datasets, now=now)
        return all(
            (truth := truth_of(leaf.expression, env).held) is not None and truth is not leaf.negated for leaf in way
        )

    def _candidates(self, field: str, way: Way, now: datetime) -> list[Value]:
        """What a field is compared with, what lies beside and between, and what is usual for its kind."""
        known = self._scope.find(field)
        found: list[Value] = []
        for leaf in way:
            # What is compared with something computed is tried for the answers behind it too.
            for name in sorted(leaf.expression.names):
                if field in self._asked([name]):
                    found += _compared(leaf.expression, name, now)
        numbers = sorted({value for value in found if isinstance(value, Decimal)})
        found += [(low + high) / 2 for low, high in pairwise(numbers)]
        # True and 1 are equal in Python, and two values here.
        return [
            *{
                (type(value), value): value
                for value in (*found, *self._usual(field))
                if known is None or takes(known, value)
            }.values(),
            None,
        ]


def _compared(expression: Expression, field: str, now: datetime) -> Iterator[Value]:
    for node in walk(expression.root):
        if not any(isinstance(part, Reference) and part.name == field for part in children(node)):
            continue
        for part in children(node):
            if any(isinstance(inner, Reference) for inner in walk(part)):
                continue
            value = evaluate(replace(expression, root=part), Environment({}, now=now))
            if value is None or isinstance(value, (ErrorValue, tuple)):
                continue
            step: Any = _STEPS.get(type(value))
            yield value
            with suppress(OverflowError):  # the first and the last day of the calendar
                yield from () if step is None else (value + step, value - step)


def _a_day(*rows: Statement) -> datetime | None:
    """Noon of a day on which all rows are in force; None where there is none."""
    first = max((row.valid_from for row in rows if row.valid_from), default=date(2026, 1, 1))
    last = min((row.valid_until for row in rows if row.valid_until), default=None)
    if last is not None and last < first:
        if any(row.valid_from for row in rows):
            return None
        first = last
    return datetime.combine(first, time(12), tzinfo=UTC)


def _said(value: object) -> str:
    return to_text(value) if not isinstance(value, Expression) else value.text  # type: ignore[arg-type]
