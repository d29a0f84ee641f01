"""Cells of definition sheets as expressions, yes or no, texts."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from banshi.platform.sheets.words import NO, YES
from banshi.platform.workbook.columns import plain
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, parse
from banshi.rules.expressions.library import known_word

# A default is computed when it says so, names a field or calls a function; `红-1`, `2026-09-01` and `教材（精装）`
# stand for themselves.
_COMPUTED = re.compile(r"\s*[=＝]|.*[$＄]\s*[{｛]", re.DOTALL)
_CALLED = re.compile(r"([\w:-]+)\s*[(（]")


def expression(cell: Cell, found: list[Diagnostic]) -> Expression | None:
    """The expression in a cell; None when it is blank or cannot be read (then the fault is added to `found`)."""
    if cell.blank:
        return None
    parsed, faults = parse(_source(cell), cell.place)
    found.extend(faults)
    return parsed


def part_of(cell: Cell, start: int, end: int, found: list[Diagnostic]) -> Expression | None:
    """The expression in a part of a cell's text; faults keep the characters where they stand in the cell."""
    parsed, faults = parse(" " * start + cell.text[start:end].rstrip(), cell.place)
    found.extend(faults)
    return parsed


def condition(cell: Cell, found: list[Diagnostic]) -> Expression | None:
    """A cell that says yes, no or when: `TRUE`, `yes` and `是` are always, `否` is never (None)."""
    word = plain(cell.text)
    if word in NO:
        return None
    if word in YES:
        return always(cell)
    return expression(cell, found)


def literal_or_expression(cell: Cell, found: list[Diagnostic], *, number: bool) -> Expression | None:
    """A default: a constant as it stands, unless it is plainly an expression."""
    text = cell.value
    if not isinstance(text, str):
        return expression(cell, found)
    computed = _COMPUTED.match(text) or any(known_word(word) for word in _CALLED.findall(text))
    if computed or (number and not _is_number(text)):
        return expression(cell, found)
    parsed, faults = parse('"' + text.replace('"', '""') + '"', cell.place)
    found.extend(faults)
    return parsed


def always(cell: Cell) -> Expression:
    """The expression that always holds, at the place of a cell."""
    parsed, _ = parse("true()", cell.place)
    if parsed is None:
        raise LookupError("the expression language has lost true()")
    return parsed


def _source(cell: Cell) -> str:
    match cell.value:
        case bool(truth):
            return "true()" if truth else "false()"
        case datetime() as moment:
            return f'date-time("{moment.isoformat()}")'
        case date() as day:
            return f'date("{day.isoformat()}")'
        case time() as clock:
            return f'"{clock.isoformat()}"'
        case _:
            return cell.text


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False
