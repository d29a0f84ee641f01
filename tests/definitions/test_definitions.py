"""The shipped workbooks hold.

D1 every workbook checks without a fault and its examples pass; there are at least eight, each expecting something
D2 the lists of controlled chemicals are complete and their CAS numbers right
D3 what is unknown about a chemical is "not checked", never "no"; every item is looked up by name, whatever its kind
D4 fees agree with an independent computation, and shares add up to the fen
D5 the eight departments all take part; whoever a route asks can be tried as a demo person
D6 the review of a large instrument cannot be recorded without its experts and its minutes, nor sent without quotations
D7 the published charges for vehicles have no price between 4 and 5 hours: the check finds it where it is not closed
D8 the English screens are complete; the sheets are laid out for people
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pytest

from banshi.platform.cases.show import question_labels, step_views
from banshi.platform.forms import evaluate_form
from banshi.platform.people.calendar import Calendar, read_calendar
from banshi.platform.people.directory import Directory
from banshi.platform.people.organisation import read_organisation
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.model import Mode
from banshi.platform.routes.preview import preview
from banshi.platform.routes.state import StepStatus
from banshi.platform.service.model import Field, Service
from banshi.platform.sheets import load_workbook, run_examples
from banshi.platform.workbook import read_workbook
from banshi.rules.expressions import Environment
from banshi.rules.policies import FixpointEngine
from banshi.rules.tables import decide
from banshi.rules.tariffs import bill
from banshi.rules.values import CAMPUS_ZONE, Value

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SERVICES = (
    "campus-repair",
    "class-attendance",
    "class-sign",
    "classroom-borrowing",
    "course-opening",
    "course-rescheduling",
    "device-alert",
    "dormitory-electricity",
    "dormitory-pass",
    "dormitory-visitors",
    "electricity-topup",
    "energy-alert",
    "enrolment-certificate",
    "graduation-audit",
    "incoming-funds",
    "laboratory-construction",
    "laboratory-purchasing",
    "laboratory-repair",
    "large-instruments",
    "locker-rental",
    "reimbursement",
    "requirement-publishing",
    "seal-use",
    "timetable-push",
    "transcript",
    "travel-abroad",
    "vehicle-booking",
    "video-meeting",
)
PLAIN = {"ROUTE-051", "SCHED-018"}
"""Remarks that ask for nothing: the sum of the deadlines, the next times of a job."""
KNOWN = {"class-attendance": {"ROUTE-022"}, "class-sign": {"ROUTE-022"}, "electricity-topup": {"ROUTE-022"}, "enrolment-certificate": {"ROUTE-013"}, "transcript": {"ROUTE-022"},
         "dormitory-visitors": {"PASS-007"}}  # fmt: skip
"""A roll, a certificate, or a payment, that nobody has to approve; a name that gates see under its mask."""
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=CAMPUS_ZONE)
WORKBOOKS = sorted(path for path in DEFINITIONS.rglob("*.xlsx") if not path.name.startswith("~$"))


def path_of(name: str) -> Path:
    return DEFINITIONS / name / f"{name}.xlsx"


@pytest.fixture(scope="module")
def directory() -> Directory:
    workbook, found = read_workbook(path_of("organisation").read_bytes(), "organisation.xlsx")
    assert workbook is not None
    people, more = read_organisation(workbook)
    assert not [item.message() for item in found + more]
    return people


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    workbook, _ = read_workbook(path_of("calendar").read_bytes(), "calendar.xlsx")
    assert workbook is not None
    return read_calendar(workbook)[0]


@pytest.fixture(scope="module")
def services(directory: Directory) -> dict[str, Service]:
    loaded = {}
    for name in SERVICES:
        workbook, found = read_workbook(path_of(name).read_bytes(), f"{name}.xlsx")
        assert workbook is not None
        service, more = load_workbook(workbook, directory)
        assert service is not None
        told = [item for item in found + more if item.code not in PLAIN | KNOWN.get(name, set())]
        assert not [f"{item.place} {item.message()}" for item in told], name
        loaded[name] = service
    return loaded


# D1


def test_one_folder_a_system() -> None:
    assert {path.parent.name for path in WORKBOOKS} == {*SERVICES, "organisation", "calendar"}
    assert all(path.stem == path.parent.name for path in WORKBOOKS)


@pytest.mark.parametrize("name", SERVICES)
def test_examples_pass(name: str, services: dict[str, Service], directory: Directory, calendar: Calendar) -> None:
    service = services[name]
    assert service.settings.id == name
    results = run_examples(service, directory, calendar=calendar, now=NOW, engine=FixpointEngine())
    assert not [(result.name, [f.message() for _, f in result.failures]) for result in results if not result.passed]
    assert len(results) >= 8
    assert all(example.expect for example in service.examples)
    assert any("error" in example.expect for example in service.examples)


def test_a_wrong_price_is_caught_by_the_examples(services: dict[str, Service], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(path_of("dormitory-electricity"))
    assert book["收费-超额"]["F2"].value == 0.698
    book["收费-超额"]["F2"].value = 0.699
    book.save(tmp_path / "changed.xlsx")
    workbook, _ = read_workbook((tmp_path / "changed.xlsx").read_bytes(), "changed.xlsx")
    assert workbook is not None
    service, _ = load_workbook(workbook)
    assert service is not None
    results = run_examples(service, None, now=NOW, engine=FixpointEngine())
    assert "四人用电 95 度，超额 55 度" in [result.name for result in results if not result.passed]


def test_the_calendar_has_the_make_up_days_of_2026() -> None:
    workbook, found = read_workbook(path_of("calendar").read_bytes(), "calendar.xlsx")
    assert workbook is not None
    calendar, more = read_calendar(workbook)
    assert not found + more
    made_up = [date(2026, *day) for day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))]
    assert all(calendar.is_working_day(day) for day in made_up)
    assert not any(calendar.is_working_day(date(2026, 10, day)) for day in range(1, 8))
    rows = [row for row in next(iter(workbook.of_kind("calendar"))).rows[1:] if row.cells[0].text.startswith("2026")]
    working = [row.cells[0].text for row in rows if row.cells[1].text == "上班"]
    assert working == [day.isoformat() for day in made_up]


# D2


def column(service: Service, dataset: str, name: str) -> list[str]:
    return [row[name].text for row in service.datasets[dataset].rows]


def check_digit(cas: str) -> int:
    """CAS: the digits before the last, weighted 1, 2, 3 … from the right, modulo 10."""
    digits = [int(char) for char in cas.replace("-", "")[:-1]]
    return sum(place * digit for place, digit in enumerate(reversed(digits), start=1)) % 10


def test_every_cas_number_is_text_with_its_check_digit(services: dict[str, Service]) -> None:
    seen = 0
    for name, dataset in services["laboratory-purchasing"].datasets.items():
        for row in dataset.rows if "CAS" in dataset.columns else ():
            cell = row["CAS"]
            if cell.blank:
                assert row["名称"].text in {"镁铝粉", "镁铝合金粉"}, f"{name} {cell.place}"
                continue
            assert isinstance(cell.value, str)
            assert int(cell.text[-1]) == check_digit(cell.text), f"{name} {cell.place} {cell.text}"
            seen += name != "管制名称"
    assert seen == 50 + 90 + 5


def test_the_drug_precursor_list_is_complete(services: dict[str, Service]) -> None:
    service = services["laboratory-purchasing"]
    assert Counter(column(service, "易制毒", "类别")) == {"第一类": 23, "第二类": 19, "第三类": 8}
    assert Counter(column(service, "易制毒", "可信度")) == {"高": 36, "中": 14}
    assert len(set(column(service, "易制毒", "CAS"))) == 50
    assert all(column(service, "易制毒", "来源"))


def test_the_explosive_precursor_list_is_complete(services: dict[str, Service]) -> None:
    service = services["laboratory-purchasing"]
    assert len(service.datasets["易制爆"].rows) == 91
    assert len(set(column(service, "易制爆", "序号"))) == 74
    assert {text[0] for text in column(service, "易制爆", "组别")} == set("123456789")
    assert all(column(service, "易制爆", "来源"))
    assert set(column(service, "易制爆条件", "CAS")) <= set(column(service, "易制爆", "CAS"))


def test_potassium_permanganate_is_on_both_lists(services: dict[str, Service]) -> None:
    service = services["laboratory-purchasing"]
    assert all("7722-64-7" in column(service, name, "CAS") for name in ("易制毒", "易制爆"))


def test_the_lists_that_may_not_be_shipped_are_not(services: dict[str, Service]) -> None:
    service = services["laboratory-purchasing"]
    lists = {name for name, dataset in service.datasets.items() if "CAS" in dataset.columns}
    assert lists == {"易制毒", "易制爆", "易制爆条件", "管制名称"}
    listed = {cas for name in ("易制毒", "易制爆") for cas in column(service, name, "CAS")}
    assert set(column(service, "管制名称", "CAS")) <= listed
    status = {row["名录"].text: row["状态"].text for row in service.datasets["名录状态"].rows}
    assert status == {"易制毒": "已载入", "易制爆": "已载入", "剧毒": "未载入"}


# D3


def judged(service: Service, item: dict[str, object]) -> tuple[object, object, dict[str, Value]]:
    """One item through the whole form: its class as a drug precursor, whether it is an explosive one, the facts."""
    row = {"物品类别": "化学试剂", "品名": "试剂", "数量": 1, "单位": "瓶", "单价": 10, **item}
    names = evaluate_form(service, {"采购明细": [row]}, now=NOW, engine=FixpointEngine()).names
    drug, explosive = names["易制毒类别"], names["易制爆结论"]
    assert isinstance(drug, tuple)
    assert isinstance(explosive, tuple)
    return drug[0], explosive[0], dict(names)


def test_every_listed_drug_precursor_gets_its_class(services: dict[str, Service]) -> None:
    service = services["laboratory-purchasing"]
    table = service.tables["易制毒判定"]
    for row in service.datasets["易制毒"].rows:
        given: dict[str, Value] = {"易制毒列入": row["类别"].text, "CAS": row["CAS"].text, "形态": "液体或溶液"}
        decision = decide(table, Environment(given, service.datasets, now=NOW))
        assert decision.outputs == {"易制毒类别": row["类别"].text}
    assert judged(service, {"CAS": "60-29-7"})[0] == "第二类"
    assert judged(service, {"CAS": "64-17-5"})[0] == "否"


def test_a_listed_chemical_without_its_condition_is_never_no(services: dict[str, Service]) -> None:
    service = services["laboratory-purchasing"]
    conditional = set(column(service, "易制爆条件", "CAS"))
    assert "7722-84-1" in conditional
    for cas in sorted(set(column(service, "易制爆", "CAS")) - {""}):
        expected = "未核查" if cas in conditional else "是"
        assert judged(service, {"CAS": cas})[1] == expected, cas


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"CAS": "7722-84-1", "浓度": "8"}, "否"),
        ({"CAS": "7722-84-1", "浓度": "8.0001"}, "是"),
        ({"CAS": "80-43-3", "浓度": "52"}, "否"),
        ({"CAS": "80-43-3", "浓度": "100"}, "是"),
        ({"CAS": "79-21-0", "浓度": "43"}, "是"),
        ({"CAS": "79-21-0", "浓度": "44"}, "未核查"),
        ({"CAS": "7429-90-5", "形态": "粉末"}, "是"),
        ({"CAS": "7429-90-5", "形态": "块状或颗粒"}, "否"),
        ({"CAS": "7440-66-6"}, "未核查"),
        ({"品名": "镁铝合金粉"}, "是"),
        ({"品名": "不明混合物"}, "未核查"),
    ],
)
def test_concentration_and_form_decide(services: dict[str, Service], item: dict[str, object], expected: str) -> None:
    assert judged(services["laboratory-purchasing"], item)[1] == expected


def names_of(service: Service, dataset: str) -> list[str]:
    """The Chinese names and aliases of a list, without their notes in brackets."""
    found = column(service, dataset, "名称")
    if "别名" in service.datasets[dataset].columns:
        found += [alias for text in column(service, dataset, "别名") for alias in text.split(";")]
    plain_names = (name.partition("[")[0].removesuffix("及其酯类").strip() for name in found)
    return sorted({name for name in plain_names if name})


@pytest.mark.parametrize(("dataset", "place"), [("易制毒", 0), ("易制爆", 1)])
def test_every_listed_name_is_known_though_it_is_called_a_consumable(
    dataset: str, place: int, services: dict[str, Service]
) -> None:
    service = services["laboratory-purchasing"]
    names = names_of(service, dataset)
    assert len(names) > 45
    rows = [
        {"物品类别": "实验耗材", "品名": name, "数量": 1, "单位": "瓶", "单价": 10}
        for listed in names
        for name in (listed, f"工业用{listed}" if len(listed) > 1 else listed)
    ]
    made = evaluate_form(service, {"采购明细": rows}, now=NOW, engine=FixpointEngine()).names
    judgement = made[("易制毒类别", "易制爆结论")[place]]
    assert isinstance(judgement, tuple)
    assert [row["品名"] for row, said in zip(rows, judgement, strict=True) if said in {"否", None}] == []


def test_a_salt_of_class_1_or_2_is_never_no(services: dict[str, Service]) -> None:
    """Decree 445, note on the schedule: salts of what class 1 and 2 list are controlled; they have their own CAS."""
    service = services["laboratory-purchasing"]
    listed = [
        row["名称"].text.removesuffix("及其酯类")
        for row in service.datasets["易制毒"].rows
        if row["类别"].text in {"第一类", "第二类"}
    ]
    items = [f"{name}盐酸盐" for name in listed] + ["盐酸麻黄碱", "盐酸伪麻黄碱片"]
    rows = [
        {"物品类别": "化学试剂", "品名": name, "CAS": "50-98-6", "数量": 1, "单位": "瓶", "单价": 10} for name in items
    ]
    made = evaluate_form(service, {"采购明细": rows}, now=NOW, engine=FixpointEngine())
    assert made.names["易制毒类别"] == ("未核查",) * len(items)
    (asked,) = [finding.message for finding in made.findings if finding.id == "G15"]
    assert all(name in asked for name in items)


def test_what_has_a_name_of_its_own_is_not_taken_for_a_listed_one(services: dict[str, Service]) -> None:
    service = services["laboratory-purchasing"]
    assert judged(service, {"物品类别": "实验耗材", "品名": "丁腈手套"})[:2] == ("否", "否")
    assert judged(service, {"品名": "氯化钠", "CAS": "7647-14-5"})[:2] == ("否", "否")


def test_not_checked_asks_for_a_check_by_hand(services: dict[str, Service]) -> None:
    facts = judged(services["laboratory-purchasing"], {"CAS": "7722-84-1"})[2]
    assert facts["需人工核查"] is True
    assert not facts.get("管制")


def test_potassium_permanganate_needs_both_procedures(services: dict[str, Service]) -> None:
    drug, explosive, facts = judged(services["laboratory-purchasing"], {"CAS": "7722-64-7", "形态": "粉末"})
    assert (drug, explosive) == ("第三类", "是")
    assert all(facts[name] is True for name in ("需公安备案", "需流向备案", "管制", "需双人保管"))
    assert not facts.get("需购买许可证")


# D4


def tiered(use: Decimal, month: int) -> Decimal:
    """Guangzhou: the price of every single kWh by the tier it falls in, rounded once at the end."""
    first, second = (260, 600) if 5 <= month <= 10 else (200, 400)
    in_first, in_second = min(use, Decimal(first)), min(max(use - first, Decimal(0)), Decimal(second - first))
    total = in_first * Decimal("0.589") + in_second * Decimal("0.639")
    total += max(use - second, Decimal(0)) * Decimal("0.889")
    return total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_tiers_agree_with_an_independent_computation(services: dict[str, Service]) -> None:
    assert [tiered(Decimal(use), 7) for use in (261, 601)] == [Decimal("153.78"), Decimal("371.29")]  # published tiers
    tariff = services["dormitory-electricity"].tariffs["阶梯"]
    dice = random.Random(20260724)
    uses = [Decimal(dice.randrange(0, 90_000)) / 100 for _ in range(60)] + [Decimal(n) for n in (0, 200, 260, 400, 600)]
    for use in uses:
        for month in (1, 4, 5, 10, 11):
            given: dict[str, Value] = {
                "计费方式": "阶梯",
                "用电量": use,
                "抄表月份": date(2026, month, 28),
                "分摊人": ("甲",),
            }
            found = bill(tariff, Environment(given, now=NOW))
            assert found.total == tiered(use, month), (use, month)


def dormitory(services: dict[str, Service], use: int, students: int) -> tuple[Decimal, list[Decimal]]:
    people = [{"学号": f"202411{n:04}", "姓名": f"学生{n}"} for n in range(1, students + 1)]
    answers = {
        "校区": "滨江校区",
        "抄表月份": "2026-10-31",
        "上月读数": 0,
        "本月读数": use,
        "计费方式": "定额",
        "上月结转": 0,
        "住宿学生": people,
    }
    evaluation = evaluate_form(services["dormitory-electricity"], answers, now=NOW, engine=FixpointEngine())
    found = evaluation.bills["超额"]
    assert found.total is not None
    return found.total, [amount for _, amount in found.shares]


def test_the_charge_is_shared_to_the_fen(services: dict[str, Service]) -> None:
    total, shares = dormitory(services, 95, 4)
    assert total == Decimal("38.39")
    assert shares == [Decimal("9.60"), Decimal("9.60"), Decimal("9.60"), Decimal("9.59")]


def test_shares_add_up_whatever_the_number_of_students(services: dict[str, Service]) -> None:
    for students in range(1, 9):
        for use in (10 * students, 10 * students + 1, 137, 311):
            total, shares = dormitory(services, use, students)
            over = Decimal(max(0, use - 10 * students))
            assert sum(shares) == total == (over * Decimal("0.698")).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert max(shares, default=Decimal(0)) - min(shares, default=Decimal(0)) <= Decimal("0.01")


# D5


def previewed(service: Service, directory: Directory) -> Iterator[tuple[str, list[tuple[str, Mode, list[str]]]]]:
    """For every example that can be sent: its name, and for every step that is taken its id, mode and people."""
    assert service.routing is not None
    for example in service.examples:
        if "error" in example.expect:
            continue
        person = directory.people[example.applicant]
        evaluation = evaluate_form(
            service, example.answers, now=NOW, person=person, directory=directory, engine=FixpointEngine()
        )
        context = FlowContext(
            directory=directory, initiator=person, now=NOW, names=evaluation.names, datasets=service.datasets
        )
        steps = [step for step in preview(service.routing, context) if step.state is not StepStatus.SKIPPED]
        yield example.name, [(step.id, step.mode, [person.id for person in step.people]) for step in steps]


def test_what_a_step_waits_for_is_called_in_english(services: dict[str, Service], directory: Directory) -> None:
    service, person = services["campus-repair"], next(iter(directory.people.values()))
    assert service.routing is not None
    evaluation = evaluate_form(service, {}, now=NOW, person=person, directory=directory, engine=FixpointEngine())
    context = FlowContext(directory=directory, initiator=person, now=NOW, names=evaluation.names)
    labels = question_labels(service, "en")
    steps = step_views(service.routing, preview(service.routing, context), directory, {}, "en", labels=labels)
    waits = [step.reason for step in steps if "is filled in" in step.reason]
    assert any("“Kind”" in reason for reason in waits)
    assert not any("类别" in reason for reason in waits)


@pytest.mark.parametrize("name", SERVICES)
def test_whoever_a_route_asks_is_a_demo_person(name: str, services: dict[str, Service], directory: Directory) -> None:
    demo = {person.id for person in directory.people.values() if person.demo}
    route = services[name].routing
    assert route is not None
    for example, steps in previewed(services[name], directory):
        for step, mode, people in steps:
            if mode in {Mode.AUTO, Mode.WAIT, Mode.CALLBACK}:
                continue
            if name in {"enrolment-certificate", "transcript"} and route.step(step).who.only_initiator:
                continue  # these papers are tried with students in every state
            assert people, (example, step)
            assert set(people) <= demo if mode is Mode.ALL else set(people) & demo, (example, step, people)


def test_the_eight_departments_take_part(services: dict[str, Service], directory: Directory) -> None:
    steps = dict(previewed(services["large-instruments"], directory))["八个部门全部参与"]
    departments = {directory.people[person].department for _, _, people in steps for person in people}
    assert departments >= {
        "化学与材料学院",
        "采购办",
        "实验室与设备处",
        "财务处",
        "后勤处",
        "基建处",
        "保卫处",
        "校长办公室",
    }


def test_every_service_has_an_owner_and_there_are_an_auditor_and_an_administrator(
    services: dict[str, Service], directory: Directory
) -> None:
    for service in services.values():
        owners = [person for person in directory.holders("owner") if person.demo]
        assert any(person.department == service.settings.owner for person in owners), service.settings.id
    assert any(person.demo for person in directory.holders("auditor"))
    assert any(person.demo for person in directory.holders("administrator"))


# D6

MINUTES = {"id": "a1", "name": "论证会议纪要.pdf", "size": 1200, "type": "application/pdf"}
RECORD = {"论证专家数": 5, "校外专家数": 5, "法律专家数": 1, "论证会议纪要": MINUTES}


def missing_at(services: dict[str, Service], step: str, example: str, **answers: object) -> set[str]:
    """The fields that a step of the large instruments asks for and does not get, in an example with other answers."""
    service = services["large-instruments"]
    assert service.routing is not None
    given = next(item for item in service.examples if item.name == example).answers
    require = next(item for item in service.routing.steps if item.id == step).require
    made = evaluate_form(service, {**given, **answers}, now=NOW, engine=FixpointEngine(), require=require)
    return {error.path for error in made.errors}


@pytest.mark.parametrize(
    ("price", "origin", "asked"),
    [
        (100_000, "国产", {"论证专家数", "校外专家数"}),
        (999_999, "国产", {"论证专家数", "校外专家数"}),
        (1_000_000, "国产", {"论证专家数", "校外专家数", "论证会议纪要"}),
        (100_000, "进口", {"论证专家数", "校外专家数", "论证会议纪要"}),
        (999_999, "进口", {"论证专家数", "校外专家数", "论证会议纪要"}),
        (1_000_000, "进口", set(RECORD)),
    ],
)
def test_the_review_is_recorded_with_its_experts(
    price: int, origin: str, asked: set[str], services: dict[str, Service]
) -> None:
    priced: dict[str, object] = {"单价": price, "产地": origin}
    assert missing_at(services, "25", "恰为 40 万元：报分管校领导", **priced) == asked
    recorded = {name: value for name, value in RECORD.items() if name in asked}
    assert missing_at(services, "25", "恰为 40 万元：报分管校领导", **priced, **recorded) == set()


def test_the_review_is_recorded_before_the_offices_countersign(
    services: dict[str, Service], directory: Directory
) -> None:
    steps = {
        name: [step for step, _, _ in taken] for name, taken in previewed(services["large-instruments"], directory)
    }
    assert "25" not in steps["99,999.99 元：免论证"]
    taken = steps["恰为 10 万元：须论证"]
    assert taken.index("25") == taken.index("20") + 1 < taken.index("40")


# D7


@pytest.mark.parametrize("kind", ["大客", "中巴"])
def test_the_gap_of_the_published_charges_is_found_unless_it_is_closed(
    kind: str, directory: Directory, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(path_of("vehicle-booking"))
    (closed,) = [row[2] for row in book["规则-市内包车"].iter_rows() if (row[1].value, row[2].value) == (kind, "(4,8]")]
    closed.value = "[5,8]"
    book.save(tmp_path / "published.xlsx")
    workbook, _ = read_workbook((tmp_path / "published.xlsx").read_bytes(), "published.xlsx")
    assert workbook is not None
    _, found = load_workbook(workbook, directory)
    gaps = [item.message() for item in found if item.code == "TABLE-053"]
    assert len(gaps) == 1
    assert kind in gaps[0]
    assert "用车小时 = 4.5" in gaps[0]


@pytest.mark.parametrize(
    ("kind", "hours", "price"),
    [
        *(("大客", 2, 150), ("大客", 4, 200), ("大客", 4.5, 400), ("大客", 8, 400)),
        *(("中巴", 2, 100), ("中巴", 4, 150), ("中巴", 4.5, 300), ("中巴", 5, 300)),
        ("轿车", 4.5, 0),
    ],
)
def test_a_coach_within_the_city_costs_what_is_published(
    kind: str, hours: float, price: int, services: dict[str, Service]
) -> None:
    given: dict[str, Value] = {"车型": kind, "用车小时": Decimal(str(hours))}
    decision = decide(services["vehicle-booking"].tables["市内包车"], Environment(given, now=NOW))
    assert decision.outputs == {"包车价": Decimal(price)}


def test_claims_within_the_balance_are_taken_and_those_above_refused(services: dict[str, Service]) -> None:
    """Published example: 1,000.00 yuan are left and 8,888 are claimed."""
    service = services["incoming-funds"]
    row = {"项目编号": "QH-1", "负责人": "11011", "管理费比例": 0}
    for amounts, refused in (((8888,), True), ((1000,), False), ((600, 400), False), ((600, "400.01"), True)):
        rows = [{**row, "项目编号": f"QH-{at}", "认领金额": amount} for at, amount in enumerate(amounts)]
        answers = {"流水号": "R20261112-01", "款项性质": "其他", "分认领": rows}
        found = evaluate_form(service, answers, now=NOW, engine=FixpointEngine()).findings
        assert any(finding.id == "D01" for finding in found) is refused, amounts


# D8


@pytest.mark.parametrize("name", SERVICES)
def test_the_english_form_is_complete(name: str, services: dict[str, Service]) -> None:
    service = services[name]
    assert service.survey is not None
    assert service.settings.title.get("en") != service.settings.title.get("zh")
    for texts in (service.settings.title, service.settings.category, service.settings.guide):
        assert "en" in dict(texts.by_language)
    for item, _ in service.survey.walk():
        texts = [item.label, item.hint]
        if isinstance(item, Field):
            texts += [item.constraint_message, item.required_message]
            assert item.constraint is None or item.constraint_message.by_language, item.name
        for text in texts:
            assert not text.by_language or "en" in dict(text.by_language), item.name
    for choices in service.survey.choices.values():
        assert all("en" in dict(choice.label.by_language) for choice in choices)
    for policy in service.policies.values():
        for statement in policy.statements:
            assert not statement.message or statement.message_en, statement.id
            assert not statement.remedy or statement.remedy_en, statement.id


@pytest.mark.parametrize("name", SERVICES)
def test_remarks_of_the_authors_are_not_shown(name: str, services: dict[str, Service]) -> None:
    service = services[name]
    assert service.survey is not None
    shown = [service.settings.guide, service.settings.source, service.settings.title]
    for item, _ in service.survey.walk():
        shown += [item.label, item.hint]
        shown += [item.constraint_message, item.required_message] if isinstance(item, Field) else []
    texts = [text for said in shown for _, text in said.by_language]
    for policy in service.policies.values():
        for row in policy.statements:
            texts += [row.message, row.message_en, row.remedy, row.remedy_en, row.reference]
    texts += [row.reference for table in service.tables.values() for row in table.rows]
    texts += [line.reference for tariff in service.tariffs.values() for line in tariff.lines]
    assert len(texts) > 30
    assert not [
        text for text in texts if any(word in text for word in ("须核对", "示例", "演示", "verified", "(demo)"))
    ]


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.stem)
def test_the_sheets_are_laid_out_for_people(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "说明"
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes, sheet.title
        assert sheet.sheet_state == "visible"
        assert all(sheet.column_dimensions[cell.column_letter].width >= 8 for cell in sheet[1])
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title}!{cell.coordinate}"


@pytest.mark.parametrize("name", SERVICES)
def test_the_readme_counts_the_examples(name: str, services: dict[str, Service]) -> None:
    line = next(
        line
        for line in (DEFINITIONS / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| `{name}/`")
    )
    assert line.rstrip(" |").rsplit("|", 1)[1].strip() == str(len(services[name].examples))
