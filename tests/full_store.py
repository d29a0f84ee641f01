"""A store with something in every table."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from ledgers import a_move, a_receipt, an_order

from banshi.storage.accounts import GATEWAY
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import (
    Change,
    Command,
    Draw,
    NewEvent,
    NumberRequest,
    Store,
    StoredAttachment,
    StoredCase,
    StoredDecision,
    StoredMessage,
    StoredPlan,
    StoredStandIn,
    StoredTask,
    StoredTimer,
)
from banshi.storage.jobs import StoredJob, StoredRun
from banshi.storage.papers import StoredPaper
from banshi.storage.passages import StoredHolder, StoredPassage
from banshi.storage.passes import StoredPass
from banshi.storage.registers import RegisterRow

AT = datetime(2026, 9, 1, 0, 30, 15, 123456, tzinfo=UTC)
NUMBERS = NumberRequest(series="电费", period="2026", format=lambda n: f"DF2026{n:06}")


def submission(case_id: str, at: datetime = AT, attachments: tuple[str, ...] = ()) -> Command:
    """A case with an event, a task, a decision and a timer."""

    def change(draw: Draw) -> Change:
        number = draw(NUMBERS)
        return Change(
            events=[NewEvent(kind="submitted", at=at, actor="2023001", payload={"费用": Decimal("9.60"), "𠮷": None})],
            case=StoredCase(
                id=case_id, number=number, service_id="dorm", version="1" * 64, title=f"西区3栋 {case_id}",
                applicant="2023001", state="open", submitted_at=at, changed_at=at, snapshot={"读数": Decimal("1534.60")},
            ),
            tasks=[
                StoredTask(
                    id=f"t{case_id}", case_id=case_id, step_id="10", step_name="宿管核对", round=1, person="T001",
                    state="open", since=at,
                )
            ],
            decisions=[
                StoredDecision(
                    id=f"d{case_id}", at=at, case_id=case_id, number=number, service_id="dorm", version="1" * 64,
                    kind="tariff", name="电费", scope="", outcome="ok", engine="", record={"outputs": {"费用": Decimal("38.39")}, "fired": ["收费!C7"], "inputs": {}, "explanation": []},
                )
            ],
            timers=[StoredTimer(id=f"timer:{case_id}", case_id=case_id, step_id="10", round=1, k=0, at=at)],
            messages=[
                StoredMessage(
                    key=f"m{case_id}", case_id=case_id, service_id="dorm", channel="mail", target="2023001",
                    content={"text": {"zh": "共 9.60 元"}, "n": Decimal("9.60")}, made_at=at, free_at=at,
                )
            ],
            papers=[
                StoredPaper(
                    code=f"P{case_id}", case_id=case_id, service_id="dorm", version="1" * 64, person="2023001",
                    document="用电证明", language="zh", number=f"YD{number}", title="用电证明",
                    content={"values": {"读数": Decimal("1534.60")}}, issued_at=at, pickup="204816",
                )
            ],
            registered={"dorm.抄表": [RegisterRow(key="西区3栋502", content={"读数": Decimal("1534.60")})]},
            passes=[
                StoredPass(
                    id=f"{case_id:0>64}", code=f"CODE{case_id}", case_id=case_id, service_id="dorm", version="1" * 64,
                    person="2023001", name="访客", content={"places": ["海棠1栋"], "exits": True}, given_at=at, until=at,
                )
            ],
            attachments=attachments,
            transactions=[a_move(100, other=GATEWAY, id=f"t{case_id}", case_id=case_id)],
            orders=[an_order(id=f"o{case_id}", case_id=case_id)],
            receipts=[a_receipt(key=f"r{case_id}")],
            answer={"number": number},
        )  # fmt: skip

    return Command(id=f"k{case_id}", actor="2023001", at=at, change=change, case_id=case_id, expected_seq=0)


def fill(store: Store, files: AttachmentFolder, cases: int = 5) -> None:
    """Put something into every table, and a file for every case into the folder."""
    for sha256, book in (("1" * 64, b"PK\x03\x04one\x00\xff"), ("2" * 64, b"two")):
        store.add_version(
            service_id="dorm", sha256=sha256, file="电费.xlsx", workbook=book, origin="file", published_by="O1", at=AT
        )
    plan = StoredPlan(
        id="P1", service_id="dorm", sha256="3" * 64, file="电费.xlsx", origin="planned", title="学生宿舍电费",
        owner="后勤处", note="", based_on="2" * 64, at=AT, made_by="O1", made_at=AT, state="planned",
        report=[{"code": "X", "facts": [["数", Decimal("1.50")]]}],
    )  # fmt: skip
    store.add_plan(plan, b"three")
    store.set_source("dorm/电费.xlsx", "2" * 64)
    store.add_session(hashlib.sha256(b"token").hexdigest(), "2023001", AT + timedelta(days=1), "5" * 64)
    store.save_draft("2023001", "dorm", "2" * 64, {"读数": Decimal("1.10"), "住户": ["张三", "李四"]}, AT)
    store.issue("2023001", "dorm", ["0" * 32], AT)
    store.add_stand_in(
        StoredStandIn(id="s1", person="T001", stand_in="T002", since=AT, until=AT + timedelta(days=9), made_at=AT)
    )
    store.set_job(StoredJob(service_id="dorm", job="月底出账", every="每月最后工作日", since=AT, changed_at=AT))
    run = StoredRun(id="r1", service_id="dorm", job="月底出账", version="1" * 64, at=AT, made_at=AT, free_at=AT)
    store.begin_run(replace(run, notes=[{"row": "502", "why": {"zh": "读数倒退"}, "n": Decimal("9.60")}]))
    holder = StoredHolder(
        id="H1", service_id="dorm", name="住宿", person="2023001", secret="5e" * 16, made_at=AT, inside=1, moved_at=AT
    )
    store.pass_through(
        StoredPassage(
            id="g1", service_id="dorm", name="住宿", person="2023001", at=AT, place="海棠1栋", direction="in",
            reason="in", allowed=1, gate="海棠1栋/东门",
        ),
        store.add_holder(holder),
    )  # fmt: skip
    for i in range(cases):
        saved = files.save(f"电表{i}.txt", [f"读数 {i}".encode()])
        kept = StoredAttachment(
            id=f"f{i}", person="2023001", name=saved.name, size=saved.size, media_type=saved.media_type,
            path=saved.path, sha256=saved.sha256, at=AT,
        )  # fmt: skip
        store.add_attachment(kept)
        store.commit(submission(f"C{i}", AT + timedelta(minutes=i), (kept.id,)))


def content(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All that is in a store, by table."""
    from banshi.storage.bare import TABLES

    with store.snapshot() as snapshot:
        return {table.name: list(snapshot.rows(table.name)) for table in TABLES}


def files_in(folder: Path) -> dict[str, bytes]:
    """All files under a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
