"""The contract of every store.

C1  A command is one transaction; a repeat of it gives the first answer and writes nothing.
C2  Whoever saw an old state of a case is told so and writes nothing.
C3  Events are numbered 1, 2, 3 … and never changed; the projection is written with them.
C4  Numbers have no gaps and no repeats.
C5  Times come back aware and in UTC, decimals with every digit.
C6  A timer is taken by one at a time, and ends with the command that fires it or closes its step.
C7  A version replaces the one that its publisher knew, or nothing; a planned one goes live once.
C8  A message is written with its command, once a key; it is taken by one at a time and settled by whoever took it.
C9  Values that are deleted are gone from events, decisions and answers; entry hashes hold, and nothing else is changed.
C10 A run of a job is begun once by its id, taken by one at a time, and written by whoever took it last.
C11 A paper is written with its command; what a later one leaves of it is written over; copies are counted once.
C13 Passages of a personal pass are kept for the holder as she was read, or not at all; they are deleted by age and by person.
C12 Rows of a register are written with their case; whoever decided by what others wrote over since writes nothing.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import ANY

import pytest
from postgres import cluster
from sqlalchemy import create_engine, make_url
from sqlalchemy.event import listen
from sqlalchemy.exc import DatabaseError

from banshi.storage import new_id
from banshi.storage.chain import body_fits
from banshi.storage.contract import (
    AttachmentGone,
    CaseFigures,
    CaseFilter,
    Change,
    Cohort,
    Command,
    CommandTaken,
    DecisionFilter,
    DraftGone,
    Draw,
    Erasure,
    MessageCount,
    MessageFilter,
    NewEvent,
    NumberRequest,
    RegisterMoved,
    StaleWrite,
    StorageError,
    Store,
    StoredAttachment,
    StoredCase,
    StoredDecision,
    StoredMessage,
    StoredPlan,
    StoredStandIn,
    StoredTask,
    StoredTimer,
    TaskFilter,
    VersionMoved,
)
from banshi.storage.jobs import StoredJob, StoredRun
from banshi.storage.leaves import take_out
from banshi.storage.papers import PaperFilter, StoredPaper
from banshi.storage.passages import PassageFilter, StoredHolder, StoredPassage
from banshi.storage.passes import PassFilter, StoredPass
from banshi.storage.registers import FILLED_AT_ONCE, RegisterMark, RegisterRow
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore

AT = datetime(2026, 9, 1, 8, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))
DAY = timedelta(days=1)
NUMBERS = NumberRequest(series="电费", period="2026", format=lambda n: f"DF2026{n:06}")


def a_row(key: str, **content: object) -> RegisterRow:
    return RegisterRow(key=key, content=content)


def a_case(case_id: str, number: str = "", **changes: object) -> StoredCase:
    made = StoredCase(
        id=case_id,
        number=number,
        service_id="dorm-electricity",
        version="ab" * 32,
        title="西区3栋502 九月电费",
        applicant="2023001",
        state="open",
        submitted_at=AT,
        changed_at=AT,
        snapshot={"answers": {"读数": Decimal("1534.60"), "住户": ["张三", "李四"]}, "round": 1},
    )
    return replace(made, **changes)


def a_task(case_id: str, **changes: object) -> StoredTask:
    made = StoredTask(
        id=new_id(), case_id=case_id, step_id="10", step_name="宿管核对", round=1, person="T001", state="open", since=AT
    )
    return replace(made, **changes)


def a_decision(case_id: str, number: str, **changes: object) -> StoredDecision:
    made = StoredDecision(
        id=new_id(),
        at=AT,
        case_id=case_id,
        number=number,
        service_id="dorm-electricity",
        version="ab" * 32,
        kind="tariff",
        name="电费",
        scope="",
        outcome="ok",
        engine="",
        record={"outputs": {"费用": Decimal("38.39")}},
        person="2023001",
        words="学生宿舍用电 张三",
    )
    return replace(made, **changes)


def a_timer(case_id: str, k: int, at: datetime) -> StoredTimer:
    return StoredTimer(id=f"timer:{case_id}.20.1.{k}", case_id=case_id, step_id="20", round=1, k=k, at=at)


def a_message(case_id: str, key: str, **changes: object) -> StoredMessage:
    made = StoredMessage(
        key=key,
        case_id=case_id,
        service_id="dorm-electricity",
        channel="mail",
        target="2023001",
        content={"text": {"zh": "九月电费已出账", "en": "The bill of September is there"}},
        made_at=AT,
        free_at=AT,
    )
    return replace(made, **changes)


def a_job(name: str) -> StoredJob:
    return StoredJob(service_id="dorm", job=name, every="每天 07:00", since=AT, changed_at=AT)


def a_run(run_id: str, **changes: object) -> StoredRun:
    made = StoredRun(
        id=run_id, service_id="dorm", job="每日课表", version="ab" * 32, at=AT, made_at=AT, free_at=AT, notes=[]
    )
    return replace(made, **changes)


def a_paper(case_id: str, code: str, **changes: object) -> StoredPaper:
    made = StoredPaper(
        code=code,
        case_id=case_id,
        service_id="dorm-electricity",
        version="1" * 64,
        person="2023001",
        document="用电证明",
        language="zh",
        number=f"YD{code}",
        title="用电证明",
        content={"values": {"用电量": Decimal("12.50")}, "on": date(2026, 9, 1)},
        issued_at=AT,
        pickup="204816",
        valid_until=AT + timedelta(days=30),
    )
    return replace(made, **changes)


def a_pass(case_id: str, pass_id: str, **changes: object) -> StoredPass:
    made = StoredPass(
        id=pass_id,
        code=f"CODE-{pass_id}",
        case_id=case_id,
        service_id="dormitory-visitors",
        version="1" * 64,
        person="2023001",
        name="访客",
        content={"places": ["海棠1栋"], "exits": True},
        given_at=AT,
        since=AT,
        until=AT + timedelta(minutes=30),
    )
    return replace(made, **changes)


def a_holder(holder_id: str, **changes: object) -> StoredHolder:
    made = StoredHolder(
        id=holder_id, service_id="dormitory", name="住宿", person=f"2023{holder_id}", secret="5e" * 16, made_at=AT
    )
    return replace(made, **changes)


def a_passage(passage_id: str, holder: StoredHolder, at: datetime, **changes: object) -> StoredPassage:
    made = StoredPassage(
        id=passage_id,
        service_id=holder.service_id,
        name=holder.name,
        person=holder.person,
        at=at,
        place="海棠1栋",
        direction="in",
        reason="in",
        allowed=1,
        gate="海棠1栋/东门",
        digest="d1",
    )
    return replace(made, **changes)


def a_plan(plan_id: str, **changes: object) -> StoredPlan:
    made = StoredPlan(
        id=plan_id,
        service_id="dorm",
        sha256="7" * 64,
        file="电费.xlsx",
        origin="planned",
        title="学生宿舍电费",
        owner="后勤处",
        note="十二月起调价",
        based_on="",
        at=AT,
        made_by="O1",
        made_at=AT - timedelta(days=1),
        state="planned",
        report=[],
    )
    return replace(made, **changes)


def submit(case_id: str, command_id: str = "", numbers: NumberRequest = NUMBERS, **changes: object) -> Command:
    def change(draw: Draw) -> Change:
        number = draw(numbers)
        return Change(
            events=(
                NewEvent(kind="submitted", at=AT, actor="2023001", payload={"number": number, "费用": Decimal("9.60")}),
            ),
            case=a_case(case_id, number),
            tasks=(a_task(case_id),),
            decisions=(a_decision(case_id, number),),
            answer={"number": number, "total": Decimal("38.39")},
        )

    made = Command(
        id=command_id or new_id(),
        actor="2023001",
        at=AT,
        change=change,
        case_id=case_id,
        expected_seq=0,
    )
    return replace(made, **changes)


def approve(case_id: str, seen: int, kind: str = "approved") -> Command:
    return Command(
        id=new_id(),
        actor="T001",
        at=AT,
        case_id=case_id,
        expected_seq=seen,
        change=Change(events=(NewEvent(kind=kind, at=AT, actor="T001"),), answer={"kind": kind}),
    )


def attached(name: str, case_id: str) -> StoredAttachment:
    return StoredAttachment(
        id=name, person="2023001", name="收入证明.pdf", size=1, media_type="application/pdf", path=f"{name}.pdf",
        sha256="0" * 64, at=AT, case_id=case_id,
    )  # fmt: skip


class StoreContract:
    """What every store must do; a subclass gives the store."""

    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    def test_tasks_are_found_for_those_whom_somebody_stands_in_for(self, store):
        lines = [("repair", "T001"), ("repair", "T002"), ("seal", "T002"), ("seal", "T003")]
        for count, (service, person) in enumerate(lines):
            case = a_case(f"C{count}", f"N{count}", service_id=service)
            change = Change(case=case, tasks=(a_task(case.id, person=person),))
            store.commit(Command(id=new_id(), actor="2023001", at=AT, case_id=case.id, change=change))

        def found(**which):
            return [line.task.case_id for line in store.tasks(TaskFilter(**which))[0]]

        assert found(person="T001", state="open") == ["C0"]
        assert found(person="T001", also=[("T002", ())]) == ["C2", "C1", "C0"]
        also = [("T002", ["seal"]), ("T003", ["repair"])]
        assert found(person="T001", also=also, state="open") == ["C0", "C2"]
        assert found(also=[("T002", ())], service_id="repair") == ["C1"]
        (left_out,) = (line.task.id for line in store.tasks(TaskFilter(case_id="C1"))[0])
        assert found(person="T001", also=[("T002", ())], but=[left_out]) == ["C2", "C0"]
        assert found(people=["T002"], applicant="2023001") == ["C2", "C1"]
        assert found(people=["T002"], applicant="T002") == []
        assert found(query="N3") == ["C3"]
        assert store.count_tasks(TaskFilter(person="T001", also=[("T002", ())])) == 3

    def test_decisions_are_found_by_whole_lines_and_by_people(self, store):
        told = [("2023001", "38.39\nfees!C7"), ("2023002", "138.39\nfees!C71"), ("2023003", "38.39\nfees!C71\n100%_")]
        for count, (person, words) in enumerate(told):
            decisions = [a_decision(f"L{count}", "", id=f"D{count}", person=person, words=words)]
            store.commit(
                Command(id=new_id(), actor="A", at=AT, case_id=f"L{count}", change=Change(decisions=decisions))
            )

        def found(**which):
            return sorted(row.id for row in store.decisions(DecisionFilter(**which))[0])

        assert found(lines=["38.39"]) == ["D0", "D2"]
        assert found(lines=["FEES!C7"]) == ["D0"]
        assert found(lines=["38.39", "fees!C71"]) == ["D2"]
        assert found(lines=["100%_"]) == ["D2"]
        assert found(lines=["%"]) == found(lines=["38.3"]) == []
        assert found(people=["2023002", "2023003"], lines=["fees!c71"]) == ["D1", "D2"]

    def test_figures_are_those_of_the_cohort_and_of_no_copy(self, store):
        later = AT + timedelta(days=40)
        for case_id, service, at in (("F1", "dorm", AT), ("F2", "dorm", later), ("F3", "lab", AT)):
            case = a_case(case_id, service_id=service, submitted_at=at, finished_at=later, returns=2)
            tasks = [a_task(case_id), a_task(case_id, state="unread")]
            change = Change(case=case, tasks=tasks)
            store.commit(Command(id=f"figures-{case_id}", actor="A", at=AT, change=change, case_id=case_id))

        def found(**which: object) -> list[str]:
            return sorted(row[0] for rows in store.case_figures(Cohort(**which)) for row in rows)

        assert found(services=["dorm"]) == ["F1", "F2"]
        assert found(services=["dorm"], since=AT + timedelta(microseconds=1)) == ["F2"]
        assert found(services=["dorm", "lab"], until=later) == ["F1", "F3"]
        assert found(services=[]) == []
        assert [row[0] for rows in store.task_figures("F1", "F2") for row in rows] == ["F1", "F2"]
        assert list(store.task_figures("", "")) == []
        (case,) = next(iter(store.case_figures(Cohort(services=["lab"]))))
        micros = int(later.timestamp()) * 1_000_000 + later.microsecond
        assert CaseFigures(*case).finished_at == micros
        assert CaseFigures(*case).returns == 2
        kept = store.case("F3")
        assert (kept.finished_at, kept.returns) == (later, 2)

    def test_who_has_how_many_open_tasks(self, store):
        store.commit(Command(id=new_id(), actor="A", at=AT, case_id="C1", change=Change(case=a_case("C1"))))
        lines = [("T1", "open", AT), ("T1", "open", None), ("T1", "done", AT), ("T2", "open", AT + timedelta(days=2))]
        tasks = [a_task("C1", person=person, state=state, due=due) for person, state, due in lines]
        store.commit(Command(id=new_id(), actor="A", at=AT, case_id="C1", change=Change(tasks=tasks)))
        assert sorted(store.loads(AT + timedelta(days=1))) == [("T1", 2, 1), ("T2", 1, 0)]
        assert sorted(store.loads(AT)) == [("T1", 2, 0), ("T2", 1, 0)]  # due at that very moment is not late
        found, total = store.tasks(TaskFilter(people=["T2", "T3"], state="open"))
        assert ([row.task.person for row in found], total) == (["T2"], 1)

    def test_times_of_standing_in(self, store):
        now, day = AT.astimezone(UTC), timedelta(days=1)
        made = {"person": "T001", "stand_in": "T002", "made_by": "T001", "made_at": now}
        first = StoredStandIn(id="a", since=now, until=now + 3 * day, services=[], **made)
        later = StoredStandIn(id="b", since=now + 5 * day, until=now + 7 * day, services=["seal"], note="出差", **made)
        for item in (first, later, replace(first, note="again")):
            store.add_stand_in(item)
        assert store.stand_ins(person="T001") == [later, first]
        assert store.stand_ins(stand_in="T002", at=now) == [first]
        assert store.stand_ins(stand_in="T002", at=now + 3 * day) == []
        assert store.stand_ins(person="T002") == []
        store.end_stand_in("a", now + day)
        store.end_stand_in("a", now + 2 * day)
        assert store.stand_ins(stand_in="T002", at=now + 2 * day) == []
        assert store.stand_ins(stand_in="T002")[1].ended_at == now + day

    def test_a_submission_writes_everything_at_once(self, store):
        """C1, C3, C5."""
        store.save_draft("2023001", "dorm-electricity", "v1", {"读数": 1}, AT)
        attachment = StoredAttachment(
            id=new_id(),
            person="2023001",
            name="表.jpg",
            size=3,
            media_type="image/jpeg",
            path="ab/cd",
            sha256="00",
            at=AT,
        )
        store.add_attachment(attachment)
        command = submit("C1")
        full = replace(
            command.change(lambda _: "DF2026000001"),
            attachments=(attachment.id,),
            delete_draft=("2023001", "dorm-electricity"),
        )
        done = store.commit(replace(command, change=lambda draw: replace(full, answer={"number": draw(NUMBERS)})))
        assert (done.seq, done.number, done.answer, done.repeated) == (
            1,
            "DF2026000001",
            {"number": "DF2026000001"},
            False,
        )
        case = store.case("C1")
        assert case == a_case(
            "C1", "DF2026000001", seq=1, submitted_at=AT.astimezone(UTC), changed_at=AT.astimezone(UTC)
        )
        assert case.submitted_at.tzinfo is UTC
        assert str(case.snapshot["answers"]["读数"]) == "1534.60"
        [event] = store.events("C1")
        assert (event.seq, event.kind, event.payload["费用"]) == (1, "submitted", Decimal("9.60"))
        [line], total = store.tasks(TaskFilter(person="T001", state="open"))
        assert (line.task.step_name, line.case, total) == ("宿管核对", case, 1)
        [decision], _ = store.decisions(DecisionFilter(case_id="C1"))
        assert store.decision(decision.id) == decision
        assert str(decision.record["outputs"]["费用"]) == "38.39"
        assert store.draft("2023001", "dorm-electricity") is None
        assert store.attachment(attachment.id).case_id == "C1"

    def test_a_repeated_command_gives_the_first_answer(self, store):
        """C1: also when it would now be stale, and without a second number."""
        command = submit("C1")
        first = store.commit(command)
        again = store.commit(command)
        assert again == replace(first, repeated=True)
        assert store.committed(command.id) == again
        assert store.committed("nothing") is None
        assert len(store.events("C1")) == 1
        assert store.decisions(DecisionFilter())[1] == 1
        assert store.commit(submit("C2")).number == "DF2026000002"

    def test_another_persons_command_id_is_refused(self, store):
        """C1: nobody learns another's answer by guessing."""
        command = submit("C1")
        store.commit(command)
        with pytest.raises(CommandTaken):
            store.commit(replace(command, actor="2023999"))

    def test_a_stale_write_changes_nothing(self, store):
        """C2."""
        store.commit(submit("C1"))
        store.commit(approve("C1", 1))
        with pytest.raises(StaleWrite) as stale:
            store.commit(approve("C1", 1, "refused"))
        assert stale.value.current_seq == 2
        assert [event.kind for event in store.events("C1")] == ["submitted", "approved"]
        assert store.case("C1").seq == 2
        with pytest.raises(StaleWrite):
            store.commit(submit("C1"))
        with pytest.raises(StaleWrite):
            store.commit(approve("nothing", 1))

    def test_a_change_that_fails_half_way_writes_nothing(self, store):
        """C1, C4: the number drawn is not lost either."""

        def fails(draw: Draw) -> Change:
            raise LookupError(draw(NUMBERS), draw(NUMBERS))

        with pytest.raises(LookupError):
            store.commit(submit("C1", change=fails))
        twice = replace(submit("C1").change(lambda _: "x"), decisions=(one := a_decision("C1", "x"), one))
        with pytest.raises(StorageError):
            store.commit(submit("C1", change=twice))
        assert store.case("C1") is None
        assert store.events("C1") == []
        assert store.commit(submit("C1")).number == "DF2026000001"

    def test_a_change_of_another_case_is_refused(self, store):
        with pytest.raises(ValueError, match="does not name"):
            store.commit(submit("C1", change=Change(case=a_case("C2"))))
        with pytest.raises(ValueError, match="does not name"):
            store.commit(submit("", change=Change(events=(NewEvent(kind="x", at=AT, actor="y"),))))

    def test_a_time_without_zone_is_refused(self, store):
        """C5."""
        with pytest.raises(ValueError, match="without a time zone"):
            store.add_session("h", "p", datetime(2026, 9, 1))
        assert store.session("h") is None

    def test_what_has_no_json_form_is_refused(self, store):
        with pytest.raises(TypeError, match="cannot be stored"):
            store.save_draft("p", "s", "v", {"a": object()}, AT)

    def test_eight_writers_of_one_case_one_wins(self, store):
        """C2."""
        store.commit(submit("C1"))
        outcomes = _race(8, lambda i: store.commit(approve("C1", 1, f"by {i}")))
        assert sorted(type(item).__name__ for item in outcomes) == ["Committed", *["StaleWrite"] * 7]
        assert len(store.events("C1")) == 2

    def test_numbers_of_many_threads_have_no_gaps(self, store):
        """C4."""
        done = _race(8, lambda i: [store.commit(submit(f"C{i}-{j}")).number for j in range(5)])
        assert sorted(number for numbers in done for number in numbers) == [f"DF2026{n:06}" for n in range(1, 41)]
        other = submit("C9", numbers=replace(NUMBERS, period="2027", format=str))
        assert store.commit(other).number == "1"

    def test_one_command_draws_several_numbers(self, store):
        """C4: each from its own series, as many as it asks for."""
        plain = submit("C1").change

        def change(draw: Draw) -> Change:
            lots = [draw(replace(NUMBERS, series="立项", format=lambda n: f"LX{n}")) for _ in range(2)]
            return replace(plain(draw), answer={"lots": lots})

        done = store.commit(replace(submit("C1"), change=change))
        assert (done.answer, store.case("C1").number) == ({"lots": ["LX1", "LX2"]}, "DF2026000001")

    def test_tasks_are_replaced_by_id(self, store):
        store.commit(submit("C1"))
        [line], _ = store.tasks(TaskFilter(case_id="C1"))
        later = AT + timedelta(hours=3)
        done = replace(line.task, state="done", done_at=later, action="approve")
        change = Change(
            events=(NewEvent(kind="approved", at=later, actor="T001"),),
            case=a_case("C1", "DF2026000001", changed_at=later),
            tasks=(done, a_task("C1", step_id="20", step_name="后勤审核", person="T002", since=later)),
        )
        store.commit(replace(approve("C1", 1), change=change))
        assert (store.open_task_count("T001"), store.open_task_count("T002")) == (0, 1)
        [finished], _ = store.tasks(TaskFilter(person="T001", state="done"))
        assert (finished.task.action, finished.task.done_at, finished.case.seq) == ("approve", later, 2)
        assert [line.task.step_id for line in store.tasks(TaskFilter(case_id="C1"))[0]] == ["20", "10"]

    def test_lists_are_paged_newest_first_and_searched(self, store):
        for i in range(7):
            at = AT + timedelta(days=i)
            case = a_case(
                f"C{i}",
                f"N{i}",
                submitted_at=at,
                title=f"第{i}号 100%_用电",
                applicant=f"S{i % 2}",
                state=["open", "approved"][i % 2],
            )
            store.commit(submit(f"C{i}", change=Change(case=case, events=(NewEvent(kind="s", at=at, actor="x"),))))
        rows, total = store.cases(CaseFilter(), page=2, size=3)
        assert ([row.id for row in rows], total) == (["C3", "C2", "C1"], 7)
        assert [row.id for row in store.iter_cases(CaseFilter())] == [f"C{i}" for i in range(7)]
        assert [row.id for row in store.cases(CaseFilter(before="C3"))[0]] == ["C2", "C1", "C0"]
        assert store.count_cases(CaseFilter(states=("approved",))) == 3
        assert store.count_cases(CaseFilter(not_version=case.version)) == 0
        assert store.count_cases(CaseFilter(not_version="another")) == 7
        sent = [row.submitted_at for row in store.iter_cases(CaseFilter())]
        assert store.count_cases(CaseFilter(sent_since=sent[2])) == 5
        assert store.count_cases(CaseFilter(sent_since=sent[2], sent_until=sent[4])) == 2
        assert [row.id for row in store.cases(CaseFilter(applicant="S1", service_id="dorm-electricity"))[0]] == [
            "C5",
            "C3",
            "C1",
        ]
        assert [row.id for row in store.cases(CaseFilter(query="Ｎ４ 用电"))[0]] == ["C4"]
        assert store.count_cases(CaseFilter(query="100%_")) == 7
        assert store.count_cases(CaseFilter(query="1%0")) == 0
        assert store.cases(CaseFilter(), page=9, size=3) == ([], 7)

    def test_the_rule_log_is_searched_by_all_its_words(self, store):
        decisions = [
            a_decision(
                f"C{i}",
                f"DF{i}",
                at=AT + timedelta(hours=i),
                name=["电费", "阶梯"][i % 2],
                outcome=["ok", "no match"][i % 2],
            )
            for i in range(4)
        ]
        store.commit(Command(id=new_id(), actor="x", at=AT, change=Change(decisions=decisions)))
        assert [item.number for item in store.decisions(DecisionFilter(query="张三 电费"))[0]] == ["DF2", "DF0"]
        assert store.decisions(DecisionFilter(query="df1"))[1] == 1
        assert store.decisions(DecisionFilter(outcome="no match", kind="tariff"))[1] == 2
        assert [
            item.number
            for item in store.iter_decisions(
                DecisionFilter(since=AT + timedelta(hours=1), until=AT + timedelta(hours=3))
            )
        ] == ["DF1", "DF2"]
        assert store.decision("nothing") is None

    def test_a_stream_is_read_in_portions(self, store, monkeypatch):
        monkeypatch.setattr("banshi.storage.sql_rows.PORTION", 3)
        decisions = [a_decision("C", f"N{i}", at=AT + timedelta(hours=i // 4)) for i in range(10)]
        store.commit(Command(id=new_id(), actor="x", at=AT, change=Change(decisions=decisions)))
        assert sorted(item.number for item in store.iter_decisions(DecisionFilter())) == [f"N{i}" for i in range(10)]

    def test_drafts_are_kept_replaced_and_forgotten(self, store):
        assert store.draft("p", "s") is None
        store.save_draft("p", "s", "v1", {"a": 1}, AT)
        assert store.save_draft("p", "s", "v2", {"a": Decimal("2.50"), "行": [{"b": None}]}, AT) == AT
        store.save_draft("p", "t", "v1", {}, AT + timedelta(minutes=1))
        store.save_draft("q", "s", "v1", {}, AT)
        assert [draft.service_id for draft in store.drafts("p")] == ["t", "s"]
        draft = store.draft("p", "s")
        assert (draft.version, draft.answers, draft.saved_at) == ("v2", {"a": Decimal("2.50"), "行": [{"b": None}]}, AT)
        store.delete_draft("p", "s")
        store.delete_draft("p", "s")
        assert store.draft("p", "s") is None

    def test_a_draft_that_must_be_there_is_not_begun_anew(self, store):
        store.save_draft("p", "s", "v1", {"a": 1}, AT)
        assert store.save_draft("p", "s", "v1", {"a": 2}, AT, since=AT, there=True) == AT
        store.delete_draft("p", "s")
        with pytest.raises(DraftGone):
            store.save_draft("p", "s", "v1", {"a": 3}, AT, since=AT, there=True)
        assert store.draft("p", "s") is None

    def test_what_was_given_for_a_form_is_known_until_the_form_is_sent_or_thrown_away(self, store):
        for scope in ("dorm-electricity", "lab"):
            store.issue("2023001", scope, ["a", "b"], AT)
        store.issue("2023001", "lab", ["b", "c"], AT + timedelta(minutes=1))
        assert store.issued("2023001", "lab") == {"a", "b", "c"}
        assert store.issued("2023002", "lab") == store.issued("2023001", "other") == frozenset()
        store.delete_draft("2023001", "lab")
        assert (store.issued("2023001", "lab"), store.issued("2023001", "dorm-electricity")) == (set(), {"a", "b"})
        full = replace(submit("C1").change(lambda _: "DF1"), issued_gone=("2023001", "dorm-electricity"))
        store.commit(replace(submit("C1"), change=full))
        assert store.issued("2023001", "dorm-electricity") == frozenset()

    def test_of_very_much_that_was_given_the_oldest_is_forgotten(self, store, monkeypatch):
        for module in ("sql_issued", "tiny_issued"):
            monkeypatch.setattr(f"banshi.storage.{module}.MOST_ISSUED", 3)
        for minute, mark in enumerate("dcba"):
            store.issue("p", "s", [mark], AT + timedelta(minutes=minute))
        assert store.issued("p", "s") == {"a", "b", "c"}

    def test_a_version_is_kept_once_and_the_last_one_published_is_live(self, store):
        def add(sha256: str, service: str = "dorm", at: datetime = AT, by: str = "O1"):
            return store.add_version(
                service_id=service, sha256=sha256, file="电费.xlsx", workbook=sha256.encode() * 3, origin="file",
                published_by=by, at=at,
            )  # fmt: skip

        one, two = "1" * 64, "2" * 64
        assert add(one).live
        assert add(two, at=AT + timedelta(days=1)).live
        add(one, service="lab")
        assert [(v.service_id, v.sha256) for v in store.live_versions()] == [("dorm", two), ("lab", one)]
        assert add(two, at=AT + timedelta(days=2), by="O2").published_by == "O1"  # it was live already
        again = add(one, at=AT + timedelta(days=9), by="O2")
        assert again.live
        assert [v.sha256 for v in store.live_versions()] == [one, one]
        assert [(v.sha256[0], v.published_by, (v.published_at - AT).days, v.live) for v in store.versions("dorm")] == [
            ("1", "O2", 9, True),
            ("2", "O1", 1, False),
            ("1", "O1", 0, False),
        ]
        assert store.version("dorm", one).published_by == "O2"
        assert store.workbook("dorm", two) == two.encode() * 3
        assert store.version("dorm", two[:12]).sha256 == two
        assert store.version("dorm", two[:11]) is None
        assert store.version("dorm", "9" * 64) is None
        assert store.workbook("dorm", "9" * 64) is None
        assert store.source_hash("a.xlsx") is None
        store.set_source("a.xlsx", one)
        store.set_source("a.xlsx", two)
        assert store.source_hash("a.xlsx") == two

    def test_a_version_replaces_what_its_publisher_knew(self, store):
        def add(sha256: str, replaces: str | None, note: str = ""):
            return store.add_version(
                service_id="dorm", sha256=sha256, file="电费.xlsx", workbook=b"w", origin="upload", published_by="O1",
                at=AT, note=note, replaces=replaces,
            )  # fmt: skip

        one, two, three = "1" * 64, "2" * 64, "3" * 64
        assert store.count_publications() == 0
        with pytest.raises(VersionMoved) as told:
            add(one, replaces=two)
        assert told.value.live is None
        assert add(one, replaces="").note == ""
        with pytest.raises(VersionMoved) as told:
            add(two, replaces="")
        assert told.value.live == store.version("dorm", one)
        assert add(two, replaces=one, note="每度 0.55 元").live
        assert add(two, replaces=one).note == "每度 0.55 元"  # a repeat
        assert add(three, replaces=None).live
        assert [(v.sha256[0], v.note) for v in store.versions("dorm")] == [("3", ""), ("2", "每度 0.55 元"), ("1", "")]
        assert store.count_publications() == 3

    def test_plans_are_kept_found_and_changed_once(self, store):
        made = a_plan("P1")
        assert store.add_plan(made, b"book") == made
        assert store.add_plan(replace(made, note="另一个"), b"other") == made
        assert store.plan("P1") == made
        assert store.plan("P9") is None
        assert store.workbook("dorm", made.sha256) == b"book"
        assert store.version("dorm", made.sha256) is None, "it is not published"
        later = store.add_plan(a_plan("P2", sha256="8" * 64, at=AT + timedelta(hours=1), made_at=AT), b"8")
        other = store.add_plan(a_plan("P3", service_id="lab", at=None, state="proposed"), b"3")
        assert store.plans() == [later, other, made]
        assert store.plans(service_id="dorm") == [later, made]
        assert store.plans(states=("proposed", "held")) == [other]
        assert store.due_plans(AT - timedelta(microseconds=1)) == []
        assert store.due_plans(AT) == [made]
        assert store.due_plans(AT + timedelta(days=400)) == [made, later]
        fault = {"code": "X", "facts": [["数", "1.50"]]}
        failed = replace(made, state="failed", changed_at=AT, why="机构变了", report=[fault])
        assert store.change_plan(failed, "planned")
        assert not store.change_plan(replace(made, state="cancelled"), "planned")
        assert store.plan("P1") == failed

    def test_a_planned_version_goes_live_once_and_says_who_consented(self, store):
        store.add_version(
            service_id="dorm", sha256="1" * 64, file="电费.xlsx", workbook=b"1", origin="file", published_by="", at=AT
        )
        store.add_plan(a_plan("P1", at=AT - timedelta(minutes=1)), b"7")
        store.add_plan(a_plan("P2", based_on="1" * 64, consent_by="O2"), b"7")
        assert store.add_plan(a_plan("P3", based_on="1" * 64), b"7").id == "P2", "the same content for the same instant"
        with pytest.raises(VersionMoved):
            store.publish_plan("P1", AT)
        assert store.plan("P1").state == "planned"
        live = store.publish_plan("P2", AT, "灯泡还新\n灯泡快到期")
        assert live.failing == store.versions(live.service_id)[0].failing == "灯泡还新\n灯泡快到期"
        assert live == store.versions("dorm")[0]
        assert (live.sha256, live.origin, live.published_by, live.consent_by, live.note, live.live) == (
            "7" * 64, "planned", "O1", "O2", "十二月起调价", True,
        )  # fmt: skip
        assert (store.plan("P2").state, store.plan("P2").changed_at) == ("published", AT)
        assert store.publish_plan("P2", AT) is None
        assert store.publish_plan("P9", AT) is None
        assert store.publish_plan("P1", AT).published_by == "O1"  # what is live already is not published again
        assert store.count_publications() == 2

    def test_eight_publish_a_plan_once(self, store):
        store.add_plan(a_plan("P1"), b"7")
        found = _race(8, lambda _: store.publish_plan("P1", AT))
        assert [version.sha256 for version in found if version] == ["7" * 64]

    def test_sessions_end(self, store):
        store.add_session("hash", "2023001", AT)
        assert store.session("hash").person == "2023001"
        store.add_session("later", "2023001", AT + timedelta(days=1))
        assert store.purge_sessions(AT + timedelta(hours=1)) == 1
        assert store.session("hash") is None
        store.delete_session("later")
        store.delete_session("later")
        assert store.session("later") is None

    def test_somebody_is_signed_out_everywhere(self, store):
        for token, person, days in (("b", "2023002", 1), ("a", "2023001", 2), ("c", "2023001", 1)):
            store.add_session(token, person, AT + timedelta(days=days))
        assert [one.token_hash for one in store.sessions()] == ["c", "a", "b"]
        assert store.delete_sessions("2023001") == 2
        assert store.delete_sessions("2023001") == 0
        assert [one.token_hash for one in store.sessions()] == ["b"]

    def test_a_mark_ends_the_sign_ins_that_bear_it_and_no_others(self, store):
        for token, mark in (("a", "m1"), ("b", "m1"), ("c", "m2"), ("d", "")):
            store.add_session(token, "2023001", AT + timedelta(days=1), mark)
        assert store.session("a").mark == "m1"
        assert store.delete_marked_sessions("") == 0
        assert store.delete_marked_sessions("m1") == 2
        assert store.delete_marked_sessions("m1") == 0
        assert [one.token_hash for one in store.sessions()] == ["c", "d"]

    def test_attachments_of_a_case_stay(self, store):
        store.commit(submit("C1"))
        made = [
            StoredAttachment(
                id=str(i), person="p", name="a", size=1, media_type="text/plain", path=f"p{i}", sha256="", at=AT
            )
            for i in range(3)
        ]
        for item in made:
            store.add_attachment(item)
        store.commit(replace(approve("C1", 1), change=Change(attachments=("0",))))
        assert [item.id for item in store.loose_attachments(AT + timedelta(days=1))] == ["1", "2"]
        assert store.loose_attachments(AT) == []
        store.commit(submit("C2", change=Change(case=a_case("C2"), attachments=("0", "1"))))
        assert [store.attachment(str(i)).case_id for i in range(3)] == ["C1", "C2", ""]
        for i in range(3):
            store.delete_attachment(str(i))
        assert [store.attachment(str(i)) is None for i in range(3)] == [False, False, True]

    def test_a_projection_can_be_rebuilt_from_events(self, store):
        store.commit(submit("C1"))
        rebuilt = a_case("C1", "DF2026000001", title="重算", seq=1)
        task = a_task("C1", person="T009")
        store.rebuild(rebuilt, (task,))
        assert store.case("C1").title == "重算"
        assert [line.task.person for line in store.tasks(TaskFilter(case_id="C1"))[0]] == ["T009"]
        with pytest.raises(StaleWrite):
            store.rebuild(replace(rebuilt, seq=2), ())

    def test_timers_are_set_and_ended_by_commands(self, store):
        """C6."""
        first, second = a_timer("C1", 0, AT + timedelta(hours=8)), a_timer("C1", 1, AT + timedelta(hours=10))
        store.commit(submit("C1", change=Change(case=a_case("C1"), timers=(second, first))))
        store.commit(submit("C2", change=Change(case=a_case("C2"), timers=(a_timer("C2", 0, AT),))))
        assert store.timers("C1") == [first, second]
        with pytest.raises(StaleWrite):
            store.commit(replace(approve("C1", 7), change=Change(timers_gone=(first.id,))))
        assert store.timers("C1") == [first, second]
        gone = Change(case=a_case("C1"), timers_gone=(first.id, "timer:nothing"), timers=(a_timer("C1", 2, AT),))
        store.commit(replace(approve("C1", 0), change=gone))
        assert [timer.k for timer in store.timers("C1")] == [2, 1]
        store.drop_timer(second.id)
        store.drop_timer(second.id)
        assert [timer.k for timer in store.timers("C1")] == [2]
        with pytest.raises(ValueError, match="does not name"):
            store.commit(submit("C3", change=Change(case=a_case("C3"), timers=(a_timer("C1", 5, AT),))))

    def test_a_timer_is_taken_by_one_at_a_time(self, store):
        """C6."""
        timers = [a_timer("C1", k, AT + timedelta(minutes=k)) for k in range(5)]
        store.commit(submit("C1", change=Change(case=a_case("C1"), timers=timers)))
        assert store.take_timers(AT - timedelta(seconds=1)) == []
        assert [timer.k for timer in store.take_timers(AT + timedelta(minutes=2), limit=2)] == [0, 1]
        assert [timer.k for timer in store.take_timers(AT + timedelta(minutes=2))] == [2]
        assert store.take_timers(AT + timedelta(minutes=2)) == []

    def test_a_timer_that_was_taken_and_did_not_end_is_given_again(self, store):
        """C6: whoever took it may have died; what fails is tried more and more rarely, and an hour later at the latest."""
        store.commit(submit("C1", change=Change(case=a_case("C1"), timers=(a_timer("C1", 0, AT),))))
        now = AT
        for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
            assert [timer.at for timer in store.take_timers(now)] == [AT]
            now += timedelta(minutes=minutes)
            assert store.take_timers(now - timedelta(seconds=1)) == []

    def test_a_clock_that_went_back_frees_what_was_taken(self, store):
        """C6."""
        store.commit(submit("C1", change=Change(case=a_case("C1"), timers=(a_timer("C1", 0, AT),))))
        assert len(store.take_timers(AT + timedelta(days=365))) == 1
        assert len(store.take_timers(AT + timedelta(hours=1))) == 1
        assert store.take_timers(AT + timedelta(hours=1)) == []

    @pytest.mark.parametrize("behind", [timedelta(microseconds=1), timedelta(minutes=1)])
    def test_what_was_taken_a_moment_ago_is_not_taken_by_whoever_read_the_clock_before(self, store, behind):
        """C6, C8, C10."""
        told = Change(case=a_case("C1"), timers=(a_timer("C1", 0, AT),), messages=[a_message("C1", "k")])
        store.commit(submit("C1", change=told))
        store.begin_run(a_run("r1"))
        lease, now = timedelta(minutes=2), AT + timedelta(hours=1)
        for taken in (store.take_timers, lambda at: store.take_messages(at, lease)):
            assert len(taken(now)) == 1
            assert taken(now - behind) == []
        assert store.take_run(now, lease) is not None
        assert store.take_run(now - behind, lease) is None

    def test_eight_take_all_timers_once(self, store):
        """C6."""
        timers = [a_timer("C1", k, AT) for k in range(60)]
        store.commit(submit("C1", change=Change(case=a_case("C1"), timers=timers)))

        def take(_: int) -> list[int]:
            mine: list[int] = []
            while taken := store.take_timers(AT, limit=3):
                mine += [timer.k for timer in taken]
            return mine

        taken = _race(8, take)
        assert sorted(k for mine in taken for k in mine) == list(range(60))

    def test_a_job_is_kept_as_it_stands(self, store):
        """C10."""
        job = a_job("每日课表")
        store.add_job(job)
        store.add_job(replace(job, every="每天 08:00"))
        assert store.jobs() == [replace(job, since=AT.astimezone(UTC), changed_at=AT.astimezone(UTC))]
        store.set_job(replace(job, paused_by="O1"))
        store.set_job(a_job("出账"))
        assert [(one.job, one.paused_by) for one in store.jobs()] == [("出账", ""), ("每日课表", "O1")]

    def test_a_run_is_begun_once(self, store):
        """C10."""
        assert store.begin_run(a_run("r1"))
        assert not store.begin_run(a_run("r1", missed=7))
        assert (store.run("r1").missed, store.run("r1").at) == (0, AT.astimezone(UTC))
        assert store.run("r2") is None
        begun = _race(8, lambda _: store.begin_run(a_run("r3")))
        assert sorted(begun) == [False] * 7 + [True]

    def test_a_run_is_taken_by_one_until_its_lease_is_over(self, store):
        """C10."""
        lease = timedelta(minutes=2)
        store.begin_run(a_run("r2", made_at=AT + timedelta(seconds=1)))
        store.begin_run(a_run("r1"))
        store.begin_run(a_run("r3", free_at=AT + timedelta(hours=1)))
        first, second = store.take_run(AT, lease), store.take_run(AT, lease)
        assert [(one.id, one.tries) for one in (first, second)] == [("r1", 1), ("r2", 1)]
        assert store.take_run(AT + timedelta(seconds=119), lease) is None
        assert store.take_run(AT + lease, lease).tries == 2
        assert store.take_run(AT - timedelta(days=1), lease) is not None, "a clock that went back frees it"

    def test_a_run_is_written_by_whoever_took_it_last(self, store):
        """C10."""
        lease = timedelta(minutes=2)
        store.begin_run(a_run("r1"))
        early, late = store.take_run(AT, lease), store.take_run(AT + lease, lease)
        assert not store.write_run(replace(early, cursor="200", done=200), free_at=AT)
        notes = [{"row": "2023001", "why": {"zh": "没有邮箱", "en": "no address"}}]
        come = replace(late, cursor="400", total=900, done=398, skipped=1, failed=1, notes=notes)
        assert store.write_run(come, free_at=AT + timedelta(hours=1))
        kept = store.run("r1")
        assert (kept.cursor, kept.total, kept.done, kept.skipped, kept.failed) == ("400", 900, 398, 1, 1)
        assert (kept.notes, kept.free_at) == (notes, (AT + timedelta(hours=1)).astimezone(UTC))
        assert store.write_run(replace(come, state="done", ended_at=AT), free_at=AT)
        assert not store.write_run(come, free_at=AT), "it is over"
        assert store.take_run(AT + timedelta(days=9), lease) is None

    def test_old_runs_go_but_the_last_of_each_job(self, store):
        """C10."""
        for day in range(3):
            for job in ("出账", "课表"):
                run = a_run(f"{job}{day}", job=job, at=AT + timedelta(days=day))
                store.begin_run(replace(run, state="done", ended_at=AT + timedelta(days=day)))
        store.begin_run(a_run("课表-1", job="课表", at=AT - timedelta(days=1)))
        assert [one.id for one in store.runs("dorm", "课表", limit=2)] == ["课表2", "课表1"]
        assert store.purge_runs(AT + timedelta(days=9), limit=3) == 3
        assert store.purge_runs(AT + timedelta(days=9), limit=3) == 1
        assert [one.id for one in store.runs("dorm", "课表")] == ["课表2", "课表-1"], "what goes on stays"
        assert [one.id for one in store.runs("dorm", "出账")] == ["出账2"]

    def test_rows_of_a_register_are_written_with_their_case_and_found_by_key(self, store):
        """C12."""
        two = [a_row("粤A1", 开始=date(2026, 9, 1), 里程=Decimal("9.60")), a_row("粤A2")]
        store.commit(submit("C1", change=Change(case=a_case("C1"), registered={"用车.占用": two})))
        store.commit(
            submit("C2", change=Change(case=a_case("C2"), registered={"用车.占用": [a_row("粤A1")], "其他": two}))
        )
        assert store.register_mark("用车.占用").seq == 2
        found = store.register_rows("用车.占用")
        assert [(case, row.key) for case, row in found] == [("C1", "粤A1"), ("C1", "粤A2"), ("C2", "粤A1")]
        assert found[0][1].content == {"开始": "2026-09-01", "里程": Decimal("9.60")}
        assert [case for case, _ in store.register_rows("用车.占用", ["粤A1", "无"])] == ["C1", "C2"]
        assert store.register_rows("用车.占用", []) == []
        # What stays the same is no change; what goes is one.
        same = Change(events=[NewEvent(kind="approved", at=AT, actor="T1")], registered={"用车.占用": two})
        store.commit(Command(id=new_id(), actor="T1", at=AT, case_id="C1", change=same))
        assert store.register_mark("用车.占用").seq == 2
        store.commit(
            Command(id=new_id(), actor="T1", at=AT, case_id="C1", change=replace(same, registered={"用车.占用": []}))
        )
        assert (store.register_mark("用车.占用").seq, len(store.register_rows("用车.占用"))) == (3, 1)
        assert len(store.register_rows("其他")) == 2

    def test_whoever_decided_by_a_register_that_has_grown_since_writes_nothing(self, store):
        """C12."""
        first = Change(case=a_case("C1"), registered={"占用": [a_row("粤A1")]}, registers_read={"占用": 0})
        store.commit(submit("C1", change=first))
        late = Change(case=a_case("C2"), registered={"占用": [a_row("粤A1")]}, registers_read={"占用": 0})
        with pytest.raises(RegisterMoved):
            store.commit(submit("C2", change=late))
        assert (store.case("C2"), len(store.register_rows("占用"))) == (None, 1)
        store.commit(submit("C2", change=replace(late, registers_read={"占用": 1})))
        assert len(store.register_rows("占用")) == 2

        def book(number: int) -> bool:
            name = f"R{number}"
            change = Change(case=a_case(name), registered={"占用": [a_row(name)]}, registers_read={"占用": 2})
            try:
                store.commit(submit(name, change=change))
            except RegisterMoved:
                return False
            return True

        assert sorted(_race(8, book)) == [False] * 7 + [True]

    def test_rows_of_a_register_are_made_anew_from_the_cases(self, store):
        """C12."""
        ids = [f"C{number:04}" for number in range(FILLED_AT_ONCE + 3)]
        for name in ids[:2]:
            store.commit(submit(name, change=Change(case=a_case(name), registered={"占用": [a_row("旧")]})))
        for name in ids[2:]:
            store.commit(submit(name, change=Change(case=a_case(name))))

        def rows_of(case):
            return [a_row(case.id)] if case.id != ids[0] else []

        last = store.fill_register("占用", a_case("C").service_id, rows_of)
        assert last == ids[FILLED_AT_ONCE - 1]
        assert store.fill_register("占用", a_case("C").service_id, rows_of, last) == ids[-1]
        assert store.fill_register("占用", a_case("C").service_id, rows_of, ids[-1]) == ""
        assert store.fill_register("占用", "another", rows_of) == ""
        store.mark_register("占用", "ab" * 32, AT)
        assert [row.key for _, row in store.register_rows("占用")] == ids[1:]
        mark = store.register_mark("占用")
        assert (mark.made_by, mark.made_of, mark.seq) == ("ab" * 32, AT.astimezone(UTC), 4)
        store.forget_registers()
        assert store.register_mark("占用") == RegisterMark(seq=4)

    def test_a_message_is_written_with_its_command_and_once_a_key(self, store):
        """C8."""
        lost = submit("C0", change=Change(case=a_case("C0"), messages=[a_message("C0", "k")]), expected_seq=7)
        with pytest.raises(StaleWrite):
            store.commit(lost)
        assert store.message("k") is None
        told = a_message("C1", "k", content={"text": {"zh": "共 9.60 元"}, "n": Decimal("9.60")})
        store.commit(submit("C1", change=Change(case=a_case("C1"), messages=[told, replace(told, target="T9")])))
        store.commit(
            submit("C2", change=Change(case=a_case("C2"), messages=[a_message("C2", "k"), a_message("C2", "m")]))
        )
        assert store.message("k") == replace(told, made_at=told.made_at.astimezone(UTC))
        assert [one.key for one in store.messages(MessageFilter())[0]] == ["k", "m"]
        with pytest.raises(ValueError, match="does not name"):
            store.commit(submit("C3", change=Change(case=a_case("C3"), messages=[a_message("C1", "z")])))

    def test_messages_are_taken_when_they_may_be_sent_and_by_one(self, store):
        """C8."""
        lease = timedelta(minutes=2)
        messages = [a_message("C1", f"k{k}", free_at=AT + timedelta(minutes=k)) for k in (3, 1, 2)]
        read = a_message("C1", "in", channel="inbox", state="unread")
        store.commit(submit("C1", change=Change(case=a_case("C1"), messages=[*messages, read])))
        assert store.take_messages(AT, lease) == []
        first, second = store.take_messages(AT + timedelta(minutes=9), lease, limit=2)
        assert [(one.key, one.tries) for one in (first, second)] == [("k1", 1), ("k2", 1)]
        assert [one.key for one in store.take_messages(AT + timedelta(minutes=9), lease)] == ["k3"]
        assert store.take_messages(AT + timedelta(minutes=10, seconds=59), lease) == []
        # Whoever took them may have died: at the end of the lease they are somebody else's.
        again = store.take_messages(AT + timedelta(minutes=11), lease)
        assert [(one.key, one.tries) for one in again] == [("k1", 2), ("k2", 2), ("k3", 2)]
        assert len(store.take_messages(AT + timedelta(minutes=1), lease)) == 3, "a clock that went back frees them"

    def test_a_message_is_settled_by_whoever_took_it_last(self, store):
        """C8: but what was sent was sent."""
        lease, why = timedelta(minutes=2), {"zh": "对方答复 500", "en": "the receiver answered 500"}
        told = Change(case=a_case("C1"), messages=[a_message("C1", "k"), a_message("C1", "m")])
        store.commit(submit("C1", change=told))
        early = store.take_messages(AT, lease)
        late = store.take_messages(AT + lease, lease)
        assert not store.settle_message(replace(early[0], state="failed", done_at=AT, why=why))
        later = AT + timedelta(hours=1)
        assert store.settle_message(replace(late[0], free_at=later, why=why))
        assert (store.message("k").state, store.message("k").why) == ("waiting", why)
        assert store.take_messages(later - timedelta(seconds=1), lease) == [replace(late[1], tries=3, free_at=ANY)]
        assert store.settle_message(replace(early[1], state="sent", done_at=AT))
        assert not store.settle_message(replace(late[1], state="failed", done_at=AT, why=why))
        assert store.message("m").state == "sent"
        assert [one.key for one in store.take_messages(later, lease)] == ["k"]

    def test_what_was_given_up_can_be_sent_again(self, store):
        """C8."""
        store.commit(submit("C1", change=Change(case=a_case("C1"), messages=[a_message("C1", "k")])))
        assert not store.send_again("k", AT)
        (taken,) = store.take_messages(AT, timedelta(minutes=1))
        store.settle_message(replace(taken, state="failed", done_at=AT, why={"zh": "没有邮箱"}))
        assert store.take_messages(AT + timedelta(days=9), timedelta(minutes=1)) == []
        assert store.send_again("k", AT + timedelta(days=9))
        assert not store.send_again("k", AT)
        assert not store.send_again("nobody's", AT)
        (again,) = store.take_messages(AT + timedelta(days=9), timedelta(minutes=1))
        assert (again.tries, again.done_at) == (1, None)

    def test_an_inbox_is_its_owners(self, store):
        """C8."""
        inbox = {"channel": "inbox", "state": "unread"}
        messages = [a_message("C1", f"k{k}", made_at=AT + timedelta(minutes=k), **inbox) for k in range(3)]
        other = a_message("C1", "other", target="T002", **inbox)
        store.commit(submit("C1", change=Change(case=a_case("C1"), messages=[*messages, other, a_message("C1", "m")])))
        mine = MessageFilter(channel="inbox", target="2023001")
        assert [one.key for one in store.messages(mine, size=2)[0]] == ["k2", "k1"]
        assert store.messages(mine, page=2, size=2)[1] == 3
        assert store.read_messages("2023001", ["k1", "other"], AT) == 1
        assert store.message("other").state == "unread"
        assert store.messages(replace(mine, states=("unread",)), size=0)[1] == 2
        assert store.read_messages("2023001", (), AT + timedelta(hours=1)) == 2
        assert store.read_messages("2023001", (), AT) == 0
        assert store.message("k0").done_at == AT + timedelta(hours=1)

    def test_messages_are_counted_by_channel_and_state(self, store):
        """C8: late is what was tried in vain, or could have been sent long ago."""
        long_ago, soon = AT - timedelta(hours=1), AT + timedelta(hours=1)
        messages = [
            a_message("C1", "a", free_at=long_ago),
            a_message("C1", "b", free_at=soon),
            a_message("C1", "c", free_at=soon, tries=1),
            a_message("C1", "d", state="sent"),
            a_message("C1", "e", channel="webhook", target="商城", service_id="buying", free_at=long_ago),
        ]
        store.commit(submit("C1", change=Change(case=a_case("C1"), messages=messages)))
        mail = [MessageCount("mail", "sent", 1, 0), MessageCount("mail", "waiting", 3, 2)]
        assert store.count_messages(AT) == [*mail, MessageCount("webhook", "waiting", 1, 1)]
        assert store.count_messages(AT, ["dorm-electricity"]) == mail
        assert store.messages(MessageFilter(services=("buying",)))[0][0].target == "商城"

    def test_old_messages_go_and_what_is_told_once_stays_told(self, store):
        """C8"""
        long_ago, lately = AT - timedelta(days=100), AT - timedelta(days=80)
        once = {"once": True, "text": {"zh": "已缴费"}}
        messages = [
            a_message("C1", "sent", state="sent", made_at=long_ago, done_at=long_ago),
            a_message("C1", "lately", state="sent", made_at=long_ago, done_at=lately),
            a_message("C1", "once", state="sent", made_at=long_ago, done_at=long_ago, content=once, why={"zh": "x"}),
            a_message("C1", "waiting", made_at=long_ago, free_at=long_ago),
            a_message("C1", "failed", state="failed", made_at=long_ago, done_at=long_ago),
            a_message("C1", "read", channel="inbox", state="read", made_at=lately, done_at=AT),
            a_message("C1", "unread", channel="inbox", state="unread", made_at=long_ago),
        ]
        store.commit(submit("C1", change=Change(case=a_case("C1"), messages=messages)))
        ninety, year = AT - timedelta(days=90), AT - timedelta(days=365)
        assert store.purge_messages(ninety, year, limit=1) == 1
        assert store.purge_messages(ninety, year) == 1
        assert store.purge_messages(ninety, year) == 0
        kept = {one.key for one in store.messages(MessageFilter())[0]}
        assert kept == {"lately", "once", "waiting", "failed", "read", "unread"}
        left = store.message("once")
        assert (left.state, left.content, left.why) == ("gone", {}, {})
        store.commit(submit("C2", change=Change(case=a_case("C2"), messages=[a_message("C2", "once")])))
        assert store.message("once") == left, "it is not told again"
        assert store.purge_messages(ninety, ninety) == 1
        assert store.message("unread") is None

    def test_messages_of_no_case_are_posted_once_a_key(self, store):
        """C8"""
        first = a_message("", "k1", target="audit@gdut.example.edu.cn")
        assert store.post_messages([first]) == 1
        assert store.post_messages([replace(first, target="x"), a_message("", "k2")]) == 1
        assert store.message("k1").target == first.target
        assert len(store.take_messages(AT, timedelta(minutes=1))) == 2

    def test_passes_are_given_and_used_with_their_commands(self, store):
        """C10: with their command or not at all; what is left of one is written over by a command of its case."""
        first = a_pass("C1", "p1")
        with pytest.raises(StaleWrite):
            store.commit(submit("C0", change=Change(case=a_case("C0"), passes=[a_pass("C0", "p0")]), expected_seq=7))
        give = submit("C1", change=Change(case=a_case("C1"), passes=[a_pass("C1", "p2", given_at=AT + DAY), first]))
        store.commit(give)
        assert store.commit(give).repeated
        assert [one.id for one in store.passes(PassFilter(case_id="C1"))] == ["p1", "p2"], "the first given first"
        assert store.pass_of("p1") == first
        assert store.pass_of("p0") is None
        assert store.passes(PassFilter(person="2023009")) == []
        with pytest.raises(ValueError, match="does not name"):
            store.commit(submit("C2", change=Change(case=a_case("C2"), passes=[a_pass("C1", "p3")])))
        used = replace(first, used=1, inside=1, entered_at=AT + DAY, name="另一种", since=None)
        store.commit(submit("C2", change=Change(case=a_case("C2"), passes_left=[replace(used, case_id="C2")])))
        assert store.pass_of("p1") == first, "another case's"
        store.commit(Command(id="u", actor="O1", at=AT, case_id="C1", change=Change(passes_left=[used])))
        assert store.pass_of("p1") == replace(first, used=1, inside=1, entered_at=AT + DAY)
        gone = replace(first, state="withdrawn", changed_at=AT, changed_by="O1", why="不来了", code="", content={})
        store.commit(Command(id="w", actor="O1", at=AT, case_id="C1", change=Change(passes_left=[gone])))
        assert [one.id for one in store.passes(PassFilter(states=("withdrawn",)))] == ["p1"]
        assert store.pass_of("p1") == gone

    def test_passages_are_kept_for_the_holder_as_she_was_read(self, store):
        """C13."""
        first = store.add_holder(a_holder("001"))
        assert store.add_holder(a_holder("002", person=first.person, secret="other")) == first, "she holds it already"
        assert store.holder("002") is None
        other = store.add_holder(a_holder("003"))
        assert store.holder_of("dormitory", "住宿", other.person) == store.holder("003") == other
        assert store.holder_of("dormitory", "别的", other.person) is None
        in_at = AT + timedelta(hours=1)
        went_in = replace(first, period=7, inside=1, moved_at=in_at, person="x", secret="y")
        store.pass_through(a_passage("g1", first, in_at), went_in)
        assert store.holder("001") == replace(first, period=7, inside=1, moved_at=in_at, seq=1), "the rest stays"
        with pytest.raises(StaleWrite):
            store.pass_through(a_passage("g2", first, in_at), went_in)
        assert store.passage("g2") is None
        assert store.passage("g1") == a_passage("g1", first, in_at)
        with pytest.raises(StorageError):
            store.pass_through(a_passage("g1", other, in_at), replace(other, inside=1))
        assert store.holder("003") == other, "with its passage or not at all"
        store.pass_through(a_passage("g3", other, AT, reason="late_in"), replace(other, inside=1, moved_at=AT))
        assert [one.id for one in store.holders("dormitory", "住宿", inside=True)] == ["003", "001"], (
            "by when they came"
        )
        assert store.holders("dormitory", "别的", inside=True) == []
        store.add_holder(a_holder("004"))
        back = store.holder("003")
        store.pass_through(a_passage("g4", back, AT + DAY, direction="out"), replace(back, inside=0, moved_at=AT + DAY))
        assert [one.id for one in store.holders("dormitory", "住宿", inside=False)] == ["003"], (
            "who never came is not out"
        )

    def test_passages_are_found_and_deleted(self, store):
        """C13."""
        one, two = store.add_holder(a_holder("001")), store.add_holder(a_holder("002"))
        elsewhere = store.add_holder(a_holder("003", service_id="library"))
        for n, (holder, at, reason) in enumerate(
            [(one, AT, "in"), (two, AT + DAY, "late_in"), (one, AT + 2 * DAY, "out"), (elsewhere, AT, "in")]
        ):
            now = store.holder(holder.id)
            store.pass_through(a_passage(f"g{n}", holder, at, reason=reason), replace(now, inside=1, moved_at=at))

        def found(**which: object) -> list[str]:
            wanted = {"service_id": "dormitory", "name": "住宿", **which}
            return [passage.id for passage in store.iter_passages(PassageFilter(**wanted))]

        assert found() == ["g0", "g1", "g2"]
        assert found(person=one.person) == ["g0", "g2"]
        assert found(reasons=("late_in", "out")) == ["g1", "g2"]
        assert found(since=AT + DAY, until=AT + 2 * DAY) == ["g1"], "since counts, until does not"
        assert store.delete_passages("dormitory", "住宿", AT + 2 * DAY) == 2
        assert found() == ["g2"]
        assert [holder.moved_at for holder in map(store.holder, ("001", "002", "003"))] == [AT + 2 * DAY, None, AT]
        assert store.passes_held() == [("dormitory", "住宿"), ("library", "住宿")]
        assert store.forget_holder(one.person) == 1
        assert store.holder("001") is None
        assert found() == []
        assert found(service_id="library") == ["g3"]
        with pytest.raises(StaleWrite):
            store.pass_through(a_passage("g9", one, AT), one)

    def test_papers_are_issued_with_their_command(self, store):
        """C10, C1, C5."""
        first = a_paper("C1", "AB2")
        lost = submit("C0", change=Change(case=a_case("C0"), papers=[a_paper("C0", "X")]), expected_seq=7)
        with pytest.raises(StaleWrite):
            store.commit(lost)
        issue = submit("C1", change=Change(case=a_case("C1"), papers=[a_paper("C1", "ZZ", issued_at=AT + DAY), first]))
        store.commit(issue)
        assert store.commit(issue).repeated
        found = store.papers(PaperFilter(case_id="C1"))
        assert [one.code for one in found] == ["AB2", "ZZ"], "the first issued first"
        assert found[0] == replace(first, content={"values": {"用电量": Decimal("12.50")}, "on": "2026-09-01"})
        assert found[0].content["values"]["用电量"].as_tuple().exponent == -2
        assert store.paper("AB2") == found[0]
        assert store.paper("X") is None
        assert store.papers(PaperFilter(person="2023009")) == []
        with pytest.raises(ValueError, match="does not name"):
            store.commit(submit("C2", change=Change(case=a_case("C2"), papers=[a_paper("C1", "Q")])))

    def test_what_is_left_of_a_paper_is_written_over(self, store):
        """C10: by a command of its case, and its prints stay counted."""
        store.commit(submit("C1", change=Change(case=a_case("C1"), papers=[a_paper("C1", "AB2")])))
        read = store.paper("AB2")
        store.count_print("AB2")
        gone = replace(read, content={}, state="revoked", changed_at=AT + DAY, changed_by="O1", why="有误", number="X")
        store.commit(submit("C2", change=Change(case=a_case("C2"), papers_left=[replace(gone, case_id="C2")])))
        assert store.paper("AB2").state == "valid", "another case's"
        store.commit(Command(id="r", actor="O1", at=AT, case_id="C1", change=Change(papers_left=[gone])))
        assert store.paper("AB2") == replace(gone, printed=1, number="YDAB2")
        assert [one.code for one in store.papers(PaperFilter(states=("revoked",)))] == ["AB2"]
        assert store.papers(PaperFilter(states=("valid",))) == []
        assert store.count_print("AB2") is None, "revoked"

    def test_no_more_copies_are_printed_than_there_are(self, store):
        """C10: however many kiosks print at once."""
        papers = [a_paper("C1", "AB2", copies=3), a_paper("C1", "AB3")]
        store.commit(submit("C1", change=Change(case=a_case("C1"), papers=papers)))
        assert store.count_print("none") is None
        assert [store.count_print("AB3").printed for _ in range(5)] == [1, 2, 3, 4, 5]
        printed: list[StoredPaper | None] = []
        threads = [threading.Thread(target=lambda: printed.append(store.count_print("AB2"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(one is not None for one in printed) == 3
        assert store.paper("AB2").printed == 3

    def test_numbers_of_papers_have_no_gaps_under_writers_at_once(self, store):
        """C10, C4: 40 papers of five writers, and a number that a paper has is given to nothing else."""
        pattern = NumberRequest(series="证明", period="2026", format=lambda n: f"ZM2026{n:04}")

        def issue(case_id: str) -> None:
            def change(draw: Draw) -> Change:
                return Change(case=a_case(case_id), papers=[a_paper(case_id, f"P{case_id}", number=draw(pattern))])

            store.commit(submit(case_id, change=change))

        threads = [
            threading.Thread(target=lambda first=first: [issue(f"N{n}") for n in range(first, 40, 5)])
            for first in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        numbers = sorted(paper.number for paper in store.papers(PaperFilter()))
        assert numbers == [f"ZM2026{n:04}" for n in range(1, 41)]
        other = NumberRequest(series="另一种", period="", format=lambda n: f"ZM2026{n:04}")
        drawn: list[str] = []

        def draws(draw: Draw) -> Change:
            drawn.append(draw(other))
            return Change(case=a_case("N99"))

        store.commit(submit("N99", change=draws))
        assert drawn[-1] == "ZM20260041"

    def test_what_is_left_of_messages_is_written_over(self, store):
        """C9: a message that is given up with it is not sent; one that was sent stays so."""
        text, keys = {"text": {"zh": "证件 11010519491231002X"}}, ("mail", "push", "sent")
        told = [a_message("C1", key, content=text, channel="mail" if key == "mail" else "webhook") for key in keys]
        store.commit(submit("C1", change=Change(case=a_case("C1"), messages=told)))
        taken = {one.key: one for one in store.take_messages(AT, timedelta(minutes=2))}
        store.settle_message(replace(taken["sent"], state="sent", done_at=AT, why={}))
        emptied = replace(told[0], content={"text": {"zh": "证件 ****"}})
        failed = {"state": "failed", "done_at": AT, "content": {"body": ""}, "why": {"zh": "已删除"}}
        other = a_message("C2", "other", content=text)
        store.commit(submit("C2", change=Change(case=a_case("C2"), messages=[other])))
        left = [emptied, replace(told[1], **failed), replace(told[2], **failed), replace(other, content={})]
        change = Change(messages_left=left)
        store.commit(Command(id="erase", actor="", at=AT, case_id="C1", change=change))
        states = {key: store.message(key).state for key in keys}
        assert states == {"mail": "waiting", "push": "failed", "sent": "sent"}
        assert store.message("mail").content == emptied.content
        assert [store.message(key).content for key in ("push", "sent")] == [{"body": ""}] * 2
        assert store.message("push").why == {"zh": "已删除"}
        assert store.message("other").content == text, "another case's"
        assert not store.settle_message(replace(taken["push"], free_at=AT, why={"zh": "11010519491231002X"}))
        assert [one.key for one in store.take_messages(AT + timedelta(days=1), timedelta(minutes=2))] == [
            "other",
            "mail",
        ]

    def test_eight_take_all_messages_once(self, store):
        """C8."""
        messages = [a_message("C1", f"k{k:02}") for k in range(60)]
        store.commit(submit("C1", change=Change(case=a_case("C1"), messages=messages)))

        def take(_: int) -> list[str]:
            mine: list[str] = []
            while taken := store.take_messages(AT, timedelta(minutes=1), limit=3):
                mine += [one.key for one in taken]
            return mine

        taken = _race(8, take)
        assert sorted(key for mine in taken for key in mine) == [f"k{k:02}" for k in range(60)]

    def test_health_counts(self, store):
        store.commit(submit("C1"))
        health = store.health()
        assert health["ok"]
        assert (health["cases"], health["events"]) == (1, 1)

    def test_values_are_deleted_and_the_entries_still_hold(self, store):
        """C9"""
        store.commit(submit("C1"))
        second = approve("C1", 1)
        told_apart = replace(second.change, answer={"number": "1", "digest": "ab" * 32})
        store.commit(replace(second, id="second", change=told_apart))
        before = store.case_entries("C1")
        assert [one.position for one in before] == [-1] * len(before)
        event, decided = before[0], next(one for one in before if one.kind == "decision")
        told = {one.n: take_out(one.body, one.salt, None, [at], "gone") for one, at in (
            (event, "/payload/费用"), (decided, "/record/outputs"),
        )}  # fmt: skip
        stored_event, stored_decision = store.events("C1")[0], store.decision(decided.decision_id)
        change = Change(
            events=[NewEvent(kind="erased", at=AT, actor="")],
            erased=[
                Erasure(
                    n=event.n, parts=told[event.n][1], event=replace(stored_event, payload=told[event.n][0]["payload"])
                ),
                Erasure(
                    n=decided.n,
                    parts=told[decided.n][1],
                    decision=replace(stored_decision, record=told[decided.n][0]["record"], words=""),
                ),
            ],
            attachments_gone=["F1"],
        )
        store.add_attachment(attached("F1", "C1"))
        store.add_attachment(attached("F2", "C1"))
        store.commit(Command(id="erase", actor="", at=AT, case_id="C1", expected_seq=2, change=change))
        store.scrub()
        after = store.case_entries("C1")
        assert [one.hash for one in after][: len(before)] == [one.hash for one in before]
        assert all(body_fits(one.body_hash, one.salt, one.body, one.parts) for one in after)
        assert [bool(one.parts) for one in after] == [one.n in told for one in after]
        assert store.events("C1")[0].payload == {**stored_event.payload, "费用": None}
        assert store.decision(decided.decision_id).record["outputs"] is None
        assert store.decisions(DecisionFilter(query="张三"))[1] == 0
        assert "digest" not in store.committed("second").answer
        assert [one.id for one in store.case_attachments("C1")] == ["F2"]
        store.count_entries()
        assert [one.parts for one in store.entries()][1:] == [one.parts for one in after]

    def test_a_file_is_forgotten_unless_a_case_or_a_draft_has_it(self, store):
        """C1: a command that sends one that is gone writes nothing."""
        for name, case in (("loose", ""), ("drafted", ""), ("sent", "C9")):
            store.add_attachment(attached(name, case))
        mine = attached("drafted", "").person
        store.save_draft(mine, "dorm", "v", {"住户": [{"合同": [{"id": "drafted", "name": "x.pdf"}]}]}, AT)
        store.save_draft("somebody", "dorm", "v", {"合同": [{"id": "loose"}]}, AT)
        assert [store.delete_attachment(name) for name in ("loose", "drafted", "sent", "nothing")] == [
            True,
            *[False] * 3,
        ]
        with pytest.raises(AttachmentGone):
            store.commit(submit("C1", change=Change(case=a_case("C1"), attachments=["drafted", "loose"])))
        assert store.case("C1") is None
        assert store.attachment("drafted").case_id == ""
        store.delete_draft(mine, "dorm")
        assert store.delete_attachment("drafted")

    def test_a_file_is_sent_or_forgotten_and_never_both(self, store):
        """C1"""
        for i in range(20):
            store.add_attachment(attached(f"F{i}", ""))

            def both(which: int, i: int = i) -> object:
                if which:
                    return store.delete_attachment(f"F{i}")
                return store.commit(submit(f"C{i}", change=Change(case=a_case(f"C{i}"), attachments=[f"F{i}"])))

            sent, forgotten = _race(2, both)
            assert isinstance(sent, AttachmentGone) is (forgotten is True), (sent, forgotten)
            assert (store.attachment(f"F{i}") is None) is (store.case(f"C{i}") is None)

    def test_looks_and_deletions_of_all_cases_are_found(self, store):
        """C9"""
        for number, kind in enumerate(("looked", "approved", "erased"), 1):
            event = NewEvent(kind=kind, at=AT + timedelta(hours=number), actor="20006")
            store.commit(Command(id=kind, actor="", at=AT, case_id=f"C{number}", change=Change(events=[event])))
        found, total = store.privacy_events(page=1, size=1)
        assert ([one.kind for one in found], total) == (["erased"], 2)
        assert [one.case_id for one in store.privacy_events(page=2, size=1)[0]] == ["C1"]

    def test_old_drafts_of_a_service_go(self, store):
        """C8"""
        for service, at in (("dorm", AT), ("relief", AT), ("relief", AT + timedelta(days=2))):
            store.save_draft(f"P{at.day}", service, "v", {}, at)
        assert store.delete_drafts("relief", AT + timedelta(days=1)) == 1
        assert [store.draft("P1", name) is None for name in ("dorm", "relief")] == [False, True]
        assert store.draft("P3", "relief") is not None


def _race(count: int, work):
    """What `count` threads got that started together: a result or an error."""
    found: list[object] = [None] * count
    start = threading.Barrier(count)

    def run(i: int) -> None:
        start.wait()
        try:
            found[i] = work(i)
        except StorageError as error:
            found[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture(scope="module")
def server():
    with cluster() as url:
        yield url


class TestPostgres(StoreContract):
    """The same tables by URL; every test has a database of its own."""

    @pytest.fixture
    def store(self, server):
        name = f"t{new_id().lower()}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        store = SqlStore(make_url(server).set(database=name))
        yield store
        store.close()


class TestSqlite(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        store = SqlStore(tmp_path / "banshi.db")
        yield store
        store.close()

    @pytest.mark.parametrize(
        "statement", ["UPDATE events SET kind = 'x'", "DELETE FROM events", "DELETE FROM decisions"]
    )
    def test_events_and_decisions_are_never_changed(self, store, statement):
        """C3: not even by a mistake in our own code."""
        store.commit(submit("C1"))
        with pytest.raises(DatabaseError, match="never changed"), store._database.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        assert [event.kind for event in store.events("C1")] == ["submitted"]

    def test_no_statement_of_a_command_looks_through_a_table(self, store):
        """So a command costs the same whatever the number of cases: asked of SQLite's own plans."""
        statements = []
        engine = store._database.engine
        listen(
            engine, "before_cursor_execute", lambda c, k, sql, values, x, many: statements.append((sql, values, many))
        )
        store.commit(submit("C1"))
        store.commit(approve("C1", 1))
        with engine.connect() as connection:
            plans = [
                (line, sql)
                for sql, values, many in list(statements)
                if sql.split()[0] in ("SELECT", "UPDATE", "INSERT", "DELETE")
                for *_, line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values[0] if many else values)
            ]
        assert len(statements) > 8
        assert [sql for line, sql in plans if line.startswith("SCAN")] == []

    def test_the_dispatcher_and_inboxes_look_through_no_table(self, store):
        """However many messages were ever sent."""
        statements = []
        engine = store._database.engine
        listen(engine, "before_cursor_execute", lambda c, k, sql, values, x, many: statements.append((sql, values)))
        store.take_messages(AT, timedelta(minutes=1))
        store.messages(MessageFilter(channel="inbox", target="2023001", states=("unread",)), size=0)
        store.messages(MessageFilter(channel="inbox", target="2023001"))
        store.read_messages("2023001", (), AT)
        with engine.connect() as connection:
            plans = [
                (line, sql)
                for sql, values in list(statements)
                if sql.split()[0] in ("SELECT", "UPDATE")
                for *_, line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            ]
        assert len(plans) >= 4
        assert [sql for line, sql in plans if line.startswith("SCAN")] == []

    def test_the_file_is_as_durable_as_promised(self, store):
        with store._database.reading() as connection:
            asked = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


class TestTinyInMemory(StoreContract):
    @pytest.fixture
    def store(self):
        return TinyStore()


class TestTinyFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        store = TinyStore(tmp_path / "banshi.json")
        yield store
        store.close()
