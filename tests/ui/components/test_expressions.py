"""The browser's interpreter gives what the server gives.

1. On every shared case of `tests/rules/expressions/shared_cases.json`.
2. On random arithmetic, against Python's own decimals: exact, halves away from zero.
3. A function that the browser does not have, and a name that it does not know, are left to the server.
4. What people write is read as on the server: on every case of `tests/platform/forms/written.json`.
"""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import parse
from banshi.rules.values import loads

pytestmark = pytest.mark.browser

CASES = loads((Path(__file__).parents[2] / "rules/expressions/shared_cases.json").read_text(encoding="utf-8"))
RUN = """async (cases) => {
  const { ASK_SERVER, AskServer, Decimal, ErrorValue, Moment, evaluate } = await import("expressions");
  const read = (raw) => Array.isArray(raw) ? raw.map(read) : raw && raw.number !== undefined ? Decimal.read(raw.number) : raw;
  const show = (value) => {
    if (value === ASK_SERVER) return { ask: true };
    if (value instanceof ErrorValue) return { error: true };
    if (value instanceof Decimal) return { number: value.text() };
    return value === undefined ? null : value !== null && typeof value === "object" ? String(value) : value;
  };
  return cases.map(({ tree, values, known, rows = {} }) => {
    const inRows = (name) => Object.values(rows).flat().filter((row) => name in row).map((row) => read(row[name]));
    const environment = {
      value(name) {
        if (name in values) return read(values[name]);
        if (inRows(name).length) return inRows(name);
        if (known) throw new AskServer(name);
        return null;
      },
      current: "." in values ? read(values["."]) : null,
      now: new Moment(Date.UTC(2026, 8, 1, 8, 30) / 1000),
      positions: [],
      rows: (repeat) => rows[repeat].map((row, at) => ({
        ...environment, positions: [at + 1], value: (name) => (name in row ? read(row[name]) : environment.value(name)),
      })),
    };
    return show(evaluate(tree, environment));
  });
}"""


def tree(text: str) -> dict[str, Any]:
    expression, faults = parse(text, NOWHERE)
    assert expression is not None, faults
    return expression.to_json()


def to_page(value: Any) -> Any:
    """A value as the page reads it: numbers keep their digits."""
    if isinstance(value, Decimal):
        return {"number": format(value, "f")}
    if isinstance(value, dict):
        return {name: to_page(item) for name, item in value.items()}
    return [to_page(item) for item in value] if isinstance(value, list) else value


def run(
    page: Page, cases: list[tuple[str, dict[str, Any]]], *, known: bool = False, rows: list[dict[str, Any]] = ()
) -> list[Any]:
    prepared = [
        {"tree": tree(text), "values": to_page(values), "known": known, "rows": to_page(rows[at]) if rows else {}}
        for at, (text, values) in enumerate(cases)
    ]
    found = page.evaluate(RUN, prepared)
    return [Decimal(item["number"]) if isinstance(item, dict) and "number" in item else item for item in found]


def test_shared_cases(module_page: Page) -> None:
    rows = [case.get("rows", {}) for case in CASES]
    found = run(module_page, [(case["expr"], case["with"]) for case in CASES], rows=rows)
    wrong = [
        (case["expr"], case["with"], case["result"], value)
        for case, value in zip(CASES, found, strict=True)
        if value != case["result"] or isinstance(value, bool) is not isinstance(case["result"], bool)
    ]
    assert not wrong
    assert not [case["expr"] for case, value in zip(CASES, found, strict=True) if value == {"ask": True}]


def test_money_is_exact(module_page: Page) -> None:
    chance = random.Random(20260901)
    pairs = [
        (Decimal(chance.randint(-(10**7), 10**7)).scaleb(-3), Decimal(chance.randint(-(10**5), 10**5)).scaleb(-4))
        for _ in range(300)
    ]
    found = run(module_page, [("round(${a} * ${b}, 2)", {"a": a, "b": b}) for a, b in pairs])
    assert found == [(a * b).quantize(Decimal("0.01"), ROUND_HALF_UP) for a, b in pairs]
    sums = run(module_page, [("${a} + ${b}", {"a": a, "b": b}) for a, b in pairs])
    assert sums == [a + b for a, b in pairs]


def test_what_the_browser_cannot_do_is_left_to_the_server(module_page: Page) -> None:
    found = run(
        module_page,
        [
            ("lookup('电价', '第二档', '单价')", {}),
            ("${管制类别} = '易制爆'", {}),
            ("if(${a} > 1, rmb-capital(${a}), '')", {"a": Decimal(2)}),
            ("if(${a} > 1, rmb-capital(${a}), '')", {"a": Decimal(0)}),
            ("regex(${a}, '(a+)+b')", {"a": "aaaa"}),
            ("false() and ${管制类别} = 'x'", {}),
        ],
        known=True,
    )
    assert found == [{"ask": True}, {"ask": True}, {"ask": True}, "", {"ask": True}, False]


WRITTEN = """async (cases) => {
  const { pasted, read, readYesNo } = await import("form_values");
  const ITEMS = {
    number: { type: "decimal", kind: "number" },
    date: { type: "date", kind: "date" },
    month: { type: "date", kind: "date", appearance: ["month-year"] },
    year: { type: "date", kind: "date", appearance: ["year"] },
    datetime: { type: "datetime", kind: "datetime" },
    time: { type: "time", kind: "time" },
  };
  return cases.map(([kind, said]) => {
    if (kind === "yes_no") return readYesNo(said);
    const { value, problem } = read(ITEMS[kind], pasted(ITEMS[kind], said, []));
    return problem || !value ? null : kind === "number" ? value.text() : String(value);
  });
}"""


def test_what_people_write_is_read_as_on_the_server(module_page: Page) -> None:  # 4
    table = loads((Path(__file__).parents[2] / "platform/forms/written.json").read_text(encoding="utf-8"))
    del table["comment"]
    cases = [(kind, *case) for kind, rows in table.items() for case in rows]
    told = module_page.evaluate(WRITTEN, [[kind, said] for kind, said, _ in cases])
    for (kind, said, meant), found in zip(cases, told, strict=True):
        if kind == "number" and meant is not None:
            assert Decimal(found) == Decimal(meant), said
        elif kind in ("datetime", "time") and meant is not None:
            assert found.replace(" ", "T").startswith(meant), said
        else:
            assert found == meant, (kind, said)
