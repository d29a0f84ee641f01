"""Tables of random cells, each with what it means told without any code of the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import parse
from banshi.rules.tables import Hit, Input, Output, Result, Row, Table
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
        st.tuples(number, number)
        .map(sorted)
        .map(lambda p: Spec(f"<{p[0]}、>={p[1]}", lambda v: v < p[0] or v >= p[1])),
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


def without_formulas(cells):
    return cells.filter(lambda cell: not str(cell.typed).startswith("="))


constant_rows = st.tuples(
    without_formulas(number_cells()), without_formulas(number_cells()), word_cells(), date_cells(), offsets, offsets
)
