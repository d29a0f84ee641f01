"""Random policies against an independent reading of what they mean.

The oracle knows no strata and no propositions. It computes the well-founded model (Van Gelder, Ross, Schlipf 1991) by
the alternating fixpoint over Python functions: where nothing is denied in a circle, it is the one answer.

R1  The facts are those of the model.
R2  The order of the rows does not matter.
R3  With data missing: what is concluded would be concluded whatever the data were, and what is neither concluded nor
    "not checked" would never be.
R4  durable-rules and the fixpoint say the same.
R5  Every row that holds has a chain; the rows of its chain alone make it hold, each after what it needs.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from policy_texts import NOON, run

from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment, Scope, parse
from banshi.rules.policies import (
    Conclusion,
    DurableEngine,
    FixpointEngine,
    Policy,
    Statement,
    check,
    durable_engine,
    infer,
)
from banshi.rules.policies.compiler import Circular, compile_policy

FACTS = ("甲", "乙", "丙", "丁")
FIELDS = ("x", "y")
LEVELS = (1, 2, 3)

Facts = frozenset[tuple[str, int]]
Test = Callable[[dict[str, int], Facts, Facts], bool]
"""A condition in Python: of the fields, of the facts to affirm from, and of the facts to deny from."""


@dataclass(frozen=True)
class Cond:
    text: str
    holds: Test


@st.composite
def conds(draw: st.DrawFn, depth: int = 2) -> Cond:
    kind = draw(st.sampled_from(["field", "fact", "some", "unlike"] + (["and", "or", "not", "if"] if depth else [])))
    if kind == "field":
        name, level = draw(st.sampled_from(FIELDS)), draw(st.sampled_from(LEVELS))
        return Cond(f"{name} >= {level}", lambda v, yes, no: v[name] >= level)
    if kind == "fact":
        fact, level = draw(st.sampled_from(FACTS)), draw(st.sampled_from(LEVELS))
        return Cond(f"{fact} >= {level}", lambda v, yes, no: any(f == fact and n >= level for f, n in yes))
    if kind == "some":
        fact, name = draw(st.sampled_from(FACTS)), draw(st.sampled_from(FIELDS))
        return Cond(f"{fact} = {name}", lambda v, yes, no: (fact, v[name]) in yes)
    if kind == "unlike":
        fact, level = draw(st.sampled_from(FACTS)), draw(st.sampled_from(LEVELS))
        return Cond(f"{fact} <> {level}", lambda v, yes, no: (fact, level) not in no)
    left, right = draw(conds(depth - 1)), draw(conds(depth - 1))
    if kind == "not":
        return Cond(f"not({left.text})", lambda v, yes, no: not left.holds(v, no, yes))
    if kind == "and":
        return Cond(
            f"({left.text} and {right.text})", lambda v, yes, no: left.holds(v, yes, no) and right.holds(v, yes, no)
        )
    if kind == "or":
        return Cond(
            f"OR({left.text}, {right.text})", lambda v, yes, no: left.holds(v, yes, no) or right.holds(v, yes, no)
        )
    third = draw(conds(depth - 1))
    return Cond(
        f"if({left.text}, {right.text}, {third.text})",
        lambda v, yes, no: (
            (left.holds(v, yes, no) and right.holds(v, yes, no))
            or (not left.holds(v, no, yes) and third.holds(v, yes, no))
        ),
    )


@dataclass(frozen=True)
class Row:
    cond: Cond
    fact: str
    level: int | str


rows = st.lists(
    st.builds(Row, conds(), st.sampled_from(FACTS), st.sampled_from([*LEVELS, *FIELDS])), min_size=1, max_size=6
)


def policy_of(rows: list[Row]) -> Policy:
    statements = []
    for i, row in enumerate(rows):
        when, faults = parse(row.cond.text, Place("制度", f"B{i + 2}"))
        assert when, faults
        value = Decimal(row.level) if isinstance(row.level, int) else parse(row.level, Place())[0]
        then = (Conclusion(name=row.fact, value=value, place=Place("制度", f"C{i + 2}")),)
        statements.append(Statement(id=str(i), when=when, then=then, place=Place("制度", f"A{i + 2}")))
    facts = {row.fact for row in rows}
    # A fact that nobody concludes is a field to the policy; here it is always concluded by a row that never holds.
    never = parse("false()", Place())[0]
    one = Decimal(1)
    statements += [
        Statement(id=name, when=never, then=(Conclusion(name=name, value=one),)) for name in FACTS if name not in facts
    ]
    return Policy(name="随机", statements=tuple(statements))


def model(rows: list[Row], values: dict[str, int]) -> Facts | None:
    """The well-founded model; None when something stays undecided (a denial in a circle)."""

    def least(denied_from: Facts) -> Facts:
        facts: Facts = frozenset()
        while True:
            more = {(r.fact, values.get(r.level, r.level)) for r in rows if r.cond.holds(values, facts, denied_from)}
            if more <= facts:
                return facts
            facts |= more

    low: Facts = frozenset()
    while True:
        high = least(low)
        grown = least(high)
        if grown == low:
            return low if low == high else None
        low = grown


def facts_of(policy: Policy, values: dict[str, int | None], engine=None) -> tuple[Facts, frozenset[str]]:
    found = run(policy, engine, **{name: None if value is None else Decimal(value) for name, value in values.items()})
    flat = {
        (name, int(value))
        for name, given in found.facts.items()
        for value in (given if isinstance(given, tuple) else (given,))
    }
    return frozenset(flat), found.undecided


def runnable(rows: list[Row]) -> Policy:
    policy = policy_of(rows)
    try:
        compile_policy(policy)
    except Circular:
        assume(False)
    return policy


values = st.fixed_dictionaries({name: st.sampled_from([0, 1, 2, 3]) for name in FIELDS})


@given(rows, values, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_the_facts_are_those_of_the_model(rows, values, chance):
    """R1, R2."""
    policy = runnable(rows)
    expected = model(rows, values)
    assert facts_of(policy, values) == (expected, frozenset())
    shuffled = list(policy.statements)
    chance.shuffle(shuffled)
    assert facts_of(Policy(name="随机", statements=tuple(shuffled)), values)[0] == expected


@given(rows, values)
@settings(max_examples=200, deadline=None)
def test_the_rows_of_a_chain_are_enough(rows, values):
    """R5."""
    policy = runnable(rows)
    fields = {name: Decimal(value) for name, value in values.items()}
    found = run(policy, **fields)
    assert [chain.rows[-1].place for chain in found.chains] == list(found.decision.fired)
    never = parse("false()", Place())[0]
    for chain in found.chains:
        for count in range(1, len(chain.rows) + 1):
            kept = chain.rows[:count]
            alone = tuple(row if row in kept else replace(row, when=never) for row in policy.statements)
            assert kept[-1].place in run(Policy(name="随机", statements=alone), **fields).decision.fired


@given(rows, values, st.sets(st.sampled_from(FIELDS), min_size=1))
@settings(max_examples=300, deadline=None)
def test_missing_data_is_never_taken_for_an_answer(rows, values, missing):
    """R3: against every way in which the missing data could have been filled in."""
    policy = runnable(rows)
    certain, undecided = facts_of(policy, {name: None if name in missing else value for name, value in values.items()})
    for filled in itertools.product([0, 1, 2, 3, 4], repeat=len(missing)):
        facts = model(rows, values | dict(zip(sorted(missing), filled, strict=True)))
        assert certain <= facts
        assert {name for name, _ in facts - certain} <= undecided


def test_a_policy_that_the_model_leaves_open_is_refused():
    """The check refuses every policy without an answer (it may refuse one that has an answer by luck of its data)."""
    chance = random.Random(1)
    refused = 0
    for _ in range(300):
        fact, other = chance.sample(FACTS, 2)
        made = [
            Row(
                Cond(f"not({other} >= 1)", lambda v, yes, no, other=other: not any(f == other for f, _ in no)), fact, 1
            ),
            Row(Cond(f"not({fact} >= 1)", lambda v, yes, no, fact=fact: not any(f == fact for f, _ in no)), other, 1),
        ]
        if model(made, {"x": 1, "y": 1}) is None:
            faults = check(policy_of(made), Scope({}))
            assert [fault.code for fault in faults] == ["POLICY-020"] * 2
            refused += 1
    assert refused == 300


@pytest.mark.skipif(bool(durable_engine.missing()), reason="durable-rules is not built here")
def test_both_engines_say_the_same():
    """R4: twelve random policies, five cases each, some with data missing."""
    made = st.lists(st.tuples(rows, values, st.sets(st.sampled_from(FIELDS))), min_size=5, max_size=5)
    engine = DurableEngine(self_tests=20)

    @given(rows, made)
    @settings(max_examples=12, deadline=None)
    def compare(rows, cases):
        policy = runnable(rows)
        for _, given_values, missing in cases:
            fields = {name: None if name in missing else Decimal(value) for name, value in given_values.items()}
            env = Environment(fields, now=NOON)
            one, other = infer(policy, env, engine), infer(policy, env, FixpointEngine())
            assert (one.engine, one.reason, one.decision.engine) == ("durable-rules", "", "durable-rules")
            alike = replace(other.decision, engine="durable-rules")
            assert (one.facts, one.findings, one.decision) == (other.facts, other.findings, alike)

    try:
        compare()
    finally:
        engine.close()
