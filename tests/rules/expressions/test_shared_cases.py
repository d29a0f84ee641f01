"""The cases that this evaluator and the browser's interpreter share: both must give the same result.

`with` holds the values (`.` is the field's own value, a list is a column of rows or a multiple choice); `result` is the
value, null for empty, or `{"error": true}` where it must be an error value. `rows` are those of repeats, by name: each says
what its own names are.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, evaluate, parse
from banshi.rules.values import ErrorValue, from_json, loads

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CASES = loads(Path(__file__).with_name("shared_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["expr"])
def test_shared_case(case: dict[str, Any]) -> None:
    expression, faults = parse(case["expr"], NOWHERE)
    assert expression is not None, faults
    values = {name: from_json(raw) for name, raw in case["with"].items()}
    rows = case.get("rows", {})
    for row in (row for found in rows.values() for row in found):
        for name in row:
            values[name] = tuple(from_json(one.get(name)) for found in rows.values() for one in found if name in row)

    def seen(repeat: str) -> list[Environment]:
        own = [{name: from_json(raw) for name, raw in row.items()} for row in rows[repeat]]
        return [replace(whole, values={**values, **row}, positions=(at,)) for at, row in enumerate(own, 1)]

    whole = Environment(values, current=values.get("."), now=NOW, rows=seen)
    value = evaluate(expression, whole)
    if case["result"] == {"error": True}:
        assert isinstance(value, ErrorValue)
    else:
        assert value == case["result"]
        assert isinstance(value, bool) is isinstance(case["result"], bool)
