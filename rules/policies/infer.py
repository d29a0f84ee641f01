"""Running a policy: findings in row order, the facts concluded, and the decision record."""

from __future__ import annotations

from typing import Any

from banshi.rules.decision import Decision, Explanation, Outcome
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Environment, explain
from banshi.rules.expressions.convert import to_text
from banshi.rules.policies import faults
from banshi.rules.policies.chains import chains
from banshi.rules.policies.conditions import Condition, Every, Leaf, fact_name
from banshi.rules.policies.engine import Engine
from banshi.rules.policies.model import NAMED, Finding, Findings, Policy, Statement
from banshi.rules.policies.run import Run
from banshi.rules.policies.truth import Truth, unknown_for
from banshi.rules.values import ErrorValue, Value


def infer(
    policy: Policy,
    env: Environment,
    engine: Engine,
    scope: str = "",
    *,
    chained: bool = False,
    explained: bool = True,
) -> Findings:
    """What a policy finds. `scope` names the row of a repeat that it runs in, such as `items[2]`; `chained` asks for chains,
    `explained=False` leaves the reasons out, for batches.

    A statement that lacks data is a finding with `not_checked`, never a "no". The answer does not depend on the order of
    the rows, nor on which engine gives it.
    """
    run = Run(policy, policy.plan, env, engine)
    run.run()
    findings: list[Finding] = []
    errors: list[Diagnostic] = []
    for i, row in enumerate(policy.statements):
        found, failed = _finding(run, i, row)
        findings += found
        errors += failed
    facts = run.facts()
    return Findings(
        facts=facts,
        values=_values(run, facts),
        findings=tuple(findings),
        engine=run.engine_name,
        reason=run.reason,
        undecided=run.undecided(),
        chains=chains(run) if chained else (),
        decision=Decision(
            kind="policy",
            name=policy.name,
            scope=scope,
            inputs={name: env.find(name) for name in sorted(policy.names)},
            outputs={"facts": facts, "findings": [_plain(finding) for finding in findings]},
            fired=tuple(row.place for i, row in enumerate(policy.statements) if run.held(i)),
            outcome=Outcome.NOT_CHECKED if any(finding.not_checked for finding in findings) else Outcome.OK,
            explanation=tuple(_explained(run, i, row) for i, row in enumerate(policy.statements)) if explained else (),
            diagnostics=tuple(dict.fromkeys(errors)),
            engine=f"{run.engine_name}: {run.reason}" if run.reason else run.engine_name,
        ),
    )


def load(policy: Policy, engine: Engine) -> str:
    """Let the engine start and test a policy before it is first used; why it will not take it, or an empty text."""
    return engine.load(policy.plan.program)


def _values(run: Run, facts: dict[str, Value]) -> dict[str, Value]:
    """Every fact of the policy by name, for those who read it: open ones are errors, not "no"."""
    undecided = run.undecided()
    values: dict[str, Value] = {}
    for name, spots in run.plan.spots.items():
        conclusions = [run.policy.statements[i].then[j] for i, j in spots]
        if name in undecided:
            missing = unknown_for(run.why_not_checked(i) for i, _ in spots if run.held(i) is None).missing
            diagnostic = faults.OPEN_FACT.at(conclusions[0].place, name=name, missing="、".join(sorted(missing)) or "—")
            values[name] = ErrorValue(diagnostic)
        elif name in facts:
            values[name] = facts[name]
        else:
            values[name] = False if all(fact.value is True for fact in conclusions) else ()
    return values


def _finding(run: Run, i: int, row: Statement) -> tuple[list[Finding], tuple[Diagnostic, ...]]:
    """What a row says: it holds and has a verdict, or it (or the value of one of its facts) was not checked."""
    held = run.held(i)
    if held is None:
        why = run.why_not_checked(i)
        return [_unchecked(row, why)], why.errors
    if not held:
        return [], ()
    said = [_said(run, row)] if row.verdict else []
    values = [run.value((i, j)).truth for j in range(len(row.then))]
    open_values = [truth for truth in values if truth.held is None]
    if not open_values:
        return said, ()
    why = unknown_for([*open_values, *(run.why_not_checked(j) for truth in open_values for j in truth.waits)])
    return [*said, _unchecked(row, why)], why.errors


def _said(run: Run, row: Statement) -> Finding:
    env = run.env()
    return Finding(
        id=row.id,
        verdict=row.verdict,
        message=_filled(row.message, env),
        remedy=_filled(row.remedy, env),
        reference=row.reference,
        message_en=_filled(row.message_en, env),
        remedy_en=_filled(row.remedy_en, env),
        place=row.place,
    )


def _unchecked(row: Statement, why: Truth) -> Finding:
    """That a row was not checked, and what it lacks; its own words are for cases in which it holds."""
    missing = tuple(sorted(why.missing))
    if why.errors:
        reasons = [" ".join(item.message(language) for item in why.errors) for language in ("zh", "en")]
        said = faults.NOT_COMPUTED.at(row.place, reason=reasons[0], reason_en=reasons[1])
    else:
        said = faults.NOT_CHECKED.at(row.place, missing="、".join(missing) or "—", missing_en=", ".join(missing) or "—")
    return Finding(
        id=row.id,
        verdict=row.verdict,
        message=said.message("zh"),
        remedy=said.remedy("zh"),
        reference=row.reference,
        message_en=said.message("en"),
        remedy_en=said.remedy("en"),
        place=row.place,
        not_checked=True,
        missing=missing,
        computed=not why.errors,
    )


def _filled(text: str, env: Environment) -> str:
    """A text with its `${name}` filled in; an empty value reads `—`."""
    return NAMED.sub(lambda name: _shown(env.find(name[1].strip())), text)


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return "、".join(to_text(item) for item in value) or "—"
    return to_text(value) or "—"


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "verdict": str(finding.verdict),
        "message": finding.message,
        "message_en": finding.message_en,
        "remedy": finding.remedy,
        "reference": finding.reference,
        "cell": str(finding.place),
        "checked": not finding.not_checked,
        "missing": list(finding.missing),
    }


def _explained(run: Run, i: int, row: Statement) -> Explanation:
    """A row's reason. A row that does not hold is one line; the others show what they were decided by."""
    held = run.held(i)
    parts: tuple[Explanation, ...] = ()
    zh, en = "不成立", "does not hold"
    if held is not False:
        zh, en = ("成立", "holds") if held else ("未能核对：缺少数据", "not checked: data is missing")
        parts = tuple(_parts(run, run.plan.conditions[i]))
    return Explanation(row.id, held, row.place, zh, en, parts)


def _parts(run: Run, condition: Condition) -> list[Explanation]:
    if isinstance(condition, Leaf):
        return [_leaf(run, condition)]
    lines = [line for part in condition.parts for line in _parts(run, part)]
    # Of alternatives, those that do not hold explain nothing.
    return lines if isinstance(condition, Every) else [line for line in lines if line.value is not False] or lines


def _source(run: Run, fact: str, spot: tuple[int, int]) -> Explanation:
    """Where a fact comes from; a row that was not checked has concluded nothing, whatever its cell says."""
    row = run.policy.statements[spot[0]]
    if run.held(spot[0]):
        return Explanation(fact, run.value(spot).value, row.then[spot[1]].place)
    return Explanation(fact, None, row.then[spot[1]].place, "该行未能核对", "its row was not checked")


def _leaf(run: Run, leaf: Leaf) -> Explanation:
    expression, held = leaf.expression, run.truth(leaf).held
    label = expression.part(expression.root)
    place = expression.place_of(expression.root)
    note = ("", "") if held is not None else ("缺少数据", "data is missing")
    if not leaf.facts:
        inner = explain(expression, run.env())
        return Explanation(f"not({label})" if leaf.negated else label, held, place, *note, inner.parts)
    sources = tuple(
        _source(run, fact, spot)
        for fact in sorted(leaf.facts)
        for spot in run.plan.spots[fact_name(fact)]
        if run.held(spot[0]) is not False
    )
    return Explanation(f"not({label})" if leaf.negated else label, held, place, *note, sources)
