"""Values that a form keeps: computed by the server once, brought along by the browser, recorded as they were shown.

K1 what was shown is what is sent and recorded, after a draft, on another device and in rows that move · K2 a value that the
platform did not give is not believed, nor one given to somebody else, for another field or before another trigger ·
K3 a trigger computes anew, other answers do not · K4 what was given counts no more once the form was sent or thrown away ·
K5 a mended case keeps what it had, and what was given while it was mended · K6 command line and examples give values.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from halls import open_test_hall

from banshi.platform.hall import Hall, campus_time
from banshi.rules.values import dumps, loads

FORM = """
## settings
| form_id | form_title | number |
| seal | 用章申请 | YZ{0001} |
## survey
| type | name | label | calculation | trigger | default | readonly |
| text | 事由 | 事由 | | | | |
| text | 备注 | 备注 | | | | |
| calculate | 流水号 | | once(uuid()) | | | |
| calculate | 首份 | | once(${事由}) | | | |
| datetime | 填写时间 | 填写时间 | now() | ${事由} | | yes |
| text | 校验码 | 校验码 | | | uuid(8) | yes |
| begin_repeat | 文件 | 文件 | | | | |
| text | 名称 | 名称 | | | | |
| calculate | 编号 | | once(random()) | | | |
| end_repeat | | | | | | |
## route
| step | name | who |
| 10 | 申请 | initiator |
| 20 | 审核 | role:财务处.审核岗 |
"""
TOP = ("流水号", "填写时间", "校验码")


class Clock:
    """Every look at it is a moment later."""

    def __init__(self) -> None:
        self.now = campus_time().replace(microsecond=0)

    def __call__(self) -> Any:
        self.now += timedelta(seconds=7)
        return self.now


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=Clock(), services={"seal": FORM})
    yield opened
    opened.close()


def browser(told: Any) -> Any:
    """What comes back from a browser of what it was told."""
    return loads(dumps(told))


def filled(hall: Hall, who: str, answers: dict[str, Any]) -> dict[str, Any]:
    """Answers after the server has seen them, as a browser goes on with them."""
    return browser(hall.evaluate(hall.directory.people[who], "seal", answers)["answers"])


def test_what_was_shown_is_what_is_recorded(hall: Hall) -> None:  # K1
    me = hall.directory.people["20001"]
    begun = browser(hall.open_form(me, "seal").answers)
    shown = filled(
        hall, "20001", {**begun, "事由": "合同盖章", "文件": [{"名称": "合同"}, {"名称": "附件"}, {"名称": "清单"}]}
    )
    assert {name: shown[name] for name in ("流水号", "校验码")} == {name: begun[name] for name in ("流水号", "校验码")}
    assert shown["填写时间"] != begun["填写时间"]  # its trigger has changed
    hall.save_draft(me, "seal", shown, "v")
    again = browser(hall.open_form(me, "seal").answers)
    assert again == shown
    del again["文件"][0]
    changed = filled(hall, "20001", {**again, "备注": "改了别的"})
    assert {name: changed[name] for name in TOP} == {name: shown[name] for name in TOP}
    assert changed["文件"] == shown["文件"][1:]
    receipt = hall.submit(me, "seal", changed, command_id="c", from_draft=True)
    assert receipt.done, receipt.problems
    recorded = browser(hall.case(me, receipt.case_id).answers)
    assert recorded == changed


def test_what_the_platform_did_not_give_is_not_believed(hall: Hall) -> None:  # K2
    mine = filled(hall, "20001", {"事由": "盖章", "文件": [{"名称": "合同"}]})
    for field, invented in (
        ("流水号", "我自己编的"),
        ("填写时间", "2020-01-01T08:00:00+08:00"),
        ("校验码", "AAAAAAAA"),
    ):
        assert filled(hall, "20001", {**mine, field: invented})[field] not in (invented, mine[field]), field
    row = {**mine, "文件": [{"名称": "合同", "编号": "0.5"}]}
    assert str(filled(hall, "20001", row)["文件"][0]["编号"]) != "0.5"
    others = filled(hall, "20002", dict(mine))
    assert all(others[name] != mine[name] for name in TOP)
    assert filled(hall, "20001", {**mine, "流水号": mine["校验码"]})["流水号"] != mine["校验码"]


def test_only_a_trigger_computes_anew(hall: Hall) -> None:  # K3
    first = filled(hall, "20001", {"事由": "甲"})
    assert filled(hall, "20001", {**first, "备注": "乙"})["填写时间"] == first["填写时间"]
    second = filled(hall, "20001", {**first, "事由": "乙"})
    assert second["填写时间"] > first["填写时间"]
    assert second["首份"] == "甲"
    back = filled(hall, "20001", {**second, "事由": "甲"})
    assert back["填写时间"] > second["填写时间"]


def test_what_was_given_counts_no_more_once_it_was_sent_or_thrown_away(hall: Hall) -> None:  # K4
    me = hall.directory.people["20001"]
    one = filled(hall, "20001", {"事由": "盖章"})
    assert hall.submit(me, "seal", one, command_id="c").done
    two = filled(hall, "20001", dict(one))
    assert two["流水号"] != one["流水号"]
    hall.discard_draft(me, "seal")
    assert filled(hall, "20001", dict(two))["流水号"] != two["流水号"]


def test_a_mended_case_keeps_what_it_had_and_was_given(hall: Hall) -> None:  # K5
    me, auditor = (hall.directory.people[who] for who in ("20001", "20003"))
    sent = filled(hall, "20001", {"事由": "盖章", "文件": [{"名称": "合同"}, {"名称": "附件"}]})
    case_id = hall.submit(me, "seal", sent, command_id="c").case_id
    view = hall.case(auditor, case_id)
    returned = hall.act(
        auditor,
        case_id,
        view.tasks[0].id,
        "return",
        opinion="补清单",
        return_to="initiator",
        seq=view.seq,
        command_id="r",
    )
    assert returned.done
    mended = deepcopy(sent)
    mended["文件"] = [{**sent["文件"][1], "名称": "附件二"}, {"名称": "清单"}]
    shown = browser(hall.evaluate_case(me, case_id, mended)["answers"])
    assert shown["文件"][0]["编号"] == sent["文件"][1]["编号"]
    assert {name: shown[name] for name in TOP} == {name: sent[name] for name in TOP}
    view = hall.case(me, case_id)
    receipt = hall.act(me, case_id, "", "resubmit", answers=shown, seq=view.seq, command_id="m")
    assert receipt.done, receipt.problems
    assert browser(hall.case(me, case_id).answers) == shown
