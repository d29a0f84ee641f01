"""The index answers what a plain scan, row by row and cell by cell, would answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import env
from tables_by_scan import DAY, build, constant_rows, inputs, row_specs

from banshi.rules.decision import Outcome
from banshi.rules.expressions import Scope
from banshi.rules.tables import decide
from banshi.rules.tables.atoms import Space
from banshi.rules.tables.overlaps import overlaps
from banshi.rules.tables.witness import Witnesses


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
    space = Space.of(build(specs), {})
    found = {int(item.place.cell[1:]) for item in overlaps(space, Witnesses(space, Scope({})))}
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
