"""Cells under `then`: literals of the column's kind, or expressions that begin with `=`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import parse
from banshi.rules.expressions.characters import DOUBLE_QUOTES
from banshi.rules.tables import faults
from banshi.rules.tables.codes import holds_codes
from banshi.rules.tables.conditions import Literal
from banshi.rules.tables.literals import KIND_ZH, Unreadable, read
from banshi.rules.tables.model import Output, Result
from banshi.rules.values import ErrorValue, Kind, Value, kind_of

_EQUALS: Final = ("=", "＝")


def read_result(cell: Cell, output: Output) -> tuple[Result, list[Diagnostic]]:
    """One result; where it cannot be read, an error value, so that it can never pass for an answer."""
    if isinstance(cell.value, str) and cell.value.lstrip().startswith(_EQUALS):
        expression, found = parse(cell.value, cell.place)
        broken = ErrorValue(found[0]) if expression is None else None
        return Result(value=broken, expression=expression, place=cell.place), list(found)
    value = _constant(cell, output)
    if isinstance(value, Unreadable):
        kind = output.kind
        fault = faults.RESULT_KIND.at(cell.place, text=cell.text, name=output.name, kind=kind, kind_zh=KIND_ZH[kind])
        return Result(value=ErrorValue(fault), place=cell.place), [fault]
    return Result(value=value, place=cell.place, quoted=isinstance(value, str) and value != cell.text), []


def _constant(cell: Cell, output: Output) -> Value | Unreadable:
    if cell.blank:
        return None
    if not output.declared:
        return _unquoted(cell.value) if isinstance(cell.value, str) else cell.value
    if output.kind is Kind.TEXT and not isinstance(cell.value, date):
        return _unquoted(cell.text)
    return read(Literal(cell.value), output.kind)


def _unquoted(text: str) -> str:
    """The text without the double quotes that some people put around every text."""
    inner = text[1:-1]
    quoted = len(text) >= 2 and text[0] in DOUBLE_QUOTES and text[-1] in DOUBLE_QUOTES
    return inner if quoted and not any(sign in DOUBLE_QUOTES for sign in inner) else text


def in_digits(output: Output, results: Sequence[Result]) -> tuple[list[Result], list[Diagnostic]]:
    """The results with texts that are numbers read as such, in a column of numbers that declares no kind."""
    texts = {i: item.value for i, item in enumerate(results) if isinstance(item.value, str)}
    numbers = {
        i: number
        for i, text in texts.items()
        if not results[i].quoted and isinstance(number := read(Literal(text), Kind.NUMBER), Decimal)
    }
    among_numbers = any(isinstance(item.value, Decimal) for item in results)
    if output.declared or not among_numbers or len(numbers) < len(texts):
        return list(results), []
    found = [faults.TEXT_DIGITS.at(results[i].place, name=output.name, text=text) for i, text in texts.items()]
    return [replace(item, value=numbers.get(i, item.value)) for i, item in enumerate(results)], found


def inferred(output: Output, results: Sequence[Result]) -> tuple[Kind, list[Diagnostic]]:
    """The kind of a column that declares none, by its constants; a warning at the odd one where they are mixed."""
    constants = [item for item in results if item.expression is None and kind_of(item.value) is not Kind.ANY]
    counted = Counter(kind_of(result.value) for result in constants)
    if len(counted) < 2:
        return next(iter(counted), Kind.ANY), []
    if set(counted) == {Kind.NUMBER, Kind.TEXT} and holds_codes(output.name, (str(item.value) for item in constants)):
        return Kind.ANY, []
    usual = counted.most_common(1)[0][0]
    odd = next(result for result in constants if kind_of(result.value) is not usual)
    other = kind_of(odd.value)
    facts = {"kind": usual, "kind_zh": KIND_ZH[usual], "other": other, "other_zh": KIND_ZH[other]}
    return Kind.ANY, [faults.MIXED_RESULTS.at(odd.place, name=output.name, **facts)]
