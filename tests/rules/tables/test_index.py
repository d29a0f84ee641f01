"""The index answers what a plain scan, row by row and cell by cell, would answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import env

from banshi.rules.cells import Cell
from banshi.rules.decision import Outcome
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import parse
from banshi.rules.tables import Hit, Input, Output, Result, Row, Table, decide
from banshi.rules.tables.analysis import overlaps
from banshi.rules.tables.reading import read_test
from banshi.rules.values import Kind

DAY = date(2026, 9, 15)


@dataclass(frozen=True)
class Spec:
    """A cell: what is typed, and what it means, told without any code of the product."""

    typed: object
    means: object  # a function from a present value to bool
    missing: bool = False


def number_cells():
    number = st.integers(-3, 12)
    return st.one_of(
        st.just(Spec(None, lambda _: True, missing=True)),
        st.just(Spec("空", lambda _: False, missing=True)),
        st.just(Spec("非空", lambda _: True)),
        number.map(lambda n: Spec(Decimal(n), lambda v: v == n)),
        number.map(lambda n: Spec(f">={n}", lambda v: v >= n)),
        number.map(lambda n: Spec(f">{n}", lambda v: v > n)),
        number.map(lambda n: Spec(f"≤{n}", lambda v: v <= n)),
        number.map(lambda n: Spec(f"<{n}", lambda v: v < n)),
        number.map(lambda n: Spec(f"<>{n}", lambda v: v != n)),
        st.tuples(number, st.integers(1, 5)).map(
            lambda p: Spec(f"[{p[0]},{p[0] + p[1]})", lambda v: p[0] <= v < p[0] + p[1])
        ),
        st.tuples(number, st.integers(1, 5)).map(
            lambda p: Spec(f"({p[0]}..{p[0] + p[1]}]", lambda v: p[0] < v <= p[0] + p[1])
        ),
        st.tuples(number, st.integers(0, 5)).map(
            lambda p: Spec(f"{p[0]}~{p[0] + p[1]}", lambda v: p[0] <= v <= p[0] + p[1])
        ),
        st.lists(number, min_size=2, max_size=4).map(lambda n: Spec("、".join(map(str, n)), lambda v: v in n)),
        st.lists(number, min_size=1, max_size=4).map(
            lambda n: Spec(f"not({','.join(map(str, n))})", lambda v: v not in n)
        ),
        st.tuples(number, number).map(lambda p: Spec(f"<{p[0]}、>={p[1]}", lambda v: v < p[0] or v >= p[1])),
        number.map(lambda n: Spec(f"=?*2>{n}", lambda v: v * 2 > n)),
    )


def word_cells():
    word = st.sampled_from(["易制毒", "易制爆", "剧毒", "普通"])
    return st.one_of(
        st.just(Spec("-", lambda _: True, missing=True)),
        st.just(Spec("空", lambda _: False, missing=True)),
        st.just(Spec("not empty", lambda _: True)),
        word.map(lambda w: Spec(w, lambda v: v == w)),
        st.lists(word, min_size=2, max_size=3).map(lambda w: Spec(", ".join(w), lambda v: v in w)),
        st.lists(word, min_size=1, max_size=3).map(lambda w: Spec("非 " + "、".join(w), lambda v: v not in w)),
        word.map(lambda w: Spec(f"空、{w}", lambda v: v == w, missing=True)),
    )


def date_cells():
    day = st.integers(-4, 4).map(lambda n: DAY + timedelta(days=n))
    return st.one_of(
        st.just(Spec(None, lambda _: True, missing=True)),
        day.map(lambda d: Spec(d, lambda v: v == d)),
        day.map(lambda d: Spec(f">{d}", lambda v: v > d)),
        day.map(lambda d: Spec(f"<={d}", lambda v: v <= d)),
        day.map(lambda d: Spec(f"{d}..{d + timedelta(days=2)}", lambda v: d <= v <= d + timedelta(days=2))),
        day.map(lambda d: Spec(f"not({d})", lambda v: v != d)),
    )


offsets = st.one_of(st.none(), st.integers(-2, 2))
row_specs = st.tuples(number_cells(), number_cells(), word_cells(), date_cells(), offsets, offsets)
inputs = st.tuples(
    st.one_of(st.none(), st.decimals(-5, 15, places=1)),
    st.one_of(st.none(), st.sampled_from(["易制毒", "易制爆", "剧毒", "普通", "不在表里", ""])),
    st.one_of(st.none(), st.integers(-6, 6).map(lambda n: DAY + timedelta(days=n))),
)


def build(specs) -> Table:
    names = ("量", "量", "类", "日")
    kinds = (Kind.NUMBER, Kind.NUMBER, Kind.TEXT, Kind.DATE)
    columns = []
    for name, kind in zip(names, kinds, strict=True):
        expression, _ = parse(name, Place("规则", "A1"))
        assert expression is not None
        columns.append(Input(expression=expression, kind=kind, declared=True))
    rows = []
    for number, spec in enumerate(specs, start=2):
        tests = []
        for cell in spec[:4]:
            test, found = read_test(Cell(cell.typed, Place("规则", f"A{number}")))
            assert not found
            tests.append(test)
        ends = [None if n is None else DAY + timedelta(days=n) for n in spec[4:]]
        rows.append(
            Row(
                number=number,
                tests=tuple(tests),
                results=(Result(value=Decimal(number)),),
                valid_from=ends[0],
                valid_until=ends[1],
                place=Place("规则", f"A{number}"),
            )
        )
    return Table(name="测试", inputs=tuple(columns), outputs=(Output(name="行"),), rows=tuple(rows), hit=Hit.RULE_ORDER)


def scan(specs, number, word, day) -> list[Decimal]:
    found = []
    for row, (low, high, kind, when, start, stop) in enumerate(specs, start=2):
        present = [(low, number), (high, number), (kind, word or None), (when, day)]
        fits = all(cell.missing if value is None else cell.means(value) for cell, value in present)
        in_force = (start is None or start <= 0) and (stop is None or stop >= 0)
        if fits and in_force:
            found.append(Decimal(row))
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(row_specs, max_size=12), st.lists(inputs, min_size=1, max_size=8))
def test_the_index_is_the_plain_scan(specs, given_inputs):
    table = build(specs)
    for number, word, day in given_inputs:
        decision = decide(table, env(量=number, 类=word, 日=day))
        assert decision.outcome is Outcome.OK
        assert [row["行"] for row in decision.outputs] == scan(specs, number, word, day)


def without_formulas(cells):
    return cells.filter(lambda cell: not str(cell.typed).startswith("="))


constant_rows = st.tuples(
    without_formulas(number_cells()), without_formulas(number_cells()), word_cells(), date_cells(), offsets, offsets
)
NUMBERS = [None, *(Decimal(n) / 2 for n in range(-12, 44))]
WORDS = [None, "易制毒", "易制爆", "剧毒", "普通", "不在表里"]
DAYS = [None, *(DAY + timedelta(days=n) for n in range(-8, 9))]


def overlap(one, two) -> bool:
    """Whether some input fits both rows, tried out over every input that the cells can tell apart."""

    def both(column: int, value: object) -> bool:
        return all(row[column].missing if value is None else row[column].means(value) for row in (one, two))

    starts = [row[4] for row in (one, two) if row[4] is not None]
    stops = [row[5] for row in (one, two) if row[5] is not None]
    each_in_force = all(row[4] is None or row[5] is None or row[4] <= row[5] for row in (one, two))
    return (
        each_in_force
        and (not starts or not stops or max(starts) <= min(stops))
        and any(both(0, number) and both(1, number) for number in NUMBERS)
        and any(both(2, word) for word in WORDS)
        and any(both(3, day) for day in DAYS)
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(constant_rows, min_size=2, max_size=6))
def test_overlaps_are_exactly_the_rows_that_some_input_fits_together(specs):
    found = {int(item.place.cell[1:]) for item in overlaps(replace(build(specs), hit=Hit.UNIQUE), {})}
    expected = {j + 2 for j in range(len(specs)) if any(overlap(specs[i], specs[j]) for i in range(j))}
    assert found == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(row_specs, min_size=1, max_size=8), inputs)
def test_the_nearest_row_misses_the_fewest_inputs_and_names_only_cells_that_miss(specs, values):
    table = build(specs)
    number, word, day = values
    decision = decide(table, env(量=number, 类=word, 日=day))
    if decision.outputs:
        return
    told = decision.explanation[0]
    in_force = [s for s in specs if (s[4] is None or s[4] <= 0) and (s[5] is None or s[5] >= 0)]
    if not in_force:
        assert told.parts == ()
        return

    def misses(spec) -> list[bool]:
        given_values = (number, number, word or None, day)
        return [
            not (cell.missing if value is None else cell.means(value))
            for cell, value in zip(spec[:4], given_values, strict=True)
        ]

    nearest = specs[int(told.label) - 2]

    # A formula cell counts as fitting until everything else fits, so it is left out of "fewest".
    def fewest(spec) -> int:
        wrong = [m and not str(c.typed).startswith("=") for m, c in zip(misses(spec), spec[:4], strict=True)]
        return (wrong[0] or wrong[1]) + wrong[2] + wrong[3]

    if not any(str(cell.typed).startswith("=") for spec in specs for cell in spec[:4]):
        assert fewest(nearest) == min(map(fewest, in_force))
    assert len(told.parts) == sum(misses(nearest)) > 0
