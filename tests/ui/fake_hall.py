"""A hall without a store: three services, a few people, cases in every state. For looking at screens and testing them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from fake_accounts import FakeAccounts
from fake_codes import FakeCodes, FakeRows
from fake_outbox import FakeOutbox
from fake_papers import FakePapers
from fake_passes import FakePasses, FakePersonalPasses
from route_people import route_of

from banshi.platform.archive.archivist import ArchiveQuestion
from banshi.platform.audit.log import FindingView
from banshi.platform.audit.telling import told
from banshi.platform.errors import NotAllowed, NotFound, Stale
from banshi.platform.people.directory import Person
from banshi.platform.routes.diagram import Diagram, diagram
from banshi.platform.sheets import faults
from banshi.platform.statistics.model import CaseGroup, Choices, Lengths, Question, Statistics, StepGroup
from banshi.platform.views import (
    ArchiveRow,
    Board,
    BoardRow,
    CaseRow,
    CaseView,
    ChangeView,
    ChoiceMatch,
    Comparison,
    DecisionView,
    DraftRow,
    EventView,
    ExampleResult,
    Filling,
    FillingRow,
    FormSession,
    Load,
    MoveRow,
    OwnedService,
    Page,
    PersonMatch,
    PlanRow,
    PrivacyRow,
    Problem,
    Receipt,
    Report,
    ServiceCard,
    StandInRow,
    StepView,
    TaskRow,
    TaskView,
    VersionRow,
    Waiting,
)
from banshi.rules.diagnostics import CATALOGUE, Fault, Place, Severity
from banshi.rules.values import dumps

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
SHA = hashlib.sha256(b"workbook").hexdigest()


def person(key: str, name: str, english: str, department: str, kind: str, note: str, *roles: str) -> Person:
    return Person(
        id=key, name=name, english_name=english, department=department, kind=kind, demo=True, demo_note=note,
        roles=frozenset(roles),
    )  # fmt: skip


PEOPLE = [
    person(
        "S20230117",
        "陈思远",
        "Chen Siyuan",
        "材料学院",
        "本科生",
        "学生：宿舍电费、提交申请 A student: dormitory electricity",
    ),
    person(
        "10423", "李雪梅", "Li Xuemei", "化学学院", "教职工", "课题组教师：采购危险化学品 A teacher who buys chemicals"
    ),
    person(
        "10310",
        "唐建业",
        "Tang Jianye",
        "实验室与设备处",
        "教职工",
        "实验室与设备处处长：审批 Head of the equipment office",
    ),
    person(
        "10311", "韩雪", "Han Xue", "实验室与设备处", "教职工", "大型仪器科：发布工作簿 Publishes workbooks", "owner"
    ),
    person("10811", "蒋文博", "Jiang Wenbo", "审计处", "教职工", "审计员：查规则日志 The auditor", "auditor"),
    person("90001", "系统管理员", "Administrator", "信息中心", "教职工", "管理员 Administrator", "administrator"),
]

CARDS = [
    ("dorm-electricity", "宿舍电费核算", "Dormitory electricity", "后勤服务", "学生公寓中心", "bolt", "即时出账",
     "按寝室每月抄表，每名学生每月免费 10 度，可结转；超出部分按 0.698 元/度计费，由同住学生分摊到分。",
     "Monthly meter reading per room: 10 kWh free per student, 0.698 yuan a kWh beyond, shared to the fen.", ["抄表登记", "学生确认", "出账"]),
    ("lab-chemicals", "实验室危险化学品采购", "Purchasing hazardous chemicals", "实验室", "实验室与设备处", "flask", "5 个工作日",
     "采购易制毒、易制爆及其他危险化学品前的申请与备案。系统按 CAS 号逐项核对管制目录，并提示需要的许可。",
     "Apply before buying controlled chemicals; every item is checked by its CAS number against the lists.",
     ["学院安全员", "课题组负责人", "保卫处备案", "实验室与设备处", "采购办"]),
    ("large-instrument", "大型仪器设备购置申请", "Buying a large instrument", "采购与资产", "实验室与设备处", "microscope", "15 个工作日",
     "单价 40 万元及以上仪器设备的购置论证与审批，经八个部门，其中实验室与设备处、财务处、后勤处、基建处、保卫处并行会签。",
     "Justification and approval of instruments of 400,000 yuan or more, through eight departments.",
     ["编制部门", "采购办", "实验室与设备处", "财务处", "后勤处", "基建处", "保卫处", "校长办公室"]),
    ("seal", "用印申请", "Use of a seal", "综合事务", "校长办公室", "stamp", "1 个工作日", "合同、证明及各类文件加盖学校印章。",
     "Stamping contracts, certificates and documents.", ["部门负责人", "印章管理"]),
    ("enrolment", "在读证明", "Certificate of enrolment", "学生事务", "教务处", "file", "即时办结", "在读学生自助开具中英文在读证明，可在线核验。",
     "Certificates of enrolment in Chinese and English.", ["自动核验"]),
    ("room", "场地借用", "Borrowing a room", "综合事务", "后勤处", "", "2 个工作日", "会议室、报告厅、教室的借用申请。",
     "Meeting rooms, lecture halls and classrooms.", ["归口部门", "保卫处"]),
]  # fmt: skip


def schema(title: str) -> bytes:
    """A form as `banshi.platform.forms.form_schema` compiles it."""

    def item(sort: str, name: str, label: str, kind: str = "text", **more: Any) -> dict[str, Any]:
        return {"type": sort, "name": name, "label": [label], "kind": kind, **more}

    page = [
        item("text", "instrument", "仪器名称", required={"ast": {"t": "bool", "v": True}}),
        item("money", "amount", "预算金额（元）", "number", required={"ast": {"t": "bool", "v": True}}),
        item("select_one", "fund", "经费来源", choices="fund"),
        item("text", "reason", "购置理由", appearance=["multiline"]),
    ]
    return dumps(
        {
            "id": "x", "title": title, "version": SHA[:12], "language": "zh",
            "pages": [{"name": "p1", "title": ["申请信息"], "items": page}],
            "choices": {"fund": [{"name": "a", "label": "学科建设经费"}, {"name": "b", "label": "科研经费"}]},
            "decisive": True,
        }
    ).encode()  # fmt: skip


STEPS = [
    StepView(id="10", name="编制部门负责人", state="done", people=[PEOPLE[1]]),
    StepView(id="20", name="采购办审核", state="done", people=[replace(PEOPLE[3], name="邓佳宁", department="采购办")]),
    StepView(id="30", name="实验室与设备处会签", state="active", group="会签", people=[PEOPLE[2], PEOPLE[3]], mode="any",
             since=NOW - timedelta(hours=3), due=NOW + timedelta(days=2)),
    StepView(id="31", name="财务处会签", state="active", group="会签", people=[replace(PEOPLE[4], name="吴倩", department="财务处")],
             since=NOW - timedelta(hours=3), due=NOW - timedelta(hours=1), overdue=True),
    StepView(id="40", name="基建处", state="skipped", reason="不满足进入条件（需要改造房屋=否）"),
    StepView(id="50", name="校长办公室", state="pending", people=[replace(PEOPLE[4], name="罗思源", department="校长办公室")]),
]  # fmt: skip
ROUTE = route_of(
    """
    | step | name | name::English (en) | who | mode | when | group |
    | 10 | 编制部门负责人 | Head of the department | head(申请部门) | | | |
    | 20 | 采购办审核 | Purchasing office | role:采购办.审核岗 | | | |
    | 30 | 实验室与设备处会签 | Laboratories and equipment | role:实验室与设备处.审核岗 | all | | 会签 |
    | 31 | 财务处会签 | Finance | role:财务处.审核岗 | ratio 2/3 | | 会签 |
    | 40 | 基建处 | Construction | role:基建处.审核岗 | | ${需要改造房屋} = "是" | |
    | 45 | 专家论证 | Experts | role:学校.专家 | | | 论证(any) |
    | 46 | 学术委员会论证 | Academic committee | role:学校.委员 | | | 论证(any) |
    | 50 | 校长办公室 | Office of the president | role:校办.主任 | | | |
    """
)
BILL = {
    "electricity": {
        "lines": [
            {"item": "free", "label": "免费额度", "quantity": Decimal(40), "rate": Decimal(0), "amount": Decimal("0.00"), "cells": []},
            {"item": "over", "label": "超额电费", "quantity": Decimal(55), "rate": Decimal("0.698"), "amount": Decimal("38.39"), "cells": []},
        ],
        "total": Decimal("38.39"),
        "shares": [
            {"label": "陈思远", "amount": Decimal("9.60")}, {"label": "王一凡", "amount": Decimal("9.60")},
            {"label": "刘子豪", "amount": Decimal("9.60")}, {"label": "赵明", "amount": Decimal("9.59")},
        ],
    }
}  # fmt: skip
FINDINGS = [
    {"path": "items[1].cas", "id": "P03", "verdict": "require", "message": "高锰酸钾（7722-64-7）属于易制毒化学品第三类，也是易制爆危险化学品。",
     "remedy": "采购前向县级公安机关备案，并实行双人双锁保管。", "reference": "《易制毒化学品管理条例》第十七条", "cell": "policy.chemicals!A7",
     "not_checked": False, "missing": []},
    {"path": "items[2].cas", "id": "P09", "verdict": "warn", "message": "过氧化氢的浓度没有填写，是否管制未核验。", "remedy": "请填写质量浓度。",
     "reference": "", "cell": "policy.chemicals!A12", "not_checked": True, "missing": ["concentration"]},
]  # fmt: skip
EXPLANATION = [
    {"label": "超额电费 = 超额电量 × 单价", "value": Decimal("38.39"), "cell": "fees.electricity!C6", "zh": "按分四舍五入", "en": "rounded to the fen",
     "parts": [
         {"label": "超额电量", "value": Decimal(55), "cell": "表单!C9", "zh": "", "en": "", "parts": [
             {"label": "用电量", "value": Decimal(95), "cell": "表单!A7", "zh": "由申请人填写", "en": "given by the applicant", "parts": []},
             {"label": "免费额度", "value": Decimal(40), "cell": "表单!C8", "zh": "4 人 × 10 度", "en": "4 people × 10 kWh", "parts": []}]},
         {"label": "单价", "value": Decimal("0.698"), "cell": "fees.electricity!D6", "zh": "", "en": "", "parts": []}]},
]  # fmt: skip


def diagnostics() -> list[Any]:
    def of(code: str, severity: Severity, zh: str, en: str, do_zh: str, do_en: str) -> Fault:
        return CATALOGUE.get(code) or Fault(code, severity, zh, en, do_zh, do_en)

    return [
        of("X-1", Severity.ERROR, "表达式用到了不存在的字段“usgae”。", "The expression uses a field “usgae” that does not exist.",
           "您是不是要写 usage？请修改该单元格。", "Did you mean usage? Please correct the cell.").at(Place("survey", "F12")),
        of("X-2", Severity.ERROR, "第 5 行与第 6 行在 100,000 元处重叠。", "Rows 5 and 6 overlap at 100,000.",
           "把其中一行的上限改为“不含”。", "Make one of the bounds exclusive.").at(Place("rules.approval", "B6")),
        of("X-3", Severity.WARNING, "工作簿里有隐藏的工作表“旧版”。", "There is a hidden sheet “旧版”.",
           "不再需要时请删除它。", "Delete it when it is no longer needed.").at(Place("旧版")),
    ]  # fmt: skip


def decision(number: int, kind: str, name: str, outcome: str, outputs: Any) -> DecisionView:
    record = {
        "kind": kind, "name": name, "scope": "items[1]" if kind == "policy" else "",
        "inputs": {"用电量": Decimal(95), "人数": Decimal(4), "计费月份": "2026-10"}, "outputs": outputs,
        "fired": [f"{kind}.{name}!A{number + 5}"], "outcome": outcome, "explanation": EXPLANATION, "faults": [],
    }  # fmt: skip
    return DecisionView(
        id=f"D{number:04}", at=NOW - timedelta(minutes=7 * number), case_id="C1", number="YQ2026-000017",
        service_id=CARDS[number % 3][0], version=SHA[:12], kind=kind, name=name, scope=str(record["scope"]),
        outcome=outcome, engine="durable-rules" if kind == "policy" else "", record=record, told=told(kind, name, outputs, "zh"),
    )  # fmt: skip


DECISIONS = [
    decision(n, *(
        ("tariff", "electricity", "ok", {"over": Decimal("38.39"), "electricity.total": Decimal("38.39")}),
        ("table", "approval", "ok", {"审批级别": "校级", "需要论证": True}),
        ("policy", "chemicals", "not checked", {"需要 公安备案": True}),
        ("table", "quota", "no match", None),
    )[n % 4])
    for n in range(1, 58)
]  # fmt: skip


class FakeJobs:
    """No service of this hall does anything by the clock."""

    def may_look_after(self, person: Person) -> bool:
        return False

    def fire_due(self) -> int:
        return 0

    def purge_due(self) -> int:
        return 0


class FakeBoards:
    """No service of this hall publishes numbers."""

    def services(self, person: Person, language: str = "zh") -> list[tuple[str, str]]:
        return []


class FakeLabels:
    """No labels to print."""

    def parts(self, person: Person, service_id: str) -> int:
        return 0


class FakeHall:
    """Only what screens call, in memory; `faster` makes the next action find that somebody else was first."""

    def __init__(self) -> None:
        self.workshop = self
        self.outbox = FakeOutbox()
        self.jobs = FakeJobs()
        self.labels = FakeLabels()
        self.boards = FakeBoards()
        self.accounts = FakeAccounts()
        self.papers = FakePapers()
        self.passes = FakePasses()
        self.personal_passes = FakePersonalPasses()
        self.passages = self.personal_passes
        self.codes, self.rows = FakeCodes(), FakeRows()
        self.tokens: dict[str, Person] = {}
        self.saved: dict[tuple[str, str], tuple[dict[str, Any], datetime]] = {}
        self.receipts: dict[str, Receipt] = {}
        self.acts: list[tuple[str, str, str]] = []
        self.files: dict[str, tuple[str, str, bytes]] = {}
        self.faster = False
        self.said: list[tuple[str, list[str]]] = []
        self.bulk: list[str] = []
        self.standing: list[StandInRow] = []
        self.closed = False
        self.state = "open"
        self._ids = count(1)

    def close(self) -> None:
        self.closed = True

    def scan(self) -> list[Report]:
        return []

    def demo_people(self) -> tuple[Person, ...]:
        return tuple(PEOPLE)

    def sign_in(self, person_id: str, lifetime: timedelta = timedelta(hours=8)) -> str:
        found = next((one for one in PEOPLE if one.id == person_id), None)
        if found is None:
            raise NotFound("person", person_id)
        token = f"token-{person_id}-{next(self._ids)}"
        self.tokens[token] = found
        return token

    def person_of(self, token: str) -> Person | None:
        return self.tokens.get(token)

    def sign_out(self, token: str) -> None:
        self.tokens.pop(token, None)

    def may(self, person: Person, what: str) -> bool:
        return what in person.roles or "administrator" in person.roles

    def department_name(self, department: str, language: str = "zh") -> str:
        return department

    def person_name(self, person_id: str, language: str = "zh") -> str:
        found = next((one for one in PEOPLE if one.id == person_id), None)
        return person_id if found is None else found.english_name if language == "en" else found.name

    def drafts(self, person: Person, language: str = "zh") -> list[DraftRow]:
        return []

    def find_choices(
        self, person: Person, question: str, said: str, *, answers: Mapping[str, Any], row: Any = (), service_id: str = "",
        case_id: str = "", language: str = "zh",
    ) -> list[ChoiceMatch]:  # fmt: skip
        return []

    def find_people(self, person: Person, said: str, language: str = "zh") -> list[PersonMatch]:
        del person
        return [
            PersonMatch(id=one.id, label=f"{one.name} · {one.id}", exact=said == one.name)
            for one in PEOPLE
            if one.name.startswith(said)
        ]

    def catalogue(
        self, person: Person, *, query: str = "", category: str = "", language: str = "zh"
    ) -> list[ServiceCard]:
        cards = [self._card(row, language) for row in CARDS]
        fits = [card for card in cards if not category or card.category == category]
        return [card for card in fits if query.lower() in f"{card.title}{card.owner}{card.guide}".lower()]

    def categories(self, language: str = "zh") -> list[str]:
        return sorted({row[3] for row in CARDS})

    def card(self, person: Person, service_id: str, language: str = "zh") -> ServiceCard:
        if service_id == "forbidden":
            raise NotAllowed("这项服务不面向您开放。", "This service is not open to you.")
        row = next((row for row in CARDS if row[0] == service_id), None)
        if row is None:
            raise NotFound("service", service_id)
        return self._card(row, language)

    def _card(self, row: tuple[Any, ...], language: str) -> ServiceCard:
        key, zh, en, category, owner, icon, sla, guide_zh, guide_en, steps = row
        return ServiceCard(
            id=key, title=en if language == "en" else zh, category=category, owner=owner,
            guide=guide_en if language == "en" else guide_zh, contact="020-8721 0031 · 行政楼 204", sla=sla, icon=icon,
            version=SHA[:12], published_at=NOW, steps=steps, source="《学校仪器设备管理办法》（2025 年修订）",
        )  # fmt: skip

    def open_form(
        self, person: Person, service_id: str, language: str = "zh", given: Any = None, admission: str = ""
    ) -> FormSession:
        card = self.card(person, service_id, language)
        draft = self.saved.get((person.id, service_id))
        return FormSession(
            service_id=service_id, title=card.title, version=SHA[:12], schema=schema(card.title),
            answers=draft[0] if draft else {}, opened_at=NOW, draft_saved_at=draft[1] if draft else None, draft_version=SHA[:12] if draft else "",
        )  # fmt: skip

    def fill_as_before(self, person: Person, service_id: str) -> datetime:
        return self.save_draft(person, service_id, {}, SHA[:12])

    def evaluate(
        self, person: Person, service_id: str, answers: Mapping[str, Any], language: str = "zh", chosen: Any = None,
        admission: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        route = [
            {"id": s.id, "name": s.name, "state": "skipped" if s.state == "skipped" else "pending", "group": s.group,
             "people": [p.name for p in s.people], "reason": s.reason}
            for s in STEPS
        ]  # fmt: skip
        bills = BILL if service_id == "dorm-electricity" else {}
        findings = FINDINGS if service_id == "lab-chemicals" else []
        return {"answers": dict(answers), "relevant": {}, "required": {}, "readonly": {}, "constraints": {}, "values": {},
                "outputs": {}, "errors": [], "bills": bills, "findings": findings, "route": route}  # fmt: skip

    def template(self, person: Person, service_id: str, language: str = "zh") -> tuple[str, bytes]:
        return f"{self.card(person, service_id, language).title}.xlsx", b"PK template"

    def check_filling(self, person: Person, service_id: str, file: str, data: bytes, language: str = "zh") -> Filling:
        self.card(person, service_id, language)
        sent = [FillingRow(row=3, title="通用荧光显微镜", state="sent", case_id="C1", number="YQ2026-000017")]
        rest = [
            FillingRow(row=4, title="高速离心机", state="faulty", diagnostics=diagnostics()[:1]),
            FillingRow(row=5, title="超低温冰箱", state="ready"),
        ]
        return Filling(file=file, version=SHA[:12], rows=sent + rest, diagnostics=diagnostics()[2:], sendable=1)

    def mark_filling(
        self, person: Person, service_id: str, file: str, data: bytes, language: str = "zh"
    ) -> tuple[str, bytes]:
        self.card(person, service_id, language)
        return file, data

    def send_filling(
        self, person: Person, service_id: str, file: str, data: bytes, *, version: str, language: str = "zh",
        progress: Callable[[int, int], None] = lambda *_: None,
    ) -> Filling:  # fmt: skip
        progress(1, 1)
        found = self.check_filling(person, service_id, file, data, language)
        rows = [replace(row, state="sent", case_id="C1", number="YQ2026-000018") for row in found.rows[2:]]
        return replace(found, rows=[*found.rows[:2], *rows], sendable=0)

    def draft_filling(self, person: Person, service_id: str, file: str, data: bytes, language: str = "zh") -> datetime:
        return self.save_draft(person, service_id, {"instrument": "高速离心机"}, SHA[:12])

    def save_draft(
        self,
        person: Person,
        service_id: str,
        answers: Mapping[str, Any],
        version: str,
        chosen: Any = None,
        since: datetime | None = None,
        there: bool = False,
    ) -> datetime:
        self.saved[person.id, service_id] = (dict(answers), NOW)
        return NOW

    def discard_draft(self, person: Person, service_id: str) -> None:
        self.saved.pop((person.id, service_id), None)

    def submit(
        self, person: Person, service_id: str, answers: Mapping[str, Any], *, command_id: str, language: str = "zh",
        from_draft: bool = False, chosen: Any = None, admission: str = "",
    ) -> Receipt:  # fmt: skip
        self.chosen = chosen
        if command_id in self.receipts:
            return replace(self.receipts[command_id], repeated=True)
        if not answers.get("instrument"):
            return Receipt(
                done=False, problems=[Problem(path="instrument", message="请填写仪器名称。", code="FORM-001")]
            )
        self.saved.pop((person.id, service_id), None)
        self.receipts[command_id] = Receipt(
            done=True, case_id="C1", number="YQ2026-000017", seq=1,
            next_steps=[replace(step, state="active" if i == 0 else "pending") for i, step in enumerate(STEPS[:3])],
        )  # fmt: skip
        return self.receipts[command_id]

    def attach(self, person: Person, name: str, chunks: Iterator[bytes]) -> dict[str, Any]:
        data = b"".join(chunks)
        key = f"F{next(self._ids)}"
        self.files[key] = (person.id, name, data)
        return {"id": key, "name": name, "size": len(data), "type": "application/pdf"}

    def attachment(self, person: Person, attachment_id: str) -> tuple[str, str, Path]:
        if attachment_id not in self.files:
            raise NotFound("attachment", attachment_id)
        if self.files[attachment_id][0] != person.id:
            raise NotAllowed
        raise NotFound("attachment", attachment_id)

    def _rows(self) -> list[CaseRow]:
        states = ["open", "returned", "approved", "refused", "withdrawn"]
        return [
            CaseRow(
                id=f"C{n}",
                number=f"YQ2026-{18 - n:06}",
                service_id=CARDS[n % 6][0],
                title=f"{CARDS[n % 6][1]}（陈思远）",
                applicant="陈思远",
                state=states[(n - 1) % 5],
                submitted_at=NOW - timedelta(days=n),
                changed_at=NOW,
                current_steps=["实验室与设备处会签"] if n % 5 == 1 else [],
            )
            for n in range(1, 48)
        ]

    def my_cases(self, person: Person, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        rows = self._rows() if person.id != "10811" else []
        return Page(items=rows[(page - 1) * size : page * size], page=page, size=size, total=len(rows))

    def tasks(
        self,
        person: Person,
        *,
        state: str = "open",
        query: str = "",
        service_id: str = "",
        page: int = 1,
        size: int = 20,
        language: str = "zh",
    ) -> Page:
        rows = [
            TaskRow(
                id=f"T{n}",
                case_id="C1",
                number=f"YQ2026-{17 + n:06}",
                service_id="large-instrument",
                title=f"{CARDS[n % 3][1]}（{('陈思远', '李雪梅', '王一凡')[n % 3]}）",
                step_id="30",
                step_name="实验室与设备处会签",
                applicant=("陈思远", "李雪梅", "王一凡")[n % 3],
                person=person.id,
                state=state,
                since=NOW - timedelta(hours=n),
                due=NOW + timedelta(hours=n - 1),
                overdue=n == 0 and state == "open",
                reminded_at=NOW if n == 0 else None,
                done_at=NOW if state == "done" else None,
                action=("approve", "return", "refuse")[n % 3] if state == "done" else "",
                whose="韩雪" if state == "open" and n == 1 else "",
                bulk=state == "open" and n == 0,
                why_not="" if state != "open" or n == 0 else "这一环节要填写内容、意见或签名。",
            )
            for n in range(self.task_count(person) if state == "open" else 6)
        ]
        return Page(items=rows, page=page, size=size, total=len(rows))

    def fire_timers(self) -> int:
        return 0

    def publish_planned(self) -> int:
        return 0

    def sweep_files(self) -> int:
        return 0

    def erase_due(self) -> int:
        return 0

    def refresh(self) -> int:
        return 0

    def waiting(self, person: Person) -> Waiting:
        return Waiting(self.task_count(person), unread=self.outbox.unread(person))

    def evaluate_case(
        self, person: Person, case_id: str, answers: Mapping[str, Any], language: str = "zh", chosen: Any = None
    ) -> dict[str, Any]:
        return {"answers": dict(answers), "bills": {}, "findings": [], "route": []}

    def titles(self, person: Person, language: str = "zh") -> dict[str, str]:
        return {card[0]: card[1] for card in CARDS}

    def task_count(self, person: Person, state: str = "open") -> int:
        return 3 if state == "open" and person.department == "实验室与设备处" else 0

    def case(self, person: Person, case_id: str, language: str = "zh") -> CaseView:
        row = next((row for row in self._rows() if row.id == case_id), None)
        if row is None:
            raise NotFound("case", case_id)
        approver = person.department == "实验室与设备处" and self.state == "open"
        row = replace(row, state=self.state if case_id == "C1" else row.state)
        task = TaskView(
            id="T1", step_id="30", step_name="实验室与设备处会签", actions=["approve", "refuse", "return"], edit=["reason"],
            require=[], return_to=[("initiator", ""), ("20", "采购办审核")], how=["through", "straight", "changed"],
            handing=["transfer", "consult", "before", "after", "beside"], phrases=["同意。", "请补充论证材料。"],
        )  # fmt: skip
        events = [
            EventView(seq=1, at=NOW - timedelta(days=1), kind="submitted", actor="陈思远"),
            EventView(seq=2, at=NOW - timedelta(hours=20), kind="approved", actor="李雪梅", step="编制部门负责人", opinion="情况属实，同意购置。"),
            EventView(seq=3, at=NOW - timedelta(hours=3), kind="approved", actor="邓佳宁", step="采购办审核"),
            EventView(seq=4, at=NOW - timedelta(hours=3), kind="skipped", actor="", step="基建处", detail="不满足进入条件；需要改造房屋 = 否"),
        ]  # fmt: skip
        return CaseView(
            row=row, version=SHA[:12], seq=4, schema=schema(row.title), answers={"instrument": "场发射扫描电子显微镜", "amount": Decimal(1280000)},
            values={}, steps=STEPS, events=events, tasks=[task] if approver else [], decisions=DECISIONS[:4] if not approver else (),
            bills=BILL if case_id in ("C1", "C6") else {}, findings=FINDINGS if case_id == "C1" else (),  # type: ignore[arg-type]
            may_archive=row.state == "approved" and self.may(person, "owner"),
            mine=not approver, may_edit=row.state == "returned" and not approver, may_withdraw=row.state in ("open", "returned") and not approver,
        )  # fmt: skip

    def case_accounts(self, person: Person, case_id: str, language: str = "zh") -> tuple[list[Any], list[Any]]:
        del person, case_id, language
        return [], []

    def look_at_payments(self) -> int:
        return 0

    def case_diagram(self, person: Person, case_id: str, language: str = "zh") -> Diagram:
        return diagram(ROUTE, language, full=False)

    def service_diagram(self, person: Person, service_id: str, language: str = "zh") -> Diagram:
        self._owner(person)
        return diagram(ROUTE, language)

    def act(self, person: Person, case_id: str, task_id: str, action: str, **more: Any) -> Receipt:
        if self.faster:
            self.faster, self.state = False, "approved"
            raise Stale("韩雪", "Han Xue")
        self.acts.append((case_id, action, more["opinion"]))
        self.state = {"approve": "approved", "refuse": "refused", "return": "returned", "resubmit": "open"}[action]
        return Receipt(done=True, case_id=case_id, number="YQ2026-000017", seq=5)

    def act_in_bulk(
        self, person: Person, task_ids: Sequence[str], *, opinion: str = "", command_id: str, language: str = "zh"
    ) -> list[tuple[str, str]]:
        self.bulk = list(task_ids)
        return [(task_id, "") for task_id in task_ids]

    def comment(
        self,
        person: Person,
        case_id: str,
        text: str,
        *,
        mentions: Sequence[str] = (),
        files: Sequence[str] = (),
        command_id: str,
    ) -> Receipt:
        self.said.append((text, list(mentions)))
        return Receipt(done=True, case_id=case_id, seq=5)

    def urge(self, person: Person, case_id: str, *, command_id: str) -> Receipt:
        return Receipt(done=True, case_id=case_id, seq=5)

    def read_copies(self, person: Person, case_id: str) -> int:
        return 0

    def stand_ins(self, person: Person, language: str = "zh") -> list[StandInRow]:
        return self.standing

    def let_stand_in(
        self,
        person: Person,
        stand_in: str,
        since: datetime,
        until: datetime,
        *,
        services: Sequence[str] = (),
        note: str = "",
        command_id: str,
    ) -> None:
        name = self.person_name(stand_in)
        self.standing.append(
            StandInRow(
                id=command_id,
                person=person.name,
                stand_in=name,
                mine=True,
                since=since,
                until=until,
                services=services,
                note=note,
                state="ahead",
            )
        )

    def end_stand_in(self, person: Person, stand_in_id: str) -> None:
        self.standing = [row for row in self.standing if row.id != stand_in_id]

    def withdraw(self, person: Person, case_id: str, *, seq: int, command_id: str, language: str = "zh") -> Receipt:
        self.state = "withdrawn"
        return Receipt(done=True, case_id=case_id, seq=5)

    def _owner(self, person: Person, role: str = "owner") -> None:
        if not self.may(person, role):
            raise NotAllowed

    def _report(self, file: str, *, good: bool) -> Report:
        facts = {"name": "示例 3", "column_zh": "总额", "expected": "38.39", "found": "实际为“38.40”"}
        failure = ("总额", faults.EXAMPLE_DIFFERS.at(Place("examples", "H4"), **facts))
        return Report(
            file=file, sha256=SHA, service_id="lab-chemicals", title="实验室危险化学品采购", publishable=good,
            diagnostics=diagnostics()[2:] if good else diagnostics(),
            examples=[ExampleResult(name=f"示例 {n}", passed=good or n != 3, failures=[] if good or n != 3 else [failure]) for n in range(1, 9)],
        )  # fmt: skip

    def owned(self, person: Person, language: str = "zh") -> list[OwnedService]:
        self._owner(person)
        live = self.versions(person, "lab-chemicals")[0]
        return [
            OwnedService(id="large-instrument", title="大型仪器设备购置申请", live=live, open_cases=12),
            OwnedService(id="lab-chemicals", title="实验室危险化学品采购", live=live, open_cases=3,
                         report=self._report("lab/chemicals.xlsx", good=False)),
        ]  # fmt: skip

    def check(self, person: Person, file: str, data: bytes) -> Report:
        self._owner(person)
        return self._report(file, good=b"good" in data)

    def together(self, person: Person, files: Mapping[str, bytes]) -> tuple[str, bytes]:
        self._owner(person)
        return next(iter(files)), b"".join(files.values())

    def new_workbook(self, person: Person, title: str, language: str = "zh", like: str = "") -> tuple[str, bytes]:
        self._owner(person)
        return f"{like or title}.xlsx", b"PK"

    def publish(
        self,
        person: Person,
        file: str,
        data: bytes,
        *,
        note: str = "",
        at: datetime | None = None,
        replaces: str | None = None,
        command_id: str = "",
        rows: bool = False,
        examples: bool = False,
    ) -> tuple[Report, VersionRow | PlanRow | None]:
        report = self.check(person, file, data)
        if at is not None:
            return report, replace(self.plans(person, "lab-chemicals")[1], at=at, note=note)
        return report, self.versions(person, "lab-chemicals")[0] if report.publishable else None

    def plans(self, person: Person, service_id: str) -> list[PlanRow]:
        self._owner(person)
        made = PlanRow(
            id="P1", service_id=service_id, title="实验室危险化学品采购", sha256=SHA[5:] + SHA[:5], version=SHA[5:17],
            file="lab/chemicals.xlsx", origin="upload", note="按新目录调整品类", state="proposed", at=None, made_by="10811",
            made_at=NOW, based_on=SHA[:12], may_consent=True,
        )  # fmt: skip
        return [
            made,
            replace(made, id="P2", state="planned", at=NOW + timedelta(days=7), behind=True, made_by=person.id, may_consent=False),
            replace(made, id="P3", state="failed", at=NOW, faults=diagnostics(), may_consent=False),
            replace(made, id="P4", state="declined", why="要等校长办公会", changed_by="10311", changed_at=NOW, may_consent=False),
        ]  # fmt: skip

    def consent(self, person: Person, service_id: str, plan_id: str) -> PlanRow:
        return replace(self.plans(person, service_id)[0], state="published")

    def decline(self, person: Person, service_id: str, plan_id: str, reason: str) -> PlanRow:
        return replace(self.plans(person, service_id)[0], state="declined", why=reason)

    def cancel(self, person: Person, service_id: str, plan_id: str) -> PlanRow:
        return replace(self.plans(person, service_id)[0], state="cancelled")

    def go_on(self, person: Person, service_id: str, plan_id: str, *, replaces: str | None = None) -> PlanRow:
        return replace(self.plans(person, service_id)[0], state="planned")

    def check_version(self, person: Person, service_id: str, version: str) -> Report:
        changes = (
            ChangeView(Place("收费", "E3"), "收费“电费”的“单价”：0.698 → 0.712", "Charge “电费”, rate: 0.698 → 0.712"),
        )
        return replace(self._report("lab/chemicals.xlsx", good=True), changes=changes, replaces=SHA[:12])

    def compare(self, person: Person, service_id: str, old: str, new: str = "") -> Comparison:
        self._owner(person)
        changes = self.check_version(person, service_id, old).changes
        return Comparison(old=old, new=new or SHA[:12], live=SHA[:12], changes=changes)

    def movable(self, person: Person, service_id: str) -> int:
        return 2

    def plan_moves(
        self, person: Person, service_id: str, *, page: int = 1, size: int = 20, language: str = "zh"
    ) -> Page:
        first, second = self.my_cases(person, page=1, size=2, language=language).items
        rows = [
            MoveRow(
                case=first, version="9f86d081884c", then=["财务处"], notes=["新增的环节 25“保卫处”在前面，这件不再经过"]
            ),
            MoveRow(case=second, version="9f86d081884c", obstacles=["“借用天数”不符合填写要求。"]),
        ]
        return Page(items=rows, page=page, size=size, total=2)

    def move_cases(
        self,
        person: Person,
        service_id: str,
        case_ids: Sequence[str],
        *,
        note: str = "",
        command_id: str,
        language: str = "zh",
    ) -> list[tuple[str, str]]:
        if "owner" not in person.roles:
            raise NotAllowed
        return [(case_id, "" if number == 0 else note) for number, case_id in enumerate(case_ids)]

    def versions(self, person: Person, service_id: str) -> list[VersionRow]:
        self._owner(person)
        return [
            VersionRow(service_id=service_id, sha256=SHA[n:] + SHA[:n], version=(SHA[n:] + SHA[:n])[:12], file="lab/chemicals.xlsx",
                       origin="upload" if n == 0 else "file", published_by="10311" if n == 0 else "", published_at=NOW - timedelta(days=n * 9), live=n == 0)
            for n in range(3)
        ]  # fmt: skip

    def workbook_bytes(self, person: Person, service_id: str, sha256: str) -> tuple[str, bytes]:
        if not self.may(person, "auditor"):
            self._owner(person)
        return "chemicals.xlsx", b"PK-workbook"

    def decisions(
        self, person: Person, /, *, page: int = 1, size: int = 20, language: str = "zh", **filters: str
    ) -> Page:
        self._owner(person, "auditor")
        rows = [
            row for row in DECISIONS
            if all(not value or getattr(row, key, value) == value for key, value in filters.items() if key != "query")
            and filters.get("query", "") in row.name + row.number
        ]  # fmt: skip
        return Page(items=rows[(page - 1) * size : page * size], page=page, size=size, total=len(rows))

    def decision(self, person: Person, decision_id: str, language: str = "zh") -> DecisionView:
        self._owner(person, "auditor")
        found = next((row for row in DECISIONS if row.id == decision_id), None)
        if found is None:
            raise NotFound("decision", decision_id)
        return found

    def looks(self, person: Person, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        self._owner(person, "auditor")
        row = PrivacyRow(
            kind="looked", at=NOW, case_id="C1", number="BX20260001", service="差旅报销", actor="吴刚",
            about="银行卡号", reason="核对付款",
        )  # fmt: skip
        return Page(items=[row], page=page, size=size, total=1)

    def findings(
        self, person: Person, *, service_id: str = "", since: str = "", until: str = "", language: str = "zh"
    ) -> list[FindingView]:
        self._owner(person, "auditor")
        told = {
            "kind": "",
            "at": NOW,
            "case_id": "C1",
            "number": "DF2026000001",
            "service": "学生宿舍用电",
            "version": "abababababab",
        }
        blank = {"person": "韦大勇", "about": "宿管核对", "value": "", "usual": "", "decision_id": ""}
        found = [FindingView(group=group, **{**told, **blank}) for group in ("own", "twice", "outside")]
        amount = {**blank, "about": "超额", "value": "3839.00", "usual": "38.39", "decision_id": "D0001"}
        unused = {**blank, "person": "", "about": "收费-超额", "value": "3、4"}
        none = {**told, "case_id": "", "number": ""}
        return [
            *found,
            FindingView(group="amount", **{**told, **amount}),
            FindingView(group="unused", **{**none, **unused}),
        ]

    def export_log(
        self, person: Person, /, file_type: str, *, language: str = "zh", **filters: str
    ) -> tuple[str, str, Iterator[bytes]]:
        self._owner(person, "auditor")
        return f"rule-log.{file_type}", "text/csv", iter([b"a,b\r\n", b"1,2\r\n"])

    def export_cases(
        self, person: Person, service_id: str, file_type: str, *, language: str = "zh"
    ) -> tuple[str, str, Iterator[bytes]]:
        self._owner(person)
        return f"{service_id}.{file_type}", "text/csv", iter([b"a\r\n"])

    def heads_unit(self, person: Person) -> bool:
        return person.id == "10310"

    def board(self, person: Person, *, whose: str = "", page: int = 1, size: int = 50, language: str = "zh") -> Board:
        if not self.heads_unit(person):
            raise NotAllowed
        tasks = self.tasks(person, language=language).items
        rows = [
            BoardRow(
                task=replace(row, whose="韩雪", **({} if n else {"title": "", "applicant": ""})),
                seen=n > 0,
                why_not="" if n else "流程不允许转办。",
            )
            for n, row in enumerate(tasks)
        ]
        loads = [
            Load(id="10311", name="韩雪", department="实验室与设备处", open=len(rows), overdue=1),
            Load(id="10310", name="唐建业", department="实验室与设备处", open=0, overdue=0),
        ]
        return Board(units=["实验室与设备处"], loads=loads, page=Page(items=rows, page=1, size=50, total=len(rows)))

    def find_unit_people(self, person: Person, said: str, language: str = "zh") -> list[PersonMatch]:
        return [PersonMatch(id="10311", label="韩雪 · 实验室与设备处 · 10311", exact=False)]

    def hand_over(
        self, person: Person, task_ids: Sequence[str], to: str, *, command_id: str, language: str = "zh"
    ) -> list[tuple[str, str]]:
        return [(task_id, "") for task_id in task_ids]

    def archive_services(self, person: Person, language: str = "zh") -> list[tuple[str, str]]:
        return [(card[0], card[1]) for card in CARDS[:3]] if self.may(person, "owner") else []

    def archive(
        self, person: Person, asked: ArchiveQuestion, *, page: int = 1, size: int = 20, language: str = "zh"
    ) -> Page:
        self._owner(person)
        found = [
            ArchiveRow(case=row, finished_at=NOW, file_number=f"0012-WS·2026-D30-{row.number}", retention="30年")
            for row in self._rows()
            if row.state not in ("open", "returned") and asked.query in row.title
        ]
        return Page(items=found, page=1, size=20, total=len(found))

    def may_see_statistics(self, person: Person) -> bool:
        return person.id in ("10311", "10811")

    def statistics_choices(self, person: Person, service_id: str = "", language: str = "zh") -> Choices:
        if not self.may_see_statistics(person):
            raise NotAllowed
        services = [(card[0], card[1]) for card in CARDS[:3]]
        steps = [("20", "学院负责人"), ("30", "实验室与设备处会签")] if service_id else []
        return Choices(services=services, units=[("化学学院", "化学学院"), ("材料学院", "材料学院")], steps=steps)

    def statistics(self, person: Person, asked: Question, language: str = "zh") -> Statistics:
        if not self.may_see_statistics(person):
            raise NotAllowed

        def group(key: str, label: str, cases: int) -> CaseGroup:
            counts = {"cases": cases, "in_progress": cases // 5, "finished": cases // 2, "approved": cases // 3}
            more = {"refused": cases // 6, "withdrawn": 1, "sent_back": 2, "visits": cases // 2}
            rates = {"refusal_rate": Decimal("0.0833"), "return_rate": Decimal("0.125")}
            times = Lengths(count=cases // 2, median=27_000, p90=90_000, mean=36_000)
            return CaseGroup(key=key, label=label, **counts, **more, **rates, worktime=times, plain=times)

        if asked.unit == "材料学院":
            return Statistics(services=3, total=group("", "", 0), withheld=True)
        if asked.unit:
            return Statistics(services=3, total=group("", "", 0))
        steps = [
            StepGroup(
                service_id=CARDS[n][0],
                service=CARDS[n][1],
                step=f"{n}0",
                name=name,
                asked=40,
                decided=30,
                waiting=8,
                by_clock=1,
                cut_short=1,
                refusals=3,
                returns=4,
                timed=20,
                overdue=n,
                refusal_rate=Decimal("0.1"),
                return_rate=Decimal("0.1333"),
                overdue_rate=None if n else Decimal("0.05"),
                share=Decimal("0.7"),
                worktime=Lengths(count=30, median=20_000, p90=90_000, mean=30_000),
                plain=Lengths(),
                waiting_worktime=Lengths(),
            )
            for n, name in enumerate(("学院负责人", "实验室与设备处会签", "分管校领导审批（金额十万元以上）"))
        ]
        return Statistics(
            services=3,
            total=group("", "", 120),
            months=[group(f"2026-{month:02}", f"2026-{month:02}", month * 7) for month in range(1, 12)],
            units=[group("化学学院", "化学与分子工程学院", 80), group("*", "其他（合并）", 40)],
            by_service=[group(card[0], card[1], 40) for card in CARDS[:3]],
            steps=steps,
            bottleneck=steps[0],
            overdue_now=3,
        )

    def export_statistics(
        self, person: Person, asked: Question, by: str, file_type: str, *, language: str = "zh"
    ) -> tuple[str, str, Iterator[bytes]]:
        if not self.may_see_statistics(person):
            raise NotAllowed
        return f"{by}.{file_type}", "text/csv", iter([f"{asked.since},{asked.step}".encode()])

    def health(self) -> dict[str, Any]:
        return {"ok": True, "services": len(CARDS), "faulty": 0}

    def load(self, person: Person) -> dict[str, list[tuple[dict[str, str], float]]]:
        if "administrator" not in person.roles:
            raise NotAllowed
        return {"up": [({}, 1.0)], "cases": [({"state": "open"}, 12)]}
