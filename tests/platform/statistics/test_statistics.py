"""Figures of cases and steps.

S1 every figure of five histories that are small enough to be worked out by hand
S2 hundreds of random histories, computed a second time by pandas from the tables as they lie
S3 filters: period, unit with those below, service, step
S4 who is told: owners, office heads and those above, auditors, administrators; heads nothing about fewer than three
S5 exports: text stays text, numbers stay numbers
"""

from __future__ import annotations

import csv
import io
import random
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from halls import open_test_hall, write
from openpyxl import load_workbook

from banshi.platform.errors import HallError, NotAllowed, NotFound
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.statistics.model import Lengths, Question

CAMPUS = ZoneInfo("Asia/Shanghai")
STUDENT, SECOND, THIRD, FOURTH = "20001", "20011", "20012", "20021"
HEAD, OTHER_HEAD, CLERK, OWNER, OFFICE_HEAD, PRESIDENT = "20002", "20022", "20003", "20005", "20055", "10000"
AUDITOR, ADMIN, OTHER_OWNER = "20006", "20007", "20008"

ORGANISATION = f"""
## people
| id              | name   | department | roles         |
| '{STUDENT}      | 陈晓雨 | 应化系     |               |
| '{SECOND}       | 何川   | 化工学院   |               |
| '{THIRD}        | 梁宽   | 化工学院   |               |
| '{FOURTH}       | 沈一   | 材料学院   |               |
| '{HEAD}         | 王建国 | 化工学院   |               |
| '{OTHER_HEAD}   | 唐宁   | 材料学院   |               |
| '{CLERK}        | 李敏   | 财务处     | 财务处.审核岗 |
| '{OWNER}        | 周倩   | 设备处     | owner         |
| '{OFFICE_HEAD}  | 郑实   | 设备处     |               |
| '{OTHER_OWNER}  | 冯远   | 财务处     | owner         |
| '{AUDITOR}      | 吴刚   | 审计处     | auditor       |
| '{ADMIN}        | 孙静   | 信息中心   | administrator |
| '{PRESIDENT}    | 高山   | 学校       |               |

## departments
| name     | head            | parent   | english_name   |
| 学校     | '{PRESIDENT}    |          |                |
| 化工学院 | '{HEAD}         | 学校     | Chemistry      |
| 应化系   | '{HEAD}         | 化工学院 |                |
| 材料学院 | '{OTHER_HEAD}   | 学校     |                |
| 财务处   | '{CLERK}        | 学校     |                |
| 设备处   | '{OFFICE_HEAD}  | 学校     |                |
| 审计处   | '{AUDITOR}      | 学校     |                |
| 信息中心 | '{ADMIN}        | 学校     |                |
"""
BORROWING = """
## settings
| form_id   | form_title | owner  |
| borrowing | 仪器借用   | 设备处 |

## survey
| type | name | label | required |
| text | 用途 | 用途  | yes      |

## route
| step | name       | who                | due       | overdue     |
| 10   | 申请       | initiator          |           |             |
| 20   | 学院负责人 | head(申请部门)     | 8工作小时 | 100% remind |
| 30   | 财务处     | role:财务处.审核岗 |           |             |
"""
# Its title would be a formula in a careless export.
REFUND = BORROWING.replace("borrowing", "refund").replace("仪器借用", "'=退款").replace("设备处", "财务处")


# A step that two people have to agree to.
BOTH = """
## settings
| form_id | form_title | owner    |
| both    | 会签       | 信息中心 |

## survey
| type | name | label | required |
| text | 用途 | 用途  | yes      |

## route
| step | name | who                                 | mode |
| 10   | 申请 | initiator                           |      |
| 20   | 会签 | role:财务处.审核岗 + head(申请部门) | all  |
"""


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 8, 31, 9, tzinfo=CAMPUS)

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).replace(tzinfo=CAMPUS)


class Stage:
    """A hall, its clock, and what people do."""

    def __init__(self, folder: Path, other: str = "") -> None:
        write(folder / "definitions", "organisation/organisation.xlsx", ORGANISATION)
        write(folder / "definitions", "borrowing/borrowing.xlsx", BORROWING)
        write(folder / "definitions", "refund/refund.xlsx", REFUND)
        write(folder / "definitions", "both/both.xlsx", BOTH)
        if other:
            name = "both" if "both" in other else "borrowing"
            write(folder / "definitions", f"{name}/{name}.xlsx", other)
        self.folder, self.clock, self._count = folder, Clock(), 0
        self.hall: Hall = open_test_hall(folder, clock=self.clock)

    def person(self, key: str) -> Person:
        return self.hall.directory.people[key]

    def _command(self) -> str:
        self._count += 1
        return f"command-{self._count:06}"

    def send(self, at: str, who: str, service: str = "borrowing") -> str:
        self.clock.set(at)
        receipt = self.hall.submit(self.person(who), service, {"用途": "测试"}, command_id=self._command())
        assert receipt.done, receipt.problems
        return receipt.case_id

    def act(self, at: str, who: str, case: str, action: str) -> None:
        self.clock.set(at)
        view = self.hall.case(self.person(who), case)
        task = view.tasks[0].id if view.tasks else ""
        back = {"return_to": "initiator"} if action == "return" else {}
        said = {"opinion": "请补充。", "seq": view.seq, "command_id": self._command(), **back}
        assert self.hall.act(self.person(who), case, task, action, **said).done

    def withdraw(self, at: str, who: str, case: str) -> None:
        self.clock.set(at)
        seq = self.hall.case(self.person(who), case).seq
        self.hall.withdraw(self.person(who), case, seq=seq, command_id=self._command())

    def ask(self, who: str = OWNER, language: str = "zh", **asked: object) -> object:
        return self.hall.statistics(self.person(who), Question(**asked), language)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.hall.close()


@pytest.fixture
def told(stage: Stage) -> Stage:
    """Five histories. 31 August 2026 is a Monday; offices work from 8 to 12 and from 14 to 18, as no calendar says else."""
    # C1: approved. Step 20: 2 h. Step 30: Mon 11–12, 14–18, Tue 8–9 = 6 h. In all 8 h of work, 24 h plain.
    one = stage.send("2026-08-31 09:00", STUDENT)
    stage.act("2026-08-31 11:00", HEAD, one, "approve")
    stage.act("2026-09-01 09:00", CLERK, one, "approve")
    # C2: returned, sent again, refused. Step 20: Fri 17–18, Mon 8–9 = 2 h (64 h plain), then half an hour.
    # Step 30: Mon 10:30–12, 14–15 = 2.5 h. In all 1 + 4 + 1 = 6 h of work, 70 h plain.
    two = stage.send("2026-09-11 17:00", FOURTH)
    stage.act("2026-09-14 09:00", OTHER_HEAD, two, "return")
    stage.act("2026-09-14 10:00", FOURTH, two, "resubmit")
    stage.act("2026-09-14 10:30", OTHER_HEAD, two, "approve")
    stage.act("2026-09-14 15:00", CLERK, two, "refuse")
    # C3: waits at step 20, whose 8 working hours ended on Tuesday evening; until Wednesday 10:00 it is 10 h.
    stage.send("2026-09-15 08:00", SECOND)
    # C4: withdrawn on the same day by the same person.
    four = stage.send("2026-09-15 08:30", SECOND)
    stage.withdraw("2026-09-15 11:30", SECOND, four)
    # Another service: approved by both within an hour each, at ten working minutes less.
    five = stage.send("2026-09-15 09:00", THIRD, "refund")
    stage.act("2026-09-15 10:00", HEAD, five, "approve")
    stage.act("2026-09-15 10:50", CLERK, five, "approve")
    # What is said after the end moves no end.
    stage.clock.set("2026-09-16 10:00")
    stage.hall.comment(stage.person(STUDENT), one, "谢谢", command_id="thanks-00")
    return stage


def h(*hours: float | None) -> tuple[int | None, ...]:
    return tuple(None if hour is None else round(hour * 3600) for hour in hours)


def told_of(lengths: Lengths) -> tuple[int | None, ...]:
    return lengths.count, lengths.median, lengths.p90, lengths.mean


def test_s1_by_hand(told: Stage) -> None:
    found = told.ask()
    total = found.total
    assert found.services == 1
    assert (total.cases, total.in_progress, total.finished, total.approved, total.refused, total.withdrawn) == (
        4, 1, 2, 1, 1, 1)  # fmt: skip
    assert (total.sent_back, total.visits) == (1, 3)  # two on one day by one person are one visit
    assert (total.refusal_rate, total.return_rate) == (Decimal("0.5"), Decimal("0.25"))
    # Of 6 h and 8 h: the middle is 7, the ninth tenth 6 + 0.9 · 2; of 24 h and 70 h: 47, and 24 + 0.9 · 46.
    assert told_of(total.worktime) == (2, *h(7, 7.8, 7))
    assert told_of(total.plain) == (2, *h(47, 65.4, 47))
    assert [(m.key, m.cases, m.finished) for m in found.months] == [("2026-08", 1, 1), ("2026-09", 3, 1)]
    assert [(u.key, u.cases) for u in found.units] == [("化工学院", 2), ("应化系", 1), ("材料学院", 1)]
    assert [s.label for s in found.by_service] == ["仪器借用"]
    second, third = found.steps  # 4.5 h decided and 10 h waiting, against 8.5 h
    assert (second.share, third.share) == (Decimal("0.6304"), Decimal("0.3696"))
    assert found.bottleneck == second
    assert found.overdue_now == 1
    assert (second.step, second.name, second.asked, second.decided, second.waiting, second.cut_short) == (
        "20", "学院负责人", 5, 3, 1, 1)  # fmt: skip
    assert (second.refusals, second.returns, second.timed, second.overdue) == (0, 1, 5, 1)
    assert (second.refusal_rate, second.return_rate, second.overdue_rate) == (
        Decimal(0), Decimal("0.3333"), Decimal("0.2"))  # fmt: skip
    assert told_of(second.worktime) == (3, *h(2, 2, 1.5))
    assert told_of(second.plain) == (3, *h(2, 2 + 0.8 * 62, 66.5 / 3))
    assert told_of(second.waiting_worktime) == (1, *h(10, 10, 10))
    assert (third.step, third.asked, third.decided, third.refusals, third.timed) == ("30", 2, 2, 1, 0)
    assert told_of(third.worktime) == (2, *h(4.25, 5.65, 4.25))
    assert third.overdue_rate is None


@pytest.mark.parametrize("deed", ["auto pass", "auto return", "auto refuse"])
def test_s1_what_the_clock_does_is_nobodys_work(tmp_path: Path, deed: str) -> None:
    """Also where one of two had agreed before; reminders count as nothing, and withdrawn is still cut short."""
    stage = Stage(tmp_path, BOTH.replace("| mode |", "| mode | due | overdue |").replace("| all  |", f"| all | 8工作小时 | 50% remind; 100% {deed} |").replace("initiator                           |      |", "initiator | | | |"))  # fmt: skip
    one = stage.send("2026-09-14 08:00", SECOND, "both")
    stage.act("2026-09-14 09:00", HEAD, one, "approve")
    stage.send("2026-09-14 08:00", SECOND, "both")
    three = stage.send("2026-09-14 08:00", SECOND, "both")
    stage.withdraw("2026-09-14 10:00", SECOND, three)
    four = stage.send("2026-09-14 10:00", SECOND, "both")
    stage.act("2026-09-14 11:00", HEAD, four, "approve")
    stage.act("2026-09-14 12:00", CLERK, four, "approve")
    stage.clock.set("2026-09-15 09:00")
    while stage.hall.fire_timers():
        pass
    (step,) = stage.ask(ADMIN, service_id="both").steps
    assert (step.asked, step.decided, step.waiting, step.by_clock, step.cut_short) == (4, 1, 0, 2, 1)
    assert (step.refusals, step.returns) == (0, 0)
    assert told_of(step.worktime) == (1, *h(2, 2, 2))
    assert step.share == 1


def test_s1_who_let_it_lapse_has_handed_nothing_on(tmp_path: Path) -> None:
    stage = Stage(tmp_path, BORROWING.replace("100% remind", "100% escalate"))
    stage.send("2026-09-14 08:00", FOURTH)
    stage.clock.set("2026-09-15 09:00")
    while stage.hall.fire_timers():
        pass
    (row,) = stage.hall.tasks(stage.person(OTHER_HEAD), state="done").items
    assert row.action == "escalate"
    (step,) = stage.ask(ADMIN, service_id="borrowing").steps
    assert (step.asked, step.waiting, step.by_clock, step.cut_short) == (1, 1, 0, 0)


def test_s1_a_step_of_two_is_decided_by_the_last(stage: Stage) -> None:
    case = stage.send("2026-09-14 08:00", SECOND, "both")
    stage.act("2026-09-14 09:00", HEAD, case, "approve")
    (step,) = stage.ask(ADMIN, service_id="both").steps
    assert (step.asked, step.decided, step.waiting) == (1, 0, 1)
    stage.act("2026-09-14 11:00", CLERK, case, "approve")
    (step,) = stage.ask(ADMIN, service_id="both").steps
    assert (step.asked, step.decided, step.waiting) == (1, 1, 0)
    assert told_of(step.worktime) == (1, *h(3, 3, 3))


def test_s3_filters(told: Stage) -> None:
    def cases(**asked: object) -> int:
        return told.ask(ADMIN, **asked).total.cases

    assert cases() == 5
    assert cases(service_id="refund") == 1
    assert cases(since=date(2026, 9, 1)) == 4
    assert cases(until=date(2026, 8, 31)) == 1  # the day itself counts
    assert cases(since=date(2026, 9, 12), until=date(2026, 9, 14)) == 0
    assert cases(unit="材料学院") == 1
    assert cases(unit="化工学院") == 4  # the department below it has one
    assert cases(unit="应化系") == 1
    at_finance = told.ask(ADMIN, step="30")
    assert at_finance.total.cases == 3
    assert {step.step for step in at_finance.steps} == {"30"}
    assert told.ask(ADMIN, unit="材料学院").steps[0].asked == 2  # its two rounds of step 20
    english = told.ask(ADMIN, "en", unit="化工学院")
    assert [unit.label for unit in english.units] == ["Chemistry", "应化系"]
    nothing = told.ask(ADMIN, since=date(2027, 1, 1))
    assert (nothing.total.cases, nothing.steps, nothing.bottleneck) == (0, [], None)
    assert (nothing.total.refusal_rate, nothing.total.worktime) == (None, Lengths())


def test_s4_who_is_told(told: Stage) -> None:
    services = {
        who: [key for key, _ in told.hall.statistics_choices(told.person(who)).services]
        for who in (OWNER, OFFICE_HEAD, PRESIDENT, AUDITOR, ADMIN, OTHER_OWNER, CLERK)
    }
    assert services == {
        OWNER: ["borrowing"],
        OFFICE_HEAD: ["borrowing"],
        PRESIDENT: ["borrowing", "both", "refund"],
        AUDITOR: ["borrowing", "both", "refund"],
        ADMIN: ["borrowing", "both", "refund"],
        OTHER_OWNER: ["refund"],
        CLERK: ["refund"],  # the head of the office that owns it
    }
    for nobody in (STUDENT, HEAD):  # a head of another unit handles cases, and answers for no service
        assert not told.hall.may_see_statistics(told.person(nobody))
        for refused in (
            told.ask,
            lambda who: told.hall.statistics_choices(told.person(who)),
            lambda who: told.hall.export_statistics(told.person(who), Question(), "steps", "csv"),
        ):
            with pytest.raises(NotAllowed):
                refused(nobody)
    with pytest.raises(NotAllowed):
        told.ask(OWNER, service_id="refund")
    with pytest.raises(HallError):
        told.ask(OWNER, service_id="nothing")
    with pytest.raises(NotFound):
        told.ask(OWNER, unit="没有这个单位")


def test_s4_heads_learn_nothing_about_fewer_than_three_people(told: Stage) -> None:
    # One person applied for the refund: its office head is told nothing, its owner may see the case itself.
    withheld = told.ask(CLERK)
    assert withheld.withheld
    assert (withheld.total.cases, withheld.months, withheld.units, withheld.steps) == (0, (), (), ())
    assert told.ask(OTHER_OWNER).total.cases == 1
    assert next(iter(told.hall.export_statistics(told.person(CLERK), Question(), "total", "csv")[2])).count(b"\n") == 1
    # Three people of three units applied for the loan: no unit is told apart, no month, nor the step of two of them.
    head = told.ask(OFFICE_HEAD)
    assert not head.withheld
    assert (head.total.cases, head.total.refused) == (4, 1)
    assert [(group.key, group.cases) for group in (*head.months, *head.units)] == [("*", 4), ("*", 4)]
    assert [step.step for step in head.steps] == ["20"]
    assert told.ask(OFFICE_HEAD, unit="材料学院").withheld
    assert told.ask(OFFICE_HEAD, since=date(2026, 9, 1), until=date(2026, 9, 11)).withheld


def test_s4_what_is_told_together_is_enough_people(stage: Stage) -> None:
    """One person of May would be told by taking June from the whole, so June goes with it."""
    for at, who in (("05-04", THIRD), ("06-01", STUDENT), ("06-02", SECOND), ("06-03", FOURTH)):
        stage.send(f"2026-{at} 09:00", who)
    assert [(month.key, month.cases) for month in stage.ask(OWNER).months] == [("2026-05", 1), ("2026-06", 3)]
    assert [(month.key, month.cases) for month in stage.ask(OFFICE_HEAD).months] == [("*", 4)]


def test_s5_exports(told: Stage) -> None:
    def rows(by: str, kind: str) -> list[tuple[object, ...]]:
        name, _, parts = told.hall.export_statistics(told.person(ADMIN), Question(), by, kind)
        assert name.startswith(f"statistics-{by}-")
        data = b"".join(parts)
        if kind == "csv":
            return [tuple(row) for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))]
        return list(load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))

    titles = {row[0] for row in rows("services", "csv")[1:]}
    assert titles == {"仪器借用", "'=退款"}  # a formula nowhere
    book = told.hall.export_statistics(told.person(ADMIN), Question(), "services", "xlsx")[2]
    cells = [cell for row in load_workbook(io.BytesIO(b"".join(book))).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=退款"] == ["s"]
    header, *steps = rows("steps", "xlsx")
    asked = next(
        dict(zip(header, row, strict=True)) for row in steps if row[1:3] == ("20", "学院负责人") and row[3] == 5
    )
    assert (asked["退回率（%）"], asked["办理工作用时平均（小时）"], asked["超时"]) == (33.33, 1.5, 1)
    with pytest.raises(NotFound):
        told.hall.export_statistics(told.person(ADMIN), Question(), "people", "csv")


@pytest.mark.parametrize("seed", [1, 2])
def test_s2_as_pandas_computes_it(stage: Stage, seed: int) -> None:
    lots = random.Random(seed)
    handlers = {STUDENT: HEAD, SECOND: HEAD, THIRD: HEAD, FOURTH: OTHER_HEAD}
    day = datetime(2026, 6, 1, 7, tzinfo=CAMPUS)
    for _ in range(60):
        who, at = lots.choice(list(handlers)), day + timedelta(minutes=lots.randrange(60 * 24 * 90))
        case = stage.send(at.isoformat(), who)
        for office in (handlers[who], CLERK):
            at += timedelta(minutes=lots.randrange(60 * 24 * 6))
            deed = lots.choices(["approve", "refuse", "return", "withdraw", "wait"], [10, 1, 2, 1, 1])[0]
            if deed == "withdraw":
                stage.withdraw(at.isoformat(), who, case)
            elif deed != "wait":
                stage.act(at.isoformat(), office, case, deed)
            if deed == "return" and lots.random() < 0.7:
                at += timedelta(minutes=lots.randrange(60 * 48))
                stage.act(at.isoformat(), who, case, "resubmit")
                at += timedelta(minutes=lots.randrange(60 * 48))
                stage.act(at.isoformat(), handlers[who], case, "approve")
            if deed != "approve":
                break
    stage.clock.set("2026-09-20T09:00")
    found = stage.ask()
    again = Again(stage)
    total = found.total
    assert (total.cases, total.approved, total.refused, total.withdrawn, total.in_progress) == again.counts()
    assert total.sent_back == again.sent_back()
    assert told_of(total.worktime) == again.lengths(again.ended, again.work(again.ended))
    assert told_of(total.plain) == again.lengths(again.ended, again.plain(again.ended))
    assert {(month.key, month.cases) for month in found.months} == again.months()
    assert {step.step for step in found.steps} == {"20", "30"}
    for step in found.steps:
        runs = again.runs[again.runs.step_id == step.step]
        decided = runs[runs.decided]
        assert (step.asked, step.decided, step.waiting) == (len(runs), len(decided), int(runs.waiting.sum()))
        assert (step.refusals, step.returns) == (int(runs.refused.sum()), int(runs.returned.sum()))
        assert told_of(step.worktime) == again.lengths(decided, again.work(decided))
        assert told_of(step.plain) == again.lengths(decided, again.plain(decided))
        late = runs[runs.due.notna() & (runs.due < runs.end)]
        assert step.overdue == len(late)


class Again:
    """The same figures by pandas, from the rows of the tables and the log of events."""

    def __init__(self, stage: Stage) -> None:
        base = sqlite3.connect(stage.folder / "banshi.sqlite")
        self.now = pd.Timestamp(stage.clock.now)

        def read(query: str, *times: str) -> pd.DataFrame:
            frame = pd.read_sql(query, base)
            for name in times:
                stamps = pd.to_datetime(frame[name], unit="us", utc=True)
                frame[name] = stamps.dt.tz_convert("Asia/Shanghai")
            return frame

        self.cases = read("SELECT id, state, applicant, submitted_at FROM cases", "submitted_at")
        self.events = read("SELECT case_id, seq, kind, at, json_extract(payload, '$.state') AS state FROM events", "at")
        tasks = read("SELECT * FROM tasks WHERE state NOT IN ('read', 'unread')", "since", "done_at", "due")
        known = self.events[self.events.state.notna()]
        last = known.sort_values("seq").groupby("case_id").last()
        final = last[last.state.isin(["approved", "refused"])]
        self.ended = self.cases.set_index("id").join(final[["at"]], how="inner")
        self.ended = self.ended.rename(columns={"submitted_at": "since", "at": "end"})
        self.runs = tasks.groupby(["case_id", "step_id", "round"]).apply(self._run, include_groups=False).reset_index()

    def _run(self, tasks: pd.DataFrame) -> pd.Series:
        waiting = (tasks.state == "open").any()
        did = set(tasks.action)
        return pd.Series(
            {
                "since": tasks.since.min(),
                "end": self.now if waiting else tasks.done_at.max(),
                "due": tasks.due.max(),
                "waiting": waiting,
                "decided": not waiting and bool(did & {"approve", "refuse", "return"}),
                "refused": "refuse" in did,
                "returned": "return" in did,
            }
        )

    def counts(self) -> tuple[int, ...]:
        of = self.cases.state.value_counts().to_dict()
        going = of.get("open", 0) + of.get("returned", 0)
        return len(self.cases), *(of.get(s, 0) for s in ("approved", "refused", "withdrawn")), going

    def sent_back(self) -> int:
        return self.events[self.events.kind == "returned"].case_id.nunique()

    def months(self) -> set[tuple[str, int]]:
        return set(self.cases.groupby(self.cases.submitted_at.dt.strftime("%Y-%m")).size().to_dict().items())

    def plain(self, rows: pd.DataFrame) -> list[float]:
        return ((rows.end - rows.since).dt.total_seconds()).tolist()

    def work(self, rows: pd.DataFrame) -> list[float]:
        """The seconds between 8 and 12 and between 14 and 18 on the days from Monday to Friday."""
        return [
            sum(
                max(
                    0.0,
                    (min(end, day + pd.Timedelta(hours=b)) - max(since, day + pd.Timedelta(hours=a))).total_seconds(),
                )
                for day in pd.date_range(since.normalize(), end, freq="B")
                for a, b in ((8, 12), (14, 18))
            )
            for since, end in zip(rows.since, rows.end, strict=True)
        ]

    def lengths(self, rows: pd.DataFrame, seconds: list[float]) -> tuple[int | None, ...]:
        column = pd.Series(seconds, dtype=float)
        assert len(column) == len(rows) > 0
        return len(column), round(column.median()), round(column.quantile(0.9)), round(column.mean())
