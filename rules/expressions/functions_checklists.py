"""XLSForm's checklists: whether as many answers are true, or weigh as much, as they should.

Source: the ODK XForms specification, section XPath functions. An answer is true when it is a number above 0.
"""

from __future__ import annotations

from decimal import Decimal

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import Problem, add, bad_argument, spread, to_number
from banshi.rules.expressions.registry import function
from banshi.rules.values import ErrorValue, Kind, Value

_OPEN = Decimal(-1)


@function("checklist", Kind.BOOLEAN, "least: number", "most: number", "answers: list+", words=("清单",),
    zh="大于 0 的答案（是算 1）的个数在两个数之间（含两端）时为 TRUE；-1 表示不限。",
    en="TRUE when the number of answers above 0 (yes is 1) lies between two numbers, both counted; -1 is no bound.",
    example="checklist(1, 2, 1, 0, TRUE)", shows="TRUE", source="XLSForm")  # fmt: skip
def checklist(least: Decimal, most: Decimal, *answers: Value) -> Value:
    """Count the answers that are true."""
    return _between(least, most, Decimal(sum(map(_is_true, answers))))


@function("weighted-checklist", Kind.BOOLEAN, "least: number", "most: number", "answers_and_weights: any+",
    words=("加权清单",),
    zh="答案和权重成对：大于 0 的答案的权重之和在两个数之间（含两端）时为 TRUE；-1 表示不限。",
    en="Answers and weights come in pairs: TRUE when the weights of the answers above 0 add up to a number between two, "
    "both counted; -1 is no bound.",
    example="weighted-checklist(5, 8, 1, 3, 0, 9, 1, 4)", shows="TRUE", source="XLSForm")  # fmt: skip
def weighted_checklist(least: Decimal, most: Decimal, *pairs: Value) -> Value:
    """Add the weights of the answers that are true; a column of answers takes a column of weights."""
    if len(pairs) % 2:
        raise bad_argument("答案和权重要成对", "answers and weights come in pairs")
    total = Decimal(0)
    for answers, weights in zip(pairs[::2], pairs[1::2], strict=True):
        several = list(spread((answers,))), list(spread((weights,)))
        if len(several[0]) != len(several[1]):
            raise bad_argument("答案和权重要成对", "answers and weights come in pairs")
        for answer, weight in zip(*several, strict=True):
            if _is_true(answer) and (number := to_number(weight)) is not None:
                total = add(total, number)
    return _between(least, most, total)


def _is_true(answer: Value) -> bool:
    if isinstance(answer, ErrorValue):
        raise Problem(faults.OUT_OF_RANGE)
    try:
        number = to_number(answer)
    except Problem:
        return False
    return number is not None and number > 0


def _between(least: Decimal, most: Decimal, number: Decimal) -> bool:
    return (least == _OPEN or number >= least) and (most == _OPEN or number <= most)
