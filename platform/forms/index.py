"""A form prepared for evaluation: its items as a tree of nodes, who yields which name, and a safe order of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from banshi.platform.forms.choices import searched_lists
from banshi.platform.forms.keeping import keeps
from banshi.platform.forms.unread import unread
from banshi.platform.service.model import Computation, Field, Group, Item, Repeat, Service
from banshi.rules.expressions import Expression, asks_for_balances, fold_name
from banshi.rules.policies import Policy
from banshi.rules.tables import Table
from banshi.rules.tariffs import Tariff

TOTAL_NAMES = ("fees.total", "费用.合计")


@dataclass(eq=False, slots=True)
class Node:
    """An item, the names of the repeats around it, the groups and repeats around it (outermost first), its children."""

    item: Item
    repeats: tuple[str, ...]
    parents: tuple[Node, ...]
    children: list[Node] = field(default_factory=list)

    def expressions(self) -> Iterator[Expression]:
        """What must be computed before the value of the item is known."""
        item = self.item
        candidates = [item.relevant]
        if isinstance(item, Field):
            candidates += [item.calculation, item.prefill, item.default, item.renewal, item.readonly]
        if isinstance(item, Repeat):
            candidates.append(item.count)
        yield from (candidate for candidate in candidates if candidate is not None)


@dataclass(frozen=True, eq=False)
class FormIndex:
    """The form of one service by name. `producers` says which table, tariff or policy yields a name."""

    service: Service
    roots: tuple[Node, ...]
    fields: Mapping[str, Node]
    repeats: Mapping[str, Node]
    producers: Mapping[str, Computation]

    @property
    def computations(self) -> tuple[Computation, ...]:
        """The tables, tariffs and policies, in the order of the service."""
        return tuple(item for item in self.service.order if item.kind != "calculation")

    @cached_property
    def keeping(self) -> frozenset[str]:
        """The fields that keep the first value that they are given (see `keeping`)."""
        fields = (node.item for node in self.fields.values())
        return frozenset(item.name for item in fields if isinstance(item, Field) and keeps(item))

    @cached_property
    def unread(self) -> frozenset[str]:
        """The calculations by which nothing is decided."""
        return unread(self.service)

    @cached_property
    def balanced(self) -> frozenset[str]:
        """The calculations that ask for balances themselves."""
        fields = (node.item for node in self.fields.values() if isinstance(node.item, Field))
        return frozenset(item.name for item in fields if item.calculation and asks_for_balances(item.calculation))

    @cached_property
    def asks_accounts(self) -> bool:
        """Whether the form asks for balances, or for an account to charge."""
        for node in self.walk():
            item = node.item
            rules = [*node.expressions()]
            if isinstance(item, Field):
                rules += [rule for rule in (item.required, item.constraint) if rule is not None]
            if (isinstance(item, Field) and item.account) or any(map(asks_for_balances, rules)):
                return True
        return False

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every name of the form and its rules, each after the names that it needs.

        Values are computed when they are asked for. Asking in this order keeps that from descending deeply where an
        author lets hundreds of calculations lean on each other.
        """
        done: dict[str, None] = {}
        on_stack: set[str] = set()
        known = {**self.fields, **self.repeats, **self.producers}
        for start in known:
            stack = [(start, iter(self.needs(start)))] if start not in done else []
            on_stack.add(start)
            while stack:
                name, needs = stack[-1]
                following = next((n for n in needs if n in known and n not in done and n not in on_stack), None)
                if following is None:
                    stack.pop()
                    done[name] = None
                    on_stack.discard(name)
                else:
                    on_stack.add(following)
                    stack.append((following, iter(self.needs(following))))
        return tuple(done)

    def needs(self, name: str) -> list[str]:
        """The names that a name of the form or of its rules is directly made from; whether it is asked counts as well."""
        if name in self.producers:
            return sorted(self.rule(self.producers[name]).names)
        node = self.fields.get(name) or self.repeats[name]
        expressions = [expression for part in (*node.parents, node) for expression in part.expressions()]
        return sorted({read for expression in expressions for read in expression.names})

    def questions(self, names: Iterable[str]) -> frozenset[str]:
        """The questions that names depend on: the fields that people answer, through calculations, tables and policies."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.producers:
                waiting += self._behind(name)
            elif name in self.fields:
                item = self.fields[name].item
                if isinstance(item, Field) and item.calculation is not None:
                    waiting += item.calculation.names
                elif item.type != "note":
                    found.add(name)
        return frozenset(found)

    def _behind(self, name: str) -> Iterable[str]:
        """What an output is made from; a fact only from the statements that conclude it."""
        rule = self.rule(self.producers[name])
        if not isinstance(rule, Policy):
            return rule.names
        concluding = [row for row in rule.statements if any(fact.name == name for fact in row.then)]
        return {read for row in concluding for expression in row.expressions for read in expression.names}

    def repeat(self, name: str) -> Node:
        """A repeat by its name, in letters of either width. Raises KeyError for any other name."""
        return self.repeats.get(name) or {fold_name(key): node for key, node in self.repeats.items()}[name]

    def rule(self, computation: Computation) -> Table | Tariff | Policy:
        """The table, tariff or policy of a computation."""
        match computation.kind:
            case "table":
                return self.service.tables[computation.name]
            case "tariff":
                return self.service.tariffs[computation.name]
            case _:
                return self.service.policies[computation.name]

    @cached_property
    def searched(self) -> frozenset[str]:
        """The lists of choices that are searched on the server."""
        return searched_lists(self.service)

    def walk(self) -> Iterator[Node]:
        """Every node in the order of the sheet."""

        def inner(nodes: tuple[Node, ...] | list[Node]) -> Iterator[Node]:
            for node in nodes:
                yield node
                yield from inner(node.children)

        return inner(self.roots)


def index_of(service: Service) -> FormIndex:
    """The index of a service; the last few are kept, since one service is evaluated over and over."""
    return _kept_index(_Identity(service))


@dataclass(frozen=True, slots=True, eq=False)
class _Identity:
    """A service as a key: the very object, since its mappings cannot be hashed."""

    service: Service

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.service is self.service

    def __hash__(self) -> int:
        return id(self.service)


@lru_cache(maxsize=64)
def _kept_index(key: _Identity) -> FormIndex:
    service = key.service
    items = service.survey.children if service.survey else ()
    roots = tuple(_node(item, (), ()) for item in items)
    index = FormIndex(service=service, roots=roots, fields={}, repeats={}, producers={})
    fields: dict[str, Node] = {}
    repeats: dict[str, Node] = {}
    for node in index.walk():
        if isinstance(node.item, Field):
            fields.setdefault(node.item.name, node)
        elif isinstance(node.item, Repeat):
            repeats.setdefault(node.item.name, node)
    producers: dict[str, Computation] = {}
    for computation in index.computations:
        for name in sorted(index.rule(computation).output_names):
            producers.setdefault(name, computation)
    return FormIndex(service=service, roots=roots, fields=fields, repeats=repeats, producers=producers)


def _node(item: Item, repeats: tuple[str, ...], parents: tuple[Node, ...]) -> Node:
    node = Node(item, repeats, parents)
    if isinstance(item, Group):
        inside = (*repeats, item.name) if isinstance(item, Repeat) else repeats
        node.children.extend(_node(child, inside, (*parents, node)) for child in item.children)
    return node
