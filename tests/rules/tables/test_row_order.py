"""Under `unique` and `any` the answer does not depend on the order of the rows: neither the outcome nor a digit of an output."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import env, table_of
from tables_by_scan import Spec, build, inputs, row_specs

from banshi.rules.decision import Outcome
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import parse
from banshi.rules.tables import Hit, Result, decide
from banshi.rules.tables.decider import Decider
from banshi.rules.values import dumps

FORMULAS = [parse(text, Place("规则", "B1"))[0] for text in ("量 + 1", "1 + 量", "1 / 0")]
RESULTS = (
    *(Result(value=value) for value in (Decimal(1), Decimal("1.0"), "（甲）", "(甲)", None)),
    *(Result(expression=formula) for formula in FORMULAS),
)
"""What rows give: numbers and texts that count as the same and are written in two ways among them."""


WIDE = (Spec(None, lambda _: True, missing=True),) * 4 + (None, None)
"""A row that holds for everything."""


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.one_of(st.just(WIDE), row_specs), st.sampled_from(RESULTS)), min_size=2, max_size=7),
    st.lists(inputs, min_size=1, max_size=6),
    st.sampled_from([Hit.UNIQUE, Hit.ANY]),
    st.randoms(use_true_random=False),
)
def test_the_answer_is_the_same_in_any_order(rows, given_inputs, hit, random):
    table = build([spec for spec, _ in rows])
    named = [replace(row, results=(result,)) for row, (_, result) in zip(table.rows, rows, strict=True)]
    table = replace(table, hit=hit, rows=tuple(named))
    random.shuffle(named)
    other = replace(table, rows=tuple(named))
    for number, word, day in given_inputs:
        values = {"量": number, "类": word, "日": day}
        one, two = decide(table, env(values)), decide(other, env(values))
        assert (one.outcome, dumps(one.outputs)) == (two.outcome, dumps(two.outputs))
        assert sorted(map(str, one.fired)) == sorted(map(str, two.fired))
        assert sorted(item.code for item in one.diagnostics) == sorted(item.code for item in two.diagnostics)
        quick = Decider(other)(values, env(values))
        assert (quick.outcome, dumps(quick.outputs)) == (one.outcome, dumps(one.outputs))


@pytest.mark.parametrize(("above", "below"), [("1", "1.0"), ("（甲）", "(甲)")])
def test_rows_that_agree_in_two_spellings_answer_in_one(above, below):
    found = []
    for first, second in ((above, below), (below, above)):
        table = table_of(f"""
            | 命中 | any |
            | 当 天数 | 则 标准 |
            | <=10    | {first} |
            | >5      | {second} |
        """)
        decision = decide(table, env(天数=8))
        assert decision.outcome is Outcome.OK
        found.append(dumps(decision.outputs))
    assert found[0] == found[1]
