"""What follows from the sensitive answers of a service: the names and texts that say them again, by dependency.

A calculation, a default, a result cell with a formula and a concluded value say what they read. What a table, a policy or a tariff
only chooses by an answer or comes to (a grade, a verdict, an amount) is what was decided, and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from banshi.platform.service.model import LAST, Field, Service
from banshi.rules.expressions import Expression, fold_name
from banshi.rules.expressions.tree import Call, Node, Reference, Text, children, walk
from banshi.rules.policies import Statement


@dataclass(frozen=True)
class Derived:
    """See the module; all names are folded.

    `names` are those that derive, each with its calculation where that is all that gives it. `quantities` and `shares` are the
    items of tariffs whose quantities and whose shares read something sensitive, `shared` the cells of such shares. `messages` are the rows of policies whose texts
    do, by their cells, `others` the cells of the other rows. `title` says whether `instance_name` does.
    """

    names: Mapping[str, Expression | None] = field(default_factory=dict)
    quantities: frozenset[str] = frozenset()
    shares: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    messages: Mapping[str, Statement] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    title: bool = False


NOTHING = Derived()


def derived(services: Iterable[Service], marked: frozenset[str]) -> Derived:
    """What derives from the marked questions (folded names) in some versions of a service; messages are those of the first."""
    versions = list(services)
    names: dict[str, Expression | None] = {}
    for service in versions:
        names |= {name: rule for name, rule in _names(service, marked).items() if name not in marked}
    hidden = marked | set(names)
    lines = [line for service in versions for tariff in service.tariffs.values() for line in tariff.lines]
    shared = [line for line in lines if line.share and reads(line.share.root, hidden)]
    rows = [row for service in versions[:1] for policy in service.policies.values() for row in policy.statements]
    told = {str(row.place): row for row in rows if not hidden.isdisjoint(map(fold_name, row.named))}
    titles = (service.settings.instance_name for service in versions)
    return Derived(
        names=names,
        quantities=frozenset(line.item for line in lines if line.quantity and reads(line.quantity.root, hidden)),
        shares=frozenset(line.item for line in shared),
        shared=frozenset(str(line.share.place) for line in shared if line.share),
        messages=told,
        others=frozenset(str(row.place) for row in rows) - set(told),
        title=any(one is not None and reads(one.root, hidden) for one in titles),
    )


def reads(node: Node, hidden: Iterable[str]) -> bool:
    """Whether a part of an expression reads one of some folded names."""
    return not set(_read(node)).isdisjoint(hidden)


def _read(node: Node) -> Iterator[str]:
    for found in walk(node):
        if isinstance(found, Reference):
            yield fold_name(found.name.removeprefix(LAST))
        elif isinstance(found, Call) and found.function == "rows-of":
            yield from (fold_name(one.value) for one in children(found) if isinstance(one, Text))


def _names(service: Service, marked: frozenset[str]) -> Mapping[str, Expression | None]:
    """The names that derive, through as many others as there are between."""
    made = [(fold_name(name), rule, alone) for name, rule, alone in _made(service)]
    chosen = [(fold_name(item.name), fold_name(item.chosen_from)) for item in _open(service) if item.chosen_from]
    found: dict[str, Expression | None] = {}
    while True:
        hidden = marked | set(found)
        more = {name: rule if alone else None for name, rule, alone in made if reads(rule.root, hidden)}
        more |= {name: None for name, source in chosen if source in hidden}
        if not set(more) - hidden:
            return found | {name: rule for name, rule in more.items() if name in found}
        found |= {name: rule for name, rule in more.items() if name not in hidden}


def _made(service: Service) -> Iterator[tuple[str, Expression, bool]]:
    """Every name with an expression that gives it, and whether that one alone does."""
    for item in _open(service):
        if item.calculation is not None:
            yield item.name, item.calculation, True
        yield from ((item.name, one, False) for one in (item.prefill, item.default, item.renewal) if one is not None)
    for table in service.tables.values():
        cells = [list(zip(table.output_names, row.results, strict=True)) for row in table.rows]
        for name, result in [pair for row in cells for pair in row] + list(table.otherwise):
            if result.expression is not None:
                yield name, result.expression, False
    for policy in service.policies.values():
        for row in policy.statements:
            yield from ((fact.name, fact.value, False) for fact in row.then if isinstance(fact.value, Expression))


def _open(service: Service) -> Iterator[Field]:
    """The questions that nobody marked, nor said of that they are not sensitive."""
    for item, _ in service.survey.walk() if service.survey else ():
        if isinstance(item, Field) and item.sensitive is None and not item.disclosed:
            yield item
