"""One pure function evaluates a form, for preview, submission, examples, command line and tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from banshi.platform.forms import faults
from banshi.platform.forms.applicant import applicant_values
from banshi.platform.forms.balances import FormBalances
from banshi.platform.forms.choices import MOST_FOUND
from banshi.platform.forms.index import TOTAL_NAMES, FormIndex, Node, index_of
from banshi.platform.forms.outputs import Result, decision_of
from banshi.platform.forms.result import Evaluation
from banshi.platform.forms.rows import TOP, Row, data_of, path_of
from banshi.platform.forms.state import Circumstances, FormState, Source
from banshi.platform.forms.validation import Validation, written
from banshi.platform.forms.verdicts import Verdicts, asked_nothing, reads
from banshi.platform.people.directory import Directory, Person
from banshi.platform.service.model import LAST, Choice, Computation, Field, Group, Repeat, Service
from banshi.rules.datasets import Dataset
from banshi.rules.decision import Outcome
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import CalendarView
from banshi.rules.policies import Engine, Findings
from banshi.rules.tariffs import Bill
from banshi.rules.values import ErrorValue, Value


def evaluate_form(
    service: Service,
    answers: Mapping[str, object],
    *,
    now: datetime,
    person: Person | None = None,
    directory: Directory | None = None,
    calendar: CalendarView | None = None,
    balances: FormBalances | None = None,
    engine: Engine,
    language: str = "zh",
    stored: Mapping[str, object] | None = None,
    last: Mapping[str, object] | None = None,
    kept: Collection[str] | None = None,
    require: Collection[str] = (),
    withheld: Collection[str] = (),
    explained: bool = True,
    registers: Mapping[str, Dataset] | None = None,
) -> Evaluation:
    """Evaluate a form with its answers; nothing raises on what people wrote.

    Args:
        service: The service whose form it is.
        answers: JSON values by field, a repeat as a list of objects. A field that is absent takes its default or
            prefilled value; one that is None or blank was left empty.
        now: Aware local time: the result depends on nothing else that changes.
        person: The applicant, for the names `applicant.…` / `申请人.…`.
        directory: People and departments; without it, answers that name them are not looked up.
        calendar: The working days of the campus; without it, functions that ask for them are error values.
        balances: The accounts of the service, as the applicant sees them; without them, what asks for a balance has its
            value from `stored`, else an error value, and nobody looks whether an account may be charged.
        engine: What infers policies.
        language: Of choice labels in expressions, and of the `message` in `to_json`.
        stored: Answers that the platform has kept before; read-only fields are believed from here only.
        last: The answers of the applicant's case before, for `${last-saved#x}`.
        kept: The marks of values that the platform gave before (`Evaluation.kept`): where a field keeps its first value,
            only those are taken from `answers`. None takes what stands there.
        require: Fields or groups (or `*`) that must be filled in at this step, whatever the form says.
        withheld: Fields that whoever fills the form in now does not see: their values are not taken from `answers`, and
            nothing is wrong with them.
        registers: Data sheets with the rows that cases have added, by name; without them those of the workbook count alone.
        explained: Whether decisions give their reasons; batches that read none leave them out.
    """
    index = index_of(service)
    circumstances = Circumstances(
        now=now,
        engine=engine,
        person=person,
        directory=directory,
        calendar=calendar,
        balances=balances,
        language=language,
        stored=stored or {},
        last=last or {},
        kept=kept,
        withheld=frozenset(withheld),
        explained=explained,
        registers=registers or {},
    )
    state = FormState(index, answers, circumstances)
    _settle(state)
    validation = Validation(state, frozenset(require))
    validation.run()
    verdicts = Verdicts(state, validation)
    results = _results(state)
    for name, row, result in results:
        verdicts.add(name, row, result)
    findings = [
        (path_of(row), finding)
        for _, row, found in results
        if isinstance(found, Findings)
        for finding in found.findings
    ]
    return Evaluation(
        answers=_answers(state, index.roots, TOP),
        relevant=validation.relevant,
        required=validation.required,
        readonly=validation.readonly,
        constraints=validation.constraints,
        values=_values(state),
        outputs=_outputs(state),
        labels=_labels(state),
        kept=_kept(state),
        errors=tuple(validation.errors),
        decisions=tuple(decision_of(result) for _, _, result in results),
        findings=tuple(finding for _, finding in findings),
        finding_paths=tuple(path for path, _ in findings),
        finding_reads=tuple(reads(index, finding) for _, finding in findings),
        bills={path_of(row, name): result for name, row, result in results if isinstance(result, Bill)},
        names=_names(state),
        engine=next((result.engine for _, _, result in results if isinstance(result, Findings)), ""),
        language=language,
    )


def find_choices(
    service: Service, question: str, said: str, row: Row, answers: Mapping[str, object], circumstances: Circumstances
) -> list[Choice]:
    """The first choices of a question in a row that fit the other answers and what somebody wrote of label or name.

    None for a question that has no choices, or a row that is not there.
    """
    state = FormState(index_of(service), answers, circumstances)
    node = state.index.fields.get(question)
    if node is None or not isinstance(node.item, Field) or row not in state.rows_below(node.repeats):
        return []
    return list(islice(Validation(state, frozenset()).offered(node.item, row, said), MOST_FOUND))


def _settle(state: FormState) -> None:
    """Ask for every value once, each after what it needs, so that later questions find it known."""
    index = state.index
    for name in index.order:
        if name in index.fields:
            for row in state.rows_below(index.fields[name].repeats):
                state.held(index.fields[name], row)
        elif name in index.producers:
            for row in state.rows_below(index.producers[name].repeat):
                state.result(index.producers[name], row)


def _results(state: FormState) -> list[tuple[str, Row, Result]]:
    """Every run of a table, a tariff or a policy, in the order of the service."""
    return [
        (computation.name, row, result)
        for computation in state.index.computations
        for row in state.rows_below(computation.repeat)
        if (result := state.result(computation, row)) is not None
    ]


def _answers(state: FormState, nodes: Collection[Node], row: Row) -> dict[str, Any]:
    """What would be stored of the items in a row."""
    kept: dict[str, Any] = {}
    for node in nodes:
        item = node.item
        if state.shown(node, row) is not True:
            continue
        if isinstance(item, Repeat):
            rows = [_answers(state, node.children, inside) for inside in state.rows(node, row)]
            if rows or item.name in data_of(state.answers, row):
                # A repeat that nobody has looked at yet stays out, so that a form can still open it with a first row.
                kept[item.name] = rows
        elif isinstance(item, Group):
            kept |= _answers(state, node.children, row)
        elif item.type != "note":
            stored = state.held(node, row).answer.stored
            kept[item.name] = None if isinstance(stored, ErrorValue) else stored
    return kept


def _values(state: FormState) -> dict[str, Value]:
    """The values that did not come from the person who fills the form in, by path."""
    found: dict[str, Value] = {}
    for node in state.index.walk():
        if not isinstance(node.item, Field) or node.item.type == "note":
            continue
        for row in state.rows_below(node.repeats):
            held = state.held(node, row)
            if held.source is not Source.GIVEN and state.shown(node, row) is True:
                value = held.answer.value
                found[path_of(row, node.item.name)] = None if isinstance(value, ErrorValue) else value
    return found


def _kept(state: FormState) -> frozenset[str]:
    """The marks of everything that fields keep."""
    nodes = [state.index.fields[name] for name in state.index.keeping]
    return frozenset(
        mark for node in nodes for row in state.rows_below(node.repeats) for mark in state.marks(node, row)
    )


def _outputs(state: FormState) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, computation in state.index.producers.items():
        for row in state.rows_below(computation.repeat):
            value = state.output(computation, name, row)
            found[path_of(row, name)] = None if isinstance(value, ErrorValue) else value
    for name in TOTAL_NAMES if state.index.service.tariffs else ():
        found[name] = state.total()
    return found


def _labels(state: FormState) -> dict[str, str]:
    """What answers mean, for reading: people with name, department and campus number, choices of lists that are searched.

    Answers of the case before stand by their name, `last-saved#x`; one that there was not is an empty text.
    """
    circumstances = state.circumstances
    found = {LAST + name: _said_before(state, name) for name in sorted(state.index.service.last)}
    searched = state.index.searched
    for name, node in state.index.fields.items() if searched else ():
        if isinstance(node.item, Field) and node.item.choices in searched:
            for row in state.rows_below(node.repeats):
                value = state.held(node, row).answer.value
                if isinstance(value, str):
                    found[path_of(row, name)] = state.index.service.choice_label(name, value, circumstances.language)
    found |= _holders(state)
    if circumstances.directory is None:
        return found
    for node in (node for node in state.index.fields.values() if node.item.type == "person"):
        for row in state.rows_below(node.repeats):
            value = state.held(node, row).answer.value
            person = circumstances.directory.people.get(value) if isinstance(value, str) else None
            if person is not None:
                found[path_of(row, node.item.name)] = circumstances.directory.label(person, circumstances.language)
    return found


def _holders(state: FormState) -> dict[str, str]:
    """What the holders of accounts in answers are called, by path."""
    balances, found = state.circumstances.balances, {}
    for name, node in state.index.fields.items() if balances is not None else ():
        if isinstance(node.item, Field) and node.item.account:
            for row in state.rows_below(node.repeats):
                value = state.held(node, row).answer.value
                if balances is not None and isinstance(value, str):
                    found[path_of(row, name)] = balances.name(node.item.account, value, state.circumstances.language)
    return found


def _said_before(state: FormState, name: str) -> str:
    """An answer of the case before, as people read it."""
    value, node = state.value(LAST + name, TOP), state.index.fields[name]
    directory, language = state.circumstances.directory, state.circumstances.language
    told = []
    for part in value if isinstance(value, tuple) else (value,):
        text = written(part)
        person = directory.people.get(text) if directory and node.item.type == "person" else None
        if person is not None and directory is not None:
            text = directory.label(person, language)
        elif directory is not None and node.item.type == "department":
            text = directory.department_name(text, language)
        told.append(state.index.service.choice_label(name, text, language))
    return (", " if language == "en" else "、").join(filter(None, told))


def _names(state: FormState) -> dict[str, Value]:
    """Every name as a route sees it: from outside all repeats."""
    index: FormIndex = state.index
    names: dict[str, Value] = dict(applicant_values(state.circumstances.person))
    if index.service.survey is None:
        names |= {name: state.value(name, TOP) for name in state.answers if name not in index.producers}
    fields = [name for name, node in index.fields.items() if isinstance(node.item, Field) and node.item.type != "note"]
    names |= {name: state.value(name, TOP) for name in (*fields, *index.repeats)}
    for name, computation in index.producers.items():
        seen = tuple(_decided(state, computation, name, row) for row in state.rows_below(computation.repeat))
        names[name] = seen if computation.repeat else seen[0]
    for name in TOTAL_NAMES if index.service.tariffs else ():
        total = state.total()
        names[name] = _unknown(name) if total is None else total
    return names


def _decided(state: FormState, computation: Computation, name: str, row: Row) -> Value:
    """What a rule yields, as a route compares it: an empty value would say no, so what is not known is an error value."""
    value = state.output(computation, name, row)
    result = state.result(computation, row)
    if value is not None or result is None:
        return value
    decision = decision_of(result)
    nothing = decision.outcome is Outcome.NO_MATCH and asked_nothing(state, decision, row)
    return None if nothing or decision.outcome is Outcome.OK else _unknown(name)


def _unknown(name: str) -> ErrorValue:
    return ErrorValue(faults.NOT_KNOWN.at(NOWHERE, name=name))
