"""The sheets `notices` and `connect`: what they may say, and each mistake at its cell."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from halls import ORGANISATION
from workbooks import workbook_from_text

from banshi.platform.people.directory import Directory
from banshi.platform.people.organisation import read_organisation
from banshi.platform.service.model import Service
from banshi.platform.service.notices import ConnectionKind, On, Quiet, Way
from banshi.platform.sheets.examples import run_examples
from banshi.platform.sheets.load import load_bytes
from banshi.platform.workbook import read_workbook
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE

FORM = """
## settings
| form_id | form_title |
| buying  | 试剂采购   |

## survey
| type         | name | label | required |
| text         | 用途 | 用途  | yes      |
| integer      | 数量 | 数量  | yes      |
| begin_repeat | 明细 | 明细  |          |
| text         | 品名 | 品名  |          |
| end_repeat   |      |       |          |

## route
| step | name | who             | hide | do     |
| 10   | 申请 | initiator       |      |        |
| 20   | 审批 | head(申请部门)  | 数量 | {do}   |
"""
NOTICES = """
## 通知
| 名称   | 事件   | 条件   | 发给 | 渠道      | 内容   | 内容::English (en) | 免打扰  | 去重键   |
| {name} | {on}   | {when} | {to} | {channel} | {text} | {text_en}          | {quiet} | {dedupe} |
"""
CONNECT = """
## 接口
| 名称   | 类型   | 地址  | 密钥   | 映射  | 重试    | 去重键 |
| {name} | {kind} | {url} | {auth} | {map} | {retry} | {key}  |
"""
A_NOTICE = {
    "name": "",
    "on": "提交",
    "when": "",
    "to": "",
    "channel": "",
    "text": "收到",
    "text_en": "",
    "quiet": "",
    "dedupe": "",
}
A_CONNECTION = {
    "name": "商城", "kind": "", "url": "https://shop.example.edu.cn/orders", "auth": "shop", "map": "用途=${用途}", "retry": "",
    "key": "",
}  # fmt: skip
PLACES = {
    "name": "A",
    "on": "B",
    "when": "C",
    "to": "D",
    "channel": "E",
    "text": "F",
    "text_en": "G",
    "quiet": "H",
    "dedupe": "I",
}
OF_CONNECT = {"name": "A", "kind": "B", "url": "C", "auth": "D", "map": "E", "retry": "F", "key": "G"}


def load(text: str, directory: Directory | None = None) -> tuple[Service, list[tuple[str, str]]]:
    service, found = load_bytes(workbook_from_text(text), "buying.xlsx", directory)
    assert service is not None
    told = [
        (item.code, str(item.place)) for item in found if item.code.startswith(("NOTICE", "CONNECT", "EXPR", "WHO"))
    ]
    return service, sorted(told)


def with_notice(do: str = "", **cells: str) -> tuple[Service, list[tuple[str, str]]]:
    return load(FORM.replace("{do}", do) + NOTICES.format(**{**A_NOTICE, **cells}))


def with_connection(do: str = "推送:商城", **cells: str) -> tuple[Service, list[tuple[str, str]]]:
    return load(FORM.replace("{do}", do) + CONNECT.format(**{**A_CONNECTION, **cells}))


def test_a_notice_is_read() -> None:
    service, found = with_notice(
        on="待办：20、20", when="${数量} > 3", to="办理人 + 发起人", channel="站内、邮件", text="${用途}：${办件.单号}",
        text_en="${用途}: ${case.number}", quiet="22:00 至 7:00", dedupe="${用途}",
    )  # fmt: skip
    assert found == []
    [notice] = service.notices
    assert (notice.on, notice.steps, notice.asked) == (On.ASKED, ("20", "20"), True)
    assert notice.ways == (Way("inbox"), Way("mail"))
    assert notice.quiet == Quiet(time(22), time(7))
    assert notice.to is not None
    assert notice.to.only_initiator
    zh, en = (notice.texts[language].pieces for language in ("zh", "en"))
    assert [piece if isinstance(piece, str) else sorted(piece.names) for piece in zh] == [["用途"], "：", ["办件.单号"]]
    assert [piece if isinstance(piece, str) else sorted(piece.names) for piece in en] == [
        ["用途"],
        ": ",
        ["case.number"],
    ]


@pytest.mark.parametrize(
    ("on", "asked"),
    [("待办", True), ("asked", True), ("催办", True), ("提交", False), ("办结", False), ("passed:20", False)],
)
def test_who_is_told_where_nobody_is_named(on: str, asked: bool) -> None:
    [notice] = with_notice(on=on)[0].notices
    assert (notice.asked, notice.to) == (asked, None)


@pytest.mark.parametrize(
    ("cells", "code", "at"),
    [
        ({"on": "提较"}, "NOTICE-001", "on"),
        ({"on": ""}, "NOTICE-001", "on"),
        ({"on": "待办:25"}, "NOTICE-002", "on"),
        ({"to": "环节 25"}, "NOTICE-002", "to"),
        ({"on": "办结:20"}, "NOTICE-003", "on"),
        ({"channel": "短信"}, "NOTICE-004", "channel"),
        ({"channel": "接口"}, "NOTICE-004", "channel"),
        ({"channel": "邮件:商城"}, "NOTICE-004", "channel"),
        ({"channel": "站内、接口:商城"}, "NOTICE-005", "channel"),
        ({"text": ""}, "NOTICE-006", "text"),
        ({"quiet": "夜里"}, "NOTICE-007", "quiet"),
        ({"quiet": "'25:00-07:00"}, "NOTICE-007", "quiet"),
        ({"quiet": "22:00-22:00"}, "NOTICE-007", "quiet"),
        ({"text": "请看 ${用途"}, "NOTICE-008", "text"),
        ({"on": "调用"}, "NOTICE-013", "on"),
        ({"on": "办结", "to": "办理人"}, "NOTICE-014", "to"),
        ({"on": "待办:20", "text": "共 ${数量}"}, "NOTICE-016", "text"),
        ({"text": "请看 ${用涂}"}, "EXPR-020", "text"),
        ({"text_en": "See ${case.nummber}"}, "EXPR-020", "text_en"),
        ({"when": "${数量} > "}, "EXPR-012", "when"),
        ({"dedupe": "${无此字段}"}, "EXPR-020", "dedupe"),
        ({"to": "岗味:甲"}, "WHO-001", "to"),
        ({"to": "字段:无此字段"}, "WHO-015", "to"),
    ],
)
def test_a_mistake_in_a_notice_is_a_fault_at_its_cell(cells: dict[str, str], code: str, at: str) -> None:
    found = with_notice(**cells)[1]
    assert found, "a fault"
    assert {place for _, place in found} == {f"通知!{PLACES[at]}2"}
    assert not code or code in {one for one, _ in found}


def test_faults_hide_none_another_and_say_what_may_be_meant() -> None:
    text = FORM.replace("{do}", "推送:商厂") + NOTICES.format(
        **{**A_NOTICE, "on": "提较", "channel": "站内新", "text": "${用涂}"}
    )
    _, found = load_bytes(workbook_from_text(text + CONNECT.format(**A_CONNECTION)), "buying.xlsx")
    said = {item.code: item for item in found}
    for code, near in {"NOTICE-001": "提醒", "NOTICE-004": "站内信", "EXPR-020": "用途", "NOTICE-005": "商城"}.items():
        assert f"您是不是想写：{near}？" in said[code].message("zh")
        assert f"Did you mean: {near}?" in said[code].message("en")
    assert said["CONNECT-011"].place.sheet == "接口"


def test_a_row_that_steps_call_is_named_and_called() -> None:
    assert with_notice("通知:领取", name="领取", on="调用")[1] == []
    assert with_notice("", name="领取", on="调用")[1] == [("NOTICE-012", "通知!A2")]
    assert with_notice("通知:领取", name="领取", on="办结")[1] == [("NOTICE-011", "route!E3")]
    assert with_notice("通知:领区", name="领取", on="调用")[1] == [
        ("NOTICE-010", "route!E3"),
        ("NOTICE-012", "通知!A2"),
    ]


def test_two_rows_of_one_name() -> None:
    twice = NOTICES.format(**{**A_NOTICE, "name": "甲"}) + "| 甲 | 办结 | | | | 办好了 | | | |\n"
    assert load(FORM.replace("{do}", "") + twice)[1] == [("NOTICE-009", "通知!A3")]


def test_a_campus_without_mail_addresses_is_told() -> None:
    workbook, _ = read_workbook(workbook_from_text(ORGANISATION), "organisation.xlsx")
    directory, _ = read_organisation(workbook)
    text = FORM.replace("{do}", "") + NOTICES.format(**{**A_NOTICE, "channel": "邮件"})
    assert ("NOTICE-015", "通知!E2") in load(text, directory)[1]


def test_a_connection_is_read() -> None:
    service, found = with_connection(
        kind="REST", map="订单号=${办件.单号}; 数量=${数量} * 2", retry="5次", key="${办件.单号}"
    )
    assert found == []
    made = service.connections["商城"]
    assert (made.kind, made.url, made.auth, made.tries) == (
        ConnectionKind.REST, "https://shop.example.edu.cn/orders", "shop", 5,
    )  # fmt: skip
    assert [(name, sorted(value.names)) for name, value in made.fields] == [
        ("订单号", ["办件.单号"]),
        ("数量", ["数量"]),
    ]
    assert made.key is not None


@pytest.mark.parametrize(
    ("cells", "code", "at"),
    [
        ({"kind": "SOAP"}, "CONNECT-001", "kind"),
        ({"kind": "文件"}, "CONNECT-002", "kind"),
        ({"url": "shop.example.edu.cn"}, "CONNECT-003", "url"),
        ({"url": "http://shop.example.edu.cn/"}, "CONNECT-003", "url"),
        ({"url": "https://user:pw@shop.example.edu.cn/"}, "CONNECT-003", "url"),
        ({"url": "https://shop.example.edu.cn:port/"}, "CONNECT-003", "url"),
        ({"url": "https://shop.example.edu.cn/${用途}"}, "CONNECT-003", "url"),
        ({"url": "file:///etc/passwd"}, "CONNECT-003", "url"),
        ({"url": "https://[::1"}, "CONNECT-003", "url"),
        ({"url": "https://shop.example.edu.cn/?access_token=x"}, "CONNECT-004", "url"),
        ({"auth": "sk_live_4242424242424242424242"}, "CONNECT-005", "auth"),
        ({"auth": "密钥"}, "CONNECT-005", "auth"),
        ({"map": "用途"}, "CONNECT-007", "map"),
        ({"map": "a=${用途}; a=${数量}"}, "CONNECT-008", "map"),
        ({"map": "a=${用涂}"}, "EXPR-020", "map"),
        ({"retry": "30"}, "CONNECT-009", "retry"),
        ({"retry": "多次"}, "CONNECT-009", "retry"),
        ({"kind": "REST", "map": ""}, "CONNECT-010", "map"),
        ({"key": "${无此字段}"}, "EXPR-020", "key"),
    ],
)
def test_a_mistake_in_a_connection_is_a_fault_at_its_cell(cells: dict[str, str], code: str, at: str) -> None:
    assert with_connection(**cells)[1] == [(code, f"接口!{OF_CONNECT[at]}2")]


def test_a_connection_that_is_not_signed_or_not_used_is_a_warning() -> None:
    assert with_connection(auth="")[1] == [("CONNECT-006", "接口!A2")]
    assert with_connection(do="")[1] == [("CONNECT-011", "接口!A2")]
    assert with_connection(url="http://127.0.0.1:9000/orders")[1] == []


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("大宗、待办", None),
        ("待办、大宗", None),
        ("待办", "大宗、待办"),
        ("无", "大宗、待办"),
        ("大宗、待办、退回", "大宗、待办"),
    ],
)
def test_an_example_says_which_notices_it_leads_to(expected: str, found: str | None) -> None:
    """Those of its route when everybody approves, by their conditions; a return is none of them."""
    rows = "".join(
        f"| {name} | {on} | {when} | | | 内容 | | | |\n"
        for name, on, when in (
            ("大宗", "通过:20", "${数量} > 9"),
            ("少量", "办结", "${数量} < 10"),
            ("待办", "待办:20", ""),
            ("退回", "退回", ""),
            ("别处", "待办:10", ""),
        )
    )
    sheet = NOTICES.strip().splitlines()[:2]
    examples = f"\n## 用例\n| 用例 | 申请人 | 用途 | 数量 | 期望 通知 |\n| 十瓶 | '20001 | 实验 | 10 | {expected} |\n"
    text = FORM.replace("{do}", "") + "\n".join(sheet) + "\n" + rows + examples
    workbook, _ = read_workbook(workbook_from_text(ORGANISATION), "organisation.xlsx")
    directory, _ = read_organisation(workbook)
    service, _ = load_bytes(workbook_from_text(text), "buying.xlsx", directory)
    assert service is not None
    [result] = run_examples(
        service, directory, now=datetime(2026, 3, 2, 9, tzinfo=CAMPUS_ZONE), engine=FixpointEngine()
    )
    said = [fault.message() for _, fault in result.failures]
    assert said == [] if found is None else (len(said) == 1 and f"实际为“{found}”" in said[0])
