"""Every example of the chapters on tariffs is billed: the tables are the tariffs, the tables after them the bills.

A table whose header has `→` states bills: the columns before are the fields, `→ name` what the tariff gives.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rule_sheets import env, tariff_of

from banshi.platform.sheets import fees_sheet
from banshi.rules.diagnostics import has_errors
from banshi.rules.expressions import Name, Scope
from banshi.rules.tariffs import Bill, Method, bill, check
from banshi.rules.values import Kind, Value

DOCS = Path(__file__).parents[2] / "docs"
SHARES, NOTHING = {"分摊", "shares"}, {"不适用", "nothing applies"}
Table = list[list[str]]


def tables(language: str) -> list[Table]:
    """The tables of the chapter, header first."""
    found: list[Table] = [[]]
    for line in (DOCS / language / "tariffs.md").read_text().splitlines():
        if line.startswith("|---"):
            continue
        if line.startswith("|"):
            found[-1].append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def examples(language: str) -> list[tuple[Table, dict[str, str]]]:
    """Every bill that the chapter states, with its tariff."""
    found, tariff = [], []
    for table in tables(language)[1:]:
        if any(cell.startswith("→") for cell in table[0]):
            found += [(tariff, dict(zip(table[0], row, strict=True))) for row in table[1:]]
        else:
            tariff = table
    return found


def value(text: str) -> Value:
    """A field as the table writes it: numbers, days, lists with `、` or commas."""
    if "、" in text or ", " in text:
        return tuple(value(part) for part in text.replace("、", ", ").split(", "))
    try:
        return date.fromisoformat(text) if text.count("-") == 2 else Decimal(text)
    except (ValueError, ArithmeticError):
        return text


def given(made: Bill, name: str) -> object:
    if name in SHARES:
        return tuple(str(amount) for _, amount in made.shares)
    if name in NOTHING:
        return not made.applies
    return made.decision.outputs[name]


def stated(text: str, name: str) -> object:
    if name in SHARES:
        return tuple(text.replace("、", ", ").split(", "))
    return text in ("是", "yes") if name in NOTHING else Decimal(text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_bill_of_the_chapter(language: str) -> None:
    found = examples(language)
    assert len(found) >= 20
    for table, example in found:
        tariff = tariff_of("\n".join("| " + " | ".join(row) + " |" for row in table))
        fields = {name: value(text) for name, text in example.items() if not name.startswith("→")}
        known = {name: Name(Kind.ANY) for name in fields}
        faults = check(tariff, Scope(known))
        assert not has_errors(faults), [item.message() for item in faults]
        made = bill(tariff, env(fields))
        for column, text in example.items():
            if column.startswith("→"):
                name = column.removeprefix("→").strip()
                assert given(made, name) == stated(text, name), (table, example, name)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_column_and_method_is_taught_and_used(language: str) -> None:
    text = (DOCS / language / "tariffs.md").read_text()
    at = 0 if language == "en" else 1
    assert [column.name for column in fees_sheet.COLUMNS if column.words[at] not in text] == []
    assert [str(method) for method in Method if str(method) not in text] == []


def test_both_languages_state_the_same_bills() -> None:
    chinese, english = ([[*row.values()] for _, row in examples(language)] for language in ("zh", "en"))
    assert len(chinese) == len(english)
    for zh, en in zip(chinese, english, strict=True):
        assert [cell for cell in zh if cell[:1].isdigit()][-1] == [
            cell.replace(", ", "、") for cell in en if cell[:1].isdigit()
        ][-1]
