"""Personal data in messages.

P1 texts have masks, whoever gets them · P2 a map sends what it names, and masks over what is computed from it; lists show neither ·
P3 the check says so at the cell · P4 what is deleted in a case is gone from its messages, and is not sent any more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from halls import ORGANISATION, write
from relief import ID, NAME, PHONE, RELIEF, approved, found_in, person, sent
from workbooks import workbook_from_text

from banshi.platform.errors import Declined
from banshi.platform.hall import Hall
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE, dumps
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import MessageFilter, Store, StoredMessage
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore

NOTICES = """
## 通知
| 名称 | 事件 | 发给 | 渠道 | 内容 | 内容::English (en) |
| | 提交 | 发起人 | 站内、邮件 | ${姓名}（${证件号}，${手机}，${困难等级}）申请 ${金额} 元。 | ${姓名}, ${证件号}, ${困难等级} |
| | 待办:20 | | 站内 | ${摘要}（${手机}） | |
| | 办结 | 发起人 | 站内 | 办件 ${办件.标题} 办结。 | |
| | 通过:20 | 角色:财务处.审核岗 | 站内 | 意见：${办件.意见} | |

## 接口
| 名称 | 类型 | 地址 | 密钥 | 映射 |
| 财务 | REST | https://pay.example.edu.cn/orders | pay | id_no=${证件号}; level=${困难等级}; note=${摘要}; amount=${金额}; no=${办件.单号}; said=${办件.意见} |
"""
TELLING = RELIEF.replace(
    "| 环节号 | 环节名称 | 办理人 | 进入条件 | 抄送 |", "| 环节号 | 环节名称 | 办理人 | 进入条件 | 抄送 | 通过后 |"
)
TELLING = TELLING.replace("| 人:20002 | | 人:20004 @通过 |", "| 人:20002 | | 人:20004 @通过 | 推送:财务 |") + NOTICES
SENT = datetime(2026, 9, 1, 9, tzinfo=CAMPUS_ZONE)
LATER = SENT.replace(year=2030)


class Clock:
    now = SENT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(folder: Path, clock: Clock, store: Store) -> Hall:
    write(folder / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    write(folder / "definitions", "relief/relief.xlsx", TELLING)
    hall = Hall(
        store=store,
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
        clock=clock,
    )
    wrong = [
        f"{one.code} {one.place}" for report in hall.scan() for one in report.diagnostics if one.severity == "error"
    ]
    assert not wrong, wrong
    return hall


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    made = opened(tmp_path, clock, SqlStore(tmp_path / "banshi.sqlite"))
    yield made
    made.close()


def messages(hall: Hall, **which: object) -> list[StoredMessage]:
    return hall._store.messages(MessageFilter(**which), size=200)[0]


def inbox(hall: Hall, name: str, language: str = "zh") -> list[str]:
    return [row.text for row in hall.outbox.inbox(person(hall, name), language=language).items]


def test_p1_texts_have_masks_for_the_applicant_too(hall: Hall) -> None:
    sent(hall)
    masked = "李**（110105********002X，138****5678，****）申请 800 元。"
    assert inbox(hall, "陈晓雨") == [masked]
    assert inbox(hall, "陈晓雨", "en") == ["李**, 110105********002X, ****"]
    [mail] = messages(hall, channel="mail")
    assert mail.content["text"]["zh"] == masked


def test_p1_what_is_computed_or_put_together_has_them(hall: Hall) -> None:
    sent(hall)
    assert inbox(hall, "王建国") == ["证件 110105********002X（138****5678）"]


def test_p1_so_have_titles_and_what_people_wrote(hall: Hall) -> None:
    approved(hall, sent(hall))
    assert inbox(hall, "李敏") == ["意见：已核对 110105********002X"]
    assert "办件 李** 110105********002X 的补助 办结。" in inbox(hall, "陈晓雨")
    assert not found_in(dumps([one.content for one in messages(hall, channel="inbox")]))


def test_p2_a_map_sends_what_it_names_and_lists_do_not_show_it(hall: Hall) -> None:
    approved(hall, sent(hall))
    [push] = messages(hall, channel="webhook")
    assert push.content["body"] == (
        f'{{"id_no": "{ID}", "level": "特困", "note": "证件 110105********002X", "amount": 800, '
        '"no": "KN20260001", "said": "已核对 110105********002X"}'
    )
    [row] = hall.outbox.messages(person(hall, "周倩"), "waiting").items[:1]
    listed = [
        one.text for one in hall.outbox.messages(person(hall, "周倩"), "waiting").items if one.channel == "webhook"
    ]
    assert not found_in(row.text)
    assert '"id_no": "110105********002X", "level": "****"' in listed[0]
    assert '"amount": 800' in listed[0]


def test_p2_why_nothing_could_be_sent_does_not_say_it_either(hall: Hall) -> None:
    text = TELLING.replace("amount=${金额}", "amount=DATEVALUE(${证件号})")
    hall.workshop.publish(person(hall, "周倩"), "relief.xlsx", workbook_from_text(text))
    approved(hall, sent(hall))
    [row] = hall.outbox.messages(person(hall, "周倩"), "failed").items
    assert "110105********002X" in row.why
    assert not found_in(row.why)


def test_p3_the_check_names_cell_and_field(hall: Hall) -> None:
    text = TELLING.replace("| 映射 |", "| 映射 | 去重键 |").replace(
        "said=${办件.意见} |", "said=${办件.意见} | ${手机} |"
    )
    report = hall.workshop.check(person(hall, "周倩"), "relief.xlsx", workbook_from_text(text))
    told = {(one.code, one.place.cell, dict(one.facts)["name"]) for one in report.diagnostics if one.code in CODES}
    assert told == {
        *(("NOTICE-017", "E2", name) for name in ("姓名", "证件号", "手机", "困难等级")),
        ("NOTICE-017", "E3", "手机"),
        ("NOTICE-018", "F2", "手机"),
        ("CONNECT-012", "E2", "证件号"),
        ("CONNECT-012", "E2", "困难等级"),
        ("CONNECT-013", "E2", "证件号"),
    }
    (masked,) = (one for one in report.diagnostics if one.code == "CONNECT-013")
    assert "note" in masked.message("en")
    assert "${证件号}" in masked.remedy("zh")


CODES = {"NOTICE-017", "NOTICE-018", "CONNECT-012", "CONNECT-013"}


def settled(hall: Hall, clock: Clock, state: str) -> None:
    """Take what goes out and write what came of it."""
    for one in hall._store.take_messages(clock.now, LATER - SENT, limit=50):
        from dataclasses import replace

        why = {"zh": f"对方说 {PHONE} 有误"} if state == "failed" else {}
        assert hall._store.settle_message(replace(one, state=state, done_at=clock.now, why=why))


@pytest.mark.parametrize("state", ["waiting", "sent", "failed"])
@pytest.mark.parametrize("kind", ["sqlite", "tiny"])
def test_p4_what_is_deleted_is_gone_from_messages(tmp_path: Path, clock: Clock, kind: str, state: str) -> None:
    store = SqlStore(tmp_path / "banshi.sqlite") if kind == "sqlite" else TinyStore(tmp_path / "banshi.json")
    hall = opened(tmp_path, clock, store)
    case_id = sent(hall)
    plain_texts(hall)
    approved(hall, case_id)
    if state != "waiting":
        settled(hall, clock, state)
    assert set(left_of(tmp_path)) == {ID, NAME, PHONE, "特别困难"}, "this test finds what is there"
    clock.now = LATER
    assert hall.erase_due() == 1
    assert left_of(tmp_path) == []
    [push] = messages(hall, channel="webhook")
    assert push.content["body"] == ""
    assert push.state == ("sent" if state == "sent" else "failed")
    assert {one.state for one in messages(hall, channel="mail")} == {state}
    assert [one.key for one in hall._store.take_messages(LATER, LATER - SENT) if one.channel == "webhook"] == []
    if state != "sent":
        with pytest.raises(Declined):
            hall.outbox.send_again(person(hall, "孙静"), push.key)
        [row] = [one for one in hall.outbox.messages(person(hall, "孙静"), "failed").items if one.channel == "webhook"]
        assert "个人信息已删除" in row.why
    assert any("申请 800 元" in text for text in inbox(hall, "陈晓雨")), "what is not personal stays"
    hall.close()


def plain_texts(hall: Hall) -> None:
    """Messages as they were written before the questions were marked: without masks."""
    from dataclasses import replace

    from banshi.storage.contract import Change, Command

    for one in messages(hall, channel="inbox") + messages(hall, channel="mail"):
        text = {"zh": f"{NAME}（{ID}，{PHONE}，特别困难）申请 800 元。", "en": f"{ID}"}
        told = replace(one, content={**one.content, "text": text})
        change = Change(messages_left=[told])
        hall._store.commit(Command(id=f"x{one.key}", actor="", at=SENT, case_id=one.case_id, change=change))


def left_of(folder: Path) -> list[str]:
    """What of the secrets stands in the outbox, or anywhere in the bytes of the store."""
    files = [*folder.glob("banshi.*")]
    held = "".join(file.read_bytes().decode("utf-8", "replace") for file in files)
    if (folder / "banshi.sqlite").exists():
        database = sqlite3.connect(folder / "banshi.sqlite")
        held += "\n".join(str(row) for row in database.execute("SELECT * FROM outbox"))
        # The workbook has the label as well.
        texts = "\n".join(str(row) for row in database.execute("SELECT content, why FROM outbox"))
        database.close()
    else:
        from banshi.rules.values import loads

        texts = dumps(loads((folder / "banshi.json").read_text())["outbox"])
    return [secret for secret in (ID, NAME, PHONE) if secret in held] + ["特别困难"] * ("特别困难" in texts)
