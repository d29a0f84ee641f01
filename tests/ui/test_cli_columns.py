"""`banshi bill` and `banshi decide` with columns and names that are not quite those of the workbook."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from workbooks import workbook_from_text

from banshi.ui import cli

RULES = """
    ## 规则-等级
    | 当 用电量 | 则 等级 |
    | <=100 | 低 |
    | >100 | 高 |
    ## 收费-电费
    | 项目 | 计量 | 单价 | 方式 |
    | 电费 | 用电量 | 0.5 | 单价 |
"""


@pytest.fixture
def workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    path = tmp_path / "服务.xlsx"
    path.write_bytes(workbook_from_text(RULES))
    return path


def billed(workbook: Path, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[list[list[str]], str]:
    source, target = workbook.with_name("表.csv"), workbook.with_name("账.csv")
    source.write_text(text, encoding="utf-8")
    cli.run(["bill", str(workbook), "--fees", "电费", "--input", str(source), "--output", str(target)])
    with target.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file)), capsys.readouterr().err


def test_a_column_with_a_unit_is_read(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, err = billed(workbook, "房间,用电量（kWh）\nA1,300\n", capsys)
    assert rows[0][:2] == ["房间", "用电量（kWh）"]
    assert rows[1][:3] == ["A1", "300", "150.00"]
    assert "没有这些列" not in err


def test_two_columns_with_units_are_not_guessed_between(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, err = billed(workbook, "用电量（kWh）,用电量（度）\n300,400\n", capsys)
    assert "没有这些列" in err
    assert rows[1][-1]  # an error, and no amount


def test_a_misspelt_column_is_proposed(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = billed(workbook, "房间,用电亮\nA1,300\n", capsys)
    assert "用电量（是不是“用电亮”？）" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("房间;用电量\nA1;300\n", "分号"),
        ("房间\t用电量\nA1\t300\n", "制表符"),
        ("十一月用电\n房间,用电量\nA1,300\n", "第一行"),
    ],
)
def test_a_header_that_is_none_is_told(
    workbook: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, err = billed(workbook, text, capsys)
    assert said in err


def test_a_misspelt_input_of_a_table_is_remarked_once(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = workbook.with_name("行.jsonl")
    for given, told in (({"用电亮": 300}, 1), ({"用电量": 300, "用电亮": 1}, 0), ({"房间": "A1"}, 0)):
        lines.write_text((json.dumps(given, ensure_ascii=False) + "\n") * 3, encoding="utf-8")
        for more in ((), ("--explain",)):
            cli.run(["decide", str(workbook), "--table", "等级", "--inputs", str(lines), *more])
            captured = capsys.readouterr()
            assert captured.err.count("是不是写错了") == told
            assert len(captured.out.splitlines()) == 3


def test_the_module_runs_as_the_command_does(workbook: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "banshi.ui.cli", "check", str(workbook.with_name("没有.xlsx"))],
        capture_output=True,
        check=False,
    )
    assert ran.returncode == cli.WRONG_CALL
    assert ran.stderr
