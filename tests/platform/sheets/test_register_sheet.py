"""Data sheets that are registers: how they are written, and every fault at its cell."""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.service.registers import Counts
from banshi.platform.sheets import load_bytes

FORM = """
## settings
| form_id | form_title |
| car     | 用车预约   |

## survey
| type           | name | label | sensitive |
| text           | 车辆 | 车牌  |           |
| date           | 出发 | 出发  |           |
| text           | 证号 | 证号  | 身份证    |
| image          | 照片 | 照片  |           |
| begin_repeat   | 同行 | 同行人 |          |
| text           | 姓名 | 姓名  |           |
| end_repeat     |      |       |           |
| calculate      | 次数 |       |           |
"""
READS = (
    FORM.replace("| calculate      | 次数 |       |           |", "").replace(
        "| type           | name | label | sensitive |", "| type | name | label | sensitive | calculation |"
    )
    + "| calculate | 次数 | | | count(instance('占用')/root/item[车辆 = ${车辆}]) |\n"
)


def loaded(text, services=None):
    service, found = load_bytes(workbook_from_text(text), "car.xlsx", services=services)
    return service, [
        (one.code, one.place.cell) for one in found if one.code.startswith(("REG", "SHEET", "EXPR", "BOOK"))
    ]


def sheet(rows):
    return f"{READS}\n## 数据-占用\n{rows}"


def test_what_the_rows_above_the_header_say():
    text = sheet(
        "| 2026 年用车登记表 |\n| 台账 | 在办 |\n| 明细 | 同行 |\n| 条件 | ${出发} != '' |\n| 取值 | 开始=${出发}；人=姓名；单号 = 办件.单号 |\n| 取自 | bus、van |\n"
        "| 车辆* | 开始 | 人 | 单号 |\n| 粤A1 | 2026-09-01 | 李敏 | 手工 |\n| 粤A1 | 2026-09-02 | 王建国 | 手工 |"
    )
    service, found = loaded(text)
    register, dataset = service.registers["占用"], service.datasets["占用"]
    assert [code for code, _ in found if code != "SHEET-045"] == [
        code for code, _ in found if code.startswith("BOOK")
    ], found
    assert (register.counts, register.repeat, register.of, register.key) == (
        Counts.OPEN,
        "同行",
        ("bus", "van"),
        "车辆",
    )
    assert register.values == {"车辆": "车辆", "开始": "出发", "人": "姓名", "单号": "case.number"}
    assert (dataset.columns, dataset.keys, dataset.live, len(dataset.rows)) == (
        ("车辆", "开始", "人", "单号"),
        ("车辆",),
        True,
        2,
    )
    assert str(register.at("车辆")) == "数据-占用!A7"


def test_english_words_and_no_rows_of_its_own():
    service, found = loaded(
        f"{READS}\n## data.占用\n| register | approved |\n| values | start=出发 |\n| 车辆* | start |"
    )
    assert (service.registers["占用"].counts, service.datasets["占用"].rows) == (Counts.APPROVED, ())
    assert found == []


def test_a_header_with_such_a_word_makes_no_register():
    service, _ = loaded(f"{READS}\n## 数据-占用\n| 车辆* | 条件 |\n| 粤A1 | 晴天 |")
    assert (service.registers, service.datasets["占用"].live) == ({}, False)


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ("| 台账 | 全部 |\n| 车辆* | 出发 |", [("REG-001", "B1")]),
        ("| 台账 | 在办 |\n| 车辆* | 司机 |", [("REG-003", "B2")]),
        (
            "| 台账 | 在办 |\n| 车辆* | 生效 | 失效日期 |\n| 粤A1 | 2026-09-01 | |",
            [("REG-013", "B2"), ("REG-013", "C2")],
        ),
        ("| 台账 | 在办 |\n| 取值 | 失效=出发 |\n| 车辆* | from | 失效 |", [("REG-013", "B3")]),
        ("| 台账 | 在办 |\n| 取值 | 生效=起程 |\n| 车辆* | 生效 |", [("REG-003", "B2")]),
        ("| 台账 | 在办 |\n| 取值 | 开始=起程 |\n| 车辆* | 开始 |", [("REG-003", "B2")]),
        ("| 台账 | 在办 |\n| 车辆* | 姓名 |", [("REG-004", "B2")]),
        ("| 台账 | 在办 |\n| 明细 | 行程 |\n| 车辆* | 出发 |", [("REG-005", "B2")]),
        ("| 台账 | 在办 |\n| 取值 | 开始=出发；结束=出发 |\n| 车辆* | 开始 |", [("REG-006", "B2")]),
        ("| 台账 | 在办 |\n| 车辆* | 证号 |", [("REG-007", "B2")]),
        ("| 台账 | 在办 |\n| 车辆* | 照片 |", [("REG-008", "B2")]),
        ("| 台账 | 在办 |\n| 条件 | ${证号} != '' |\n| 车辆* | 出发 |", [("REG-012", "B2")]),
        ("| 台账 | 在办 |\n| 条件 | ${里程} > 3 |\n| 车辆* | 出发 |", [("EXPR-020", "B2")]),
    ],
)
def test_faults_stand_at_their_cells(rows, faults):
    _, found = loaded(sheet(rows))
    assert found == faults


def test_a_register_wants_a_form():
    _, found = loaded("## 数据-占用\n| 台账 | 在办 |\n| 车辆* |\n\n## 规则-a\n| when 车辆 | then 可以 |\n| 粤A1 | 是 |")
    assert ("REG-002", "B1") in found


@pytest.mark.parametrize(
    ("more", "cell"),
    [
        ("## 规则-a\n| 当 lookup('占用', ${车辆}, '出发') | 则 可以 |\n| 非空 | 是 |", "A1"),
        ("## 规则-a\n| 当 车辆 | 则 可以 |\n| '=pulldata('占用', '出发', '车辆', ?) = '' | 是 |", "A2"),
        ("## 收费-a\n| 项目 | 计量 | 单价 |\n| 租金 | count(instance('占用')/root/item) | 3 |", "B2"),
        (
            "## 制度-a\n| 编号 | 当 | 则 | 结论 |\n| 1 | count(instance('占用')/root/item[车辆 = ${车辆}]) > 3 | | 禁止 |",
            "B2",
        ),
        (
            "## 流程\n| 环节号 | 环节名称 | 办理人 | 进入条件 |\n| 10 | 审批 | initiator | lookup('占用', ${车辆}, '出发', '') = '' |",
            "D2",
        ),
        ("## 流程\n| 环节号 | 环节名称 | 办理人 |\n| 10 | 审批 | 表:占用[车辆] |", "C2"),
        ("## 定时\n| 任务 | 周期 | 对象 | 动作 |\n| 提醒 | 每天 07:00 | 数据:占用 | 提醒:x |", "A2"),
        ("## 看板\n| 图表 | 标题 | 来源 |\n| 计数 | 占用 | 占用 |", "A2"),
    ],
)
def test_a_register_is_read_by_the_form_alone(more, cell):
    _, found = loaded(sheet("| 台账 | 在办 |\n| 车辆* | 出发 |") + f"\n\n{more}")
    assert ("REG-009", cell) in found, found


def test_the_registers_of_other_services():
    other, _ = loaded(sheet("| 台账 | 在办 |\n| 车辆* |").replace("| car     |", "| bus     |"))
    text = sheet("| 取自 | bus, train |\n| 车辆* | 出发 |")
    service, found = loaded(text, {"bus": other})
    assert found == [("REG-011", "B1"), ("REG-010", "B1")]
    assert service.registers["占用"].counts is None


@pytest.mark.parametrize(
    ("more", "cell"),
    [
        (
            "## 流程\n| 环节号 | 环节名称 | 办理人 | 进入条件 |\n| 10 | 审批 | initiator | count(${同行}[姓名 != '']) > 1 |",
            "D2",
        ),
        ("## 通知\n| 事件 | 发给 | 内容 |\n| 提交 | 发起人 | ${count(${同行}[姓名 != ''])} 人 |", None),
    ],
)
def test_rows_are_gone_through_in_forms_and_rules_alone(more, cell):
    _, found = load_bytes(workbook_from_text(f"{FORM}\n\n{more}"), "car.xlsx")
    told = [one.place.cell for one in found if one.code == "SHEET-077"]
    assert told == ([cell] if cell else told)
