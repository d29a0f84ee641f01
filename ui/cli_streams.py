"""Streams: one object or row in, one out. A bad line gets its own error and never stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from banshi.platform.filling.running import names_of
from banshi.platform.people.calendar import Calendar
from banshi.rules.diagnostics import NOWHERE, Diagnostic
from banshi.rules.expressions import Environment, Expression, Name, Scope, check, evaluate, parse
from banshi.rules.expressions.faults import NO_CALENDAR
from banshi.rules.tables.inputs import input_value
from banshi.rules.values import ErrorValue, Kind, kind_of
from banshi.ui.cli_files import json_object, now
from banshi.ui.cli_talk import Talk, WrongCall, lines_of


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[Expression | None, tuple[Diagnostic, ...]]:
    return parse(text, NOWHERE)


def evaluated(text: str, given: Mapping[str, Any], talk: Talk, calendar: Calendar | None = None) -> dict[str, Any]:
    """The value of an expression, or why it has none: `{"value": …}` or `{"error": …, "code": …, "remedy": …}`."""
    expression, found = _parsed(text)
    values = names_of(given, lambda name, raw: input_value(name, raw, Kind.ANY))
    if expression is not None and not found:
        found = check(expression, Scope({name: Name(kind_of(value)) for name, value in values.items()}))
    errors = [item for item in found if item.severity == "error"]
    if errors:
        error, remedy = (
            " ".join(dict.fromkeys(texts)) for texts in zip(*(_said(item, talk) for item in errors), strict=True)
        )
        return {"error": error, "code": errors[0].code, "remedy": remedy}
    if expression is None:
        return {"error": talk.say("表达式是空的。", "The expression is empty."), "code": ""}
    value = evaluate(expression, Environment(values, now=now(), calendar=calendar))
    if isinstance(value, ErrorValue):
        error, remedy = _said(value.diagnostic, talk)
        if value.diagnostic.fault is NO_CALENDAR:
            remedy = talk.say("请用 --calendar 指定校历工作簿。", "Name the workbook of the calendar with --calendar.")
        return {"error": error, "code": value.diagnostic.code, "remedy": remedy}
    return {"value": value}


def _said(diagnostic: Diagnostic, talk: Talk) -> tuple[str, str]:
    return diagnostic.message(talk.language), diagnostic.remedy(talk.language)


def evaluated_lines(path: Path, talk: Talk, calendar: Calendar | None = None) -> Iterator[dict[str, Any]]:
    """The answers to lines of `{"expr": …, "with": {…}}`."""
    for given, error in objects(path, talk):
        if error:
            yield {"error": error}
        elif not isinstance(given.get("expr"), str) or not isinstance(given.get("with"), dict | None):
            yield {"error": talk.say('每行应为 {"expr": "…", "with": {…}}。', 'A line is {"expr": "…", "with": {…}}.')}
        else:
            yield evaluated(given["expr"], given.get("with") or {}, talk, calendar)


def objects(path: Path, talk: Talk) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The JSON objects of a file, one a line, each with what is wrong with its line (or an empty text)."""
    for line in lines_of(path):
        try:
            yield json_object(line, talk.say("这一行", "This line")), ""
        except WrongCall as wrong:
            yield {}, wrong.message(talk.language)
