"""Which rows of a workbook no example reaches."""

from __future__ import annotations

from datetime import datetime

import pytest
from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.sheets import load_bytes, run_examples
from banshi.platform.sheets.coverage import coverage
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE

NOW = datetime(2026, 9, 1, 9, tzinfo=CAMPUS_ZONE)
WORKBOOK = """
## 表单
| 类型 | 名称 | 标签 |
| 整数 | 用量 | 用电量 |
## 规则-等级
| 命中 | 首个 | |
| 当 用量 | 则 等级 | 失效 |
| <10 | 低 | |
| [10,100) | 中 | |
| >=100 | 高 | |
| >=900 | 旧 | 2025-12-31 |
## 收费-电费
| 项目 | 计量 | 起 | 止 | 单价 | 方式 |
| 电费 | 用量 | | 10 | 0 | 阶梯 |
| 电费 | 用量 | 10 | | 0.698 | 阶梯 |
| 合计 | | | | | 合计 |
## 制度-限额
| 编号 | 当 | 结论 | 说明 |
| A | 用量 > 500 | 提醒 | 用量很大 |
## 流程
| 环节号 | 环节名称 | 办理人 | 进入条件 |
| 10 | 申请 | 发起人 | |
| 20 | 宿管核对 | 人:20001 | |
| 30 | 后勤处审批 | 人:20001 | 用量 >= 100 |
## 用例
| 名称 | 申请人 | 用量 | 期望 等级 |
"""
PEOPLE = Directory(
    {
        id_: Person(id=id_, name=name, department="后勤处")
        for id_, name in (("20001", "周海燕"), ("2024110101", "李沐阳"))
    },
    {"后勤处": Department(name="后勤处", head="20001")},
)


@pytest.mark.parametrize(
    ("examples", "expected"),
    [
        (
            {"5": "低"},
            {"规则-等级": (1, 3, (4, 5)), "收费-电费": (1, 2, (3,)), "制度-限额": (0, 1, (2,)), "流程": (2, 3, (4,))},
        ),
        ({"5": "低", "50": "中"}, {"规则-等级": (2, 3, (5,)), "制度-限额": (0, 1, (2,)), "流程": (2, 3, (4,))}),
        ({"5": "低", "50": "中", "501": "高"}, {}),
    ],
)
def test_rows_that_no_example_reaches_are_named(
    examples: dict[str, str], expected: dict[str, tuple[int, int, tuple[int, ...]]]
) -> None:
    rows = "".join(f"| {used} | 2024110101 | {used} | {level} |\n" for used, level in examples.items())
    service, found = load_bytes(workbook_from_text(WORKBOOK + rows), "x.xlsx", PEOPLE)
    assert service is not None, found
    results = run_examples(service, PEOPLE, now=NOW, engine=FixpointEngine())
    assert [item.passed for item in results] == [True] * len(examples)
    told = coverage(service, {place for item in results for place in item.reached}, NOW.date())
    assert {one.sheet: (one.reached, one.total, tuple(one.rows)) for one in told} == expected
