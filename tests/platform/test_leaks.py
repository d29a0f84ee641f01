"""Sensitive answers of every kind, in every text that a workbook composes: nobody else sees them, and a deletion leaves none.

1. Titles, messages, reasons, outputs, search words and notices have masks for whoever does not handle the case.
2. So has whatever leaves the hall: tables, the rule log, the archive, the whole log.
3. After a deletion the bytes of the database hold none of it, neither of cases that were stored with titles in clear.
4. Who applied or handles the case reads her messages as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from halls import open_test_hall
from relief import everything, in_bytes
from workbooks import workbook_from_text

from banshi.platform.audit.verify import verify
from banshi.platform.cases import titles
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.service.masking import NO_MASKS
from banshi.rules.values import CAMPUS_ZONE, dumps

KINDS = (
    ("integer", "年龄"), ("decimal", "体重"), ("money", "收入"), ("date", "生日"), ("datetime", "就诊"), ("time", "时刻"),
    ("select_one 病", "病种"), ("select_multiple 状", "症状"), ("text", "短词"), ("person", "担保人"), ("department", "单位"),
)  # fmt: skip
ANSWERS = {
    "年龄": 23, "体重": "61.5", "收入": "411.50", "生日": "2001-03-09", "就诊": "2026-08-17T08:35", "时刻": "07:41",
    "病种": "b1", "症状": ["s1", "s2"], "短词": "肝", "担保人": "20004", "单位": "保卫处", "备注": "请尽快",
}  # fmt: skip
# What each of them would read like in the brackets of a message, between the strokes of the title, and as a word of its own.
SECRETS = (
    *(f"【{text}" for text in ("23】", "61.5】", "411.5", "2001-03-09", "2026-08-17", "07:41", "b1", "s1", "肝", "20004", "保卫处", "137.17")),
    "/23/", "/b1/", "411.5", "2001-03-09", "2026-08-17", "07:41", "乙型肝炎", "持续咳嗽", "低热盗汗", "肝", "137.17", "4938",
)  # fmt: skip


def _health() -> str:
    asked = "\n".join(f"| {kind} | {name} | {name} | yes | | yes |" for kind, name in KINDS)
    told = "\n".join(
        f"| Q{i} | NOT(ISBLANK(${{{name}}})) | 提醒 | {name}是【${{{name}}}】，{name}备注 ${{备注}} |"
        for i, (_, name) in enumerate(KINDS)
    )
    text = "；".join(f"【${{{name}}}】" for _, name in KINDS)
    title = ', "/", '.join(f"${{{name}}}" for _, name in KINDS)
    return f"""
## settings
| form_id | form_title | category | owner | number | instance_name | archive | retention |
| health | 健康备案 | 学生事务 | 设备处 | JK{{yyyy}}{{0001}} | CONCAT("备案/", {title}, "/", ${{人均}}, "/", ROUND(${{收入}} * 12, 0)) | 0012-WS | 10 years |

## survey
| type | name | label | required | calculation | sensitive |
{asked}
| text | 备注 | 备注 | yes | | |
| calculate | 人均 | 人均 | | ROUND(${{收入}} / 3, 2) | yes |
| calculate | 病名 | 病名 | | jr:choice-name(${{病种}}, '${{病种}}') | |
| calculate | 说明 | 说明 | | CONCAT("【", ${{短词}}, "】") | |

## choices
| list_name | name | label |
| 病 | b1 | 乙型肝炎携带 |
| 病 | b2 | 其他 |
| 状 | s1 | 持续咳嗽 |
| 状 | s2 | 低热盗汗 |

## rules-建议
| hit | first | | |
| id | when ${{收入}} at most | then 建议 | then 折算 |
| R1 | 5000 | 低 | '=${{收入}} * 12 |
| R2 | | 高 | '=${{收入}} * 12 |

## policy-备案
| id | when | verdict | message |
{told}
| QX | ${{人均}} > 0 | 提醒 | 人均是【${{人均}}】病名【${{病名}}】说明${{说明}}折算【${{折算}}】 |

## route
| step | name | who | mode |
| 10 | 申请 | initiator | |
| 20 | 复核 | 人:20002 | any |

## notices
| name | on | to | channel | text |
| 待办 | asked:20 | asked | inbox | {text}；【${{人均}}】；【${{病名}}】；【${{说明}}】；${{case.title}} |
"""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 9, 1, 9, tzinfo=CAMPUS_ZONE)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=Clock(), services={"health": _health()})
    yield opened
    opened.close()


def person(hall: Hall, name: str) -> Person:
    return next(one for one in hall.directory.people.values() if one.name == name)


def sent(hall: Hall) -> str:
    receipt = hall.submit(person(hall, "陈晓雨"), "health", ANSWERS, command_id="send")
    assert receipt.done, receipt.problems
    head = person(hall, "王建国")
    view = hall.case(head, receipt.case_id)
    assert hall.act(
        head, receipt.case_id, view.tasks[0].id, "approve", opinion="同意", seq=view.seq, command_id="ok"
    ).done
    return receipt.case_id


def found_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if re.search(_exactly(secret), text)]


def _exactly(secret: str) -> str:
    """Hashes and ids have digits too."""
    return f"(?<![0-9a-zA-Z]){re.escape(secret)}(?![0-9a-zA-Z])" if secret.isdigit() else re.escape(secret)


def said(view: object) -> str:
    return dumps({key: value for key, value in asdict(view).items() if key != "schema"})  # type: ignore[call-overload]


def test_1_nobody_else_sees_them(hall: Hall) -> None:
    case_id = sent(hall)
    for name in ("周倩", "吴刚", "孙静"):
        view = hall.case(person(hall, name), case_id)
        assert not found_in(said(view)), name
        messages = [found["message"] for found in view.findings]
        assert messages[0] == "年龄是【****】，年龄备注 请尽快", "what else a message fills in stays"
    auditor = person(hall, "吴刚")
    rows = hall.decisions(auditor, service_id="health").items
    assert len(rows) == 2
    assert not [secret for row in rows for secret in found_in(said(row))]
    (table,) = [row for row in rows if row.kind == "table"]
    assert (table.record["outputs"]["建议"], table.record["outputs"]["折算"]) == ("低", "****"), "what was chosen stays"
    for words in ("【23", "411.5", "乙型肝炎", "【肝", "4938"):
        assert hall.decisions(auditor, query=words).total == 0, words
    (case,) = hall.workshop.cases(person(hall, "周倩"), "health").items
    assert case.title == "备案/" + "/".join(["****"] * (len(KINDS) + 2))
    [message] = hall.outbox.inbox(person(hall, "王建国"), page=1, size=9, language="zh").items
    assert not found_in(said(message))


def test_2_nothing_leaves_the_hall(hall: Hall) -> None:
    case_id = sent(hall)
    auditor, owner = person(hall, "吴刚"), person(hall, "周倩")
    for kind in ("jsonl", "csv"):
        assert not found_in(b"".join(hall.export_log(auditor, kind)[2]).decode())
    cases = b"".join(hall.workshop.export_cases(owner, "health", "csv")[2]).decode()
    assert not found_in(cases)
    for data in (hall.archive_case(auditor, case_id)[2], hall.export_ledger(auditor)[2]):
        with ZipFile(BytesIO(b"".join(data))) as archive:
            texts = [archive.read(name).decode() for name in archive.namelist()]
        assert not [secret for text in texts for secret in found_in(text)]


@pytest.mark.parametrize("stored", ["masked", "clear"])
def test_3_a_deletion_leaves_none(hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: str) -> None:
    if stored == "clear":  # as releases did that looked for the answers in the finished title
        veil = titles.veiled
        monkeypatch.setattr(
            titles, "veiled", lambda expression, environment, _: veil(expression, environment, NO_MASKS)
        )
    case_id = sent(hall)
    monkeypatch.undo()
    guarded = hall.save_checkpoint(person(hall, "吴刚"), tmp_path / "checkpoints")
    assert {"【23】", "肝", "137.17"} <= set(left_of(tmp_path)), "this test finds what is there"
    assert ("/23/" in left_of(tmp_path)) == (stored == "clear")
    hall.erase(person(hall, "孙静"), case_id, "本人要求", command_id="erase")
    assert left_of(tmp_path) == []
    assert hall.decisions(person(hall, "吴刚"), query="健康备案").total == 2
    view = hall.case(person(hall, "王建国"), case_id)
    assert view.answers["备注"] == "请尽快"
    assert view.row.title.startswith("备案/****/")
    export = tmp_path / "log.zip"
    export.write_bytes(b"".join(hall.export_ledger(person(hall, "吴刚"))[2]))
    assert verify(export, checkpoint=guarded).fine


def left_of(folder: Path) -> list[str]:
    held = everything(folder)
    return [one for one in SECRETS if any(re.search(_exactly(way), held) for way in (one, in_bytes(one)))]


def test_4_who_handles_it_reads_it_as_before(hall: Hall) -> None:
    case_id = sent(hall)
    for name in ("陈晓雨", "王建国"):
        view = hall.case(person(hall, name), case_id)
        told = {found["id"]: found["message"] for found in view.findings}
        assert told["Q0"] == "年龄是【23】，年龄备注 请尽快"
        assert told["QX"] == "人均是【137.17】病名【乙型肝炎携带】说明【肝】折算【4938】"


def test_1_what_is_marked_later_is_gone_from_titles_of_before(tmp_path: Path) -> None:
    before = _health().replace("| integer | 年龄 | 年龄 | yes | | yes |", "| integer | 年龄 | 年龄 | yes | | |")
    opened = open_test_hall(tmp_path, clock=Clock(), services={"health": before})
    case_id = sent(opened)
    owner = person(opened, "周倩")
    assert "备案/23/****/" in opened.workshop.cases(owner, "health").items[0].title
    opened.workshop.publish(owner, "health.xlsx", workbook_from_text(_health()))
    assert opened.workshop.cases(owner, "health").items[0].title == "****"
    view = opened.case(person(opened, "吴刚"), case_id)
    assert not found_in(said(view))
    assert view.findings[0]["message"] == "年龄是【****】，年龄备注 请尽快"
    opened.close()


FAMILY = """
## settings
| form_id | form_title | owner | number |
| family | 家庭补助 | 设备处 | JT{yyyy}{0001} |

## survey
| type | name | label | required | sensitive |
| begin repeat | 家人 | 家人 | | |
| text | 家人姓名 | 姓名 | yes | name |
| end repeat | | | | |

## fees
| item | label | quantity | rate | method | share |
| 补助 | 补助额 | COUNTA(${家人姓名}) | 300 | flat | ${家人姓名} |

## route
| step | name | who |
| 10 | 申请 | initiator |
| 20 | 复核 | 人:20002 |
"""


def test_2_who_bears_a_share_is_not_told_and_the_amount_stays(tmp_path: Path) -> None:
    opened = open_test_hall(tmp_path, clock=Clock(), services={"family": FAMILY})
    answers = {"家人": [{"家人姓名": "鬻"}, {"家人姓名": "欧阳爨"}]}
    assert opened.submit(person(opened, "陈晓雨"), "family", answers, command_id="s").done
    auditor = person(opened, "吴刚")
    (row,) = opened.decisions(auditor, service_id="family").items
    view = opened.case(auditor, row.case_id)
    with ZipFile(BytesIO(b"".join(opened.export_ledger(auditor)[2]))) as archive:
        export = archive.read("entries.jsonl").decode()
    for text in (said(row), said(view), export):
        assert not [name for name in ("鬻", "欧阳", "爨") if name in text]
    assert row.record["outputs"] == {"补助": 600, "fees.total": 600}
    (bill,) = view.bills.values()
    assert (bill["lines"][0]["quantity"], bill["total"]) == ("****", 600)
    assert [share["label"] for share in bill["shares"]] == ["****", "欧**"]
    (tmp_path / "log.zip").write_bytes(b"".join(opened.export_ledger(auditor)[2]))
    assert verify(tmp_path / "log.zip").fine
    opened.close()
