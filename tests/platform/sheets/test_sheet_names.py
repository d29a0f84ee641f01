"""Results called by their sheets (`rules.档.单价`): in the check, in bills one by one and by the column, in forms and on the command line."""

from __future__ import annotations

import csv
import io
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from workbooks import workbook_from_text

from banshi.platform.forms import evaluate_form
from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.rules.policies import FixpointEngine
from banshi.ui import cli

NOW = datetime(2026, 9, 15, 4, tzinfo=UTC)

FORM = """
    ## survey
    | type | name | label |
    | integer | 用量 | 用量 |
    | select_one 类 | 类别 | 类别 |
    | calculate | 单价是 | |
    ## choices
    | list_name | name | label |
    | 类 | 学生 | 学生 |
    | 类 | 商户 | 商户 |
"""
RULES = """
    ## 规则-档
    | 当 类别 | 则 单价 |
    | 学生 | 0.6 |
    | 商户 | 1.2 |
    ## 收费-电费
    | 项目 | 计量 | 单价 | 方式 | 条件 |
    | 电费 | 用量 | {rate} | 单价 | |
    | 附加 | {item} | 10% | 比例 | {rate} > 1 |
    | 合计 | | | 合计 | |
"""
# 100 x 0.6 = 60; 100 x 1.2 = 120 and a tenth of it
TOTALS = {"学生": Decimal("60.00"), "商户": Decimal("132.00")}

SPELT = [
    ("单价", "电费"),
    ("rules.档.单价", "fees.电费.电费"),
    ("${规则.档.单价}", "收费.电费.电费"),
    ("Rules.档.单价", "费用.电费.电费"),
]


def made(text: str) -> tuple[Service, list[tuple[str, str]]]:
    service, found = load_bytes(workbook_from_text(text), "电费.xlsx")
    assert service is not None
    return service, [(item.place.cell, item.code) for item in found if item.severity != "notice"]


@pytest.mark.parametrize("form", ["", FORM])
@pytest.mark.parametrize(("rate", "item"), SPELT)
def test_bills_read_results_by_their_sheets(form: str, rate: str, item: str) -> None:
    service, found = made(form.replace("| calculate | 单价是 | |\n", "") + RULES.format(rate=rate, item=item))
    assert found == []
    frame = pd.DataFrame({"用量": [100, 100], "类别": list(TOTALS)})
    assert list(service.bill("电费", frame, now=NOW)["total"]) == list(TOTALS.values())
    if not form:
        assert set(service.inputs) == {"用量", "类别"}


@pytest.mark.parametrize(("rate", "item"), SPELT)
def test_a_form_shows_results_by_their_sheets(rate: str, item: str) -> None:
    text = FORM.replace("| type | name | label |", "| type | name | label | calculation |").replace(
        "| calculate | 单价是 | |", f"| calculate | 单价是 | | {rate} * 100 + fees.电费.合计 |"
    )
    service, found = made(text + RULES.format(rate=rate, item=item))
    assert found == []
    for kind, total in TOTALS.items():
        names = evaluate_form(service, {"用量": "100", "类别": kind}, now=NOW, engine=FixpointEngine()).names
        assert names["电费.total"] == total
        assert names["单价是"] == (Decimal(60) if kind == "学生" else Decimal(120)) + total


def test_the_command_line_bills_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book, source, target = tmp_path / "电费.xlsx", tmp_path / "in.csv", tmp_path / "out.csv"
    book.write_bytes(workbook_from_text(RULES.format(rate="rules.档.单价", item="电费")))
    source.write_text("用量,类别\n100,学生\n100,商户\n", encoding="utf-8")
    words = ["banshi", "bill", str(book), "--fees", "电费", "--input", str(source), "--output", str(target)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code, capsys.readouterr().err
    rows = csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig")))
    assert [Decimal(row["total"]) for row in rows] == list(TOTALS.values())


@pytest.mark.parametrize("form", ["", FORM])
def test_a_result_that_its_sheet_does_not_have_is_no_input(form: str) -> None:
    service, found = made(
        form.replace("| calculate | 单价是 | |\n", "") + RULES.format(rate="rules.档.价格", item="电费")
    )
    assert {cell for cell, _ in found} == {"C2", "E3"}
    assert not any("." in name for name in service.inputs)


def test_what_two_sheets_yield_is_not_chosen_between() -> None:
    other = "\n## 收费-水费\n| 项目 | 计量 | 单价 | 方式 |\n| 附加 | 用量 | 1 | 单价 |"
    text = RULES.format(rate="单价", item="电费") + other + "\n| 税 | fees.电费.附加 | 10% | 比例 |"
    assert [cell for cell, _ in made(text)[1]] == ["B3"]
