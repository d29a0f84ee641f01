"""The command line, as other people's tools call it.

C1 exit code 0 = fine, 1 = faults in what was given, 2 = wrong call, told in one sentence on standard error
C2 --json prints exactly one JSON document on standard output and nothing else; numbers keep all their digits
C3 streams give one line for one line; a bad line or row has its own error and never stops the others
C4 outputs of `decide`: an object, null, a list or the number, as the hit policy says; no match and conflict are told
C5 `bill` gives the same row back with a column a line item, the total and the error
C6 messages are Chinese unless English is asked for, by --lang or by the machine's locale
C7 only commands that work are listed; every command and option is in the docs, in both languages
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from halls import open_test_hall
from workbooks import workbook_from_text

from banshi.platform.statistics.model import Question
from banshi.ui import cli
from banshi.ui.settings import Settings

ROOT = Path(__file__).parents[2]
DORMITORY = ROOT / "definitions" / "dormitory-electricity" / "dormitory-electricity.xlsx"
PURCHASING = ROOT / "definitions" / "laboratory-purchasing" / "laboratory-purchasing.xlsx"

RULES = """
    ## 规则-等级
    | 命中 | {hit} |
    | 编号 | 当 人均: number | 则 等级 |
    | A | [0,40) | 正常 |
    | B | [40,80) | 偏高 |
    {more}
    ## 收费-电费
    | 项目 | 计量 | 起 | 止 | 单价 | 方式 | 取整 |
    | 电费 | 用电量 | 0 | 260 | 0.589 | 阶梯 | none |
    | 电费 | 用电量 | 260 | 600 | 0.639 | 阶梯 | none |
    | 电费 | 用电量 | 600 | | 0.889 | 阶梯 | none |
    | 合计 | | | | | 合计 | 0.01 half-up |
    ## 制度-用电
    | 编号 | 当 | 则 | 结论 | 说明 | 说明::English (en) | 依据 |
    | P1 | 用电量 > 600 | 超限 | 提醒 | 用电过多。 | Too much. | 办法第3条 |
    | P2 | 超限 and 违规电器 = "是" | | 禁止 | 请先整改。 | Mend it first. | 办法第4条 |
"""

FAULTY = """
    ## 表单
    | 类型 | 名称 | 标签 | 计算 |
    | 文本型 | 甲 | 甲 | |
    | 计算 | 乙 | 乙 | 1 + |
    ## 规则-等级
    | 命中 | 第一 |
    | 当 甲 | 则 丙 |
    | 1 | 2 |
"""


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


class Ran:
    """What one command line gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out, parse_float=Decimal, parse_int=Decimal)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in self.out.splitlines()]


@pytest.fixture
def banshi(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def call(*arguments: object, stdin: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def book(tmp_path: Path) -> Any:
    def write(text: str, name: str = "服务.xlsx") -> Path:
        path = tmp_path / name
        path.write_bytes(workbook_from_text(text))
        return path

    return write


@pytest.fixture
def rules(book: Any) -> Path:
    return book(RULES.format(hit="唯一", more="| C | >=80 | 异常 |"))


# C1, C2: check and test


def test_a_clean_workbook_gives_0_and_an_empty_list(banshi: Any, rules: Path) -> None:
    ran = banshi("check", rules, "--json")
    assert ran.code == 0
    assert ran.json == []
    assert banshi("check", rules).out.strip().endswith("没有发现问题。")


def test_all_faults_come_at_once_with_their_cells(banshi: Any, book: Any, rules: Path) -> None:
    path = book(FAULTY, "坏.xlsx")
    ran = banshi("check", rules, path, "--json")
    assert ran.code == 1
    assert all(
        set(item) == {"file", "sheet", "cell", "severity", "code", "message", "remedy"} and item["file"] == str(path)
        for item in ran.json
    )
    errors = {(item["sheet"], item["cell"]) for item in ran.json if item["severity"] == "error"}
    assert {("表单", "A2"), ("表单", "D3"), ("规则-等级", "B1")} <= errors
    assert all(item["message"] and item["remedy"] for item in ran.json)
    human = banshi("check", path)
    assert human.code == 1
    assert "表单!A2" in human.out


def test_warnings_alone_are_fine(banshi: Any, book: Any) -> None:
    path = book(
        RULES.format(hit="唯一", more="| C | >=80 | 异常 |") + "\n    ## entities\n    | list_name |\n    | 房间 |\n"
    )
    ran = banshi("check", path, "--json")
    assert [item["severity"] for item in ran.json] == ["warning"]
    assert ran.code == 0


@pytest.mark.parametrize("command", [("check",), ("test",), ("show",), ("check", "--json"), ("test", "--json")])
def test_a_file_that_is_not_there_is_a_wrong_call(banshi: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    for path in (tmp_path / "没有.xlsx", tmp_path):
        ran = banshi(*command, path)
        assert ran.code == 2
        assert ran.out == ""
        assert str(path) in ran.err
        assert len(ran.err.strip().splitlines()) == 1


def test_a_damaged_workbook_is_a_fault_not_a_crash(banshi: Any, tmp_path: Path) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 not a zip")
    assert banshi("check", path).code == 1
    assert [item["severity"] for item in banshi("check", path, "--json").json] == ["error"]
    assert banshi("show", path).code == 1
    assert banshi("decide", path, "--table", "等级", "--inputs", "-").code == 1


def test_the_marked_copy_leaves_the_file_alone(banshi: Any, book: Any, tmp_path: Path) -> None:
    path = book(FAULTY)
    before = path.read_bytes()
    assert banshi("check", path, "--marked", tmp_path / "标注.xlsx").code == 1
    assert path.read_bytes() == before
    comments = [
        cell.comment.text
        for sheet in openpyxl.load_workbook(tmp_path / "标注.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    ]
    assert any("文本型" in comment for comment in comments)
    assert banshi("check", path, path, "--marked", tmp_path / "x.xlsx").code == 2
    assert banshi("check", path, "--marked", tmp_path / "没有" / "x.xlsx").code == 2


def test_examples_pass_or_say_where_they_fail(banshi: Any, book: Any) -> None:
    examples = "\n    ## 用例\n    | 用例 | 人均 | 用电量 | 期望 规则.等级.等级 | 期望 收费.合计 |\n    | 甲 | 40 | 261 | {} | 153.78 |\n"
    text = RULES.format(hit="唯一", more="| C | >=80 | 异常 |")
    ran = banshi("test", book(text + examples.format("偏高")), "--json")
    assert (ran.code, ran.json[0]["passed"], ran.json[0]["failed"], ran.json[0]["faults"]) == (0, 1, 0, [])
    path = book(text + examples.format("正常"))
    ran = banshi("test", path, "--json")
    assert (ran.code, ran.json[0]["failed"]) == (1, 1)
    assert ran.json[0]["examples"][0]["failures"][0]["cell"] == "用例!D2"
    human = banshi("test", path)
    assert "用例!D2" in human.out
    assert "未通过 1" in human.out


def test_examples_that_need_the_organisation_say_so(banshi: Any, tmp_path: Path) -> None:
    copy = tmp_path / "桌面" / "dormitory.xlsx"
    copy.parent.mkdir()
    copy.write_bytes(DORMITORY.read_bytes())
    ran = banshi("test", copy)
    assert ran.code == 1
    assert "--organisation" in ran.err
    people = DORMITORY.parents[1] / "organisation" / "organisation.xlsx"
    ran = banshi("test", copy, "--organisation", people)
    assert (ran.code, ran.err) == (0, "")


def test_a_workbook_with_errors_is_not_run(banshi: Any, book: Any) -> None:
    ran = banshi("test", book(FAULTY), "--json")
    assert ran.code == 1
    assert ran.json[0]["examples"] == []
    assert ran.json[0]["faults"]


# C2, C3: eval


def test_one_expression(banshi: Any) -> None:
    ran = banshi("eval", "ROUND((用电量 - 额度) * 0.698, 2)", "--with", '{"用电量": 95, "额度": 40}')
    assert (ran.code, ran.out.strip()) == (0, "38.39")
    assert banshi("eval", "a", "--with", '{"a": 9.60}', "--json").out.split() == ["{", '"value":', "9.60", "}"]
    assert banshi("eval", "a", "--with", '{"a": 0.1234567890123456789}', "--json").json == {
        "value": Decimal("0.1234567890123456789")
    }
    rows = '{"items": [{"qty": 1}, {"qty": 2}], "fees": {"total": 1.5}}'
    assert banshi("eval", "SUM(qty) + fees.total", "--with", rows, "--json").json == {"value": Decimal("4.5")}


def test_an_expression_may_ask_a_calendar(banshi: Any, tmp_path: Path) -> None:
    """The national holiday of 2026: 1 to 7 October are off, Saturday 10 October is worked."""
    calendar = ROOT / "definitions" / "calendar" / "calendar.xlsx"
    asked = 'working-days("2026-09-28", d)'
    given = ("--with", '{"d": "2026-10-11"}')
    assert banshi("eval", asked, *given, "--calendar", calendar).out.strip() == "6"
    line = json.dumps({"expr": asked, "with": {"d": "2026-10-11"}})
    assert banshi("eval", "-", "--calendar", calendar, stdin=line).lines == [{"value": 6}]
    without = banshi("eval", asked, *given)
    assert without.code == 1
    assert "--calendar" in without.err
    assert banshi("eval", "1", "--calendar", tmp_path / "none.xlsx").code == 2
    other = ROOT / "definitions" / "organisation" / "organisation.xlsx"
    assert banshi("eval", "1", "--calendar", other).code == 2


@pytest.mark.parametrize("expression", ["1/0", "1 +", "没有(1)", "没有的字段"])
def test_an_expression_that_has_no_value(banshi: Any, expression: str) -> None:
    ran = banshi("eval", expression, "--json")
    assert ran.code == 1
    assert ran.json["error"]
    assert ran.json["code"].startswith("EXPR-")
    human = banshi("eval", expression)
    assert (human.code, human.out) == (1, "")
    assert human.err.startswith(ran.json["code"])
    assert ran.json["remedy"]
    assert "".join(ran.json["remedy"].split()) in "".join(human.err.split())


def test_wrong_values_for_an_expression_are_a_wrong_call(banshi: Any) -> None:
    for values in ("{", "[1]", "1"):
        assert banshi("eval", "1", "--with", values).code == 2


def test_a_stream_of_expressions_survives_every_line(banshi: Any) -> None:
    lines = [
        '{"expr": "a + 1", "with": {"a": 1.50}}',
        "不是 JSON",
        '{"with": {}}',
        '{"expr": "1", "with": []}',
        '{"expr": "((", "with": {}}',
        "[" * 100_000,
        '{"expr": "b", "with": {"b": null}}',
    ]
    ran = banshi("eval", "-", stdin="\n".join(lines) + "\n\n")
    assert ran.code == 1
    assert len(ran.lines) == len(lines)
    assert ran.out.splitlines()[0] == '{"value": 2.50}'
    assert ["error" in line for line in ran.lines] == [False, True, True, True, True, True, False]
    assert ran.lines[6] == {"value": None}
    assert banshi("eval", "-", stdin='{"expr": "1"}\n').code == 0


# C3, C4: decide


def decided(banshi: Any, path: Path, *inputs: str, more: tuple[str, ...] = ()) -> Ran:
    return banshi("decide", path, "--table", "等级", "--inputs", "-", *more, stdin="\n".join(inputs))


def test_a_one_row_table_gives_an_object_with_the_cells_that_fired(banshi: Any, rules: Path) -> None:
    ran = decided(banshi, rules, '{"人均": 40}', '{"人均": 39.99}', '{"人均": 80}')
    assert ran.code == 0
    assert [line["outputs"] for line in ran.lines] == [{"等级": "偏高"}, {"等级": "正常"}, {"等级": "异常"}]
    assert ran.lines[0]["fired"] == ["规则-等级!C4"]
    assert "explanation" not in ran.lines[0]
    assert decided(banshi, rules, '{"人均": 40}', more=("--explain",)).lines[0]["explanation"]


def test_no_match_is_null_and_told(banshi: Any, rules: Path) -> None:
    ran = decided(banshi, rules, '{"人均": -1}', '{"人均": null}', "{}")
    assert [(line["outputs"], line["fired"], line["outcome"]) for line in ran.lines] == [(None, [], "no match")] * 3


def test_a_double_match_is_an_error_with_both_cells(banshi: Any, book: Any) -> None:
    # The overlap is computed, so that only a run can find it.
    path = book(RULES.format(hit="唯一", more="| C | '=? > 30 | 重复 |"))
    ran = decided(banshi, path, '{"人均": 35}', '{"人均": 10}')
    assert ran.code == 1
    assert ran.lines[0]["outcome"] == "conflict"
    assert "outputs" not in ran.lines[0]
    assert ran.lines[0]["error"]
    assert {"规则-等级!C3", "规则-等级!C5"} <= set(ran.lines[0]["fired"])
    assert ran.lines[1]["outputs"] == {"等级": "正常"}


def test_a_many_row_table_gives_a_list_and_an_aggregated_one_the_number(banshi: Any, book: Any) -> None:
    many = book(RULES.format(hit="汇总", more="| C | >=30 | 提示 |"), "many.xlsx")
    assert [row["等级"] for row in decided(banshi, many, '{"人均": 50}').lines[0]["outputs"]] == ["偏高", "提示"]
    assert decided(banshi, many, '{"人均": -5}').lines[0]["outputs"] == []
    count = book(RULES.format(hit="计数", more="| C | >=30 | 提示 |"), "count.xlsx")
    assert decided(banshi, count, '{"人均": 50}').lines[0]["outputs"] == 2


def test_rows_that_nearly_fit_are_named_with_the_cell_that_missed(banshi: Any, rules: Path) -> None:
    line = decided(banshi, rules, '{"人均": 40}', more=("--explain",)).lines[0]
    assert [near["cell"] for near in line["near"]] == ["规则-等级!A3", "规则-等级!A5"]
    assert [[part["cell"] for part in near["parts"]] for near in line["near"]] == [["规则-等级!B3"], ["规则-等级!B5"]]


@pytest.mark.parametrize("hit", ["唯一", "首个", "一致", "全部", "计数"])
def test_a_file_in_bulk_gives_what_single_lines_give(banshi: Any, book: Any, tmp_path: Path, hit: str) -> None:
    path = book(RULES.format(hit=hit, more="| C | '=? >= 80 | '=别的 |\n    | D | 200 | 异常 |"))
    given = ["40", "39.99", "-1", "null", '"40"', "true", "80", "200", "1e2", "[1]"]
    lines = [f'{{"人均": {value}}}' for value in given] + ["{坏", "[]", "{}", '{"人均": 90, "别的": "异常"}']
    inputs = tmp_path / "in.jsonl"
    inputs.write_text("\n".join(lines), encoding="utf-8")
    bulk = banshi("decide", path, "--table", "等级", "--inputs", inputs)
    single = decided(banshi, path, *lines)
    assert bulk.out == single.out
    assert bulk.code == single.code == 1
    assert len(bulk.lines) == len(lines)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_standard_error_only_where_somebody_watches_it(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = tmp_path / "in.jsonl"
    inputs.write_text('{"人均": 1}\n' * 50, encoding="utf-8")
    command = ["decide", str(rules), "--table", "等级", "--inputs", str(inputs)]
    assert cli.run(command) == 0
    assert capsys.readouterr().err == ""
    watched = _Terminal()
    monkeypatch.setattr("sys.stderr", watched)
    monkeypatch.setenv("TERM", "xterm")
    assert cli.run(command) == 0
    assert "100%" in watched.getvalue()
    assert len(capsys.readouterr().out.splitlines()) == 50


def test_bad_lines_have_their_own_error(banshi: Any, rules: Path, tmp_path: Path) -> None:
    inputs = tmp_path / "in.jsonl"
    chinese_machine = '{"人均": 1}\n'.encode("gb18030")
    lines = '\ufeff{"人均": 1}\n{坏\n[1]\n'.encode(), chinese_machine, '{"人均": 41}\n'.encode()
    inputs.write_bytes(b"".join(lines))
    ran = banshi("decide", rules, "--table", "等级", "--inputs", inputs)
    assert ran.code == 1
    assert ["error" in line for line in ran.lines] == [False, True, True, True, False]
    assert "UTF-8" in ran.lines[3]["error"]


KINDS = """
    ## 规则-接待
    | 命中 | 首个 |
    | 当 外宾: 布尔 | 当 人数: 数字 | 当 日期: 日期 | 当 时间: 时间 | 则 标准 |
    | 是 | >=10 | >=2026-09-01 | >=08:00 | 甲 |
    | | | | | 乙 |
"""


@pytest.mark.parametrize("from_file", [True, False])
def test_c3_a_value_of_the_wrong_kind_is_an_error_of_its_line_and_never_no_match(
    banshi: Any, book: Any, tmp_path: Path, from_file: bool
) -> None:
    sound = {"外宾": True, "人数": 12, "日期": "2026-09-01", "时间": "08:30"}
    read = [{"外宾": "是"}, {"外宾": "yes"}, {"人数": "12"}, {"人数": "1,200"}, {"日期": "2026/9/1"}, {"时间": "8:30"}]
    wrong = [{"外宾": "也许"}, {"人数": "abc"}, {"日期": "9/1/2026"}, {"时间": "25:00"}, {"人数": [12]}, {"人数": True}]
    lines = "".join(json.dumps({**sound, **given}, ensure_ascii=False) + "\n" for given in [*read, *wrong, {}])
    inputs = tmp_path / "in.jsonl"
    inputs.write_text(lines, encoding="utf-8")
    source = {} if from_file else {"stdin": lines}
    ran = banshi("decide", book(KINDS), "--table", "接待", "--inputs", inputs if from_file else "-", **source)
    assert ran.code == 1
    assert [line.get("outputs") for line in ran.lines] == [{"标准": "甲"}] * 6 + [None] * 6 + [{"标准": "甲"}]
    for line, given in zip(ran.lines[6:12], wrong, strict=True):
        ((name, value),) = given.items()
        assert f"“{name}”的值 {json.dumps(value, ensure_ascii=False)} 不能当作" in line["error"]
        assert (line["outcome"], line["fired"]) == ("error", [])
    assert ran.err == "共 13 行，出错 6 行。\n"


def test_a_table_that_nobody_defined_is_a_wrong_call(banshi: Any, rules: Path) -> None:
    ran = banshi("decide", rules, "--table", "等極", "--inputs", "-")
    assert ran.code == 2
    assert "等级" in ran.err
    assert banshi("bill", rules, "--fees", "水费", "--input", "x.csv", "--output", "-").code == 2
    assert banshi("policy", rules, "--policy", "没有", "--inputs", "-").code == 2


def test_a_table_of_a_repeat_takes_the_fields_of_one_row(banshi: Any) -> None:
    lines = [
        '{"物品类别": "化学试剂", "CAS": "7722-84-1", "浓度": 8.01}',
        '{"物品类别": "化学试剂", "CAS": "7722-84-1"}',
    ]
    ran = banshi("decide", PURCHASING, "--table", "易制爆判定", "--inputs", "-", stdin="\n".join(lines))
    assert [line["outputs"]["易制爆结论"] for line in ran.lines] == ["是", "未核查"]


# C3: policy


def test_a_policy_gives_verdicts_facts_rows_and_messages(banshi: Any, rules: Path) -> None:
    lines = ['{"用电量": 601, "违规电器": "是"}', '{"用电量": 600, "违规电器": "是"}', "坏", '{"用电量": 700}']
    ran = banshi("policy", rules, "--inputs", "-", stdin="\n".join(lines))
    assert ran.code == 1
    both, none, bad, unknown = ran.lines
    assert both["verdicts"] == ["warn", "forbid"]
    assert both["facts"] == {"超限": True}
    assert both["rows"] == ["制度-用电!A2", "制度-用电!A3"]
    assert both["messages"] == ["用电过多。", "请先整改。"]
    assert both["findings"][0]["reference"] == "办法第3条"
    assert (none["verdicts"], none["facts"], none["rows"]) == ([], {}, [])
    assert "error" in bad
    assert [(f["id"], f["not_checked"], f["missing"]) for f in unknown["findings"]] == [
        ("P1", False, []),
        ("P2", True, ["违规电器"]),
    ]
    assert unknown["verdicts"] == ["warn"]
    english = banshi("policy", rules, "--inputs", "-", "--lang", "en", stdin=lines[0])
    assert english.lines[0]["messages"] == ["Too much.", "Mend it first."]


def test_a_policy_says_what_could_not_be_computed(banshi: Any, book: Any) -> None:
    """Without a form the rules say that `用量` is a number; a word in its place is not missing data."""
    path = book(
        "## 制度-用电\n| 编号 | 当 | 则 | 结论 | 说明 |\n| P1 | 用量 > 600 | 超限 | forbid | 用电过多。 |\n| P2 | 房间 = 'A' | 复核 | warn | 请复核。 |"
    )
    ran = banshi("policy", path, "--inputs", "-", stdin='{"用量": "许多", "房间": "A"}\n{"用量": 700, "房间": "B"}')
    assert ran.code == 1
    wrong, right = ran.lines
    assert wrong == {"error": '“用量”的值 "许多" 不能当作数字来读。'}
    assert ("error" in right, right["verdicts"]) == (False, ["forbid"])


CHAINED = """
    ## 制度-名录
    | 编号 | 当 | 则 |
    | A1 | cas = "7722-84-1" 且 浓度 > 8 | 管制类别 = 易制爆 |
    | A2 | 浓度 > 0 | 有浓度 |
    ## 制度-采购
    | 编号 | 当 | 则 | 结论 | 说明 |
    | B1 | 需要公安备案 且 数量 > 0 | 保管 = 双人双锁 | 提醒 | 实行双人双锁。 |
    | B2 | 管制类别 = "易制爆" | 需要 公安备案 | | |
    | B3 | 数量 > 100 | | 禁止 | 数量过多。 |
    | B4 | 用途 = "教学" | | 允许 | 教学用。 |
"""


def test_a_table_that_asks_another_reads_its_inputs_and_says_why_it_has_none(banshi: Any, book: Any) -> None:
    """The inputs are the other table's, which wants a number; nothing of it fits 120."""
    path = book("""
        ## 规则-级别
        | 当 金额 | 则 级别 |
        | [1000,5000) | 院级 |
        | >=5000 | 校级 |
        ## 规则-审批
        | 当 级别 | 则 审批人 |
        | 校级 | 校长办公会 |
        | 院级 | 院长 |
    """)
    lines = '{"金额": "5000", "备注": ""}\n{"金额": 1200}\n{"金额": 120}\n{"备注": "没有金额"}'
    ran = banshi("decide", path, "--table", "审批", "--inputs", "-", stdin=lines)
    assert [line.get("outputs") for line in ran.lines] == [{"审批人": "校长办公会"}, {"审批人": "院长"}, None, None]
    assert "级别" in ran.lines[2]["error"]
    assert "没有任何一行适用" in ran.lines[2]["error"]


def test_a_bad_row_of_a_bill_tells_its_own_fault_only(banshi: Any, book: Any, tmp_path: Path) -> None:
    """A meter that ran backwards; that the total lacks it too is no second fault."""
    path = book("""
        ## 收费-电费
        | 项目 | 计量 | 单价 | 方式 |
        | 电费 | 本次 - 上次 | 0.6 | 单价 |
        | 合计 | | | 合计 |
    """)
    rows, billed = tmp_path / "in.csv", tmp_path / "out.csv"
    rows.write_text("上次,本次\n100,80\n100,180\n", encoding="utf-8")
    banshi("bill", path, "--fees", "电费", "--input", rows, "--output", billed)
    bad, sound = billed.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert "-20" in bad
    assert "没有算出来" not in bad
    assert sound == "100,180,48.00,48.00,48.00,"


def test_c3_a_policy_explains_every_row_by_the_chain_that_led_to_it(banshi: Any, book: Any) -> None:
    """B1 stands on B2 below it, and that on A1 of another sheet; A2 has no verdict and is told, too."""
    line = '{"cas": "7722-84-1", "浓度": 30, "数量": 2}'
    path = book(CHAINED)
    ran = banshi("policy", path, "--inputs", "-", "--explain", stdin=line)
    (told,) = ran.lines
    a, b = "制度-名录!A", "制度-采购!A"
    assert [(chain["id"], chain["verdict"], chain["facts"], chain["rows"]) for chain in told["chains"]] == [
        ("A1", "", {"管制类别": "易制爆"}, [f"{a}2"]),
        ("A2", "", {"有浓度": True}, [f"{a}3"]),
        ("B1", "warn", {"保管": "双人双锁"}, [f"{a}2", f"{b}3", f"{b}2"]),
        ("B2", "", {"需要公安备案": True}, [f"{a}2", f"{b}3"]),
    ]
    assert [line["label"] for line in told["explanation"]] == ["A1", "A2", "B1", "B2", "B4"]
    assert "chains" not in banshi("policy", path, "--inputs", "-", stdin=line).lines[0]


def test_c3_a_long_chain_is_cut_and_said(banshi: Any, book: Any) -> None:
    rows = "\n".join(f"| R{n} | 级{n - 1} | 级{n} |" for n in range(1, 61))
    path = book(f"## 制度-长\n| 编号 | 当 | 则 |\n| R0 | 数量 > 0 | 级0 |\n{rows}")
    last = banshi("policy", path, "--inputs", "-", "--explain", stdin='{"数量": 1}').lines[0]["chains"][-1]
    assert (last["rows"][0], last["rows"][-1], last["more"]) == ("制度-长!A13", "制度-长!A62", 11)


POLICY_WITH_FORM = """
    ## 表单
    | 类型 | 名称 | 标签 |
    | 整数 | 人数 | 人数 |
    | 日期 | 日期 | 日期 |
    ## 制度-接待
    | 编号 | 当 | 结论 | 说明 |
    | P1 | 人数 > 10 and 日期 >= date("2026-09-01") | 禁止 | 人数过多。 |
"""


def test_c3_a_policy_takes_no_wrong_value_for_missing_data(banshi: Any, book: Any) -> None:
    lines = [
        '{"人数": "十二", "日期": "2026-09-01"}',
        '{"人数": "1,200", "日期": "2026/9/1"}',
        '{"日期": "2026-09-01"}',
    ]
    ran = banshi("policy", book(POLICY_WITH_FORM), "--inputs", "-", stdin="\n".join(lines))
    assert "人数" in ran.lines[0]["error"]
    assert "十二" in ran.lines[0]["error"]
    assert ran.lines[1]["verdicts"] == ["forbid"]
    assert ran.lines[2]["findings"][0]["missing"] == ["人数"]


# C5: bill


def billed(banshi: Any, rules: Path, source: Path, *more: str) -> tuple[Ran, list[dict[str, str]]]:
    target = source.with_name("out.csv")
    ran = banshi("bill", rules, "--fees", "电费", "--input", source, "--output", target, *more)
    text = target.read_bytes().decode("gb18030" if "gbk" in source.name else "utf-8-sig")
    return ran, list(csv.DictReader(io.StringIO(text)))


def test_bills_of_the_published_tiers(banshi: Any, rules: Path, tmp_path: Path) -> None:
    source = tmp_path / "rooms.csv"
    source.write_text('房间,备注,用电量\n0301,"a, ""b""",261\n0302,,六百\n0303,=1+1,601\n0304,,260\n', encoding="utf-8")
    ran, rows = billed(banshi, rules, source)
    assert ran.code == 1
    assert list(rows[0]) == ["房间", "备注", "用电量", "电费", "合计", "total", "error"]
    assert [row["total"] for row in rows] == ["153.78", "", "371.29", "153.14"]
    assert [bool(row["error"]) for row in rows] == [False, True, False, False]
    assert "六百" in rows[1]["error"]
    assert rows[0]["房间"] == "0301"
    assert rows[0]["备注"] == 'a, "b"'
    assert rows[2]["备注"] == "=1+1"
    assert ran.out == ""
    assert "678.21" in ran.err


def test_a_bill_explains_itself(banshi: Any, rules: Path, tmp_path: Path) -> None:
    source = tmp_path / "rooms.csv"
    source.write_text("用电量\n261\n", encoding="utf-8")
    ran, rows = billed(banshi, rules, source, "--explain")
    assert ran.code == 0
    assert "收费-电费!" in rows[0]["explanation"]
    assert json.loads(rows[0]["shares"]) == []


def test_csv_as_excel_saves_it(banshi: Any, rules: Path, tmp_path: Path) -> None:
    text = "房间,用电量\n三〇一,261\n"
    chinese, marked = tmp_path / "rooms_gbk.csv", tmp_path / "marked.csv"
    chinese.write_bytes(text.encode("gb18030"))
    assert billed(banshi, rules, chinese)[1][0]["total"] == "153.78"
    marked.write_bytes(text.encode("utf-8-sig"))
    _, rows = billed(banshi, rules, marked)
    assert rows[0]["房间"] == "三〇一"
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    xlsx = tmp_path / "rooms.xlsx"
    xlsx.write_bytes(workbook_from_text("## data.房间\n| 房间 | 用电量 |\n| 三〇一 | 261 |"))
    assert billed(banshi, rules, xlsx)[1][0]["total"] == "153.78"


def test_rows_that_do_not_fit_the_header(banshi: Any, rules: Path, tmp_path: Path) -> None:
    source = tmp_path / "rooms.csv"
    source.write_text("用电量,房间\n261\n261,301,多\n\n260,302\n", encoding="utf-8")
    _, rows = billed(banshi, rules, source)
    assert [row["total"] for row in rows] == ["153.78", "", "153.14"]
    assert "1" in rows[1]["error"]


def test_columns_that_are_there_already_keep_their_meaning(banshi: Any, rules: Path, tmp_path: Path) -> None:
    source = tmp_path / "rooms.csv"
    source.write_text("用电量,total,error\n261,旧,旧\n", encoding="utf-8")
    _, rows = billed(banshi, rules, source)
    assert (rows[0]["total"], rows[0]["error"], rows[0]["电费.total"], rows[0]["电费.error"]) == (
        "旧",
        "旧",
        "153.78",
        "",
    )


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x81\xff", "用电量,用电量\n1,2\n".encode()])
def test_what_is_no_table_is_a_wrong_call_and_writes_nothing(
    banshi: Any, rules: Path, tmp_path: Path, content: bytes
) -> None:
    source, target = tmp_path / "x.csv", tmp_path / "out.csv"
    source.write_bytes(content)
    target.write_text("旧", encoding="utf-8")
    assert banshi("bill", rules, "--fees", "电费", "--input", source, "--output", target).code == 2
    assert target.read_text(encoding="utf-8") == "旧"
    assert not list(tmp_path.glob(".*"))


# form, route, show, log, serve


ANSWERS = {
    "校区": "滨江校区",
    "楼栋": "海棠1栋",
    "房间": "301",
    "上报方式": "宿管抄表",
    "抄表月份": "2026-03-31",
    "上月读数": 1200,
    "本月读数": 1295,
    "计费方式": "定额",
    "上月结转": 0,
    "住宿学生": [{"学号": f"202411010{n}", "姓名": name} for n, name in enumerate("甲乙丙丁", start=1)],
}


@pytest.fixture
def answers(tmp_path: Path) -> Any:
    def write(**changes: object) -> Path:
        path = tmp_path / "answers.json"
        path.write_text(json.dumps({**ANSWERS, **changes}, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def test_a_form_is_evaluated(banshi: Any, answers: Any) -> None:
    ran = banshi("form", DORMITORY, "--answers", answers(), "--person", "10561", "--json")
    assert ran.code == 0
    assert {"relevant", "values", "required", "constraints", "errors"} <= set(ran.json)
    assert ran.json["errors"] == []
    assert ran.json["values"]["超额电量"] == 55
    assert ran.json["relevant"]["峰时电量"] is False
    wrong = banshi("form", DORMITORY, "--answers", answers(本月读数=1100), "--person", "10561", "--json")
    assert wrong.code == 1
    assert [error["path"] for error in wrong.json["errors"]] == ["本月读数"]
    human = banshi("form", DORMITORY, "--answers", answers(本月读数=1100), "--person", "10561", "--lang", "en")
    assert human.code == 1
    assert "below last month's" in human.out


def test_a_route_is_previewed(banshi: Any, answers: Any) -> None:
    ran = banshi("route", DORMITORY, "--answers", answers(), "--person", "10561", "--json")
    assert ran.code == 0
    assert ran.json["path"] == "10>30>50"
    steps = {step["id"]: step for step in ran.json["steps"]}
    assert [person["id"] for person in steps["30"]["people"]] == ["10560"]
    assert steps["40"]["state"] == "skipped"
    assert steps["40"]["reason"]
    human = banshi("route", DORMITORY, "--answers", answers(), "--person", "10561", "--lang", "en")
    assert "Zhong Xiulan" in human.out
    assert "--organisation" not in human.err
    assert banshi("route", DORMITORY, "--answers", answers(), "--person", "999").code == 2


def test_a_route_without_people_says_so(banshi: Any, answers: Any, tmp_path: Path) -> None:
    alone = shutil.copy(DORMITORY, tmp_path / "alone.xlsx")
    ran = banshi("route", alone, "--answers", answers(), "--lang", "en")
    assert ran.code == 0
    assert "name it with --organisation" in ran.err


def test_a_route_is_written_as_bpmn(banshi: Any, answers: Any, tmp_path: Path) -> None:
    out = tmp_path / "route.bpmn"
    ran = banshi("route", DORMITORY, "--answers", answers(), "--person", "10561", "--bpmn", out, "--json")
    assert ran.code == 0
    assert ran.json["path"] == "10>30>50"
    root = ET.parse(out).getroot()
    assert root.tag == "{http://www.omg.org/spec/BPMN/20100524/MODEL}definitions"
    assert root[0].get("name") == "宿舍电费抄表与缴费"
    first = out.read_bytes()
    banshi("route", DORMITORY, "--answers", answers(), "--bpmn", out, "--lang", "en")
    assert b'name="Start"' in out.read_bytes()
    banshi("route", DORMITORY, "--answers", answers(), "--bpmn", out)
    assert out.read_bytes() == first
    assert banshi("route", DORMITORY, "--answers", answers(), "--bpmn", tmp_path / "none" / "x").code == 2


def test_a_previewed_route_tells_its_deadlines(banshi: Any, answers: Any, tmp_path: Path) -> None:
    text = """
    ## settings
    | form_id | form_title | 默认时限 |
    | repair | 报修 | 3工作日 |
    ## survey
    | type | name | label |
    | text | 类别 | 类别 |
    | date | 日期 | 日期 |
    ## data.维修时限
    | *类别 | 时限 |
    | 水电 | 4小时 |
    ## route
    | step | name | who | due | mode |
    | 20 | 维修 | initiator | 表:维修时限[类别] | |
    | 30 | 回访 | initiator | 字段:日期-1天 | |
    | 40 | 归档 | initiator | | |
    | 50 | 编号 | | | auto |
    """
    book = tmp_path / "repair.xlsx"
    book.write_bytes(workbook_from_text(text))
    ran = banshi("route", book, "--answers", answers(类别="水电", 日期="2026-03-02"), "--json")
    assert [step["due"] for step in ran.json["steps"]] == ["4 小时", "日期 - 1 天", "3 工作日", ""]
    ran = banshi("route", book, "--answers", answers(类别="屋顶", 日期=None), "--lang", "en")
    assert "3 working days" in ran.out
    assert "hour" not in ran.out


def test_the_paths_of_a_route_are_listed_without_answers(banshi: Any) -> None:
    ran = banshi("route", DORMITORY, "--paths", "--json")
    assert ran.code == 0
    paths = {path["path"]: path for path in ran.json["paths"]}
    # Who reports, whether 100 yuan are reached and whether the usage is odd are two cases each.
    assert len(paths) == 8
    assert paths["10>30>50"]["example"]["上报方式"] != "寝室自报"
    assert paths["10>20>30>40>50"]["example"]["fees.total"] == "100"
    assert [step["id"] for step in paths["10>30>50"]["steps"]] == ["10", "30"]
    assert ran.json["sound"] is ran.json["proved"] is ran.json["complete"] is True
    human = banshi("route", DORMITORY, "--paths", "--lang", "en")
    assert "explored to the last" in human.out
    assert banshi("route", DORMITORY).code == 2


def test_a_workbook_without_a_route_has_none_to_show(banshi: Any, rules: Path, answers: Any) -> None:
    assert banshi("route", rules, "--answers", answers()).code == 2


def test_show_is_the_text_that_makes_the_workbook_again(banshi: Any, rules: Path, tmp_path: Path) -> None:
    ran = banshi("show", rules)
    assert ran.code == 0
    again = tmp_path / "again.xlsx"
    again.write_bytes(workbook_from_text(ran.out))
    assert banshi("show", again).out == ran.out
    assert "| C | >=80 | 异常 |" in ran.out


def test_the_rule_log_is_exported(banshi: Any, tmp_path: Path) -> None:
    from banshi.platform.opening import open_hall

    data = tmp_path / "data"
    hall = open_hall(data=data, definitions=DORMITORY.parents[1])
    try:
        hall.scan()
        person = hall.directory.people["10561"]
        receipt = hall.submit(person, "dormitory-electricity", {**ANSWERS, "备注": "=1+1"}, command_id="C1")
        assert receipt.done, receipt.problems
    finally:
        hall.close()
    ran = banshi("log", "export", "--data", data, "--out", tmp_path / "log.csv", "--lang", "en")
    assert ran.code == 0, ran.err
    rows = list(csv.DictReader(io.StringIO((tmp_path / "log.csv").read_text(encoding="utf-8-sig"))))
    assert {row["Kind"] for row in rows} == {"Decision table", "Tariff", "Policy"}
    assert {(row["Applicant"], row["Service"]) for row in rows} == {("Wei Dayong", "Dormitory electricity")}
    assert {row["Case number"] for row in rows} == {receipt.number}
    assert any("38.39" in row["Outputs"] for row in rows)
    assert banshi("log", "export", "--data", data, "--out", tmp_path / "log.xlsx").code == 0
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").worksheets[0]
    assert sheet.max_row == len(rows) + 1
    nothing = banshi("log", "export", "--data", data, "--out", tmp_path / "no.csv", "--service", "没有")
    assert nothing.code == 0
    assert len((tmp_path / "no.csv").read_text(encoding="utf-8-sig").splitlines()) == 1


def test_a_log_that_cannot_be_exported_is_a_wrong_call(banshi: Any, tmp_path: Path) -> None:
    assert banshi("log", "export", "--data", tmp_path, "--out", tmp_path / "log.csv").code == 2
    assert not (tmp_path / "banshi.sqlite").exists()
    assert banshi("log", "export", "--data", tmp_path, "--out", tmp_path / "log.txt").code == 2


def test_a_service_is_begun(banshi: Any, tmp_path: Path) -> None:
    out = tmp_path / "a" / "新.xlsx"
    out.parent.mkdir()
    organisation = ROOT / "definitions/organisation/organisation.xlsx"
    ran = banshi("new", "印章使用申请", "--out", out, "--organisation", organisation)
    assert (ran.code, ran.out) == (0, "")
    assert "yin-zhang-shi-yong-shen-qing" in ran.err
    assert banshi("check", out, "--organisation", organisation, "--json").json == []
    assert banshi("test", out, "--organisation", organisation).code == 0
    again = banshi("new", "印章使用申请", "--out", out)
    assert (again.code, "已经存在" in again.err) == (2, True)
    english = tmp_path / "a" / "seal.xlsx"
    assert banshi("new", "Use of the seal", "-o", english, "--lang", "en").code == 0
    assert "survey" in openpyxl.load_workbook(english).sheetnames
    assert banshi("test", english).code == 0


def test_a_service_is_begun_like_another(banshi: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def title_of(like: object, name: str) -> object:
        out = tmp_path / f"{name}.xlsx"
        ran = banshi("new", "小额报销", "--like", like, "--out", out)
        assert ran.code == 0, ran.err
        sheet = openpyxl.load_workbook(out).worksheets[0 if name == "served" else 1]
        return [
            cell.value for row in sheet.iter_rows() for cell in row if cell.value in ("小额报销", "xiao-e-bao-xiao")
        ]

    monkeypatch.setenv("BANSHI_DATA", str(tmp_path / "nothing"))
    assert title_of("reimbursement", "shipped") == ["xiao-e-bao-xiao", "小额报销"]
    assert title_of(DORMITORY, "path") == ["xiao-e-bao-xiao", "小额报销"]
    open_test_hall(tmp_path).close()
    monkeypatch.setenv("BANSHI_DATA", str(tmp_path))
    assert title_of("borrowing", "served") == ["xiao-e-bao-xiao", "小额报销"]


@pytest.mark.parametrize(
    "wrong",
    [("——", "--out", "a.xlsx"), ("甲", "--out", "a.csv"), ("甲", "--out", "a.xlsx", "--like", "../nothing"),
     ("甲", "--out", "nowhere/a.xlsx"), ("甲", "--out", "a.xlsx", "--lang", "fr")],
)  # fmt: skip
def test_a_service_that_cannot_be_begun(
    banshi: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = banshi("new", *wrong)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err) > 5
    assert list(tmp_path.iterdir()) == []


def test_serve_starts_the_hall_with_its_options(banshi: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Settings] = []
    monkeypatch.setattr("banshi.ui.server.serve", lambda settings: seen.append(settings) or 0)
    monkeypatch.setenv("BANSHI_HOST", "127.0.0.2")
    monkeypatch.chdir(tmp_path)
    assert banshi("serve", "--port", "0", "--data", tmp_path / "d").code == 0
    assert (seen[0].port, seen[0].data, seen[0].host) == (0, tmp_path / "d", "127.0.0.2")
    assert banshi("serve", "--port", "70000").code == 2


# C6, C7


def test_the_language_is_asked_for_or_the_machines(
    banshi: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    assert "没有找到" in banshi("check", path).err
    assert "There is no file" in banshi("check", path, "--lang", "en").err
    assert "There is no file" in banshi("check", path, "--lang=en").err
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "There is no file" in banshi("check", path).err
    assert "没有找到" in banshi("check", path, "--lang", "zh").err
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "没有找到" in banshi("check", path).err
    assert banshi("check", path, "--lang", "fr").code == 2


@pytest.mark.parametrize(
    "arguments", [("办事",), ("check",), ("check", "--没有", "x"), ("decide", "x.xlsx"), ("log",), ("log", "verify")]
)
def test_a_misspelt_command_line_is_a_wrong_call(banshi: Any, arguments: tuple[str, ...]) -> None:
    ran = banshi(*arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def commands(banshi: Any) -> list[tuple[str, ...]]:
    def listed(*arguments: str) -> list[str]:
        return re.findall(r"^  ([a-z-]+)  ", banshi(*arguments, "--help").out.split("Commands:")[1], re.MULTILINE)

    return [(name,) for name in listed() if name != "log"] + [("log", name) for name in listed("log")]


def test_only_what_works_is_listed(banshi: Any) -> None:
    names = {name[0] for name in commands(banshi)}
    assert names == {
        "stats",
        "demo",
        "jobs",
        "accounts",
        "charge-run",
        "user",
        "erase",
        "data",
        "publish",
        "rollback",
        "migrate",
        "archive",
        "check",
        "test",
        "eval",
        "decide",
        "policy",
        "bill",
        "form",
        "route",
        "show",
        "serve",
        "log",
        "convert",
        "template",
        "new",
        "diff",
        "impact",
        "callback-key",
        "document",
        "move",
        "backup",
        "restore",
        "rebuild",
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_and_option_is_documented(banshi: Any, language: str) -> None:
    text = (ROOT / "docs" / language / "cli.md").read_text(encoding="utf-8")
    for command in commands(banshi):
        assert f"banshi {' '.join(command)}" in text, command
        for option in set(re.findall(r"--[a-z-]+", banshi(*command, "--help").out)) - {"--help"}:
            assert option in text, (command, option)


PEOPLE = """
## 人员
| 工号 | 姓名   | 部门     | 身份 | 角色                    |
| s1   | 陈晓雨 | 化工学院 | 学生 |                         |
| h1   | 王建国 | 化工学院 |      | 学校.评审专家           |
| f1   | 李敏   | 财务处   |      | 学校.评审专家           |
| b1   | 赵磊   | 保卫处   |      | 学校.评审专家           |
| x1   | 何立   |          | 校外 | 学校.评审专家           |
| p1   | 孙静   | 学校     |      |                         |

## 部门
| 部门     | 负责人 | 上级 |
| 学校     | p1     |      |
| 化工学院 | h1     | 学校 |
| 财务处   | f1     | 学校 |
| 保卫处   | b1     | 学校 |
"""
REVIEW = """
## 设置
| 编号 | project-review |
| 名称 | 项目立项评审 |

## 表单
| type            | name     | label    | required |
| select_one 归口 | 归口部门 | 归口部门 | yes      |
| text            | 题目     | 题目     | yes      |

## 选项
| list_name | name   | label  |
| 归口      | 财务处 | 财务处 |
| 归口      | 保卫处 | 保卫处 |

## 数据-分管
| 归口部门 | 分管领导 | 电话     |
| 财务处   | f1       | 39322001 |
| 保卫处   | b1、p1   | 39322002 |

## 数据-值班
| 星期 | 值班人 |
|      | x1     |

## 流程
| 环节号 | 环节名称 | 办理人                                         | 方式 | 同人 |
| 10     | 申请     | 发起人                                         |      |      |
| 20     | 主管     | 逐级主管(申请部门→校级)                        | 会签 | 不跳 |
| 30     | 归口     | 表:分管[归口部门].分管领导                     | 会签 | 不跳 |
| 40     | 值班     | 轮值(值班, 现在)                               |      | 不跳 |
| 50     | 评审     | 随机(角色:学校.评审专家, 2, 回避:单位)         | 会签 | 不跳 |
| 60     | 论证     | 自选(角色:学校.评审专家, 2-3, 校外≥1) + 人:p1  | 会签 | 不跳 |
| 70     | 复核     | 最少待办(角色:学校.评审专家 - 人:b1)           |      | 不跳 |
"""


def test_every_way_to_name_people_in_a_workbook(banshi: Any, book: Any, tmp_path: Path) -> None:
    service, people = book(REVIEW), book(PEOPLE, "组织.xlsx")
    checked = banshi("check", service, "--organisation", people, "--json")
    assert (checked.code, checked.json) == (0, [])
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"归口部门": "保卫处", "题目": "催化"}), encoding="utf-8")
    asked = ("--answers", answers, "--person", "s1", "--organisation", people)
    ran = banshi("route", service, *asked, "--json")
    assert ran.code == 0
    steps = {step["id"]: ([person["id"] for person in step["people"]], step["lots"]) for step in ran.json["steps"]}
    assert steps == {
        "10": (["s1"], []),
        "20": (["h1", "p1"], []),
        "30": (["b1", "p1"], []),
        "40": (["x1"], []),
        "50": ([], ["从 3 人中随机抽取 2 人"]),
        "60": (["p1"], ["申请人从 4 人中选 2–3 人"]),
        "70": (["f1"], []),
    }
    english = banshi("route", service, *asked, "--lang", "en", "--json").json["steps"]
    assert [lot for step in english for lot in step["lots"]] == [
        "2 of 3, drawn by lot",
        "the applicant chooses 2–3 of 4",
    ]
    # The table breaks its lines where the window is narrow.
    assert "lot" in banshi("route", service, *asked, "--lang", "en").out


REAGENTS = """
    ## 规则-管制
    | 命中 | 首个 |
    | 当 品名 | 则 管制类别 |
    | 硝酸、硝酸钾 | 易制爆 |
    | | 普通 |
    ## 制度-采购
    | 编号 | 当 | 则 | 结论 | 说明 |
    | 柜 | 需要双锁 且 非 有双锁柜 | | 禁止 | 没有双锁柜，不得购买${品名} |
    | 锁 | 需要备案 | 需要 双锁 | 必须 | 双人双锁 |
    | 案 | 管制类别 = "易制爆" | 需要 备案 | 必须 | 公安备案 |
    | 普 | 管制类别 = "普通" | | 允许 | 可以购买 |
"""


def test_what_a_policy_reads_is_computed_also_from_what_it_reads_itself(banshi: Any, book: Any, tmp_path: Path) -> None:
    """`品名` stands in a message of the policy and feeds the table; the last line gives nothing that feeds it."""
    lines = tmp_path / "in.jsonl"
    lines.write_text('{"品名": "硝酸", "有双锁柜": false}\n{"品名": "食盐"}\n{"有双锁柜": true}\n')
    ran = banshi("policy", book(REAGENTS), "--inputs", lines, "--explain")
    first, second, third = map(json.loads, ran.out.splitlines())
    assert first["verdicts"] == ["forbid", "require"]
    forbidden = next(chain for chain in first["chains"] if chain["id"] == "柜")
    assert forbidden["rows"] == ["制度-采购!A4", "制度-采购!A3", "制度-采购!A2"]
    assert second["verdicts"] == ["allow"]
    assert (third["verdicts"], {item["not_checked"] for item in third["findings"]}) == ([], {True})


def test_the_statistics_of_a_hall(banshi: Any, tmp_path: Path) -> None:
    """The same figures as the hall gives, as a table, as JSON and as a file."""
    with closing(open_test_hall(tmp_path)) as hall:
        student = hall.directory.people["20001"]
        assert hall.submit(student, "borrowing", {"用途": "测试", "天数": 3}, command_id="statistics-1").done
        expected = hall.statistics(hall.directory.people["20006"], Question())
    ran = banshi("stats", "--data", tmp_path, "--json")
    assert ran.code == 0
    told = json.loads(ran.out)
    assert (told["total"]["cases"], told["total"]["in_progress"]) == (1, 1)
    assert [step["name"] for step in told["steps"]] == [step.name for step in expected.steps] == ["学院负责人"]
    ran = banshi("stats", "--data", tmp_path, "--by", "steps", "--lang", "en")
    assert ran.code == 0
    assert "Waiting" in ran.out
    assert "学院负责人" in ran.out
    out = tmp_path / "months.csv"
    assert banshi("stats", "--data", tmp_path, "--by", "months", "--out", out).code == 0
    assert out.read_text("utf-8-sig").startswith("月份,办理事项")
    for wrong in (["--by", "people"], ["--since", "昨天"], ["--service", "nothing"], ["--out", "x.txt"]):
        assert banshi("stats", "--data", tmp_path, *wrong).code == 2
    assert banshi("stats", "--data", tmp_path / "nowhere").code == 2


def test_diff_says_in_words_what_is_different(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "## 设置\n| 编号 | power |\n## 收费-电费\n| 项目 | 计量 | 单价 |\n| 电费 | 100 | 0.698 |"
    (tmp_path / "a.xlsx").write_bytes(workbook_from_text(text))
    (tmp_path / "b.xlsx").write_bytes(workbook_from_text(text.replace("0.698", "0.712")))
    assert cli.run(["diff", str(tmp_path / "a.xlsx"), str(tmp_path / "b.xlsx"), "--json", "--lang", "zh"]) == 1
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["cell"], one["message"]) == ("收费-电费!C2", "收费“电费”的“单价”：0.698 → 0.712")
    assert cli.run(["diff", str(tmp_path / "a.xlsx"), str(tmp_path / "a.xlsx"), "--lang", "zh"]) == 0
    assert "没有不同" in capsys.readouterr().out


def test_an_object_where_a_number_is_wanted_is_an_error_and_no_missing_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "## rules.x\n| hit | first |\n| when used | then s |\n| <5 | a |\n| >=5 | b |"
    (tmp_path / "x.xlsx").write_bytes(workbook_from_text(text))
    (tmp_path / "in.jsonl").write_text('{"used":{"a":1}}\n{"used":3}\n', encoding="utf-8")
    arguments = ["--table", "x", "--inputs", str(tmp_path / "in.jsonl"), "--lang", "zh"]
    assert cli.run(["decide", str(tmp_path / "x.xlsx"), *arguments]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["outcome"], second["outputs"]) == ("error", {"s": "a"})
    assert "used" in first["error"]


@pytest.mark.parametrize("condition", ["=1000/30*30 >= ?", "=? <= 1000/30*30", "=round(1000/30,2)*30 >= ?"])
def test_a_computed_constant_says_that_an_input_is_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], condition: str
) -> None:
    text = f"## rules.x\n| hit | first |\n| when n | then r |\n| '{condition} | lo |\n| | hi |"
    (tmp_path / "x.xlsx").write_bytes(workbook_from_text(text))
    (tmp_path / "in.jsonl").write_text('{"n":"1,200"}\n{"n":"900"}\n', encoding="utf-8")
    assert cli.run(["decide", str(tmp_path / "x.xlsx"), "--table", "x", "--inputs", str(tmp_path / "in.jsonl")]) == 0
    assert [json.loads(line)["outputs"]["r"] for line in capsys.readouterr().out.splitlines()] == ["hi", "lo"]


def test_two_inputs_of_no_known_kind_are_not_compared_letter_by_letter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "## rules.x\n| hit | first |\n| when n | when m | then r |\n| '=? >= m | | lo |\n| | | hi |"
    (tmp_path / "x.xlsx").write_bytes(workbook_from_text(text))
    (tmp_path / "in.jsonl").write_text('{"n":"1,200","m":"900"}\n{"n":1200,"m":900}\n', encoding="utf-8")
    assert cli.run(["decide", str(tmp_path / "x.xlsx"), "--table", "x", "--inputs", str(tmp_path / "in.jsonl")]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["outcome"], second["outputs"]) == ("error", {"r": "lo"})


def test_examples_that_were_not_run_are_not_counted(banshi: Any, book: Any, tmp_path: Path) -> None:
    picture = tmp_path / "pic.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    ran = banshi("test", picture)
    assert (ran.code, "文件有错误，没有运行用例。" in ran.out, "通过 0" in ran.out) == (1, True, False)
    ran = banshi("test", book(RULES.format(hit="唯一", more="| C | >=80 | 异常 |")), "--lang", "en")
    assert (ran.code, "There are no examples." in ran.out, "passed" in ran.out) == (0, True, False)


def test_the_version_of_the_product_is_printed(banshi: Any) -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    ran = banshi("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"banshi {told}\n", "")


@pytest.mark.parametrize(
    ("call", "zh"),
    [
        (("new",), "缺少 NAME。"),
        (("check",), "缺少 FILE…。"),
        (("check", "a.xlsx", "--nope"), "没有选项 --nope。"),
        (("chekc",), "没有命令 chekc。"),
        (("show", "a.xlsx", "b.xlsx"), "多出了 b.xlsx。"),
        (("serve", "--port", "许多"), "--port 的值不对。"),
    ],
)
def test_a_wrong_call_is_told_in_one_language(banshi: Any, call: tuple[str, ...], zh: str) -> None:
    ran = banshi(*call, "--lang=zh")
    assert (ran.code, ran.err.strip()) == (2, f"{zh}用 banshi --help 查看用法。")
