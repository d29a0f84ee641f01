"""The `do` column: what it says, and every mistake in it, each at its cell.

D1 the grammar, in both languages and widths · D2 what the platform cannot do yet is a fault · D3 against the form ·
D4 against the other services · D5 circles · D6 steps that wait, and conditions about what was opened.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import workbook_from_text

from banshi.platform.routes.hooks import MOST_ROWS, Fill, Number, Open, Tally, Unmet, Wait
from banshi.platform.routes.model import Mode
from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import Severity

FORM = """
## settings
| form_id  | form_title |
| {id}     | {title}    |

## survey
| type         | name   | label  | required | calculation | readonly |
| text         | 事由   | 事由   | yes      |             |          |
| begin_repeat | 明细   | 明细   |          |             |          |
| text         | 品名   | 品名   |          |             |          |
| integer      | 数量   | 数量   |          |             |          |
| begin_repeat | 配件   | 配件   |          |             |          |
| text         | 件名   | 件名   |          |             |          |
| end_repeat   |        |        |          |             |          |
| end_repeat   |        |        |          |             |          |
| date         | 日期   | 日期   |          |             |          |
| integer      | 总数   | 总数   |          | sum(${{数量}}) |       |
| file         | 附件   | 附件   |          |             |          |
| text         | 立项号 | 立项号 |          |             | yes      |
| text         | 结论   | 结论   |          |             |          |

## route
| step | name | who                | mode   | when   | hide | do   |
| 10   | 申请 | initiator          |        |        | 结论 |      |
| 20   | 审核 | person:1           |        |        |      | {do} |
| 30   | 其次 | person:1           | {mode} | {when} |      |      |
"""


def load(do: str, mode: str = "", when: str = "", id_: str = "purchase", others: object = None) -> tuple[Service, list]:
    text = FORM.format(id=id_, title=id_ + "服务", do=do, mode=mode, when=when)
    service, found = load_bytes(workbook_from_text(text), f"{id_}.xlsx", services=others)
    assert service is not None
    return service, found


def faults(do: str, mode: str = "", when: str = "", others: object = None) -> set[tuple[str, str]]:
    found = load(do, mode, when, others=others)[1]
    return {(item.code, item.place.cell) for item in found if item.severity is not Severity.NOTICE}


def others(do: str = "") -> dict[str, Service]:
    return {id_: load(do if id_ == "acceptance" else "", id_=id_)[0] for id_ in ("acceptance", "repair")}


@pytest.mark.parametrize(
    "cell",
    [
        'number: 立项号 = LX{yyyy}{0001}; open: acceptance(each 明细, for field:事由, 事由 = 品名 & ", ;" , 日期 = DATE(2026, 1, 1)); set: 结论 = "a;b"',
        "编号：立项号＝LX{yyyy}{0001}；开：acceptance（每行 明细，代 字段:事由，事由＝品名 & “, ;”，日期＝DATE（2026，1，1））；填：结论＝“a;b”",
    ],
)
def test_both_languages_and_widths_say_the_same(cell: str) -> None:
    """D1: separators inside brackets and quotes are no separators."""
    service, found = load(cell)
    assert [item for item in found if item.severity is not Severity.NOTICE] == []
    number, opened, filled = service.routing.step("20").hooks
    assert [type(hook) for hook in (number, opened, filled)] == [Number, Open, Fill]
    assert (number.field, number.pattern) == ("立项号", "LX{yyyy}{0001}")
    assert (opened.service, opened.each, opened.applicant.terms[0].name) == ("acceptance", "明细", "事由")
    assert [name for name, _ in opened.fields] == ["事由", "日期"]
    assert opened.fields[0][1].names == {"品名"}
    assert filled.field == "结论"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("print:批复", "DOC-014"),
        ("付款", "ROUTE-071"),
        ("通知:领取提醒", "NOTICE-010"),
        ("推送:商城", "NOTICE-005"),
        ("推送", "ROUTE-071"),
        ("打开:acceptance", "ROUTE-070"),
        ("开", "ROUTE-071"),
        ("填:结论", "ROUTE-071"),
        ("编号:立项号=LX{yyy}{0001}", "ROUTE-072"),
        ("编号:立项号=LX{mm}{0001}", "ROUTE-072"),
        ("开:acceptance(事由)", "ROUTE-073"),
        ("开:acceptance(每行 品名)", "ROUTE-078"),
        ("开:acceptance(每行 配件)", "ROUTE-078"),
        ("开:acceptance(每行 明细, 事由=件名)", "ROUTE-085"),
        ("开:purchase(事由=事由)", "ROUTE-079"),
        ("开:acceptance(事由=是由)", "EXPR-020"),
        ("填:结果=1", "ROUTE-010"),
        ("填:总数=1", "ROUTE-076"),
        ("填:日期=事由 & 1", "ROUTE-077"),
        ("编号:总数=LX{0001}", "ROUTE-076"),
        ("编号:事由=LX{0001}", "ROUTE-084"),
    ],
)
def test_a_mistake_is_a_fault_at_its_cell(cell: str, code: str) -> None:
    """D1, D2, D3."""
    assert faults(cell) == {(code, "G3")}


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("开:acceptance(事由=事由)", set()),
        ("开:aceptance(事由=事由)", {"ROUTE-074"}),
        ("开:acceptance(理由=事由, 事由=事由)", {"ROUTE-075"}),
        ("开:acceptance(事由=事由, 总数=1)", {"ROUTE-076"}),
        ("开:acceptance(事由=事由, 附件=1)", {"ROUTE-076"}),
        ("开:acceptance(事由=事由, 立项号=事由)", {"ROUTE-076"}),
        ("开:acceptance(事由=事由, 结论=事由)", {"ROUTE-076"}),
        ("开:acceptance(事由=事由, 品名=事由)", {"ROUTE-076"}),
        ("开:acceptance(事由=事由, 日期=总数)", {"ROUTE-077"}),
        ("开:acceptance(日期=日期)", {"ROUTE-081"}),
    ],
)
def test_a_mistake_about_another_service(cell: str, codes: set[str]) -> None:
    """D4; the same workbook alone says nothing of it."""
    assert faults(cell, others=others()) == {(code, "G3") for code in codes}
    assert faults(cell) == set()


def test_the_title_of_a_service_leads_to_its_id() -> None:
    """D4."""
    [fault] = [item for item in load("开:acceptance服务(事由=事由)", others=others())[1] if item.code == "ROUTE-074"]
    assert dict(fault.facts)["near"] == "acceptance"


def test_services_that_open_one_another() -> None:
    """D5: named with the whole circle."""
    around = others("开:repair(事由=事由)") | {"repair": load("开:purchase(事由=事由)", id_="repair")[0]}
    [fault] = [item for item in load("开:acceptance(事由=事由)", others=around)[1] if item.code == "ROUTE-079"]
    assert dict(fault.facts)["path"] == "purchase → acceptance → repair → purchase"


@pytest.mark.parametrize(
    ("mode", "wait"),
    [
        ("等待", Wait()),
        ("wait any", Wait(1)),
        ("等待（任一）！退回", Wait(1, Unmet.RETURN)),
        ("等待 全部 !拒绝", Wait(0, Unmet.REFUSE)),
        ("wait 2 !go on", Wait(2)),
    ],
)
def test_how_a_step_waits(mode: str, wait: Wait) -> None:
    """D6."""
    service, found = load("开:acceptance(事由=事由)", mode)
    step = service.routing.step("30")
    assert (step.mode, step.wait, [item.code for item in found if item.severity is Severity.ERROR]) == (
        Mode.WAIT,
        wait,
        [],
    )


def test_waits_and_conditions_without_sense() -> None:
    """D6."""
    opens = "开:acceptance(事由=事由)"
    assert faults("", "等待") == {("ROUTE-080", "D4")}
    assert faults(opens, "等待 0") == {("ROUTE-002", "D4")}
    assert faults(opens, "等待 !随便") == {("ROUTE-001", "D4")}
    assert faults(opens, "", "子办件.20.未通过 > 0 and opened.approved = 2") == set()
    assert ("EXPR-020", "E4") in faults(opens, "", "子办件.30.未通过 > 0")
    assert ("EXPR-020", "E4") in faults("", "", "子办件.未通过 > 0")


@settings(deadline=None)
@given(st.lists(st.sampled_from("arwo"), max_size=6), st.integers(0, 7), st.sampled_from(list(Unmet)))
def test_verdicts_settle_a_wait_as_soon_as_they_can(verdicts: list[str], need: int, unmet: Unmet) -> None:
    """D6: oracle: what is open is tried in every way; settled is what comes out the same in all of them."""
    approved, open_ = verdicts.count("a"), verdicts.count("o")
    tally = Tally(len(verdicts), approved, verdicts.count("r"), verdicts.count("w"))
    wanted = len(verdicts) if not need else min(need, len(verdicts))
    ends = {approved + more >= wanted for more in range(open_ + 1)}
    settled = ends == {True} or (ends == {False} and (unmet is not Unmet.GO_ON or not open_))
    assert tally.met(Wait(need, unmet)) is (ends.pop() if settled else None)
    assert MOST_ROWS == 200
