"""A form filled in by Excel, from the template to the case numbers.

T1 what is filled in arrives as it would from the form · T2 every fault at its cell, all at once, the good rows apart ·
T3 the file survives LibreOffice · T4 twice, at the same time, after a restart, corrected: every case once · T5 a hundred
cases · T6 huge and hostile files · T7 an older template: matched by name, nothing dropped in silence · T8 only who may
apply, and the cases are hers · T9 one case becomes the draft · T10 what is not sent is said.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import open_test_hall, write
from workbooks import with_parts, workbook_from_text

from banshi.platform.errors import ChangedForm, FileRefused, NotAllowed
from banshi.platform.filling import faults
from banshi.platform.forms import faults as forms
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.views import Filling
from banshi.platform.workbook import faults as book
from banshi.rules.diagnostics import Fault

CHEN, WANG, LI = "20001", "20002", "20003"

PURCHASE = """
## settings
| form_id  | form_title | category | owner  | number         | applicants |
| purchase | 试剂申购   | 实验室   | 设备处 | SG{yyyy}{0001} | person:20001 + person:20002 |

## survey
| type                | name     | label      | label::English (en) | hint | required | constraint | constraint_message | relevant | calculation | default | readonly | choice_filter |
| text                | phone    | 联系电话   | Phone   | 手机号   | yes | REGEX(., "^[0-9]{11}$") | 手机号是 11 位数字。 |  |  |  |  |  |
| select_one campus   | campus   | 校区       | Campus  |          | yes |  |  |  |  |  |  |  |
| select_one building | building | 楼栋       | Building |         | yes |  |  |  |  |  |  | of = ${campus} |
| date                | needed   | 需要日期   | Needed by |        | yes | . >= date('2026-01-01') | 日期不能早于 2026 年。 |  |  |  |  |  |
| select_multiple hazard | hazards | 危险性   | Hazards |          |     |  |  |  |  |  |  |  |
| person              | keeper   | 保管人     | Keeper  |          |     |  |  |  |  |  |  |  |
| department          | office   | 归口部门   | Office  |          |     |  |  |  |  |  |  |  |
| text                | permit   | 许可证号   | Permit  |          | yes |  |  | selected(${hazards}, 'toxic') |  |  |  |  |
| text                | origin   | 来源       | Origin  |          |     |  |  |  |  | 校外 | yes |  |
| image               | photo    | 照片       | Photo   |          |     |  |  |  |  |  |  |  |
| calculate           | sum      |            |         |          |     |  |  |  | sum(${amount}) |  |  |  |
| begin_repeat        | items    | 明细       | Items   |          |     |  |  |  |  |  |  |  |
| text                | code     | 货号       | Code    |          | yes |  |  |  |  |  |  |  |
| integer             | count    | 数量       | Count   |          | yes | . > 0 | 数量应大于 0。 |  |  |  |  |  |
| money               | price    | 单价       | Price   |          | yes |  |  |  |  |  |  |  |
| calculate           | amount   |            |         |          |     |  |  |  | ${count} * ${price} |  |  |  |
| end_repeat          |          |            |         |          |     |  |  |  |  |  |  |  |

## choices
| list_name | name | label | label::English (en) | of |
| campus    | east | 东校区 | East campus |  |
| campus    | west | 西校区 | West campus |  |
| building  | e1   | 1 号楼 | Building 1  | east |
| building  | w1   | 1 号楼 | Building 1  | west |
| building  | w2   | 2 号楼 | Building 2  | west |
| hazard    | toxic | 有毒  | Toxic       |  |
| hazard    | flam  | 易燃、助燃 | Flammable |  |
| hazard    | none  | 无    | None        |  |

## policy.limits
| id | when          | verdict | message              |
| P1 | ${sum} > 9000 | forbid  | 一次申购不超过 9000 元。 |
"""
COLUMNS = ("@key", "phone", "campus", "building", "needed", "hazards", "keeper", "office", "permit", "@result")
GOOD = {"phone": "02085280001", "campus": "西校区", "building": "1 号楼（w1）", "needed": date(2026, 12, 1)}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_hall(tmp_path)
    yield opened
    opened.close()


def open_hall(folder: Path) -> Hall:
    hall = open_test_hall(folder)
    if not (hall.definitions / "purchase").exists():
        write(hall.definitions, "purchase/purchase.xlsx", PURCHASE)
        assert [report.publishable for report in hall.scan()] == [True]
    return hall


def person(hall: Hall, person_id: str = CHEN) -> Person:
    return hall.directory.people[person_id]


def template(hall: Hall, language: str = "zh") -> bytes:
    return hall.template(person(hall), "purchase", language)[1]


def filled(data: bytes, cases: list[dict[str, Any]], items: list[tuple[Any, ...]] = ()) -> bytes:
    """A template with cases from row 3 on, and details of (number of the case, code, count, price)."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    first, second = book.worksheets[:2]
    names = [cell.value for cell in first[1]]
    for row, case in enumerate(cases, start=3):
        for name, value in case.items():
            first.cell(row, names.index(name) + 1).value = value
    for row, entry in enumerate(items, start=3):
        for column, value in enumerate(entry, start=1):
            second.cell(row, column).value = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def check(hall: Hall, data: bytes, who: str = CHEN, language: str = "zh") -> Filling:
    return hall.check_filling(person(hall, who), "purchase", "申购.xlsx", data, language)


def send(hall: Hall, data: bytes, who: str = CHEN) -> Filling:
    version = hall.card(person(hall), "purchase").version
    return hall.send_filling(person(hall, who), "purchase", "申购.xlsx", data, version=version)


def marked(hall: Hall, data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(hall.mark_filling(person(hall), "purchase", "申购.xlsx", data)[1]))


def places(filling: Filling) -> dict[str, str]:
    """Every fault by its cell."""
    found = [*filling.diagnostics, *(item for row in filling.rows for item in row.diagnostics)]
    return {str(item.place): item.code for item in found}


def count(hall: Hall, who: str = CHEN) -> int:
    return hall.my_cases(person(hall, who)).total


def test_t1_the_template_is_made_from_the_definition(hall: Hall) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(hall)))
    cases, items = book.worksheets[:2]
    assert tuple(cell.value for cell in cases[1]) == COLUMNS
    assert cases.row_dimensions[1].hidden
    assert [cell.value for cell in cases[2]][:3] == ["编号", "联系电话 *", "校区 *"]
    assert [cell.value for cell in items[1]] == ["@of:items", "code", "count", "price"]
    assert "手机号" in cases["B2"].comment.text
    assert "手机号是 11 位数字。" in cases["B2"].comment.text
    assert (cases.column_dimensions["B"].number_format, cases.column_dimensions["E"].number_format) == (
        "@",
        "yyyy-mm-dd",
    )
    assert items.column_dimensions["D"].number_format == "#,##0.00"
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in cases.data_validations.dataValidation}
    assert lists["C3"] == "'选项'!$A$3:$A$4"
    assert [cell.value for cell in book["选项"]["B"]][2:5] == ["1 号楼（e1）", "1 号楼（w1）", "2 号楼"]
    said = "\n".join(str(cell.value) for row in book["填写说明 Help"] for cell in row)
    assert "附件不在模板里，要附文件的请在网页表单填写：照片。" in said
    assert "Photo" in said


def test_t1_what_is_filled_in_arrives_as_it_would_from_the_form(hall: Hall) -> None:
    case = {**GOOD, "hazards": "有毒；易燃、助燃", "keeper": "李敏", "office": "设备处", "permit": "00731"}
    data = filled(template(hall), [case], [("1", "00123", 2, 12.5), ("1", "B-7", 1, 0.1)])
    row = send(hall, data).rows[0]
    assert row.state == "sent"
    answers = hall.case(person(hall), row.case_id).answers
    assert answers["phone"] == "02085280001"
    assert (answers["campus"], answers["building"], answers["needed"]) == ("west", "w1", "2026-12-01")
    assert list(answers["hazards"]) == ["toxic", "flam"]
    assert (answers["keeper"], answers["office"], answers["permit"]) == (LI, "设备处", "00731")
    assert [(item["code"], item["count"], item["price"]) for item in answers["items"]] == [
        ("00123", Decimal(2), Decimal("12.5")),
        ("B-7", Decimal(1), Decimal("0.1")),
    ]
    assert answers["sum"] == Decimal("25.1")
    assert marked(hall, data).worksheets[0]["J3"].value == row.number


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"phone": 13800138000}, ("phone", "13800138000")),
        ({"campus": "west"}, ("campus", "west")),
        ({"campus": "WEST CAMPUS"}, ("campus", "west")),
        ({"hazards": "toxic flam", "permit": "1"}, ("hazards", ["toxic", "flam"])),
        ({"hazards": "易燃、助燃"}, ("hazards", ["flam"])),
        ({"needed": "2026年12月1日"}, ("needed", "2026-12-01")),
        ({"needed": "2026/12/1"}, ("needed", "2026-12-01")),
        ({"keeper": "20003"}, ("keeper", LI)),
        ({"keeper": 20003}, ("keeper", LI)),
        ({"keeper": "李敏 · 财务处 · 20003"}, ("keeper", LI)),
    ],
)
def test_t1_labels_names_and_what_people_type(hall: Hall, given: dict[str, Any], stored: tuple[str, Any]) -> None:
    row = send(hall, filled(template(hall), [{**GOOD, **given}])).rows[0]
    assert row.state == "sent", row.diagnostics
    value = hall.case(person(hall), row.case_id).answers[stored[0]]
    assert (list(value) if isinstance(stored[1], list) else value) == stored[1]


def test_t2_every_fault_is_at_its_cell_and_the_good_rows_stand_apart(hall: Hall) -> None:
    data = filled(
        template(hall),
        [
            {**GOOD, "phone": "123"},
            GOOD,
            {**GOOD, "campus": "南校区", "needed": date(2025, 1, 1)},
            {**GOOD, "building": "1 号楼"},
            {**GOOD, "campus": "东校区"},
            {**GOOD, "phone": None, "keeper": "张三丰"},
            {**GOOD, "hazards": "有毒"},
            GOOD,
            {**GOOD, "phone": 440106199001011234},
        ],
        [("2", "A1", 0, 1), ("8", "A1", 1000, 10), ("2", None, 1, 1)],
    )
    filling = check(hall, data)
    assert places(filling) == {
        "试剂申购!B3": forms.CONSTRAINT.code,
        "试剂申购!C5": forms.NOT_A_CHOICE.code,
        "试剂申购!E5": forms.CONSTRAINT.code,
        "试剂申购!D5": forms.NOT_OFFERED.code,  # no building is, there
        "试剂申购!D6": faults.AMBIGUOUS.code,  # two buildings of that label
        "试剂申购!D7": forms.NOT_OFFERED.code,  # a building of another campus
        "试剂申购!B8": forms.REQUIRED.code,
        "试剂申购!G8": forms.NOT_A_PERSON.code,
        "试剂申购!I9": forms.REQUIRED.code,  # the permit is required with what is toxic
        "试剂申购!B11": faults.LOST_DIGITS.code,  # an identity card as a number
        "明细!C3": forms.CONSTRAINT.code,
        "明细!B5": forms.REQUIRED.code,
        "明细!A4": forms.FORBIDDEN.code,  # by the policy, at the first of the rows that it depends on
    }
    assert [row.state for row in filling.rows] == ["faulty"] * 9
    assert filling.sendable == 0
    assert "手机号是 11 位数字。" in filling.rows[0].diagnostics[0].message()


def test_t3_libreoffice_may_save_it_anew(hall: Hall, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    assert soffice is not None, "LibreOffice is one of the test tools"
    source = filled(template(hall), [{**GOOD, "phone": "02085280001"}], [("1", "00123", 2, 12.5)])
    (tmp_path / "a.xlsx").write_bytes(source)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, str(tmp_path / "out"), str(tmp_path / "a.xlsx")], check=True, capture_output=True)
    again = (tmp_path / "out" / "a.xlsx").read_bytes()
    assert again != source
    filling = check(hall, again)
    assert (places(filling), filling.sendable) == ({}, 1)
    # What was sent from the one file is known in the other.
    number = send(hall, source).rows[0].number
    assert check(hall, again).rows[0].number == number
    assert count(hall) == 1


def test_t4_twice_is_once(hall: Hall) -> None:
    data = filled(template(hall), [GOOD, {**GOOD, "phone": "02085280002"}, GOOD])
    first = send(hall, data)
    again = send(hall, data)
    assert [row.number for row in first.rows] == [row.number for row in again.rows]
    assert len({row.number for row in first.rows}) == 3  # equal rows of one file each count
    assert count(hall) == 3


def test_t4_at_the_same_time_is_once(hall: Hall) -> None:
    data = filled(template(hall), [{**GOOD, "phone": f"0208528{number:04}"} for number in range(8)])
    found: list[Filling] = []
    threads = [threading.Thread(target=lambda: found.append(send(hall, data))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(hall) == 8
    assert len({tuple(row.number for row in filling.rows) for filling in found}) == 1


def test_t4_a_restart_in_the_middle_goes_on_where_it_stopped(tmp_path: Path) -> None:
    hall = open_hall(tmp_path)
    data = filled(template(hall), [{**GOOD, "phone": f"0208528{number:04}"} for number in range(5)])

    def stop(done: int, total: int) -> None:
        assert total == 5
        if done == 2:
            raise KeyboardInterrupt

    version = hall.card(person(hall), "purchase").version
    with pytest.raises(KeyboardInterrupt):
        hall.send_filling(person(hall), "purchase", "申购.xlsx", data, version=version, progress=stop)
    hall.close()
    hall = open_hall(tmp_path)
    assert [row.state for row in check(hall, data).rows] == ["sent", "sent", "ready", "ready", "ready"]
    assert [row.state for row in send(hall, data).rows] == ["sent"] * 5
    assert count(hall) == 5
    hall.close()


def test_t4_the_marked_copy_corrected_sends_only_what_was_not_sent(hall: Hall) -> None:
    data = filled(template(hall), [GOOD, {**GOOD, "phone": "123"}])
    send(hall, data)
    book = marked(hall, data)
    sheet = book["试剂申购"]
    assert "FORM-" in sheet["B4"].comment.text
    assert sheet["B4"].fill.fgColor.rgb == "FFF4B6B6"
    assert sheet["B3"].comment is None
    sheet["B4"].value = "02085280002"
    filling = send(hall, saved(book))
    assert [row.state for row in filling.rows] == ["sent", "sent"]
    assert count(hall) == 2
    sheet = marked(hall, saved(book))["试剂申购"]
    assert (sheet["B4"].comment, sheet["B4"].fill.fill_type) == (None, None)  # the old mark is gone
    assert [sheet["J3"].value, sheet["J4"].value] == [row.number for row in filling.rows]


def test_t4_a_row_that_was_changed_after_it_was_sent_is_not_sent_again(hall: Hall) -> None:
    data = filled(template(hall), [GOOD])
    send(hall, data)
    book = marked(hall, data)
    book["试剂申购"]["B3"].value = "02085289999"
    filling = send(hall, saved(book))
    assert [(row.state, [item.code for item in row.diagnostics]) for row in filling.rows] == [("faulty", ["FILL-018"])]
    book["试剂申购"]["J3"].value = None
    assert send(hall, saved(book)).rows[0].state == "sent"
    assert count(hall) == 2


def test_t4_another_template_is_another_batch_and_columns_may_move(hall: Hall) -> None:
    send(hall, filled(template(hall), [GOOD]))
    send(hall, filled(template(hall), [GOOD]))
    assert count(hall) == 2
    data = filled(template(hall), [GOOD])
    send(hall, data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    for row in range(1, 4):
        sheet.cell(row, 2).value, sheet.cell(row, 5).value = sheet.cell(row, 5).value, sheet.cell(row, 2).value
    assert send(hall, saved(book)).rows[0].state == "sent"
    assert count(hall) == 3


def test_t5_a_hundred_cases_with_progress(hall: Hall) -> None:
    cases = [{**GOOD, "phone": f"0208528{number:04}"} for number in range(100)]
    cases[41]["phone"] = "abc"
    data = filled(template(hall), cases, [(str(number + 1), f"{number:05}", 1, 1.5) for number in range(100)])
    assert check(hall, data).sendable == 99
    seen: list[tuple[int, int]] = []
    version = hall.card(person(hall), "purchase").version
    filling = hall.send_filling(
        person(hall), "purchase", "a.xlsx", data, version=version, progress=lambda *now: seen.append(now)
    )
    assert seen == [(done, 100) for done in range(1, 101)]
    assert len({row.number for row in filling.rows if row.state == "sent"}) == 99
    assert [row.row for row in filling.rows if row.state == "faulty"] == [44]
    codes = [hall.case(person(hall), row.case_id).answers["items"][0]["code"] for row in filling.rows if row.case_id]
    assert codes == [f"{number:05}" for number in range(100) if number != 41]


def test_t5_more_than_the_limit_is_said_and_nothing_is_sent(hall: Hall) -> None:
    data = filled(template(hall), [{**GOOD, "phone": f"0208528{number:04}"} for number in range(501)])
    assert [item.code for item in send(hall, data).diagnostics] == ["FILL-011"]
    assert count(hall) == 0


def test_t6_a_huge_file_is_refused(hall: Hall) -> None:
    with pytest.raises(FileRefused):
        check(hall, b"PK" + b"0" * (2 * 1024 * 1024))


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda data: b"%PDF-1.7\x00\x01", book.NOT_A_WORKBOOK),
        (lambda data: data[: len(data) // 2], book.DAMAGED),
        (lambda data: with_parts(data, {"xl/x.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}), book.DOCTYPE),
        (lambda data: with_parts(data, {"xl/media/a.bin": bytes(60 * 1024 * 1024)}), book.ZIP_BOMB),
        (lambda data: workbook_from_text(PURCHASE), faults.NOT_A_TEMPLATE),
    ],
)
def test_t6_a_hostile_file_is_refused_with_its_reason(hall: Hall, make: Any, fault: Fault) -> None:
    filling = check(hall, make(template(hall)))
    assert [item.code for item in filling.diagnostics] == [fault.code]
    assert (list(filling.rows), filling.sendable) == ([], 0)


def test_t6_a_template_of_another_service_is_refused(hall: Hall) -> None:
    data = hall.template(person(hall), "borrowing")[1]
    assert [item.code for item in check(hall, data).diagnostics] == ["FILL-002"]


def test_t6_formulas_without_a_value_and_errors_are_faults_of_their_rows(hall: Hall) -> None:
    data = filled(template(hall), [{**GOOD, "phone": "=A1&A2"}, GOOD])
    filling = check(hall, data)
    assert [row.state for row in filling.rows] == ["faulty", "ready"]
    assert places(filling) == {"试剂申购!B3": "BOOK-042"}
    many = filled(template(hall), [{**GOOD, "permit": "=A1"} for _ in range(30)])
    assert "FILL-019" in [item.code for item in check(hall, many).diagnostics]
    assert check(hall, many).sendable == 0


def test_t7_an_older_template_is_matched_by_name(hall: Hall) -> None:
    data = filled(template(hall), [{**GOOD, "permit": "许 7", "hazards": "有毒"}])
    newer = "\n".join(
        line.replace("| phone    | 联系电话 ", "| phone    | 手机 ").replace(
            "| permit   | 许可证号 ", "| licence  | 准购证号 "
        )
        for line in PURCHASE.splitlines()
    )
    write(hall.definitions, "purchase/purchase.xlsx", newer)
    assert [report.publishable for report in hall.scan()] == [True]
    filling = check(hall, data)
    assert [item.code for item in filling.diagnostics] == ["FILL-003", "FILL-004", "FILL-005"]
    assert "permit" in filling.diagnostics[1].message()
    assert str(filling.diagnostics[1].place) == "试剂申购!I2"
    assert "准购证号" in filling.diagnostics[2].message()
    (row,) = filling.rows
    assert [item.code for item in row.diagnostics if "准购证号" in item.message()] == [forms.REQUIRED.code]
    assert "02085280001" in row.title


def test_t7_what_was_sent_is_known_after_the_questions_changed_places(hall: Hall) -> None:
    data = filled(template(hall), [GOOD])
    number = send(hall, data).rows[0].number
    lines = PURCHASE.splitlines()
    phone, needed = (next(i for i, line in enumerate(lines) if f"| {name} " in line) for name in ("phone", "needed"))
    lines[phone], lines[needed] = lines[needed], lines[phone]
    write(hall.definitions, "purchase/purchase.xlsx", "\n".join(lines))
    assert [report.publishable for report in hall.scan()] == [True]
    assert [(row.state, row.number) for row in check(hall, data).rows] == [("sent", number)]


def test_t7_a_form_that_was_published_after_the_check_sends_nothing(hall: Hall) -> None:
    data = filled(template(hall), [GOOD])
    with pytest.raises(ChangedForm):
        hall.send_filling(person(hall), "purchase", "a.xlsx", data, version="0" * 12)
    assert count(hall) == 0


def test_t8_only_who_may_apply_and_the_cases_are_hers(hall: Hall) -> None:
    data = filled(template(hall), [GOOD])
    for ask in (
        lambda: hall.template(person(hall, LI), "purchase"),
        lambda: check(hall, data, LI),
        lambda: send(hall, data, LI),
        lambda: hall.mark_filling(person(hall, LI), "purchase", "a.xlsx", data),
        lambda: hall.draft_filling(person(hall, LI), "purchase", "a.xlsx", data),
    ):
        with pytest.raises(NotAllowed):
            ask()
    mine = send(hall, data, CHEN).rows[0].number
    hers = send(hall, data, WANG).rows[0].number
    assert mine != hers
    assert (count(hall, CHEN), count(hall, WANG)) == (1, 1)


def test_t9_one_case_becomes_the_draft_with_its_faults(hall: Hall) -> None:
    data = filled(template(hall), [{**GOOD, "phone": "123"}], [("1", "00123", 2, 12.5)])
    hall.draft_filling(person(hall), "purchase", "a.xlsx", data)
    answers = hall.open_form(person(hall), "purchase").answers
    assert (answers["phone"], answers["campus"], answers["origin"]) == ("123", "west", "校外")
    assert answers["items"][0]["code"] == "00123"
    with pytest.raises(FileRefused):
        hall.draft_filling(person(hall), "purchase", "a.xlsx", filled(template(hall), [GOOD, GOOD]))


def test_t9_a_batch_leaves_the_draft_alone(hall: Hall) -> None:
    hall.save_draft(person(hall), "purchase", {"phone": "1"}, "")
    send(hall, filled(template(hall), [GOOD]))
    assert [draft.service_id for draft in hall.drafts(person(hall))] == ["purchase"]


def test_t10_what_is_not_sent_is_said(hall: Hall) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled(template(hall), [{**GOOD, "permit": "9"}])))
    sheet = book.worksheets[0]
    sheet["K3"].value = "我的备注"
    book.create_sheet("草稿")["A1"].value = "x"
    filling = check(hall, saved(book))
    assert places(filling) == {"试剂申购!I3": "FILL-016", "试剂申购!K2": "FILL-006", "草稿": "FILL-008"}
    assert filling.sendable == 1


def test_t10_details_that_belong_nowhere_keep_everything_from_being_sent(hall: Hall) -> None:
    filling = check(hall, filled(template(hall), [GOOD, GOOD], [("700", "A", 1, 1), (None, "B", 1, 1)]))
    assert places(filling) == {"明细!A3": "FILL-013", "明细!A4": "FILL-021"}
    assert filling.sendable == 0
    twice = filled(template(hall), [{**GOOD, "@key": "1"}, {**GOOD, "@key": "1"}], [("1", "A", 1, 1)])
    assert places(check(hall, twice)) == {"明细!A3": "FILL-012"}


def test_t10_a_row_that_begins_with_a_hash_is_a_row(hall: Hall) -> None:
    filling = check(hall, filled(template(hall), [{"@key": "#1", **GOOD}]))
    assert [row.state for row in filling.rows] == ["ready"]


def test_t10_a_sheet_may_be_called_whatever_people_like(hall: Hall) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled(template(hall), [GOOD, {**GOOD, "permit": "=1/0"}])))
    book.worksheets[0].title = "说明会报名"
    filling = check(hall, saved(book))
    assert [row.state for row in filling.rows] == ["ready", "faulty"]
    assert places(filling) == {"说明会报名!I4": "BOOK-042"}


def test_t10_a_sheet_without_its_labels_loses_no_row(hall: Hall) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled(template(hall), [GOOD])))
    book.worksheets[0].delete_rows(2)
    filling = check(hall, saved(book))
    assert [(row.row, row.state) for row in filling.rows] == [(2, "ready")]


def test_ranks_signatures_and_what_the_platform_knows_itself(hall: Hall) -> None:
    text = """
    ## settings
    | form_id | form_title | owner  |
    | wishes  | 选课志愿   | 设备处 |

    ## survey
    | type         | name  | label    | required |
    | start        | begun |          |          |
    | rank course  | order | 志愿顺序 | yes      |
    | signature    | sign  | 签名     |          |
    | barcode      | card  | 校园卡   |          |

    ## choices
    | list_name | name | label |
    | course    | ai   | 人工智能导论 |
    | course    | chem | 化学与生活 |
    """
    write(hall.definitions, "wishes/wishes.xlsx", text)
    assert [report.publishable for report in hall.scan()] == [True]
    data = hall.template(person(hall), "wishes")[1]
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["order", "card", "@result"]
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.worksheets[0]["A3"].value, book.worksheets[0]["B3"].value = "化学与生活；人工智能导论", "0042"
    version = hall.card(person(hall), "wishes").version
    (row,) = hall.send_filling(person(hall), "wishes", "a.xlsx", saved(book), version=version).rows
    answers = hall.case(person(hall), row.case_id).answers
    assert (list(answers["order"]), answers["card"]) == (["chem", "ai"], "0042")


def test_an_english_template_is_in_english(hall: Hall) -> None:
    data = template(hall, "en")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [cell.value for cell in book.worksheets[0][2]][1:3] == ["Phone *", "Campus *"]
    case = {**GOOD, "campus": "West campus", "building": "Building 1（w1）", "phone": "12"}
    filling = check(hall, filled(data, [case]), language="en")
    assert [item.code for item in filling.rows[0].diagnostics] == [forms.CONSTRAINT.code]
