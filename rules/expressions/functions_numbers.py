"""Functions of numbers: totals, rounding, remainders, powers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import (
    ARITHMETIC,
    Problem,
    add,
    bad_argument,
    is_empty,
    round_to,
    settle,
    spread,
    subtract,
    to_date,
    to_number,
    to_text,
    to_truth,
    to_whole,
)
from banshi.rules.expressions.functions_text import wildcard
from banshi.rules.expressions.operators import EPOCH, compare, days_between, raise_to
from banshi.rules.expressions.registry import Context, function
from banshi.rules.expressions.tree import Call, Current, Node, Reference
from banshi.rules.values import ErrorValue, Kind, Value

_ONE = Decimal(1)


def numbers_of(values: Iterable[Value]) -> list[Decimal]:
    """The numbers among values laid out flat, without the empty ones; raises `Problem` for what is no number."""
    found = (to_number(value) for value in spread(values))
    return [number for number in found if number is not None]


def total(numbers: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    result = Decimal(0)
    for number in numbers:
        result = add(result, number)
    return result


@function(
    "sum", Kind.NUMBER, "values: numbers+", words=("合计", "求和"),
    zh="把数字相加；明细的一列逐行相加，空值跳过，没有数字时为 0。",
    en="Adds numbers; a column of rows is added row by row, empty values are left out, nothing gives 0.",
    example="sum(1, 2.5, 3)", shows="6.5", source="Excel, XLSForm",
)  # fmt: skip
def sum_(*values: Value) -> Value:
    """Add up."""
    return total(numbers_of(values))


def _extreme(values: tuple[Value, ...], operator: str, context: Context) -> Value:
    filled = [value for value in values if not is_empty(value)]
    days = [value for value in filled if isinstance(value, date)]
    if days and len(days) == len(filled):
        best: date = days[0]
        for day in days[1:]:
            best = day if compare(operator, day, best, context.env.now.tzinfo) else best
        return best
    numbers = numbers_of(filled)
    if not numbers:
        return None
    return min(numbers) if operator == "<" else max(numbers)


@function(
    "min", Kind.NUMBER, "values: list+", words=("最小", "最小值"), like=slice(0, None), context=True,
    zh="最小的数字或最早的日期；空值跳过，都为空时为空。",
    en="The least number or earliest date; empty values are left out.",
    example="min(3, 1, 2)", shows="1", source="Excel, XLSForm",
)  # fmt: skip
def min_(context: Context, *values: Value) -> Value:
    """Find the least."""
    return _extreme(values, "<", context)


@function(
    "max", Kind.NUMBER, "values: list+", words=("最大", "最大值"), like=slice(0, None), context=True,
    zh="最大的数字或最晚的日期；空值跳过，都为空时为空。",
    en="The greatest number or latest date; empty values are left out.",
    example="max(3, 1, 2)", shows="3", source="Excel, XLSForm",
)  # fmt: skip
def max_(context: Context, *values: Value) -> Value:
    """Find the greatest."""
    return _extreme(values, ">", context)


@function(
    "average", Kind.NUMBER, "values: numbers+", words=("平均", "平均值"),
    zh="数字的平均值；空值不计入，没有数字时为空。",
    en="The mean of the numbers; empty values do not count, nothing gives empty.",
    example="average(1, 2, 6)", shows="3", source="Excel",
)  # fmt: skip
def average(*values: Value) -> Value:
    """Divide the sum by the count."""
    numbers = numbers_of(values)
    return ARITHMETIC.divide(total(numbers), Decimal(len(numbers))) if numbers else None


@function(
    "count", Kind.NUMBER, "values: column+", words=("计数",), context=True,
    zh="有几个数字（日期也算；直接写的 TRUE 和 \"5\" 算，字段里的不算，算不出的不算，同 Excel）；字段里一个数字都没有时，有几个填了的值。查数据表的行时，这一列填了几行就是几，数字和文字都算。",
    en='How many numbers there are (dates too; TRUE and "5" count where they are written, not in a field, and what cannot '
    "be computed does not, as in Excel); where fields hold no number, how many of their values are filled in. "
    "Of rows of a data sheet, how many have the column filled in, be it with numbers or texts.",
    example='count(3, "", 5)', shows="2", source="Excel, XLSForm",
)  # fmt: skip
def count(context: Context, *nodes: Node) -> Value:
    """Count numbers as Excel does, or rows as XLSForm does: those of a data sheet always, those of a repeat where they hold no numbers.

    Microsoft's page of COUNT says that an argument which is an error value is not counted; so also an error in a row.
    """
    numbers, filled = 0, 0
    for node in nodes:
        value = context.value(node)
        if isinstance(value, ErrorValue):
            if _cannot_be_counted(node):
                return value
        elif isinstance(node, (Reference, Current)) or isinstance(value, tuple):
            held = [item for item in spread((value,)) if not is_empty(item)]
            filled += len(held)
            any_kind = isinstance(node, Call) and node.function == "instance"
            numbers += len(held) if any_kind else sum(isinstance(item, (Decimal, date, time)) for item in held)
        else:
            numbers += _is_number(value, context)
    return Decimal(numbers or filled)


def _cannot_be_counted(node: Node) -> bool:
    """Whether an error stands for rows that nobody went through, which are not one value and not none."""
    return isinstance(node, Call) and node.function in ("instance", "rows-of")


def _is_number(value: Value, context: Context) -> bool:
    """Whether Excel takes a value for a number where it stands among the arguments: `"5"`, `"5%"`, a date, a time."""
    if isinstance(value, (date, time)):
        return True
    readings: tuple[Callable[[], Value], ...] = (
        lambda: value_(value),
        lambda: to_date(value, context.env.now.tzinfo),
        lambda: time.fromisoformat(to_text(value)),
    )
    for read in readings:
        try:
            return read() is not None
        except (Problem, ValueError):
            continue
    return False


@function(
    "counta", Kind.NUMBER, "values: column+", words=("count-non-empty", "非空计数"), context=True,
    zh="有几个填了的值；算不出的也算一个（同 Excel）。",
    en="How many values are filled in; one that cannot be computed counts, as in Excel.",
    example='counta("甲", "", 5)', shows="2", source="Excel, XLSForm",
)  # fmt: skip
def counta(context: Context, *nodes: Node) -> Value:
    """Count what is not empty."""
    filled = 0
    for node in nodes:
        value = context.value(node)
        if isinstance(value, ErrorValue) and _cannot_be_counted(node):
            return value
        filled += sum(not is_empty(item) for item in spread((value,)))
    return Decimal(filled)


def _criterion(criterion: Value, context: Context) -> Callable[[Value], bool]:
    """Excel's criteria: a value, a text with wildcards, or a text such as `">=100"` or `"<>甲"`; in any letter case."""
    operator, wanted = "=", criterion
    if isinstance(criterion, str):
        for sign in ("<>", "!=", "<=", ">=", "=", "<", ">"):
            if criterion.startswith(sign):
                operator, wanted = {"<>": "!="}.get(sign, sign), criterion[len(sign) :].strip()
                break
    zone = context.env.now.tzinfo
    pattern = wildcard(wanted) if isinstance(wanted, str) and operator in ("=", "!=") and wanted else None

    def holds(value: Value) -> bool:
        if pattern is not None and isinstance(value, str) and pattern.fullmatch(value):
            return operator == "="
        if isinstance(value, str) and isinstance(wanted, str) and operator not in ("=", "!="):
            value = value.casefold()
        try:
            return compare(operator, value, wanted.casefold() if isinstance(wanted, str) else wanted, zone)
        except Problem:
            return False

    return holds


@function(
    "countif", Kind.NUMBER, "values: list", "criterion: any", words=("条件计数",), context=True,
    zh='符合条件的值有几个；条件写一个值、"甲*" 这样的通配，或 ">=100"、"<>甲" 这样的比较；不分大小写。',
    en='How many values fit a criterion: a value, a text with wildcards, or a comparison such as ">=100"; in any '
    'letter case.',
    example='countif(5, ">=3")', shows="1", source="Excel",
)  # fmt: skip
def countif(context: Context, values: tuple[Value, ...], criterion: Value) -> Value:
    """Count what fits."""
    return Decimal(sum(map(_criterion(criterion, context), values)))


@function(
    "sumif", Kind.NUMBER, "values: list", "criterion: any", "addends: list?", words=("条件求和",), context=True,
    zh="把符合条件的行相加；第三个参数是另一列时，加那一列同一行的数字。",
    en="Adds the rows that fit a criterion; with a third argument the numbers of that column.",
    example='sumif(5, ">=3", 80)', shows="80", source="Excel",
)  # fmt: skip
def sumif(
    context: Context, values: tuple[Value, ...], criterion: Value, addends: tuple[Value, ...] | None = None
) -> Value:
    """Add what fits."""
    column = values if addends is None else addends
    _same_length(values, column)
    holds = _criterion(criterion, context)
    return total(numbers_of(addend for value, addend in zip(values, column, strict=True) if holds(value)))


def _same_length(*columns: tuple[Value, ...]) -> None:
    if len({len(column) for column in columns}) > 1:
        raise bad_argument("各列的行数不同", "the columns have different numbers of rows")


@function(
    "sumproduct", Kind.NUMBER, "column: any", "columns: any*", words=("乘积和",),
    zh="各列逐行相乘，再相加；空值当作没有这一行。",
    en="Multiplies the columns row by row and adds the products; a row with an empty value is left out.",
    example="sumproduct(3, 4)", shows="12", source="Excel",
)  # fmt: skip
def sumproduct(*columns: Value) -> Value:
    """Multiply across, add down."""
    lists = [tuple(spread((column,))) for column in columns]
    _same_length(*lists)
    products = []
    for row in zip(*lists, strict=True):
        numbers = numbers_of(row)
        if len(numbers) == len(row):
            product = _ONE
            for number in numbers:
                product = ARITHMETIC.multiply(product, number)
            products.append(product)
    return total(products)


def _digits(digits: Decimal) -> int:
    return to_whole(digits, -30, 30)


@function(
    "round", Kind.NUMBER, "value: number", "digits: number?", words=("四舍五入",),
    zh="四舍五入到几位小数（缺省 0 位，负数表示整数位）；负数的一半也向远离 0 的方向进：round(-2.5) 与 Excel 一样是 -3（XPath 是 -2）。",
    en="Rounds to a number of decimals (0 when missing, before the point when negative); halves go away from zero: round(-2.5) is -3 as in Excel (-2 in XPath).",
    example="round(2.345, 2)", shows="2.35", source="Excel, XLSForm",
)  # fmt: skip
def round_(value: Decimal, digits: Decimal = Decimal(0)) -> Value:
    """Round halves away from zero."""
    return round_to(value, _digits(digits), ROUND_HALF_UP)


@function(
    "roundup", Kind.NUMBER, "value: number", "digits: number?", words=("向上舍入",),
    zh="向远离 0 的方向进到几位小数。", en="Rounds away from zero to a number of decimals.",
    example="roundup(2.341, 2)", shows="2.35", source="Excel",
)  # fmt: skip
def roundup(value: Decimal, digits: Decimal = Decimal(0)) -> Value:
    """Round away from zero."""
    return round_to(value, _digits(digits), ROUND_UP)


@function(
    "rounddown", Kind.NUMBER, "value: number", "digits: number?", words=("trunc", "向下舍入", "截断"),
    zh="向 0 的方向舍到几位小数。", en="Rounds towards zero to a number of decimals.",
    example="rounddown(-2.349, 2)", shows="-2.34", source="Excel",
)  # fmt: skip
def rounddown(value: Decimal, digits: Decimal = Decimal(0)) -> Value:
    """Round towards zero."""
    return round_to(value, _digits(digits), ROUND_DOWN)


def _to_multiple(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    """Excel's rule of signs: with a negative step a negative number is rounded as its positive, a positive one never."""
    value, step = settle(value), settle(step)
    if step < 0 < value:
        raise bad_argument("正数的步长不能为负", "a positive number needs a positive step")
    quotient = round_to(ARITHMETIC.divide(value, step), 0, rounding)
    return settle(ARITHMETIC.multiply(quotient, step))


@function(
    "ceiling", Kind.NUMBER, "value: number", "step: number?", words=("向上取整",),
    zh="不小于该数的最小整数，或最小的步长倍数；数和步长都为负时向远离 0 的方向（同 Excel）。",
    en="The least whole number, or multiple of the step, that is not smaller; where number and step are both negative, "
    "away from zero (as in Excel).",
    example="ceiling(7.2, 5)", shows="10", source="Excel",
)  # fmt: skip
def ceiling(value: Decimal, step: Decimal = _ONE) -> Value:
    """Go up to a multiple; of the step 0 there is only 0."""
    return _to_multiple(value, step, ROUND_CEILING) if step else Decimal(0)


@function(
    "floor", Kind.NUMBER, "value: number", "step: number?", words=("向下取整",),
    zh="不大于该数的最大整数，或最大的步长倍数；数和步长都为负时向 0 的方向（同 Excel）。",
    en="The greatest whole number, or multiple of the step, that is not greater; where number and step are both "
    "negative, towards zero (as in Excel).",
    example="floor(7.8, 5)", shows="5", source="Excel, XLSForm",
)  # fmt: skip
def floor(value: Decimal, step: Decimal = _ONE) -> Value:
    """Go down to a multiple."""
    if step == 0:
        if value == 0:
            return Decimal(0)
        raise Problem(faults.DIVISION_BY_ZERO)
    return _to_multiple(value, step, ROUND_FLOOR)


@function(
    "int", Kind.NUMBER, "value: number", words=("取整",),
    zh="不大于该数的最大整数（同 Excel：int(-2.5) 是 -3；XLSForm 的 int() 向 0 取整，那是 trunc()）；文字数字先转成数字。",
    en="The greatest whole number that is not greater (as in Excel: int(-2.5) is -3; XLSForm's int() cuts towards 0, as "
    "trunc() does); a text is read as a number first.",
    example="int(-2.5)", shows="-3", source="Excel",
)  # fmt: skip
def int_(value: Decimal) -> Value:
    """Drop to the whole number below."""
    return round_to(value, 0, ROUND_FLOOR)


@function(
    "mod", Kind.NUMBER, "value: number", "divisor: number", words=("余数", "求余"),
    zh="余数，正负号随除数（同 Excel）；运算符 mod 的正负号随被除数。",
    en="The remainder with the sign of the divisor, as in Excel; the operator mod takes the other sign.",
    example="mod(-5, 3)", shows="1", source="Excel",
)  # fmt: skip
def mod(value: Decimal, divisor: Decimal) -> Value:
    """Subtract the multiple below."""
    if divisor == 0:
        raise Problem(faults.DIVISION_BY_ZERO)
    times = round_to(ARITHMETIC.divide(settle(value), settle(divisor)), 0, ROUND_FLOOR)
    return settle(subtract(value, ARITHMETIC.multiply(times, divisor)))


@function(
    "abs", Kind.NUMBER, "value: number", words=("绝对值",),
    zh="绝对值。", en="The number without its sign.", example="abs(-3.5)", shows="3.5", source="Excel, XLSForm",
)  # fmt: skip
def abs_(value: Decimal) -> Value:
    """Drop the sign."""
    return value.copy_abs()  # `abs()` would round to the digits of decimal's own context


@function(
    "power", Kind.NUMBER, "base: number", "exponent: number", words=("pow", "乘方"),
    zh="乘方；结果超过 1000 位时是错误值。", en="A power; an error when the result has more than 1000 digits.",
    example="power(2, 10)", shows="1024", source="Excel, XLSForm",
)  # fmt: skip
def power(base: Decimal, exponent: Decimal) -> Value:
    """Raise to a power."""
    return raise_to(base, exponent)


@function(
    "sqrt", Kind.NUMBER, "value: number", words=("平方根",),
    zh="平方根。", en="The square root.", example="sqrt(6.25)", shows="2.5", source="Excel, XLSForm",
)  # fmt: skip
def sqrt(value: Decimal) -> Value:
    """Take the root."""
    return ARITHMETIC.sqrt(value)


@function(
    "number", Kind.NUMBER, "value: any", words=("数字",), context=True,
    zh="把文字转成数字；日期转成 1970-01-01 起的天数。",
    en="Reads a text as a number; a date becomes days since 1970-01-01.",
    example='number("12.50") + 1', shows="13.5", source="XLSForm",
)  # fmt: skip
def number(context: Context, value: Value) -> Value:
    """Read a number."""
    if isinstance(value, (date, datetime)):
        return days_between(EPOCH, value, context.env.now.tzinfo)
    return _percent(value)


def _percent(value: Value) -> Decimal | None:
    if isinstance(value, str) and value.strip().endswith("%"):
        percent = to_number(value.strip()[:-1])
        return None if percent is None else ARITHMETIC.divide(percent, Decimal(100))
    return to_number(value)


_AMOUNT = re.compile(
    r"\s*(?P<open>\()?\s*(?P<sign>[-+]?)\s*[¥￥$€£]?\s*(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|[\d.]\S*)\s*\)?\s*"
)


@function(
    "value", Kind.NUMBER, "text: any", words=("转数字",),
    zh='把文字转成数字，可带千位逗号、货币符号、百分号和表示负数的括号："￥1,234.50"、"(5)"。',
    en='Reads a text as a number; separators, a currency sign, a percent sign and brackets for a negative number are '
    'understood: "￥1,234.50", "(5)".',
    example='value("￥1,234.50")', shows="1234.5", source="Excel",
)  # fmt: skip
def value_(text: Value) -> Value:
    """Read a number as people write it."""
    found = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    if found is None or bool(found["open"]) is not found[0].rstrip().endswith(")"):
        return _percent(text)
    amount = _percent(found["sign"] + found["digits"].replace(",", ""))
    return -amount if amount is not None and found["open"] else amount


@function(
    "boolean", Kind.BOOLEAN, "value: any", words=("是否",),
    zh="把值当作条件：非 0 数字、非空文字为 TRUE。",
    en="A value as a condition: TRUE for a number other than 0 and a text that is not empty.",
    example="boolean(2)", shows="TRUE", source="XLSForm",
)  # fmt: skip
def boolean(value: Value) -> Value:
    """Take the truth of a value."""
    return to_truth(value)
