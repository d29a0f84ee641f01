"""What the chapter on workbooks says to come out differently from Excel comes out so."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, evaluate, parse
from banshi.rules.values import dumps

DOCS = Path(__file__).parents[2] / "docs"
HEADS = {"zh": "| 写法 | 这里 | Excel | 说明 |", "en": "| expression | here | Excel | why |"}
NAMES = {"空": None, "blank": None}


def told(language: str) -> list[tuple[str, str]]:
    """Every expression of the table, with the result beside it."""
    text = (DOCS / language / "workbook.md").read_text(encoding="utf-8").split(HEADS[language] + "\n")[1]
    rows = [row.split("|")[1:3] for row in text.split("\n\n")[0].splitlines()[1:]]
    return [
        pair
        for expressions, results in rows
        for pair in zip(re.findall("`(.+?)`", expressions), re.split("[、,] ?", results.strip()), strict=True)
    ]


@pytest.mark.parametrize(("expression", "result"), [pair for language in HEADS for pair in told(language)])
def test_what_differs_from_excel(expression: str, result: str) -> None:
    read, found = parse(expression, NOWHERE)
    assert read is not None
    assert not found
    value = evaluate(read, Environment(NAMES, now=datetime(2026, 9, 1, tzinfo=UTC)))
    assert dumps(value) == {"空": "null", "blank": "null"}.get(result, result.lower())


def test_both_languages_tell_the_same() -> None:
    results = [[result.replace("空", "blank") for _, result in told(language)] for language in HEADS]
    assert results[0] == results[1] != []
