"""Why a table answered what it did: the rows that fired, or the row that came nearest and the cell that missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from banshi.rules.decision import Explanation, Outcome
from banshi.rules.expressions import Environment, evaluate, explain
from banshi.rules.tables.conditions import Form
from banshi.rules.tables.index import Axis, bits, condition
from banshi.rules.tables.policies import Answer
from banshi.rules.tables.table import Table
from banshi.rules.values import ErrorValue, Value

MOST_ALSO = 20
"""How many rows an explanation names that held beside the one that decided."""

MOST_NEAR = 3
"""How many rows are named that nearly held."""


def explain_rows(table: Table, env: Environment, values: Mapping[str, Value], found: Answer) -> tuple[Explanation, ...]:
    """The explanation of an answer."""
    if found.outcome is Outcome.ERROR and not found.rows and not found.places:
        return tuple(
            Explanation(item.message("zh"), place=item.place, zh=item.message("zh"), en=item.message("en"))
            for item in found.diagnostics
        )
    fired = tuple(_fired(table, env, values, row) for row in found.rows)
    if not fired:
        return _nothing(table, env, values)
    if found.outcome is Outcome.CONFLICT:
        fault = found.diagnostics[0]
        fired = (replace(fired[0], zh=fault.message("zh"), en=fault.message("en")), *fired[1:])
    return (*fired, *_also(table, found.also))


def shown(value: Value, language: str = "zh") -> str:
    """A value as a sentence names it."""
    if value is None or value in ("", ()):
        return "empty" if language == "en" else "空"
    if isinstance(value, bool):
        return ("true" if value else "false") if language == "en" else ("是" if value else "否")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return ("、" if language == "zh" else ", ").join(shown(item, language) for item in value)
    return value.diagnostic.message(language) if isinstance(value, ErrorValue) else str(value)


def _fired(table: Table, env: Environment, values: Mapping[str, Value], row: int) -> Explanation:
    rule = table.rows[row]
    parts = [
        _cell(table, env, values, axis, row, column, fits=True)
        for axis in table.index.axes
        for column in axis.columns
        if rule.tests[column].form is not Form.ANYTHING
    ]
    for output, result in zip(table.outputs, rule.results, strict=True):
        if result.expression is not None:
            reason = explain(result.expression, env)
            parts.append(Explanation(output.name, reason.value, result.place, "算出的结果", "computed", (reason,)))
        else:
            parts.append(Explanation(output.name, result.value, result.place, "结果", "result"))
    zh = f"第 {rule.label} 行适用"
    en = f"Row {rule.label} fits"
    if rule.reference:
        zh, en = f"{zh}（依据：{rule.reference}）", f"{en} (reference: {rule.reference})"
    return Explanation(rule.label, None, rule.place, zh, en, tuple(parts))


def _cell(
    table: Table, env: Environment, values: Mapping[str, Value], axis: Axis, row: int, column: int, *, fits: bool
) -> Explanation:
    test = table.rows[row].tests[column]
    value = values[axis.label]
    asked = table.inputs[column].bound + test.cell.text
    if fits:
        zh = f"{axis.label} 为 {shown(value)}，符合“{asked}”"
        en = f"{axis.label} is {shown(value, 'en')}, which fits “{asked}”"
    else:
        zh = f"{axis.label} 为 {shown(value)}，此格要求“{asked}”"
        en = f"{axis.label} is {shown(value, 'en')}, but this cell asks for “{asked}”"
    parts = (explain(test.formula, replace(env, current=value)),) if test.formula else ()
    return Explanation(axis.label, value, test.cell.place, zh, en, parts)


def _also(table: Table, rows: tuple[int, ...]) -> tuple[Explanation, ...]:
    if not rows:
        return ()
    named = "、".join(table.rows[row].label for row in rows[:MOST_ALSO])
    more = "…" if len(rows) > MOST_ALSO else ""
    place = table.rows[rows[0]].place
    return (Explanation(named, None, place, f"也适用：第 {named}{more} 行", f"also fit: rows {named}{more}"),)


def _nothing(table: Table, env: Environment, values: Mapping[str, Value]) -> tuple[Explanation, ...]:
    lines = [_nearest(table, env, values)]
    given = dict(table.otherwise)
    for name, result in given.items():
        reasons = (explain(result.expression, env),) if result.expression else ()
        value = reasons[0].value if reasons else result.value
        zh, en = "没有一行适用，取“否则”的值", "no row fits: the value of `otherwise`"
        lines.append(Explanation(name, value, result.place, zh, en, reasons))
    return tuple(lines)


def _nearest(table: Table, env: Environment, values: Mapping[str, Value]) -> Explanation:
    """The uppermost of the rows with the fewest inputs that miss, with the cells that missed."""
    day = env.now.date()
    if not table.index.in_force(day):
        zh = f"没有一行在 {day.isoformat()} 有效" if table.rows else "这张规则表没有规则行"
        en = f"No row is in force on {day.isoformat()}" if table.rows else "The table has no rows"
        return Explanation(table.name, None, table.place, zh, en)
    row, parts = next(_missing_cells(table, env, values))
    label = table.rows[row].label
    zh, en = f"没有一行适用，最接近的是第 {label} 行", f"No row fits; row {label} comes nearest"
    return Explanation(label, None, table.rows[row].place, zh, en, parts)


def nearly(table: Table, env: Environment, values: Mapping[str, Value]) -> tuple[Explanation, ...]:
    """The rows that do not fit but come nearest, uppermost first, each with the cells that missed."""
    if any(isinstance(value, ErrorValue) for value in values.values()) or table.index.unreadable:
        return ()
    near: list[Explanation] = []
    for row, parts in _missing_cells(table, env, values):
        if len(near) == MOST_NEAR or (near and len(parts) > len(near[0].parts)):
            break
        rule = table.rows[row]
        zh, en = f"第 {rule.label} 行差一点适用", f"Row {rule.label} nearly fits"
        near.append(Explanation(rule.label, None, rule.place, zh, en, parts))
    return tuple(near)


def _missing_cells(
    table: Table, env: Environment, values: Mapping[str, Value]
) -> Iterator[tuple[int, tuple[Explanation, ...]]]:
    """The rows in force that do not fit, those with the fewest inputs that miss first, with the cells that missed."""
    index = table.index
    fewest = [index.in_force(env.now.date())] + [0] * len(index.axes)
    for axis in index.axes:
        rows = axis.rows(values[axis.label])
        # Bit by bit: a row that missed k inputs so far still has k misses if it holds here, else one more.
        fewest = [count & rows | (fewest[k - 1] & ~rows if k else 0) for k, count in enumerate(fewest)]
    for mask in fewest:
        for row in bits(mask):
            parts = tuple(
                _cell(table, env, values, axis, row, column, fits=False)
                for axis in index.axes
                for column in axis.columns
                if not _holds(table, env, values[axis.label], axis, row, column)
            )
            if parts:
                yield row, parts


def _holds(table: Table, env: Environment, value: Value, axis: Axis, row: int, column: int) -> bool:
    test = table.rows[row].tests[column]
    allowed = condition(test, axis.kind)
    if allowed is None or not allowed.holds(value, axis.kind):
        return False
    return test.formula is None or evaluate(test.formula, replace(env, current=value)) is True
