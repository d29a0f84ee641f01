"""The chapter on decision tables does what it says: every table is read from the page, and every result and fault holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
from rule_sheets import env, table_of

from banshi.rules.expressions import Name, Scope
from banshi.rules.tables import Table, check, decide
from banshi.rules.values import Kind, Value

DOCS = Path(__file__).parents[2] / "docs"
NO_ROW = ("没有一行适用", "no row fits")
NOTHING = ("没有问题", "nothing")
Rows = list[list[str]]


def tables(text: str) -> Iterator[Rows]:
    """The Markdown tables of a page as rows of cells, without the line of dashes."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in block.splitlines()]
        yield [row for row in rows if not all(re.fullmatch(r"-+", cell) for cell in row)]


def rules(rows: Rows) -> Table:
    # A formula of ours is text to Excel, hence the apostrophe.
    lines = ["| " + " | ".join(f"'{cell}" if cell.startswith("=") else cell for cell in row) + " |" for row in rows]
    return table_of("\n".join(lines))


def typed(text: str, kind: Kind) -> Value:
    if not text:
        return None
    if kind is not Kind.TEXT and text in ("是", "否", "yes", "no"):
        return text in ("是", "yes")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"\d\d:\d\d", text):
        return time.fromisoformat(text)
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def examples(language: str) -> Iterator[tuple[str, Table, Rows]]:
    """Every table of results or faults with the decision table above it."""
    above: Table | None = None
    for rows in tables((DOCS / language / "tables.md").read_text(encoding="utf-8")):
        head = rows[0][0].split(" ")[0]
        if any(re.match(r"(当|when) ", cell) for row in rows[:4] for cell in row):
            above = rules(rows)
        elif head in ("输入", "input", "检查", "check"):
            assert above is not None
            yield ("check" if head in ("检查", "check") else "run"), above, rows


def shown(value: object) -> str:
    if isinstance(value, list):
        return "、".join(shown(next(iter(row.values()))) for row in value)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_input_gives_the_stated_result(language: str) -> None:
    ran = 0
    for kind, table, (head, *rows) in examples(language):
        if kind != "run":
            continue
        names = [cell.split(" ", 1) for cell in head]
        for row in rows:
            given = {
                name: typed(text, table.input_kinds.get(name, Kind.ANY))
                for (word, name), text in zip(names, row, strict=True)
                if word in ("输入", "input")
            }
            wanted = {name: text for (word, name), text in zip(names, row, strict=True) if word in ("得到", "gives")}
            decision = decide(table, env(given))
            ran += 1
            if set(wanted.values()) <= set(NO_ROW):
                assert decision.outcome == "no match", (given, decision.outputs)
                continue
            found = decision.outputs
            outputs = found if isinstance(found, dict) else dict.fromkeys(wanted, found)
            assert {name: shown(outputs[name]) for name in wanted} == wanted, given
    assert ran > 20


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_check_says_what_the_page_says(language: str) -> None:
    seen = set()
    for kind, table, (_, *rows) in examples(language):
        if kind != "check":
            continue
        names = {name: Name(table.input_kinds.get(name, Kind.ANY)) for name in table.names}
        found = [item for item in check(table, Scope(names)) if item.severity != "notice"]
        stated = [] if rows[0][0] in NOTHING else rows
        assert [[item.code, item.place.cell] for item in found] == [row[:2] for row in stated]
        for item, row in zip(found, stated, strict=True):
            assert row[2] in item.message("zh")
            seen.add(item.code)
    assert seen == {"TABLE-050", "TABLE-053", "TABLE-056", "TABLE-057"}


def test_both_languages_show_the_same_examples() -> None:
    shapes = [
        [(kind, len(table.rows), len(rows)) for kind, table, rows in examples(language)] for language in ("zh", "en")
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_guide_leads_to_the_chapter(language: str) -> None:
    assert "(tables.md)" in (DOCS / language / "workbook.md").read_text(encoding="utf-8")
