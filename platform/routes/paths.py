"""The distinct paths of a route, found by trying its conditions at the boundaries of what they compare.

Each name that a condition reads is tried at every threshold, between two of them and beyond, or with every choice that
is named and one that is not; names that stand in no condition together are independent. Computed values are names like
any other, so that a path may be listed which no form leads to; none is left out that a form leads to, unless a list says
that it is not `complete`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice, pairwise, product
from math import prod
from random import Random

from banshi.platform.routes.deadline_check import longest, total
from banshi.platform.routes.model import Route, RouteStep
from banshi.platform.routes.moves import is_false
from banshi.platform.routes.preview import path_of
from banshi.rules.datasets import Dataset
from banshi.rules.expressions import Environment, Expression, Name, Scope, evaluate
from banshi.rules.expressions.tree import Boolean, Call, Membership, Node, Number, Operation, Reference, Text, walk
from banshi.rules.tables.atoms import sample_of
from banshi.rules.values import Kind, Value

MOST_TRIED = 2000
"""How many inputs are tried for conditions that share names; of more, as many are drawn."""
MOST_PATHS = 2000
"""How many combinations of conditions that share no name are put together."""

MOST_NAMED = 6
"""How many choices of one list are put together in every way."""

_NOW = datetime(2026, 9, 1, tzinfo=UTC)
_COMPARES = frozenset({"=", "!=", "<", "<=", ">", ">="})
_ORDERS = frozenset({"<", "<=", ">", ">="})
_OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Path:
    """One way through a route: the ids of the steps that are entered, and one input that leads there, by name."""

    taken: tuple[str, ...]
    example: Mapping[str, Value]

    def text(self, route: Route) -> str:
        """The path as examples write it."""
        return path_of(route, self.taken)

    def asked(self, route: Route) -> tuple[RouteStep, ...]:
        """The steps of the path that ask people."""
        return tuple(step for step in route.steps if step.id in self.taken and step.mode.asks)


@dataclass(frozen=True, slots=True)
class Paths:
    """All paths found. `complete` where every one is among them; `never` are the steps whose own condition never holds."""

    paths: tuple[Path, ...]
    complete: bool = True
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ways:
    """What some conditions can say together: the steps entered, with one input each; `exact` are those of which that is all."""

    ways: Mapping[frozenset[str], Mapping[str, Value]]
    complete: bool
    exact: frozenset[str]


def find_paths(route: Route, scope: Scope, optional: Collection[str] = ()) -> Paths:
    """The paths of a route; names that are `optional` may be empty too."""
    conditions = {step.id: step.when for step in route.steps if step.when is not None}
    parts = [_ways(part, scope, optional) for part in _apart(conditions)]
    always = [step.id for step in route.steps if step.when is None]
    found: dict[frozenset[str], Mapping[str, Value]] = {}
    for chosen in islice(product(*(part.ways.items() for part in parts)), MOST_PATHS):
        entered = frozenset(always).union(*(ids for ids, _ in chosen))
        found.setdefault(entered, {name: value for _, given in chosen for name, value in given.items()})
    seen = frozenset[str]().union(*(ids for part in parts for ids in part.ways))
    exact = frozenset[str]().union(*(part.exact for part in parts))
    never = tuple(i for i in conditions if i in exact - seen)
    complete = all(part.complete for part in parts) and prod(len(part.ways) for part in parts) <= MOST_PATHS
    order = {step.id: at for at, step in enumerate(route.steps)}
    paths = (Path(tuple(sorted(ids, key=order.__getitem__)), given) for ids, given in found.items())
    return Paths(tuple(sorted(paths, key=lambda path: [order[i] for i in path.taken])), complete, never)


def deadlines(route: Route, path: Path, datasets: Mapping[str, Dataset], language: str = "zh") -> str:
    """The sum of the deadlines on a path, by unit; of branches side by side the longest. Blank where there are none."""
    return total(longest(route, path.taken, datasets), language, datasets)


def _apart(conditions: Mapping[str, Expression]) -> list[dict[str, Expression]]:
    """The conditions in groups that share no name."""
    groups: list[tuple[set[str], dict[str, Expression]]] = []
    for step_id, condition in conditions.items():
        names, members = set(condition.names), {step_id: condition}
        for group in [group for group in groups if group[0] & names]:
            names |= group[0]
            members = group[1] | members
            groups.remove(group)
        groups.append((names, members))
    return [members for _, members in groups]


def _ways(conditions: Mapping[str, Expression], scope: Scope, optional: Collection[str]) -> _Ways:
    """What conditions that share names can say together."""
    names = sorted({name for condition in conditions.values() for name in condition.names})
    tried = {name: _tried(name, conditions.values(), scope, optional) for name in names}
    free = {
        i
        for i, condition in conditions.items()
        if any(not tried[name] for name in condition.names) or any(map(_labels, walk(condition.root)))
    }
    axes = [tried[name] or [None] for name in names]
    count = prod(map(len, axes))
    inputs: Iterator[tuple[Value, ...]] = product(*axes)
    if count > MOST_TRIED:
        draw = Random(0)  # noqa: S311  (no secret)
        inputs = (tuple(map(draw.choice, axes)) for _ in range(MOST_TRIED))
    found: dict[frozenset[str], Mapping[str, Value]] = {}
    for values in inputs:
        given = dict(zip(names, values, strict=True))
        around = Environment(given, scope.datasets, now=scope.now or _NOW)
        held = frozenset(i for i, c in conditions.items() if i not in free and not is_false(evaluate(c, around)))
        told = {name: value for name, value in given.items() if tried[name]}
        for said in product([False, True], repeat=len(free)):
            found.setdefault(held | {i for i, holds in zip(sorted(free), said, strict=True) if holds}, told)
    ways = {ids: found[ids] for ids in sorted(found, key=lambda ids: (len(ids), sorted(ids)))}
    every = count <= MOST_TRIED
    exact = frozenset(
        i for i, condition in conditions.items() if every and i not in free and _is_exact(condition, scope)
    )
    return _Ways(ways, complete=every and len(exact) == len(conditions), exact=exact)


def _tried(name: str, conditions: Collection[Expression], scope: Scope, optional: Collection[str]) -> list[Value]:
    """The values of a name at the boundaries; nothing where its kind has none."""
    known = scope.find(name) or Name(Kind.ANY)
    constants = [c for condition in conditions for c in _constants(condition.root, name)]
    numbers = [c for c in constants if isinstance(c, Decimal)]
    words = [c for c in constants if isinstance(c, str)]
    found: list[Value]
    if known.values is not None:
        found = sorted(known.values, key=str)
    elif known.kind is Kind.BOOLEAN:
        found = [True, False]
    elif known.kind is Kind.NUMBER or (known.kind is Kind.ANY and numbers and not words):
        found = _numbers(known, [*numbers, *([] if numbers else [Decimal(0)])])
    elif known.kind is Kind.LIST and known.choices:
        found = _selections(sorted(known.choices), words)
    elif known.kind in (Kind.TEXT, Kind.ANY) and known.choices:
        found = [*sorted(known.choices)]
    elif known.kind in (Kind.TEXT, Kind.ANY) and words:
        found = [*dict.fromkeys(words), next(w for w in (_OTHER, "另外") if w not in words)]
    elif known.kind is Kind.ANY:
        found = [True, False]
    else:
        return []
    return [*found, None] if name in optional else found


def _numbers(known: Name, constants: list[Decimal]) -> list[Value]:
    """Every threshold and a number of every stretch beside them, within the field's bounds; negative ones last."""
    least, most = known.bounds
    cuts = sorted({place for constant in constants for place in ((constant, 0), (constant, 1))})
    inside = [cut for cut in cuts if (least is None or cut > least) and (most is None or cut < most)]
    step = Decimal(1) if known.whole else None
    found = [sample_of(start, stop, Kind.NUMBER, step) for start, stop in pairwise([least, *inside, most])]
    numbers = sorted(value for value in found if isinstance(value, Decimal))
    return [*(n for n in numbers if n >= 0), *(n for n in numbers if n < 0)]


def _selections(choices: list[str], words: list[str]) -> list[Value]:
    """What can be chosen of a list: every part of the choices that are named, with and without another one."""
    named = [word for word in dict.fromkeys(words) if word in choices][:MOST_NAMED]
    others = [(), *((choice,) for choice in choices if choice not in named)][:2]
    parts = product(*([(), (word,)] for word in named))
    return [chosen for part in parts for other in others if (chosen := (*(w for words in part for w in words), *other))]


def _constants(root: Node, name: str) -> Iterator[Value]:
    """The constants that stand in one comparison with a name."""
    for node in walk(root):
        compares = isinstance(node, (Operation, Membership, Call)) and not _is_logic(node)
        if compares and any(isinstance(inner, Reference) and inner.name == name for inner in walk(node)):
            for inner in walk(node):
                if isinstance(inner, (Number, Text)):
                    yield inner.value
                elif isinstance(inner, Operation) and inner.operator == "neg" and isinstance(inner.operands[0], Number):
                    yield -inner.operands[0].value


def _is_logic(node: Node) -> bool:
    word = node.operator if isinstance(node, Operation) else node.function if isinstance(node, Call) else ""
    return word in ("and", "or", "not")


def _labels(node: Node) -> bool:
    """Whether a part reads labels, which are not among what is tried."""
    return isinstance(node, Call) and node.function == "jr:choice-name"


def _is_exact(condition: Expression, scope: Scope) -> bool:
    """Whether what is tried decides the condition: it only compares single names with constants."""

    def simple(node: Node) -> bool:
        if _is_logic(node):
            return all(map(simple, node.operands))  # type: ignore[union-attr]  # logic has operands
        if isinstance(node, Reference):
            return _kind(node) is Kind.BOOLEAN
        if isinstance(node, Call):
            name, *words = node.operands or (node,)
            known = scope.find(name.name) if isinstance(name, Reference) else None
            few = len({*_constants(condition.root, name.name)}) <= MOST_NAMED if isinstance(name, Reference) else False
            return node.function == "selected" and known is not None and few and all(map(fixed, words))
        if isinstance(node, Membership):
            return isinstance(node.operands[0], Reference) and all(map(fixed, node.operands[1:]))
        if not isinstance(node, Operation) or node.operator not in _COMPARES:
            return isinstance(node, Boolean)
        name, *others = sorted(node.operands, key=fixed)
        ordered = node.operator in _ORDERS and isinstance(name, Reference) and _kind(name) is not Kind.NUMBER
        return isinstance(name, Reference) and all(map(fixed, others)) and not ordered

    def _kind(node: Reference) -> Kind:
        known = scope.find(node.name)
        return Kind.ANY if known is None or known.multiple else known.kind

    def fixed(node: Node) -> bool:
        negative = isinstance(node, Operation) and node.operator == "neg" and isinstance(node.operands[0], Number)
        return negative or isinstance(node, (Number, Text, Boolean))

    return simple(condition.root)
