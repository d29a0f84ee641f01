"""What tables, tariffs and policies have against a form being sent."""

from __future__ import annotations

from banshi.platform.forms import faults
from banshi.platform.forms.index import FormIndex
from banshi.platform.forms.outputs import Result, decision_of
from banshi.platform.forms.result import FieldError
from banshi.platform.forms.rows import Row, path_of, shared
from banshi.platform.forms.state import FormState
from banshi.platform.forms.validation import Validation, field_error, label_of, messages_of, written
from banshi.platform.service.model import Texts
from banshi.rules.decision import Decision, Outcome
from banshi.rules.diagnostics import Fault, Place
from banshi.rules.policies import Finding, Findings, Policy, Statement, Verdict
from banshi.rules.tables import Table
from banshi.rules.tariffs import Bill, Tariff

_BLOCKING = {Verdict.FORBID: faults.FORBIDDEN, Verdict.REQUIRE: faults.REQUIRED_BY_POLICY}


class Verdicts:
    """Adds to a validation's errors what the rules say. A rule whose own inputs are reported already is not blamed."""

    def __init__(self, state: FormState, validation: Validation) -> None:
        self._state = state
        self._validation = validation

    def add(self, name: str, row: Row, result: Result) -> None:
        """Look at one run."""
        decision = decision_of(result)
        if isinstance(result, Findings):
            for finding in result.findings:
                self._finding(name, row, finding)
        if decision.outcome in {Outcome.OK, Outcome.NOT_CHECKED} or self._blamed(decision):
            return
        if isinstance(result, Bill):
            self._failed(faults.BILL_ERROR, row, decision)
        elif decision.outcome is Outcome.ERROR:
            self._failed(faults.RULE_ERROR, row, decision)
        elif not (decision.outcome is Outcome.NO_MATCH and asked_nothing(self._state, decision, row)):
            fault = faults.NO_MATCH if decision.outcome is Outcome.NO_MATCH else faults.CONFLICT
            self._outcome(fault, row, decision)

    def _blamed(self, decision: Decision) -> bool:
        """Whether a field that the rule reads has a wrong or missing value, which is reported at that field."""
        names = self._read(decision)
        return any(name in self._validation.faulty for name in names)

    def _read(self, decision: Decision) -> frozenset[str]:
        """The fields that a rule reads, also by way of other rules and calculations."""
        index = self._state.index
        waiting, seen = list(decision.inputs), set[str]()
        waiting += _names_of(index, decision)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in index.producers:
                waiting += index.rule(index.producers[name]).names
            elif name in index.fields:
                waiting += [read for expression in index.fields[name].expressions() for read in expression.names]
        return frozenset(seen)

    def _outcome(self, fault: Fault, row: Row, decision: Decision) -> None:
        inputs = "；".join(f"{name} = {written(value) or '（空）'}" for name, value in decision.inputs.items())
        self._append(field_error(fault, path_of(row), self._place(decision), decision.name, inputs=inputs))

    def _failed(self, fault: Fault, row: Row, decision: Decision) -> None:
        """A rule that could not be computed: its own diagnostics say why."""
        path = path_of(row)
        if not decision.diagnostics:
            self._append(field_error(fault, path, self._place(decision), decision.name, reason="—"))
        for diagnostic in decision.diagnostics:
            if self._validation.is_new(diagnostic):
                reason = messages_of(diagnostic)
                self._append(field_error(fault, path, diagnostic.place, decision.name, reason=reason))

    def _finding(self, name: str, row: Row, finding: Finding) -> None:
        fault = _BLOCKING.get(finding.verdict)
        if fault is None:
            return
        path = path_of(row)
        own = Texts((("zh", finding.message), ("en", finding.message_en or finding.message)))
        remedies = Texts((("zh", finding.remedy), ("en", finding.remedy_en or finding.remedy)))
        generic = field_error(fault, path, finding.place, name, id=finding.id)
        texts = own if own.get() else generic.texts
        if finding.not_checked:
            fault = faults.NOT_CHECKED
            texts = self._not_checked(name, row, finding) if finding.computed else own
        elif not remedies.get():
            remedies = generic.remedies
        self._append(
            FieldError(
                path=path,
                code=fault.code,
                texts=texts,
                place=finding.place,
                remedies=remedies,
                reference=finding.reference,
                about=self._about(row, finding),
            )
        )

    def _about(self, row: Row, finding: Finding) -> str:
        """The first question that a finding's statement names, else the first that it depends on.

        For one inside other rows it is their repeat.
        """
        state = self._state
        said = statement_of(state.index, finding)
        named = said.when.names if said is not None and said.when is not None else frozenset()
        questions = state.index.questions(named) - state.circumstances.withheld
        nodes = [node for node in state.index.walk() if node.item.name in questions]
        for node in sorted(nodes, key=lambda node: node.item.name not in named):
            at = shared(row, node.repeats)
            if len(at) < len(node.repeats):
                return path_of(at, node.repeats[len(at)])
            if state.shown(node, at) is True:
                return path_of(at, node.item.name)
        return ""

    def _not_checked(self, name: str, row: Row, finding: Finding) -> Texts:
        """Unknown is not "no": what is missing is named, by label."""
        said = [
            (language, joint.join(self._label(field, row, language) for field in finding.missing) or "—")
            for language, joint in (("zh", "、"), ("en", ", "))
        ]
        return field_error(faults.NOT_CHECKED, "", finding.place, name, id=finding.id, missing=Texts(tuple(said))).texts

    def _label(self, name: str, row: Row, language: str) -> str:
        node = self._state.index.fields.get(name)
        return label_of(self._state, node, row).get(language) if node else name

    def _place(self, decision: Decision) -> Place:
        if decision.fired:
            return decision.fired[0]
        rule = _rule_of(self._state.index, decision)
        return rule.place if rule else Place()

    def _append(self, error: FieldError) -> None:
        self._validation.errors.append(error)


def asked_nothing(state: FormState, decision: Decision, row: Row) -> bool:
    """Whether a table was asked about nothing: no field that it reads is relevant."""
    index = state.index
    names = _names_of(index, decision)
    fields = [index.fields[name] for name in names if name in index.fields]
    if not fields or len(fields) < len(names):
        return False
    rows = [(node, row[: len(node.repeats)]) for node in fields]
    return all(len(at) < len(node.repeats) or state.shown(node, at) is not True for node, at in rows)


def _names_of(index: FormIndex, decision: Decision) -> frozenset[str]:
    rule = _rule_of(index, decision)
    return rule.names if rule else frozenset()


def _rule_of(index: FormIndex, decision: Decision) -> Table | Tariff | Policy | None:
    found = next((c for c in index.computations if (c.kind, c.name) == (decision.kind, decision.name)), None)
    return index.rule(found) if found else None


def statement_of(index: FormIndex, finding: Finding) -> Statement | None:
    """The row of a policy that says what a finding says."""
    statements = (row for policy in index.service.policies.values() for row in policy.statements)
    return next((row for row in statements if row.place == finding.place), None)


def reads(index: FormIndex, finding: Finding) -> frozenset[str]:
    """The questions that the statement of a finding depends on."""
    row = statement_of(index, finding)
    return index.questions(row.when.names) if row is not None and row.when is not None else frozenset()
