"""Running the examples of a service: each is filled in as a person would, and compared with what it expects."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from banshi.platform.forms import Evaluation, FieldError, evaluate_form
from banshi.platform.forms.foreseen import foreseen_steps
from banshi.platform.forms.rights import withheld
from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.preview import PreviewStep, path_text
from banshi.platform.routes.reasons import Reason
from banshi.platform.service.model import Example, Service
from banshi.platform.sheets import faults
from banshi.platform.sheets.compare import agrees, shown
from banshi.platform.sheets.example_balances import balances_of_example
from banshi.platform.sheets.example_documents import foreseen_documents
from banshi.platform.sheets.example_notices import foreseen_notices
from banshi.platform.sheets.example_passes import foreseen_passes
from banshi.platform.sheets.expectations import NOTHING, expected_part, key_text
from banshi.platform.sheets.policy_sheet import VERDICTS
from banshi.platform.sheets.words import NO, YES
from banshi.platform.views import ExampleResult
from banshi.platform.workbook.columns import plain
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import Environment, Expression, evaluate
from banshi.rules.policies import Engine, Finding
from banshi.rules.tariffs import Bill
from banshi.rules.values import ErrorValue, Value

_NOT_CHECKED = frozenset(map(plain, ("未检查", "not checked", "未核查")))
_SEVERAL = re.compile(r"[,，、;；\s]+")


def run_examples(
    service: Service,
    directory: Directory | None,
    *,
    calendar: Calendar | None = None,
    now: datetime,
    engine: Engine,
) -> list[ExampleResult]:
    """Run every example, in the order of the sheet; `now` is aware and local."""
    people = directory or Directory()
    return [Run(service, people, calendar, now, engine, example).result() for example in service.examples]


class Run:
    """One example, evaluated once."""

    def __init__(
        self,
        service: Service,
        directory: Directory,
        calendar: Calendar | None,
        now: datetime,
        engine: Engine,
        example: Example,
    ) -> None:
        self._service = service
        self._directory = directory
        self._calendar = calendar
        self._now = now
        self._example = example
        self._person = directory.people.get(example.applicant) or Person(id=example.applicant, name=example.applicant)
        self._engine = engine
        self._balances = balances_of_example(service, example, self._person, directory, now)
        # Choices may stand by their labels. An example is sent by its applicant, unless it says itself what an office
        # would fill in.
        answers, _ = service.reader.answers(example.answers)
        self._evaluation = self._evaluate(answers, withheld(service) - set(_answered(answers)))

    def _evaluate(self, answers: Mapping[str, object], withheld: Collection[str] = ()) -> Evaluation:
        return evaluate_form(
            self._service,
            answers,
            now=self._now,
            person=self._person,
            directory=self._directory,
            calendar=self._calendar,
            balances=self._balances,
            engine=self._engine,
            withheld=withheld,
            stored=answers if self._service.settings.code_of else None,  # what a live code would fill in
        )

    def result(self) -> ExampleResult:
        """Whether the example gives what it expects; every difference is named."""
        failures = [(key.removeprefix("value "), item) for key, item in self._failures()]
        return ExampleResult(
            name=self._example.name, passed=not failures, failures=failures, reached=frozenset(self._reached())
        )

    def value(self, expression: Expression) -> Value:
        """What an expression gives outside all repeats."""
        return evaluate(expression, self._environment)

    def actual(self, key: str) -> str:
        """What comes out for an expectation, as a cell says it; empty where nothing does, or only an error."""
        family, _, rest = key.partition(".")
        if key == "route":
            return self._path() if not self._evaluation.errors else ""
        if (named := self._foreseen(key)) is not None:
            return "、".join(named) or "无"
        if key == "error":
            return "\n".join(dict.fromkeys(error.code for error in self._evaluation.errors))
        if key.startswith("who "):
            people = next((entry.people for entry in self._steps if entry.id == key.removeprefix("who ")), ())
            return "、".join(person.id for person in people)
        if family == "policy" and (told := self._finding(rest, Cell())) is not False:
            return told if isinstance(told, str) else "否"
        value = self._value(key, family, rest)
        return "" if value is None or isinstance(value, ErrorValue) else shown(value)

    def _reached(self) -> Iterator[Place]:
        for decision in self._evaluation.decisions:
            yield from decision.fired
        if self._service.routing is not None and not self._evaluation.errors:
            for step in self._steps:
                if step.reason is not Reason.CONDITION:
                    yield self._service.routing.step(step.id).place

    def _failures(self) -> Iterator[tuple[str, Diagnostic]]:
        expected = dict(self._example.expect)
        words = {role.removeprefix("expect "): expected_part(text) for text, role in self._service.example_columns}
        stopped = [("error", item) for item in self._errors(expected.pop("error", None))]
        yield from stopped
        for key, cell in expected.items():
            found = self._difference(key, cell, known=not stopped)
            if found is not None:
                facts = {
                    "column": words.get(key) or key.removeprefix("value "),
                    "column_zh": words.get(key) or key_text(key),
                    "expected": cell.text,
                    "found": found[0],
                    "found_en": found[1],
                }
                yield key, faults.EXAMPLE_DIFFERS.at(cell.place, name=self._example.name, **facts)

    def _errors(self, cell: Cell | None) -> Iterator[Diagnostic]:
        """An example is sent, unless it says which error stops it."""
        errors = self._evaluation.errors
        if cell is None or cell.text.strip().lower() in NOTHING:
            first = cell.place if cell else next(iter(self._example.expect.values()), Cell()).place
            for error in errors:
                place = self._example.places.get(error.path.rpartition(".")[2], first)
                why, why_en = (
                    f"{error.path}{mark}{error.message(language)}" if error.path else error.message(language)
                    for language, mark in (("zh", "："), ("en", ": "))
                )
                yield faults.EXAMPLE_NOT_SENT.at(place, name=self._example.name, why=why, why_en=why_en)
            return
        for wanted in filter(None, (line.strip() for line in cell.text.split("\n"))):
            if not any(self._is_error(error, wanted) for error in errors):
                yield faults.EXAMPLE_NO_ERROR.at(cell.place, name=self._example.name, expected=wanted)

    def _is_error(self, error: FieldError, wanted: str) -> bool:
        """Whether an error is the one that was meant: by its field, code, cell, row id, or a part of its sentence."""
        if wanted in (error.path, error.code, str(error.place)):
            return True
        ids = [finding.id for finding in self._evaluation.findings if finding.place == error.place]
        return wanted in ids or any(wanted in error.message(language) for language in ("zh", "en"))

    def _difference(self, key: str, cell: Cell, *, known: bool) -> tuple[str, str] | None:
        """What came out instead, as the end of a sentence in Chinese and English; None where it agrees.

        Unless all should be `known`, what is not is no difference: why has been said.
        """
        family, _, rest = key.partition(".")
        if key == "route":
            path = self._path()
            return None if _path(path) == _path(cell.text) else _but(path or "—")
        if (found := self._foreseen(key)) is not None:
            wanted = {plain(part) for part in _SEVERAL.split(cell.text) if part} - NOTHING
            same = wanted == {plain(name) for name in found}
            return None if same else _but("、".join(found) or "无", ", ".join(found) or "none")
        if key.startswith("who "):
            people = self._people(key.removeprefix("who "), cell)
            return None if people is None else _but(people)
        if family == "policy" and (finding := self._finding(rest, cell)) is not False:
            return _but(finding) if isinstance(finding, str) else None
        value = self._value(key, family, rest)
        if isinstance(value, ErrorValue):
            if not known:
                return None
            told = value.diagnostic
            return (
                f"却没有结果：{told.message('zh').rstrip('。')}",
                f"but there is none: {told.message('en').rstrip('.')}",
            )
        return None if agrees(cell, value) else _but(shown(value), shown(value, "en"))

    def _value(self, key: str, family: str, rest: str) -> Value:
        names = self._evaluation.names
        if key == "fees.total" or family not in ("fees", "rules", "policy"):
            return names.get(key.removeprefix("value "))
        if family == "fees":
            return self._fee(rest)
        return names.get(next((name for name in names if rest.endswith(f".{name}")), ""))

    def _fee(self, rest: str) -> Value:
        """An item of one tariff, or its total; in a repeat, one for every row."""
        tariff = next(name for name in self._service.tariffs if rest.startswith(f"{name}."))
        item = rest.removeprefix(f"{tariff}.")
        bills = self._evaluation.bills
        if tariff in bills:
            return _amount(bills[tariff], item)
        return tuple(_amount(made, item) for path, made in bills.items() if path.endswith(f".{tariff}"))

    def _finding(self, rest: str, cell: Cell) -> str | bool:
        """For the id of a statement: True or what is wrong; False where `rest` names no statement."""
        policy = next(policy for name, policy in self._service.policies.items() if rest.startswith(f"{name}."))
        wanted = rest.removeprefix(f"{policy.name}.")
        if wanted in policy.output_names or wanted not in {statement.id for statement in policy.statements}:
            return False
        places = {statement.place for statement in policy.statements if statement.id == wanted}
        made = [finding for finding in self._evaluation.findings if finding.place in places]
        return True if _says(made, cell) else _verdicts(made)

    def _path(self) -> str:
        return path_text(self._service.routing, self._steps) if self._service.routing else ""

    def _people(self, step: str, cell: Cell) -> str | None:
        """Who is asked at a step, when they are not the people that the cell names by id or by name."""
        people = next((entry.people for entry in self._steps if entry.id == step), ())
        wanted = {part for part in _SEVERAL.split(cell.text) if part}
        if wanted <= NOTHING:
            wanted = set()
        unnamed = [person for person in people if not wanted & {person.id, person.name}]
        strangers = wanted - {known for person in people for known in (person.id, person.name)}
        return "、".join(f"{person.id} {person.name}" for person in people) or "—" if unnamed or strangers else None

    def _foreseen(self, key: str) -> list[str] | None:
        """The names of the notices, papers or passes that come of it; None for another expectation."""
        match key:
            case "notices":
                return foreseen_notices(self._service, self._steps, self._environment)
            case "document":
                return foreseen_documents(self._service, self._steps, self._environment)
            case "pass":
                return foreseen_passes(self._service, self._steps, self._environment)
        return None

    @cached_property
    def _environment(self) -> Environment:
        return Environment(
            values=self._evaluation.names,
            datasets=self._service.datasets,
            now=self._now,
            directory=self._directory,
            calendar=self._calendar,
        )

    @cached_property
    def _steps(self) -> tuple[PreviewStep, ...]:
        return foreseen_steps(
            self._service,
            self._evaluation,
            self._evaluate,
            directory=self._directory,
            initiator=self._person,
            now=self._now,
            calendar=self._calendar,
        )


def _but(found: str, found_en: str = "") -> tuple[str, str]:
    return f"实际为“{found}”", f"but is “{found_en or found}”"


def _path(text: str) -> str:
    """A path as it is compared: without blanks, in half width, the branches of a group in order."""
    plain_text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("→", ">").replace("、", ",")
    return re.sub(r"\{([^{}]*)\}", lambda match: "{" + ",".join(sorted(match[1].split(","))) + "}", plain_text)


def _amount(bill: Bill, item: str) -> Value:
    """An item of a bill, or its total; empty where a part of it could not be computed."""
    if item == "total":
        return bill.total
    if item in (carries := dict(bill.carries)):
        return carries[item]
    amounts = [line.amount for line in bill.lines if line.item == item]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _says(made: list[Finding], cell: Cell) -> bool:
    """Whether a statement's findings are as a cell says: yes, no, its verdict, or that it was not checked."""
    word = plain(cell.text)
    if word in NO or word in NOTHING:
        return not made
    if word in _NOT_CHECKED:
        return any(finding.not_checked for finding in made)
    held = [finding for finding in made if not finding.not_checked]
    if word in YES:
        return bool(held)
    return any(word in map(plain, (finding.verdict, *VERDICTS.get(finding.verdict, ()))) for finding in held)


def _verdicts(made: list[Finding]) -> str:
    words = ["未检查 not checked" if finding.not_checked else str(finding.verdict) or "是" for finding in made]
    return "、".join(dict.fromkeys(words)) or "否"


def _answered(answers: Mapping[str, object]) -> Iterator[str]:
    """The names that have an answer, those in the rows of repeats too."""
    for name, answer in answers.items():
        yield name
        for row in answer if isinstance(answer, list) else ():
            if isinstance(row, Mapping):
                yield from _answered(row)
