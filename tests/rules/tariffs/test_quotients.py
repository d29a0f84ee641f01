"""Amounts that a division goes into, against fractions: a rate of 1000/30 for 30 days is 1000, not a unit less.

Q1 quotients in rates and quantities, in every rounding mode, alone and over columns · Q2 chains: a part of a part, sums of
what was left unrounded, whole months split by days · Q3 what only looks like a quotient is not touched ·
Q4 a quotient as a limit is paid in fen, on the side of the limit
"""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction
from math import ceil, floor, trunc
from typing import Any

import pytest
from rule_sheets import NOW, env, tariff_of

from banshi.rules.expressions.columns import Batch, values_of
from banshi.rules.tariffs import bill
from banshi.rules.tariffs.columns import bill_columns, item_amount

D, F = Decimal, Fraction
KEPT = Context(prec=40)
"""How many digits of a quotient a form keeps (`docs`: numbers have at most 40)."""


def half_up(number: Fraction) -> int:
    return floor(number + F(1, 2)) if number >= 0 else -floor(-number + F(1, 2))


def away(number: Fraction) -> int:
    return ceil(number) if number >= 0 else floor(number)


def half_even(number: Fraction) -> int:
    return round(number)


MODES: dict[str, Callable[[Fraction], int]] = {
    "half-up": half_up,
    "down": trunc,
    "up": away,
    "half-even": half_even,
    "floor": floor,
    "ceiling": ceil,
}
UNITS = ("0.01", "0.1", "1", "0.05")
SHAPES: dict[str, tuple[str, str, Callable[[Fraction, int, int], Fraction]]] = {
    "rate": ("n", "{a}/{b}", lambda n, a, b: n * F(a, b)),
    "quantity": ("n/{b}", "0.015", lambda n, _, b: n / b * F("0.015")),
    "both": ("n/{b}", "{a}/7", lambda n, a, b: n / b * F(a, 7)),
    "sum": ("n*(1/{b}+1/{b})", "{a}", lambda n, a, b: n * 2 * a / b),
    "input": ("n", "price", lambda n, a, b: n * F(a, b)),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mode", MODES)
def test_q1_a_quotient_is_rounded_as_what_it_means(shape: str, mode: str) -> None:
    quantity, rate, exact = SHAPES[shape]
    rng = random.Random(f"{shape} {mode}")
    for _ in range(12):
        a, b, unit = rng.randint(1, 2000), rng.choice([3, 6, 7, 9, 11, 12, 24, 30, 31, 60]), rng.choice(UNITS)
        texts = [text.format(a=a, b=b) for text in (quantity, rate)]
        tariff = tariff_of(
            f"| item | quantity | rate | method | round |\n| x | {texts[0]} | {texts[1]} | flat | {unit} {mode} |"
        )
        numbers = [D(n) for n in rng.sample(range(1, 400), 10)] + [D(b), D(10 * b), D(31 * b)]
        price = KEPT.divide(D(a), D(b))
        wanted = [MODES[mode](exact(F(n), a, b) / F(unit)) * F(unit) for n in numbers]
        alone = [bill(tariff, env({"n": n, "price": price})).total for n in numbers]
        assert [F(one) for one in alone if one is not None] == wanted
        columns = {"n": values_of(numbers), "price": values_of([price] * len(numbers))}
        assert list(bill_columns(tariff, Batch(size=len(numbers), names=columns, now=NOW)).totals()) == alone


def amounts(text: str, values: dict[str, Any]) -> list[Decimal | None]:
    tariff = tariff_of(text)
    made = bill(tariff, env(values))
    return [item_amount(made, item) for item in tariff.items]


@pytest.mark.parametrize("days", [3, 6, 29, 30, 31, 60])
def test_q2_what_is_left_unrounded_adds_up(days: int) -> None:
    text = """
        | item | quantity | rate | method | round |
        | 房租 | 天数 | 1000/30 | flat | none |
        | 物业 | 天数/3 | 0.2 | flat | none |
        | 折扣 | 房租 | 1/3 | percent | 0.01 down |
        | 合计 | 房租, 物业 | | total | 0.01 down |
    """
    rent, service = F(1000, 30) * days, F(days, 3) * F("0.2")
    *_, off, total = amounts(text, {"天数": days})
    assert off is not None
    assert total is not None
    assert F(off) == F(trunc(rent / 3 * 100), 100)
    assert F(total) == F(trunc((rent + service) * 100), 100)


def test_q2_no_digits_are_left_over_in_what_is_shown() -> None:
    tariff = tariff_of("| item | quantity | rate | method | round |\n| 房租 | 天数 | 1000/30 | flat | none |")
    assert bill(tariff, env({"天数": 30})).total == D(1000)
    made = bill(tariff, env({"天数": 1})).total
    assert str(made) == "33.333333333333"


def test_q3_long_numbers_that_were_written_stay() -> None:
    tariff = tariff_of("| item | quantity | rate | method | round |\n| x | n | 1 | flat | 0.01 down |")
    assert bill(tariff, env({"n": D("999.999999999999999999999999")})).total == D("999.99")
    assert bill(tariff, env({"n": D("0.00499999999999999999999999999")})).total == D("0.00")


@pytest.mark.parametrize(
    ("limit", "rounding", "paid"),
    [("1000/30", "0.01", ("33.34", "33.33")), ("555", "10 down", ("555", "555")), ("2/3", "0.001", ("0.667", "0.666"))],
)
def test_q4_a_limit_is_paid_in_fen(limit: str, rounding: str, paid: tuple[str, str]) -> None:
    head = "| 项目 | 计量 | 单价 | 方式 | 取整 | 最低 | 封顶 |\n"
    for column, expected, count in (("| {} | |", paid[0], "0"), ("| | {} |", paid[1], "99999")):
        tariff = tariff_of(head + f"| 费 | n | 1 | 单价 | {rounding} " + column.format(limit))
        assert bill(tariff, env(n=D(count))).total == D(expected)
        batch = Batch(size=3, names={"n": values_of([D(count)] * 3)}, now=NOW)
        assert bill_columns(tariff, batch).totals() == [D(expected)] * 3
