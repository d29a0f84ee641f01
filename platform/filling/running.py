"""Rules run on inputs that name their fields: one table, tariff or policy of a service, a form, or the route ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from banshi.platform.filling.given import Given, Read
from banshi.platform.forms import Evaluation, evaluate_form
from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.model import RouteStep
from banshi.platform.routes.preview import path_text, preview
from banshi.platform.service.model import Service
from banshi.rules.decision import Decision, Outcome
from banshi.rules.expressions import Environment, fold_name
from banshi.rules.policies import DurableEngine, Engine, Findings, Policy, infer
from banshi.rules.tables import Table, decide
from banshi.rules.tables.explaining import nearly
from banshi.rules.tariffs import Bill, Tariff, bill
from banshi.rules.tariffs.faults import FAILED_ITEM
from banshi.rules.values import ErrorValue, Kind, Value

MOST_IN_CHAIN = 50
"""How many rows of one chain `banshi policy --explain` names: a line stays a line."""


@dataclass(frozen=True)
class Runner:
    """Runs the tables, tariffs and policies of one service on inputs that name its fields."""

    service: Service
    language: str
    now: Callable[[], datetime]
    directory: Directory | None = None
    calendar: Calendar | None = None
    own_engine: Engine | None = None

    @cached_property
    def engine(self) -> Engine:
        """The inference engine; its own one is started when a policy is first asked."""
        return self.own_engine or DurableEngine()

    def close(self) -> None:
        """Stop what was started."""
        if "engine" in self.__dict__ and self.own_engine is None:
            self.engine.close()

    def decided(self, table: Table, given: Mapping[str, Any], *, explain: bool) -> dict[str, Any]:
        """One line of `banshi decide`: what came out, from which cells, or why nothing could."""
        env = self.environment("table", table, given, table.input_kinds)
        decision = decide(table, env)
        fired = [str(place) for place in decision.fired]
        result: dict[str, Any] = {"outputs": decision.outputs, "fired": fired, "outcome": str(decision.outcome)}
        if decision.outcome in (Outcome.ERROR, Outcome.CONFLICT):
            result = {"error": self.reason(decision), "fired": fired, "outcome": str(decision.outcome)}
        if explain:
            result["explanation"] = decision.to_json()["explanation"]
            result["near"] = [line.to_json() for line in nearly(table, env, decision.inputs)]
        return result

    def billed(self, tariff: Tariff, given: Mapping[str, Any]) -> Bill:
        """One bill."""
        return bill(tariff, self.environment("tariff", tariff, given))

    def inferred(self, names: Iterable[str], given: Mapping[str, Any], *, explain: bool) -> dict[str, Any]:
        """One line of `banshi policy`: verdicts, facts, rows and messages of policies run in this order."""
        facts: dict[str, Value] = {}
        parts: list[Findings] = []
        for name in names:
            policy = self.service.policies[name]
            env = self.environment("policy", policy, {**given, **facts})
            if misread := self.misread(policy, env, given):
                return {"error": misread}
            parts.append(infer(policy, env, self.engine, chained=explain))
            facts |= parts[-1].facts
        found = [item for part in parts for item in part.findings]
        english = self.language == "en"
        findings = [
            {
                "id": item.id,
                "verdict": str(item.verdict),
                "message": (item.message_en if english else "") or item.message,
                "remedy": (item.remedy_en if english else "") or item.remedy,
                "reference": item.reference,
                "cell": str(item.place),
                "not_checked": item.not_checked,
                "missing": list(item.missing),
            }
            for item in found
        ]
        held = [item for item in findings if not item["not_checked"]]
        # A row that could not be computed was not checked; why not is no missing data, and is said.
        errors = dict.fromkeys(item.message(self.language) for part in parts for item in part.decision.diagnostics)
        wrong = {"error": " ".join(errors)} if errors else {}
        because = {"chains": chains_told(parts), "explanation": reasons_told(parts)} if explain else {}
        return {
            "verdicts": list(dict.fromkeys(item["verdict"] for item in held if item["verdict"])),
            "facts": facts,
            "rows": [item["cell"] for item in held],
            "messages": [item["message"] for item in held if item["message"]],
            "findings": findings,
            "engine": parts[-1].engine if parts else "",
            **because,
            **wrong,
        }

    def filled(self, answers: Mapping[str, Any], person: Person) -> Evaluation:
        """A form, filled in by a person and evaluated; choices may stand by their labels."""
        return evaluate_form(
            self.service,
            self.given().answers(answers)[0],
            now=self.now(),
            person=person,
            directory=self.directory,
            calendar=self.calendar,
            engine=self.engine,
            language=self.language,
        )

    def route(self, answers: Mapping[str, Any], person: Person) -> dict[str, Any]:
        """The steps and people that a person's answers would go through, and the path as examples write it."""
        assert self.service.routing is not None
        context = FlowContext(
            directory=self.directory or Directory(),
            initiator=person,
            now=self.now(),
            names=self.filled(answers, person).names,
            datasets=self.service.datasets,
            choice_labels=self.service.choice_label,
            calendar=self.calendar,
        )
        steps = preview(self.service.routing, context)
        return {
            "path": path_text(self.service.routing, steps),
            "steps": [
                {
                    "id": step.id,
                    "name": step.name,
                    "group": step.group,
                    "mode": str(step.mode),
                    "state": str(step.state),
                    "people": [{"id": person.id, "name": self.called(person)} for person in step.people],
                    "lots": [lot.text(self.language) for lot in step.lots],
                    "reason": step.reason.text(self.language) or step.spare_text(self.language),
                    "values": dict(step.values),
                    "due": self._due(self.service.routing.step(step.id), context),
                }
                for step in steps
            ],
        }

    def _due(self, step: RouteStep, context: FlowContext) -> str:
        if step.due is None or not step.mode.takes_time:
            return ""
        return context.reckoner.text(step.due, context.now.date(), self.language)

    def environment(
        self,
        kind: str,
        rule: Table | Tariff | Policy,
        given: Mapping[str, Any],
        kinds: Mapping[str, Kind] | None = None,
    ) -> Environment:
        """The inputs of a rule, and what the workbook itself computes of the names that it reads and were not given.

        `kinds` are those that the rule itself asks for. An input that is not of its kind is an error value.
        Nothing is computed from nothing: where no field is given that feeds what is missing, it is missing.
        """
        values = names_of(given, self.given(kinds), single=kinds or {})
        missing = (set(rule.names) - set(values)) & self.computed
        if missing and (set(values) - set(rule.names) or self.service.computes_from(missing, values)):
            values = {**self.calculated(missing, self.repeats(kind, rule.name), given), **values}
        return Environment(
            values,
            self.service.datasets,
            now=self.now(),
            directory=self.directory,
            calendar=self.calendar,
            choice_labels=self.service.choice_label,
        )

    def calculated(self, wanted: Iterable[str], repeats: Sequence[str], given: Mapping[str, Any]) -> dict[str, Value]:
        """Names that the form computes; for a rule of a repeat, those of one row with the fields that are given."""
        kinds = {name: kind for table in self.service.tables.values() for name, kind in table.input_kinds.items()}
        nested = [name for name in repeats if name not in given]

        def compute(row: Mapping[str, object]) -> dict[str, Value]:
            answers = row
            for name in reversed(nested):
                answers = {**row, name: [answers]}
            made = self.filled(answers, Person(id="", name=""))
            values = {name: self.told(name, made) for name in wanted if name in made.names}
            for _ in nested:
                values = {k: value[0] if isinstance(value, tuple) and value else value for k, value in values.items()}
            return values

        return self.given(kinds).computed(wanted, given, compute)

    def told(self, name: str, made: Evaluation) -> Value:
        """What the form computes for a name; what a table could not give says why, in the words of that table."""
        value = made.names[name]
        tables = {table.name for table in self.service.tables.values() if name in table.output_names}
        reasons = [item for found in made.decisions if found.name in tables for item in found.diagnostics]
        return ErrorValue(reasons[0]) if isinstance(value, ErrorValue) and reasons else value

    def repeats(self, kind: str, name: str) -> Sequence[str]:
        """The repeats inside which a rule runs once a row."""
        return next((node.repeat for node in self.service.order if (node.kind, node.name) == (kind, name)), ())

    def misread(self, rule: Policy, env: Environment, given: Iterable[str]) -> str:
        """The sentences about inputs that a rule reads and that cannot be read; to a policy they were missing."""
        names = sorted(set(map(fold_name, given)) & set(map(fold_name, rule.names)))
        found = [value.diagnostic for name in names if isinstance(value := env.find(name), ErrorValue)]
        return " ".join(item.message(self.language) for item in found)

    def given(self, kinds: Mapping[str, Kind] | None = None) -> Given:
        """What reads the inputs; `kinds` are those that a rule asks for of names that are no questions."""
        asked = frozenset((kinds or {}).items())
        if asked not in self._given:
            self._given[asked] = Given(self.service, kinds)
        return self._given[asked]

    @cached_property
    def _given(self) -> dict[frozenset[tuple[str, Kind]], Given]:
        return {}

    def called(self, person: Person) -> str:
        """How a person is called in the caller's language."""
        return (self.language == "en" and person.english_name) or person.name

    @cached_property
    def computed(self) -> frozenset[str]:
        """Every name that the workbook computes."""
        return self.service.computed_names

    def reason(self, decision: Decision) -> str:
        """Why a decision has no outputs, in the caller's language; not which totals lack what could not be computed."""
        told = [item for item in decision.diagnostics if item.fault is not FAILED_ITEM]
        found = " ".join(item.message(self.language) for item in told or decision.diagnostics)
        return found or str(decision.outcome)


def chains_told(parts: Iterable[Findings]) -> list[dict[str, Any]]:
    """For every row that holds, the cells of the rows that led to it, through policies that were run one after another.

    Of a chain longer than `MOST_IN_CHAIN` the nearest rows are told, and how many `more` there are.
    """
    told: list[dict[str, Any]] = []
    concluding: dict[str, dict[str, None]] = {}
    for part in parts:
        here: dict[str, dict[str, None]] = {}
        for chain in part.chains:
            before = [cell for name in sorted(chain.reads & concluding.keys()) for cell in concluding[name]]
            rows = dict.fromkeys((*before, *(str(row.place) for row in chain.rows)))
            for name in chain.facts:
                here[name] = {**here.get(name, {}), **rows}
            row = chain.rows[-1]
            told.append(
                {
                    "id": row.id,
                    "cell": str(row.place),
                    "verdict": str(row.verdict),
                    "facts": dict(chain.facts),
                    "rows": list(rows)[-MOST_IN_CHAIN:],
                    "more": max(len(rows) - MOST_IN_CHAIN, 0),
                }
            )
        concluding |= here
    return told


def reasons_told(parts: Iterable[Findings]) -> list[dict[str, Any]]:
    """The conditions that decided, of every row that holds or was not checked."""
    return [line.to_json() for part in parts for line in part.decision.explanation if line.value is not False]


def names_of(given: Mapping[str, Any], read_one: Read, *, single: Iterable[str] = ()) -> dict[str, Value]:
    """Inputs as expressions see them: typed; an object inside as dotted names; a list of objects as columns.

    `single` is what a rule reads by itself, where no list will do.
    """
    kinds = read_one.kinds if isinstance(read_one, Given) else {}
    alone = set(map(fold_name, single))

    def read(name: str, raw: object) -> Value:
        kind = kinds.get(fold_name(name), Kind.ANY)
        if isinstance(raw, list) and kind is not Kind.LIST and fold_name(name) not in alone:
            return tuple(read(name, item) for item in raw)
        return read_one(name, raw)

    def named(given: Mapping[str, Any]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, raw in given.items():
            if isinstance(raw, Mapping) and fold_name(name) not in alone:
                values |= {f"{name}.{key}": value for key, value in named(raw).items()}
            elif isinstance(raw, list) and raw and all(isinstance(row, Mapping) for row in raw):
                rows = [named(row) for row in raw]
                values[name] = tuple(Decimal(number) for number in range(1, len(rows) + 1))
                values |= {key: tuple(row.get(key) for row in rows) for row in rows for key in row}
            else:
                values[name] = read(name, raw)
        return values

    return named(given)
