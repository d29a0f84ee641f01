"""Functions that XPath's paths into the rows of a repeat become: `${member}[age > 18]/name`, `current()/../age`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from banshi.rules.expressions.convert import to_truth
from banshi.rules.expressions.registry import Context, function
from banshi.rules.expressions.tree import Boolean, Node, Reference
from banshi.rules.values import ErrorValue, Kind, Value


@function("rows-of", Kind.ANY, "repeat: node", "column: node", "filter: node", "every: node", "more: node*", context=True,
    zh="明细中符合方括号内条件的行：${明细}[条件] 是行号，${明细}[条件]/字段 是这些行的字段；方括号里写数就是第几行。"
    "方括号可以接着写几个，后一个在前一个选出的行里再选：${明细}[条件][1] 是符合条件的第一行。${字段}[. > 2] 从各行的这个字段里选。"
    "条件里的名称是被筛选那一行的，公式所在行的写 current()/../字段、position(current()/..)。"
    "用在 count、sum、join 等处时取全部行，用作一个值时取第一行，没有时为空。${明细}/字段 是各行的字段。",
    en="The rows of a repeat that fit the condition in square brackets: ${repeat}[condition] gives their numbers, "
    "${repeat}[condition]/field a field of them; a number in the brackets is that row. Several brackets may follow one another, and each picks among the "
    "rows that the one before left: ${repeat}[condition][1] is the first row that fits. ${field}[. > 2] picks among the values of a field. Names in the condition are of the row that is looked at; "
    "those of the formula's own row are current()/../field and position(current()/..). In count, sum, join and the like all rows count, as one "
    "value the first; empty when there is none. ${repeat}/field is the field in all rows.",
    example="count(${物品}[数量 > 2])", shows="2", source="XLSForm", written="${repeat}[filter]/column")  # fmt: skip
def rows_of(context: Context, repeat: Node, column: Node, condition: Node, every: Node, *more: Node) -> Value:
    """Go through the rows; without a column a row gives its number."""
    assert isinstance(repeat, Reference)
    assert isinstance(every, Boolean)
    found: list[Value] = []
    left: Counter[tuple[object, ...]] = Counter()
    for row in context.rows(repeat.name):
        positions = row.env.positions
        held = _fits(row, condition)
        for at, following in enumerate(more):
            if held is not True:
                break
            # Where several follow one another, position() counts the rows that are left.
            left[at, positions[:-1]] += 1
            row.env = replace(row.env, positions=(*positions[:-1], left[at, positions[:-1]]))
            held = _fits(row, following)
        if isinstance(held, ErrorValue):
            return held
        if not held:
            continue
        value = row.value(column) if isinstance(column, Reference) else Decimal(positions[-1])
        if not every.value:
            return value
        found.append(value)
    return tuple(found) if every.value else None


def _fits(row: Context, condition: Node) -> bool | ErrorValue:
    """Whether a condition holds in a row; a number between square brackets is a position (XPath 1.0, section 2.4)."""
    held = row.value(condition)
    if isinstance(held, ErrorValue):
        return held
    return held == row.env.positions[-1] if isinstance(held, Decimal) else to_truth(held)


@function("current", Kind.ANY, "value: node", like=slice(0, 1), context=True,
    zh="在方括号的条件里，current()/../字段 是公式所在行的字段，position(current()/..) 是公式所在行的行号。",
    en="In a condition in square brackets, current()/../field is the field of the formula's own row and "
    "position(current()/..) that row's number.",
    example="isblank(${物品}[数量 > current()/../限量])", shows="TRUE", source="XLSForm", written="current()/../field")  # fmt: skip
def current(context: Context, value: Node) -> Value:
    """Ask where the expression stands."""
    return context.own.value(value)
