"""Linking: names across sheets, what must be computed before what, inside which repeats; then every check.

A table, a tariff or a policy that uses a name of a repeat on its own runs once a row of that repeat; one that only sums
such names up (`sum(${amount})`), or shares over them, runs once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cache, cached_property
from itertools import pairwise

from banshi.platform.people.directory import Directory
from banshi.platform.routes.hooks import Book, Fill, Hook, Open, Push
from banshi.platform.routes.model import Route
from banshi.platform.service.accounts import Account
from banshi.platform.service.boards import BOARD_NAMES, Chart, From
from banshi.platform.service.jobs import JOB_NAMES, Job
from banshi.platform.service.live_codes import LiveCode
from banshi.platform.service.model import LAST, Computation, Field, Form, Group, Item, Repeat, Service, Settings
from banshi.platform.service.notices import ACCOUNT_NAMES, CASE_NAMES, Connection, Notice
from banshi.platform.service.papers import Document
from banshi.platform.service.passes import Pass
from banshi.platform.service.personal_passes import PersonalPass
from banshi.platform.service.registers import Register
from banshi.platform.sheets import faults
from banshi.platform.sheets.checking import Checks
from banshi.platform.sheets.graph import Graph, Vertex
from banshi.platform.sheets.hook_checks import route_scope
from banshi.platform.sheets.names import Definition, Names, Repeats, form_definitions
from banshi.platform.sheets.references import Rule, expressions_of, kinds_in, uses_of
from banshi.platform.sheets.several import with_texts_of_choices
from banshi.platform.sheets.sheet_names import is_sheet_name
from banshi.platform.sheets.survey_sheet import Survey
from banshi.platform.workbook.columns import plain
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import Expression, Name, fold_name, kind_of_expression
from banshi.rules.expressions.checker import YES_NO
from banshi.rules.expressions.functions_datasets import ITEM
from banshi.rules.expressions.tree import Operation, Reference, walk
from banshi.rules.policies import Policy
from banshi.rules.tables import Table, bind
from banshi.rules.tariffs import Tariff
from banshi.rules.values import Kind, kind_of

TOTALS = ("fees.total", "费用.合计")
_ODD = re.compile(
    r"^[A-Z]{1,2}[0-9]{1,4}$|^(?:及?以[上下内外]|不限|封顶|[一二三四五六七八九十百千万]+)$|超过|大于|小于|不高于|不低于|等于|不足"
)
_APPLICANT = ("applicant", "申请人")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the sheets of one workbook gave, before anything is linked."""

    file: str
    sha256: str
    settings: Settings
    form: Form | None = None
    survey: Survey = field(default_factory=Survey)
    route: Route | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    tariffs: Mapping[str, Tariff] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    registers: Mapping[str, Register] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    connections: Mapping[str, Connection] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    charts: tuple[Chart, ...] = ()
    accounts: Mapping[str, Account] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    passes: tuple[Pass, ...] = ()
    personal_passes: tuple[PersonalPass, ...] = ()
    codes: tuple[LiveCode, ...] = ()
    now: datetime | None = None

    @property
    def rules(self) -> dict[str, tuple[str, Rule]]:
        """Tables, tariffs and policies by key (`table:危化品`), each with its kind."""
        kinds: tuple[tuple[str, Mapping[str, Rule]], ...] = (
            ("table", self.tables),
            ("tariff", self.tariffs),
            ("policy", self.policies),
        )
        return {f"{kind}:{name}": (kind, rule) for kind, rules in kinds for name, rule in rules.items()}


def link(
    parts: Parts, directory: Directory | None, services: Mapping[str, Service] | None = None
) -> tuple[Service, Names, list[Diagnostic]]:
    """The service of some sheets, the names that its examples may use, and every fault of how the sheets fit together.

    Without the other services, what its steps open is not checked against them.
    """
    linker = _Linker(parts)
    service = linker.run()
    checks = Checks(service, linker.names, linker.repeats, linker.ambiguous)
    return service, linker.names, linker.found + checks.run(parts.survey, directory, services)


class _Linker:
    """Works through the graph once: each vertex is settled when everything that it needs is."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._rules = parts.rules
        self.names = Names(parts.datasets, parts.now, parts.survey.twins)
        self.found: list[Diagnostic] = []
        self.repeats: dict[str, Repeats] = {}
        self.ambiguous: dict[str, tuple[Place, ...]] = {}
        self._bound: dict[str, Table] = {}
        self._kinds: dict[str, Kind] = {}
        self._order: list[Computation] = []
        self._inputs: dict[str, Kind] = {}
        self._fields = {
            item.name: (item, repeats)
            for item, repeats in reversed(list(parts.form.walk() if parts.form else ()))
            if isinstance(item, Field)
        }

    def run(self) -> Service:
        """Settle every vertex, then put the service together."""
        self._declare()
        graph = Graph(list(self._vertices()))
        for circle in graph.circles():
            path = " → ".join([vertex.label for vertex in (*circle, circle[0])])
            places = [vertex.reading(other) for vertex, other in pairwise((*circle, circle[0]))]
            cells = "、".join(dict.fromkeys(map(str, places)))
            self.found.append(faults.CIRCLE.at(places[0], path=path, cells=cells))
        for component in graph.components():
            for key in component:
                self._settle(key)
        self.found += [*self._unquoted(), *self._odd_inputs()]
        return self._service()

    def _odd_inputs(self) -> Iterator[Diagnostic]:
        """Names that nobody would give a column of data: an Excel cell, a comparison in words."""
        for _, rule in self._rules.values():
            for expression in expressions_of(rule):
                for node in walk(expression.root):
                    if isinstance(node, Reference) and node.name in self._inputs and _ODD.search(node.name):
                        yield faults.ODD_INPUT.at(expression.place_of(node), name=node.name)

    def _unquoted(self) -> Iterator[Diagnostic]:
        """Inputs that nothing is done with but to compare another name with them: texts without quotes, most likely."""
        places: dict[str, Place] = {}
        compared, used = Counter[str](), Counter[str]()
        for _, rule in self._rules.values():
            for expression in expressions_of(rule):
                for node in walk(expression.root):
                    if isinstance(node, Reference):
                        used[node.name] += 1
                    elif isinstance(node, Operation) and node.operator in ("=", "!="):
                        left, right = node.operands
                        column = isinstance(left, Reference) and left.name.startswith(ITEM)
                        if isinstance(left, Reference) and isinstance(right, Reference) and not column:
                            compared[right.name] += 1
                            places.setdefault(right.name, expression.place)
        for name, count in compared.items():
            if name in self._inputs and count == used[name]:
                yield faults.UNQUOTED.at(places[name], name=name)

    def _declare(self) -> None:
        """Names that are known from the start, and names that stand twice."""
        form = self.parts.form
        seen: dict[str, tuple[Place, str]] = {}
        for definition in form_definitions(form) if form else ():
            self._once(definition.name, definition.place, "", seen)
            self.names.add(definition)
        for name, keys in self.parts.survey.twins.items():
            seen.setdefault(name, seen[keys[0]])
        for key, (kind, rule) in self._rules.items():
            for name, place in _outputs(rule):
                self._once(name, place, key if kind == "tariff" else "", seen)
        for name in sorted(self._read):
            if name.split(".", 1)[0] in _APPLICANT:
                self.names.add(Definition(name=name, kind=Kind.TEXT))
            elif (asked := self._fields.get(name.removeprefix(LAST))) and name.startswith(LAST):
                item, repeats = asked
                self.names.add(Definition(name=name, kind=Kind.LIST if repeats else item.kind, place=item.place))
            elif form is None and name not in seen and name not in TOTALS and self._may_be_input(name):
                # A workbook of rules only: what nobody yields is an input.
                self._inputs[name] = self._used.get(name, Kind.ANY)
                self.names.add(Definition(name=name, kind=self._inputs[name], guessed=True))

    def _may_be_input(self, name: str) -> bool:
        """Whether somebody may give a name to a workbook of rules: no yes or no, nothing that says which sheet yields it."""
        return name.casefold() not in YES_NO and not is_sheet_name(name)

    def _once(self, name: str, place: Place, tariff: str, seen: dict[str, tuple[Place, str]]) -> None:
        """Fault a name that stands twice; items of two tariffs may be called alike as long as nobody asks for them."""
        first, owner = seen.setdefault(fold_name(name), (place, tariff))
        if first == place or (tariff and owner == tariff):
            return
        if tariff and owner:
            places = self.ambiguous.get(fold_name(name), (first,))
            self.ambiguous[fold_name(name)] = (*places, place)
        else:
            self.found.append(faults.NAME_TWICE.at(place, name=name, first=first))

    @cached_property
    def _read(self) -> set[str]:
        """Every name that an expression of the service reads, and the answers before that its texts show."""
        parts = self.parts
        read = {name for name, _ in parts.survey.mentions if name.startswith(LAST)}
        for _, rule in parts.rules.values():
            read |= rule.names
        for item, _ in parts.form.walk() if parts.form else ():
            for expression in expressions_of_item(item):
                read |= expression.names
        for step in parts.route.steps if parts.route else ():
            read |= step.when.names if step.when else set()
            read |= {name for name in step.who.names if name.split(".", 1)[0] in _APPLICANT}
            read |= {name for expression in expressions_of_hooks(step.hooks) for name in expression.names}
        by_jobs = {plain(job.named) for job in parts.jobs if not job.of_form}
        for notice in (notice for notice in parts.notices if plain(notice.name) not in by_jobs):
            read |= {name for expression in notice.expressions for name in expression.names}
            read |= {name for name in (notice.to.names if notice.to else ()) if name.split(".", 1)[0] in _APPLICANT}
        for register in parts.registers.values():
            read |= register.when.names if register.when else set()
        for account in parts.accounts.values():
            read |= account.holder.names if account.holder else set()
        for connection in (one for one in parts.connections.values() if plain(one.name) not in by_jobs):
            read |= {name for expression in connection.expressions for name in expression.names}
        for document in parts.documents:
            read |= document.when.names if document.when else set()
            read |= document.valid.until.names if document.valid and document.valid.until else set()
            read |= document.copies.names if isinstance(document.copies, Expression) else set()
        for one in parts.passes:
            read |= {name for expression in one.expressions for name in expression.names}
            read |= {name for name in (one.keeper.names if one.keeper else ()) if name.split(".", 1)[0] in _APPLICANT}
        for code in parts.codes:
            read |= {name for expression in code.expressions for name in expression.names}
        for chart in (chart for chart in parts.charts if chart.source is not From.DATA):
            read |= {name for expression in chart.expressions for name in expression.names}
        for job in (job for job in parts.jobs if job.of_form):
            read |= {name for expression in job.expressions for name in expression.names}
        read -= {
            word
            for names in (CASE_NAMES, ACCOUNT_NAMES, JOB_NAMES, BOARD_NAMES)
            for words in names.values()
            for word in words
        }
        return read | (parts.settings.instance_name.names if parts.settings.instance_name else set())

    @cached_property
    def _used(self) -> dict[str, Kind]:
        """The kinds of names by the way in which rules use them; nothing of those that are used in several ways."""
        found: dict[str, set[Kind]] = {}
        for _, rule in self.parts.rules.values():
            for name, kind in kinds_in(rule):
                found.setdefault(name, set()).add(kind)
        return {name: kinds.pop() for name, kinds in found.items() if len(kinds) == 1}

    def _vertices(self) -> Iterator[Vertex]:
        form = self.parts.form
        yield from _item_vertices(form.children, ()) if form else ()
        for key, (_, rule) in self._rules.items():
            names = tuple(fold_name(name) for name, _ in _outputs(rule))
            yield Vertex(key=key, label=rule.name, reads=rule.names, yields=names, place=rule.place)
        if self.parts.tariffs:
            totals = frozenset(tariff.total_name for tariff in self.parts.tariffs.values())
            first = next(iter(self.parts.tariffs.values()))
            yield Vertex(key="totals", label=TOTALS[0], reads=totals, yields=TOTALS, place=first.place)

    def _settle(self, key: str) -> None:
        if key == "totals":
            for name in TOTALS:
                self.names.add(Definition(name=name, kind=Kind.NUMBER))
        elif key in self._rules:
            self._settle_rule(key, *self._rules[key])
        elif (name := key.removeprefix("item:")) in self._fields:
            self._settle_field(*self._fields[name])

    def _settle_field(self, item: Field, repeats: Repeats) -> None:
        if item.calculation is None:
            return
        self._order.append(Computation(kind="calculation", name=item.name, repeat=repeats))
        if item.kind is Kind.ANY:
            kind = kind_of_expression(item.calculation, self.names.scope(repeats))
            self._kinds[item.name] = kind
            self.names.change(item.name, lambda definition: replace(definition, kind=kind))

    def _settle_rule(self, key: str, kind: str, rule: Rule) -> None:
        repeats = self.repeats[key] = self._repeats_of(rule)
        self._order.append(Computation(kind=kind, name=rule.name, repeat=repeats))
        if isinstance(rule, Table):
            rule = self._bound[rule.name] = bind(rule, self.names.scope(repeats))
        kinds = _output_kinds(rule)
        values = rule.output_values if isinstance(rule, Table) else {}
        blanks = rule.blanks if isinstance(rule, Table) else {}
        for name, place in _outputs(rule):
            result = Definition(name=name, kind=kinds.get(name, Kind.ANY), repeats=repeats, place=place)
            self.names.add(replace(result, values=values.get(name), blank=blanks.get(name)))

    def _repeats_of(self, rule: Rule) -> Repeats:
        """The repeats inside which a rule runs once a row."""
        inside: Repeats = ()
        uses = uses_of(rule)
        owners: dict[Repeats, list[str]] = {}
        for name in sorted(uses.single):
            definition = self.names.find(name)
            if definition is not None and definition.repeats:
                owners.setdefault(definition.repeats, []).append(name)
        for repeats in owners:
            shorter, longer = sorted((inside, repeats), key=len)
            if longer[: len(shorter)] != shorter:
                names = "、".join(name for found in owners.values() for name in found)
                self.found.append(faults.TWO_REPEATS.at(rule.place, rule=rule.name, names=names))
                break
            inside = longer
        self.found += self._sums_within(rule, inside, uses.columns)
        return inside

    def _sums_within(self, rule: Rule, inside: Repeats, columns: Iterable[str]) -> Iterator[Diagnostic]:
        for name in sorted(columns) if inside else ():
            definition = self.names.find(name)
            if definition is None or not definition.repeats or inside[: len(definition.repeats)] != definition.repeats:
                continue
            place = next((entry.place for entry in expressions_of(rule) if name in entry.names), rule.place)
            facts = {"rule": rule.name, "repeat": definition.repeats[-1], "name": name}
            yield faults.SUM_WITHIN_ROW.at(place, **facts)

    def _service(self) -> Service:
        parts = self.parts
        form = parts.form
        if form is not None:
            form = replace(form, children=tuple(_with_kinds(item, self._kinds) for item in form.children))
            form = with_texts_of_choices(form)
        return Service(
            file=parts.file,
            sha256=parts.sha256,
            settings=parts.settings,
            survey=form,
            routing=parts.route,
            tables={name: self._bound.get(name, table) for name, table in parts.tables.items()},
            tariffs=parts.tariffs,
            policies=parts.policies,
            datasets=parts.datasets,
            registers=parts.registers,
            notices=parts.notices,
            accounts=parts.accounts,
            connections=parts.connections,
            jobs=parts.jobs,
            charts=parts.charts,
            documents=parts.documents,
            passes=parts.passes,
            personal_passes=parts.personal_passes,
            codes=parts.codes,
            order=tuple(self._order),
            last=frozenset(name.removeprefix(LAST) for name in self._read if name.startswith(LAST)),
            inputs=self._inputs,
            condition_names=self._condition_names(),
        )

    def _condition_names(self) -> dict[str, Name]:
        route = self.parts.route or Route(())
        scope, steps = route_scope(self.names.scope(), route), route.steps
        names = sorted({name for step in steps if step.when is not None for name in step.when.names})
        return {name: known for name in names if (known := scope.find(name)) is not None}


def expressions_of_hooks(hooks: Iterable[Hook]) -> Iterator[Expression]:
    """The expressions of what a step does when it is passed."""
    for hook in hooks:
        if isinstance(hook, Open):
            yield from (value for _, value in hook.fields)
        elif isinstance(hook, Fill):
            yield hook.value
        elif isinstance(hook, Push) and hook.chosen is not None:
            yield hook.chosen
        elif isinstance(hook, Book):
            yield from (value for value in (hook.amount, hook.credit) if value is not None)


def expressions_of_item(item: Item) -> Iterator[Expression]:
    """The expressions of one row of the survey, without those of the items inside a group."""
    for name in _expression_fields(type(item)):  # type: ignore[arg-type]  # mypy takes the hash of an instance for that of a class
        if (expression := getattr(item, name)) is not None:
            yield expression


@cache
def _expression_fields(kind: type[Item]) -> tuple[str, ...]:
    """The fields of a dataclass that hold an expression or nothing."""
    return tuple(part.name for part in fields(kind) if part.type == "Expression | None")


def _item_vertices(items: tuple[Item, ...], around: tuple[Expression | None, ...]) -> Iterator[Vertex]:
    """A vertex for every field and repeat. `around` are the rules that decide whether it is there at all."""
    for item in items:
        own = (item.relevant, *around)
        if isinstance(item, Group):
            inside = (item.count, *own) if isinstance(item, Repeat) else own
            if isinstance(item, Repeat):
                yield _item_vertex(item, inside)
            yield from _item_vertices(item.children, inside)
        elif isinstance(item, Field):
            # A circle is mended where the field is computed, before where it is asked or named.
            yield _item_vertex(item, (item.calculation, item.prefill, item.default, item.renewal, item.readonly, *own))


def _item_vertex(item: Item, rules: tuple[Expression | None, ...]) -> Vertex:
    cells = tuple((rule.names, rule.place) for rule in rules if rule is not None)
    return Vertex(
        key=f"item:{item.name}",
        label=item.name,
        reads=frozenset().union(*(names for names, _ in cells)),
        yields=(item.name,),
        place=item.place,
        rules=cells,
    )


def _outputs(rule: Rule) -> list[tuple[str, Place]]:
    """The names that a rule yields, each with the cell that first says so."""
    match rule:
        case Table():
            return [(output.name, output.place) for output in rule.outputs]
        case Tariff():
            places = {line.item: line.place for line in reversed(rule.lines)}
            return [(name, places.get(name, rule.place)) for name in rule.output_names]
        case Policy():
            facts = [fact for statement in rule.statements for fact in statement.then]
            places = {fact.name: fact.place for fact in reversed(facts)}
            return list({fact.name: (fact.name, places[fact.name]) for fact in facts}.values())


def _output_kinds(rule: Rule) -> dict[str, Kind]:
    match rule:
        case Table():
            return rule.output_kinds
        case Tariff():
            return dict.fromkeys(rule.output_names, Kind.NUMBER)
        case Policy():
            return _fact_kinds(rule)


def _fact_kinds(policy: Policy) -> dict[str, Kind]:
    """The kinds of facts: one that several rows conclude differently may be a list, so nobody can know."""
    values: dict[str, set[object]] = {}
    for statement in policy.statements:
        for fact in statement.then:
            values.setdefault(fact.name, set()).add(fact.value)
    kinds: dict[str, Kind] = {}
    for name, (value, *others) in ((name, tuple(found)) for name, found in values.items()):
        unknown = others or isinstance(value, Expression)
        kinds[name] = Kind.ANY if unknown else kind_of(value)  # type: ignore[arg-type]  # no expression is left
    return kinds


def _with_kinds(item: Item, kinds: Mapping[str, Kind]) -> Item:
    if isinstance(item, Group):
        return replace(item, children=tuple(_with_kinds(child, kinds) for child in item.children))
    if isinstance(item, Field) and item.name in kinds:
        return replace(item, kind=kinds[item.name])
    return item
