"""The rule bench: one table, tariff or policy of a service, tried on values that are typed in, down to the cells that decided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from banshi.platform.audit.telling import told
from banshi.platform.filling.running import Runner
from banshi.platform.service.model import Field, Service
from banshi.rules.decision import Decision
from banshi.rules.expressions import Environment, fold_name
from banshi.rules.policies import Policy, infer
from banshi.rules.tables import Table, decide
from banshi.rules.tables.explaining import nearly
from banshi.rules.tariffs import Tariff, bill
from banshi.rules.values import Kind, dumps, loads

KINDS = ("table", "tariff", "policy")
MOST_CHOICES = 500
_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something that a rule reads: its name, how people call it, its kind, what may be chosen (name and label), whether it
    is a column of rows, of which several values are given.
    """

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRule:
    """A rule that can be tried: `key` is its kind and name (`table:危化品`), `asks` what it reads."""

    key: str
    kind: str
    name: str
    asks: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchAnswer:
    """What a rule said: in lines, from which cells, and why as trees (`Explanation.to_json`); `near` are the rows of a table
    that nearly applied. `wrong` says what could not be read or computed.
    """

    told: Sequence[str] = ()
    cells: Sequence[str] = ()
    explanation: Sequence[Mapping[str, Any]] = ()
    near: Sequence[Mapping[str, Any]] = ()
    wrong: Sequence[str] = ()


class Bench:
    """Tries the rules of one service in one language."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._service = runner.service

    def rules(self) -> tuple[BenchRule, ...]:
        """Every table, tariff and policy, in the order in which the service computes them."""
        order = [(node.kind, node.name) for node in self._service.order if node.kind in KINDS]
        return tuple(
            BenchRule(key=f"{kind}:{name}", kind=kind, name=name, asks=tuple(self._asks(kind, name)))
            for kind, name in order
        )

    def run(self, key: str, typed: Mapping[str, str]) -> BenchAnswer:
        """What a rule says of values as they were typed; blank ones are not given. KeyError for a rule that is not there."""
        kind, _, name = key.partition(":")
        rule = _rules(self._service, kind)[name]
        asks = {ask.name: ask for ask in self._asks(kind, name)}
        given = {name: _given(asks[name], text) for name, text in typed.items() if name in asks and text.strip()}
        kinds = {ask.name: ask.kind for ask in asks.values() if ask.kind is not Kind.ANY and not ask.several}
        env = self._runner.environment(kind, rule, given, kinds)
        near: Sequence[Mapping[str, Any]] = ()
        match rule:
            case Table():
                decision = decide(rule, env)
                near = [line.to_json() for line in nearly(rule, env, decision.inputs)]
            case Tariff():
                decision = bill(rule, env).decision
            case Policy():
                decision = infer(rule, env, self._runner.engine, chained=True).decision
        return self._answer(kind, decision, near, self._misread(rule, env, given))

    def _answer(
        self, kind: str, decision: Decision, near: Sequence[Mapping[str, Any]], misread: Iterable[str]
    ) -> BenchAnswer:
        language = self._runner.language
        record = loads(dumps(decision.to_json()))  # as the rule log keeps it
        wrong = dict.fromkeys((*misread, *(item.message(language) for item in decision.diagnostics)))
        return BenchAnswer(
            told=told(kind, decision.name, record["outputs"], language),
            cells=tuple(dict.fromkeys(map(str, decision.fired))),
            explanation=record["explanation"],
            near=() if decision.fired else near,
            wrong=tuple(wrong),
        )

    def _asks(self, kind: str, name: str) -> Iterable[Asked]:
        rule = _rules(self._service, kind)[name]
        language, form = self._runner.language, self._service.survey
        fields = (
            {fold_name(item.name): (item, repeats) for item, repeats in form.walk() if isinstance(item, Field)}
            if form
            else {}
        )
        inside = tuple(self._runner.repeats(kind, name))
        own = {fold_name(item) for item in rule.output_names} if isinstance(rule, Policy) else set()
        kinds = {
            **self._computed_kinds,
            **self._service.inputs,
            **(rule.input_kinds if isinstance(rule, Table) else {}),
        }
        for read in sorted(rule.names):
            if fold_name(read) in own:
                continue
            item, repeats = fields.get(fold_name(read), (None, ()))
            if item is None:
                yield Asked(name=read, label=read, kind=kinds.get(read, Kind.ANY))
                continue
            lists = form.choices.get(item.choices, ()) if form else ()
            yield Asked(
                name=read,
                label=item.label.get(language) or read,
                kind=item.kind,
                choices=tuple(
                    (choice.name, choice.label.get(language) or choice.name) for choice in lists[:MOST_CHOICES]
                ),
                several=bool(repeats) and tuple(repeats) != inside[: len(repeats)],
            )

    @cached_property
    def _computed_kinds(self) -> dict[str, Kind]:
        """The kinds of what tables and tariffs give."""
        service = self._service
        found = {name: kind for table in service.tables.values() for name, kind in table.output_kinds.items()}
        return found | {name: Kind.NUMBER for tariff in service.tariffs.values() for name in tariff.output_names}

    def _misread(self, rule: Table | Tariff | Policy, env: Environment, given: Mapping[str, object]) -> list[str]:
        said = self._runner.misread(rule, env, given) if isinstance(rule, Policy) else ""
        return [said] if said else []


def _rules(service: Service, kind: str) -> Mapping[str, Table | Tariff | Policy]:
    """The rules of a kind by name; KeyError for a kind that is none."""
    kinds: dict[str, Mapping[str, Table | Tariff | Policy]] = {
        "table": service.tables,
        "tariff": service.tariffs,
        "policy": service.policies,
    }
    return kinds[kind]


def _given(ask: Asked, text: str) -> object:
    """What was typed: several values where rows are asked for, a number where it reads as one and nothing is known."""
    if ask.several:
        return [part.strip() for part in re.split(r"[\n；;]", text) if part.strip()]
    text = text.strip()
    return Decimal(text) if ask.kind is Kind.ANY and _NUMBER.fullmatch(text) else text
