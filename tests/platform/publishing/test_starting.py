"""Workbooks to begin a service with.

S1 every column of every sheet of a service has a note, in Chinese and in English
S2 the workbook works as it comes out: no fault, not even a notice, and its examples pass; with and without people
S3 each sheet whose name begins with `#` works when the sign is taken away, alone and with the others
S4 every word that is proposed is understood, and stands in the drop-down of its column
S5 LibreOffice saves it anew and it still works; lists follow the sheets that they are taken from
S6 "like" another service changes its id and title, empties version and dates, adds lists and notes, and nothing else
S7 the id is proposed from the title, in Latin letters; what cannot be a title is told
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import ORGANISATION, open_test_hall
from openpyxl.comments import Comment
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation
from workbooks import workbook_from_text

from banshi.platform.errors import Declined, NotAllowed, NotFound
from banshi.platform.people.directory import Directory
from banshi.platform.people.organisation import read_organisation
from banshi.platform.publishing.proposals import LIST_OF, lists_of, types_of
from banshi.platform.publishing.starting import Wish, start, start_like
from banshi.platform.publishing.starting_headers import COLUMNS
from banshi.platform.publishing.starting_notes import NOTES, note_of
from banshi.platform.publishing.starting_texts import IDLE
from banshi.platform.sheets import load_workbook, run_examples
from banshi.platform.sheets.words import SHEETS_NOT_ACTIVE, SHEETS_SHARED
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.names import KINDS
from banshi.platform.workbook.writing import CAMPUS_ZONE
from banshi.rules.policies import FixpointEngine

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=CAMPUS_ZONE)
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
TITLES = {"zh": "印章使用申请", "en": "Use of the seal"}
NO_HEADER = {"rules.when", "rules.then", "rules.hit", "rules.otherwise", "rules.values", "choices.other", "data.key",
             "data.other", "examples.expect", "examples.other"}  # fmt: skip
"""What is no column of a fixed name."""


def directory(data: bytes) -> Directory:
    workbook, _ = read_workbook(data, "organisation.xlsx")
    assert workbook is not None
    return read_organisation(workbook)[0]


SHIPPED = directory((ROOT / "definitions/organisation/organisation.xlsx").read_bytes())
SMALL = directory(workbook_from_text(ORGANISATION))


def wish(language: str = "zh", people: Directory | None = SHIPPED, **facts: Any) -> Wish:
    owner = {id(SHIPPED): "校长办公室", id(SMALL): "设备处"}.get(id(people), "")
    return Wish(**{"title": TITLES[language], "language": language, "owner": owner, "directory": people, **facts})


def told(data: bytes, people: Directory | None = SHIPPED) -> tuple[list[str], list[str]]:
    """Everything that the check says, and the examples that fail."""
    workbook, found = read_workbook(data, "服务.xlsx")
    assert workbook is not None
    service, found = load_workbook(workbook, people, found, now=NOW)
    assert service is not None
    results = run_examples(service, people, now=NOW, engine=FixpointEngine())
    assert len(results) >= 4
    failed = [f"{one.name}: {failure.message()}" for one in results for _, failure in one.failures]
    return [f"{item.place} {item.message()}" for item in found], failed


def book_of(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def by_libreoffice(data: bytes, folder: Path) -> bytes:
    soffice = shutil.which("soffice")
    assert soffice is not None, "LibreOffice is one of the test tools"
    (folder / "a.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, str(folder / "out"), str(folder / "a.xlsx")], check=True, capture_output=True)
    return (folder / "out" / "a.xlsx").read_bytes()


@LANGUAGES
def test_s1_every_column_has_a_note(language: str) -> None:
    named = {f"{kind}.{column.name}" for kind, columns in COLUMNS.items() for column in columns}
    assert {key for key in named | NO_HEADER if not note_of(*key.split(".", 1), language)} == set()
    shared = {key for key in NOTES if key.startswith("any.")}
    assert set(NOTES) - shared - named - NO_HEADER == set()
    assert {key for key in shared if not any(name.endswith(key.removeprefix("any")) for name in named)} == set()
    of_services = set(KINDS) - set(SHEETS_NOT_ACTIVE) - set(SHEETS_SHARED) - {"external_choices"}
    assert of_services == set(COLUMNS)


@LANGUAGES
@pytest.mark.parametrize("people", [SHIPPED, SMALL, None], ids=["shipped", "small", "nobody"])
def test_s2_it_works_as_it_comes_out(language: str, people: Directory | None) -> None:
    file, data = start(wish(language, people))
    assert file == {"zh": "yin-zhang-shi-yong-shen-qing.xlsx", "en": "use-of-the-seal.xlsx"}[language]
    assert told(data, people) == ([], [])
    book = book_of(data)
    settings = book.worksheets[1]
    values = {row[0].value: row[1].value for row in settings.iter_rows()}
    assert values[{"zh": "名称", "en": "form_title"}[language]] == TITLES[language]
    assert values[{"zh": "主管部门", "en": "owner"}[language]] == (wish(language, people).owner or None)
    # Where people are known, the examples say whom a request goes by.
    routes = [cell.value for cell in book.worksheets[5]["K"]][1:3]
    assert routes == (["10>20>40>50", "10>20>30>40>50"] if people else [None, None])


def test_s2_every_header_has_its_note_and_needed_ones_a_colour() -> None:
    book = book_of(start(wish())[1])
    headers = {sheet.title: [cell for cell in sheet[1] if cell.value] for sheet in book if sheet.title in
               ("表单", "选项", "流程", "用例", "#数据-限额", "#收费-服务费", "#制度-申请要求")}  # fmt: skip
    assert sum(map(len, headers.values())) > 60
    assert [cell.value for cells in headers.values() for cell in cells if cell.comment is None] == []
    dark = {cell.value for cell in headers["流程"] if cell.fill.fgColor.rgb == "FFB3541E"}
    assert dark == {"环节号", "环节名称", "办理人"}


@LANGUAGES
@pytest.mark.parametrize("which", [[0], [1], [2], [3], [0, 1, 2, 3]], ids=str)
def test_s3_idle_sheets_work_when_the_sign_is_taken_away(language: str, which: list[int]) -> None:
    book = book_of(start(wish(language))[1])
    for index in which:
        title = IDLE[language][index]
        book[f"#{title}"].title = title
    data = saved(book)
    assert told(data) == ([], [])
    workbook, _ = read_workbook(data, "服务.xlsx")
    service, _ = load_workbook(workbook, SHIPPED)
    parts = (service.datasets, service.tables, service.tariffs, service.policies)
    assert [IDLE[language][i].replace("-", ".").split(".")[1] in parts[i] for i in range(4)] == [
        i in which for i in range(4)
    ]


@LANGUAGES
def test_s3_the_idle_job_and_board_work_when_the_sign_is_taken_away(language: str) -> None:
    book = book_of(start(wish(language))[1])
    for title in IDLE[language][5:]:
        book[f"#{title}"].title = title
    data = saved(book)
    assert told(data) == ([], [])
    service, _ = load_workbook(read_workbook(data, "服务.xlsx")[0], SHIPPED)
    assert (len(service.jobs), len(service.charts)) == (1, 1)


@LANGUAGES
def test_s3_the_idle_connection_works_once_a_step_pushes_to_it(language: str) -> None:
    book = book_of(start(wish(language))[1])
    title = IDLE[language][4]
    book[f"#{title}"].title = title
    unused, _ = told(saved(book))
    assert len(unused) == 1, unused
    route = book[{"zh": "流程", "en": "route"}[language]]
    column = route.max_column + 1
    route.cell(1, column).value = {"zh": "通过后", "en": "do"}[language]
    route.cell(5, column).value = {"zh": "推送:台账", "en": "push:ledger"}[language]
    assert told(saved(book)) == ([], [])


def test_s3_the_idle_tariff_and_policy_say_what_their_notes_say() -> None:
    book = book_of(start(wish())[1])
    for title in IDLE["zh"]:
        book[f"#{title}"].title = title
    workbook, _ = read_workbook(saved(book), "服务.xlsx")
    service, _ = load_workbook(workbook, SHIPPED)
    engine = FixpointEngine()
    from banshi.platform.forms import evaluate_form
    from banshi.platform.people.directory import Person

    answers = {
        "申请部门": "财务处",
        "类别": "教学",
        "事由": "甲",
        "数量": "12",
        "单价": "5000",
        "急办": "是",
        "急办理由": "乙",
    }
    found = evaluate_form(
        service, answers, now=NOW, person=Person(id="", name=""), directory=SHIPPED, calendar=None, engine=engine, withheld=()
    )  # fmt: skip
    # Ten at 5 yuan and two at 4, and 20 for haste; 60,000 yuan are decided by the university and cannot be urgent.
    assert found.bills["服务费"].total == 78
    assert found.names["审批级别"] == "学校"
    assert [finding.id for finding in found.findings if finding.verdict] == ["G2"]


ROUTE = {"who": "办理人", "cc": "抄送", "modes": "方式", "backs": "退回到", "empties": "无人时", "sames": "同人",
         "operations": "可用操作", "overdue": "超时", "due": "时限", "opinions": "意见"}  # fmt: skip


@LANGUAGES
@pytest.mark.parametrize("people", [SHIPPED, None], ids=["people", "nobody"])
@pytest.mark.parametrize("name", ROUTE)
def test_s4_every_word_of_the_route_is_understood(language: str, people: Directory | None, name: str) -> None:
    from banshi.platform.sheets.route_sheet import parse_route

    words = lists_of(language, people)["who" if name == "cc" else name]
    assert len(words) >= 4
    steps = [
        ("发起人", "自动")[name == "modes" and word in ("自动", "auto")] if name != "who" else word for word in words
    ]
    rows = "\n".join(
        f"| '{i} | 甲 | {step if name == 'who' else '发起人'} | {'' if name == 'who' else word} |"
        for i, (word, step) in enumerate(zip(words, steps, strict=True), start=10)
    )
    header = f"| 环节号 | 环节名称 | 办理人 | {'备注' if name == 'who' else ROUTE[name]} |"
    workbook, _ = read_workbook(workbook_from_text(f"## 流程\n{header}\n{rows}"), "a.xlsx")
    route, found = parse_route(workbook.sheets[0])
    assert [f"{item.place} {item.message()}" for item in found] == []
    assert len(route.steps) == len(words)


OTHER = {
    "hits": "## 规则-甲\n| 命中 | {} |\n| 取值 | 2、1 |\n| 当 甲: number | 则 丙: number |\n| 1 | 1 |\n| >1 | 2 |",
    "methods": "## 收费-甲\n| 项目 | 计量 | 单价 | 方式 |\n| 乙 | 甲 | 1 | 单价 |\n| 丙 | {quantity} | {rate} | {} |",
    "rounds": "## 收费-甲\n| 项目 | 计量 | 单价 | 方式 | 取整 |\n| 乙 | 甲 | 1 | 单价 | {} |",
    "verdicts": "## 制度-甲\n| 编号 | 当 | 结论 | 说明 |\n| P1 | 甲 > 1 | {} | 说明。 |",
    "yes_no": "## 表单\n| 类型 | 名称 | 标签 | 必填 | 只读 |\n| 文本 | 乙 | 乙 | {} | |\n| 文本 | 丙 | 丙 | | {} |",
    "sensitive": "## 表单\n| 类型 | 名称 | 标签 | 敏感 |\n| 文本 | 乙 | 乙 | {} |",
    "periods": "## 设置\n| 编号 | 名称 | 个人信息保存 |\n| a | 甲 | {} |\n## 表单\n| 类型 | 名称 | 标签 | 敏感 |\n| 文本 | 乙 | 乙 | 是 |",
    "types": "## 表单\n| 类型 | 名称 | 标签 | 计算 |\n{start}| {} | 乙 | 乙 | {calculation} |\n{end}",
    "departments": "## 设置\n| 编号 | 名称 | 主管部门 |\n| a | 甲 | {} |\n## 表单\n| 类型 | 名称 | 标签 |\n| 文本 | 乙 | 乙 |",
    "roles": "## 设置\n| 编号 | 名称 | 申请对象 |\n| a | 甲 | {} |\n## 表单\n| 类型 | 名称 | 标签 |\n| 文本 | 乙 | 乙 |",
}
"""Where a word of a list stands."""


def errors_with(name: str, word: str) -> list[str]:
    start, end = "", ""
    for begin, finish in (("begin_", "end_"), ("开始", "结束")):
        if begin in word and word != "开始时间":
            end = f"| 整数 | 丁 | 丁 | |\n| {word.replace(begin, finish)} | | | |"
        if finish in word and word != "结束时间":
            start = f"| {word.replace(finish, begin)} | 丁 | 丁 | |\n| 整数 | 戊 | 戊 | |\n"
    written = word
    if name == "types" and word in ("账户", "account"):
        written, end = f"{word} 经费", "## 账户\n| 账户 | 持有者 |\n| 经费 | 人员: ${申请人.工号} |"
    text = OTHER[name].replace("{start}", start).replace("{end}", end)
    text = text.replace("{calculation}", "1" if word in ("计算", "calculate") else "")
    text = text.replace(
        "{quantity}", {"定额": "", "fixed": "", "合计": "", "total": "", "减免": "", "credit": ""}.get(word, "甲")
    )
    text = text.replace("{rate}", "" if word in ("合计", "total") else "1")
    workbook, found = read_workbook(workbook_from_text(text.replace("{}", written)), "a.xlsx")
    assert workbook is not None
    _, found = load_workbook(workbook, SHIPPED, found)
    return [
        f"{item.place} {item.message()}"
        for item in found
        if item.severity == "error" or (name == "departments" and item.place.cell == "C2")
    ]


@LANGUAGES
@pytest.mark.parametrize("name", OTHER)
def test_s4_every_other_word_is_understood(language: str, name: str) -> None:
    words = types_of(language) if name == "types" else lists_of(language, SHIPPED)[name]
    assert len(words) >= 2
    assert {word: found for word in words if (found := errors_with(name, word))} == {}
    assert errors_with(name, "胡写") != []


def lists_in(book: openpyxl.Workbook) -> Iterator[tuple[str, str, int, str]]:
    """The drop-downs of a workbook: sheet, header, last row, formula of the list."""
    for sheet in book:
        for check in sheet.data_validations.dataValidation:
            assert (check.type, check.showErrorMessage) == ("list", False)
            for area in check.sqref.ranges:
                column, first, _, last = range_boundaries(str(area))
                header = sheet.cell(first, column - 1) if first == last else sheet.cell(first - 1, column)
                yield sheet.title, header.value, last, check.formula1


def texts_of(book: openpyxl.Workbook, formula: str) -> list[str]:
    title, area = formula.rsplit("!", 1)
    return [cell.value for row in book[title.strip("'")][area.replace("$", "")] for cell in row]


def test_s4_drop_downs_stand_where_they_belong() -> None:
    book = book_of(start(wish())[1])
    found = {(sheet, header): (last, formula) for sheet, header, last, formula in lists_in(book)}
    named = {f"{sheet}.{header}" for sheet, header in found}
    assert named == {
        *(["设置.主管部门", "设置.申请对象", "设置.复核", "设置.个人信息保存", "设置.默认时限", "表单.类型", "表单.必填", "表单.外观", "表单.敏感", "选项.列表", "流程.办理人", "流程.方式", "流程.可编辑"]),
        *(["流程.隐藏", "流程.必填", "流程.退回到", "流程.时限", "流程.无人时", "流程.同人", "流程.意见", "#规则-审批级别.命中"]),
        *(["#收费-服务费.计量", "#收费-服务费.方式", "#收费-服务费.取整", "#制度-申请要求.结论", "#接口.类型", "#文书.纸张", "#文书.核验", "#文书.语言", "#文书.有效期"]), "#通行证.查出门", "#通行证.次数",
        *(["通知.事件", "通知.发给", "通知.渠道", "通知.免打扰"]),
    }  # fmt: skip
    assert {last for (sheet, _), (last, _) in found.items() if sheet in ("表单", "选项", "流程")} == {500}
    assert texts_of(book, found["表单", "必填"][1]) == ["是", "否"]
    assert texts_of(book, found["#制度-申请要求", "结论"][1]) == ["禁止", "必须", "提醒", "允许"]
    who = texts_of(book, found["流程", "办理人"][1])
    assert {"发起人", "角色:财务处.审核岗", "岗位:安全负责人[催化实验室]", '部门负责人("财务处")', "人:10311"} <= set(
        who
    )
    assert set(texts_of(book, found["设置", "主管部门"][1])) == set(SHIPPED.departments)


def test_s4_each_list_belongs_to_a_column() -> None:
    known = {f"{kind}.{column.name}" for kind, columns in COLUMNS.items() for column in columns} | NO_HEADER
    assert set(LIST_OF) <= known
    assert set(LIST_OF.values()) == set(lists_of("zh", None)) | {"types", "choice_lists", "fields", "references"}


def test_s4_every_appearance_is_described() -> None:
    text = (ROOT / "docs/en/forms.md").read_text(encoding="utf-8")
    assert [look for look in lists_of("en", None)["appearances"] if f"`{look}`" not in text] == []


def computed(data: bytes) -> Mapping[str, list[str]]:
    """The lists of a workbook as the program that saved it last has computed them, by name."""
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    sheet = next(sheet for sheet in book if sheet.title in ("#下拉列表", "#lists"))
    columns = [[cell.value for cell in column] for column in sheet.iter_cols(min_row=2)]
    return {column[0]: [text for text in column[1:] if text not in (None, "")] for column in columns}


@LANGUAGES
def test_s5_libreoffice_saves_it_anew(language: str, tmp_path: Path) -> None:
    book = book_of(start(wish(language))[1])
    survey, choices = book.worksheets[2], book.worksheets[3]
    choices.append(["campus", "east", "East"])
    survey.delete_rows(15, 2)
    survey.append(["select_one campus", "place", "Place"])
    survey.append(["end_group"])
    # LibreOffice says itself how many rows the formula of each list gives.
    formulas = dict.fromkeys(formula for *_, formula in lists_in(book) if formula.startswith("OFFSET"))
    probe = book.create_sheet("#probe")
    for formula in formulas:
        probe.append([f"=ROWS({formula})", f"=INDEX({formula},1)", f"=INDEX({formula},ROWS({formula}))"])
    again = by_libreoffice(saved(book), tmp_path)
    assert told(again) == ([], [])
    lists, words = computed(again), {"zh": ("类别", "是否"), "en": ("category", "yes_no")}[language]
    assert lists["choice_lists"] == [*words, "campus"]
    fields = [cell.value for cell in survey["B"][1:] if cell.value]
    assert lists["fields"] == fields
    assert lists["references"] == [f"${{{name}}}" for name in fields]
    select = {"zh": ("单选", "多选", "排序"), "en": ("select_one", "select_multiple", "rank")}[language]
    assert lists["types"] == [
        *types_of(language),
        *(f"{word} {name}" for word in select for name in lists["choice_lists"]),
    ]
    found = list(openpyxl.load_workbook(BytesIO(again), data_only=True)["#probe"].values)
    wanted = [(len(lists[name]), lists[name][0], lists[name][-1]) for name in ("types", "choice_lists", "fields")]
    assert found == [*wanted, (len(fields), lists["references"][0], lists["references"][-1])]
    before, after = ({(a, b, c) for a, b, c, _ in lists_in(made)} for made in (book, book_of(again)))
    assert before == after
    assert book_of(again).worksheets[4]["C1"].comment is not None


LARGE = (ROOT / "definitions/large-instruments/large-instruments.xlsx").read_bytes()


def cells_of(book: openpyxl.Workbook) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.number_format, cell.fill.fgColor.rgb, cell.font.b, cell.font.color)
        for sheet in book
        if not sheet.title.startswith("#")
        for row in sheet.iter_rows()
        for cell in row
    }  # fmt: skip


def test_s6_like_a_shipped_service() -> None:
    file, data = start_like(wish(title="小型仪器购置"), LARGE, "large-instruments.xlsx")
    assert file == "xiao-xing-yi-qi-gou-zhi.xlsx"
    before, after = cells_of(book_of(LARGE)), cells_of(book_of(data))
    changed = {place: (before[place][0], after[place][0]) for place in before if before[place] != after[place]}
    assert changed == {
        ("设置", "B2"): ("large-instruments", "xiao-xing-yi-qi-gou-zhi"),
        ("设置", "B3"): ("大型仪器购置立项", "小型仪器购置"),
        ("设置", "B4"): ("Large-instrument application", None),
        ("设置", "B8"): ("2026.11", None),
    }
    assert before.keys() == after.keys()
    book = book_of(data)
    assert {(sheet, header) for sheet, header, _, _ in lists_in(book)} >= {("流程", "办理人"), ("表单", "类型")}
    assert book["流程"]["C1"].comment.text == note_of("route", "who", "zh")
    workbook, found = read_workbook(data, file)
    assert load_workbook(workbook, SHIPPED, found)[1] == []


def test_s6_what_is_there_already_stays() -> None:
    text = """
## settings
| form_id | form_title::中文 (zh) | form_title::English (en) | open_from | open_until |
| loan    | 设备借用 | Loan | 2026-09-01 | 2026-12-31 |
## survey
| type | name | label | required |
| text | a    | 甲    | yes      |
"""
    book = book_of(workbook_from_text(text))
    book["survey"]["A1"].comment = Comment("我们的写法", "周倩")
    own = DataValidation(type="list", formula1='"yes,no"')
    own.add("D2:D9")
    book["survey"].add_data_validation(own)
    made = book_of(start_like(wish("en", title="Loan of books"), saved(book), "loan.xlsx")[1])
    assert [cell.value for cell in made["settings"][2]] == ["loan-of-books", None, "Loan of books", None, None]
    assert made["survey"]["A1"].comment.text == "我们的写法"
    assert made["survey"]["B1"].comment.text == note_of("survey", "name", "en")
    formulas = {header: formula for sheet, header, _, formula in lists_of_survey(made)}
    assert formulas["required"] == '"yes,no"'
    assert "type" not in formulas or "#lists" in formulas["type"]


def lists_of_survey(book: openpyxl.Workbook) -> list[tuple[str, str, int, str]]:
    return [
        ("survey", book["survey"].cell(1, range_boundaries(str(area))[0]).value, 0, check.formula1)
        for check in book["survey"].data_validations.dataValidation
        for area in check.sqref.ranges
    ]


def test_s6_like_itself_twice_adds_nothing_more() -> None:
    once = start_like(wish(title="小型仪器购置"), LARGE, "a.xlsx")[1]
    twice = start_like(wish(title="小型仪器购置"), once, "a.xlsx")[1]
    assert book_of(once).sheetnames == book_of(twice).sheetnames
    assert list(lists_in(book_of(once))) == list(lists_in(book_of(twice)))


@pytest.mark.parametrize(
    "data",
    [b"no workbook", workbook_from_text("## a\n| b |")[:900], workbook_from_text(ORGANISATION)],
    ids=["text", "cut", "people"],
)
def test_s6_what_cannot_be_read_is_told(data: bytes) -> None:
    with pytest.raises(Declined) as caught:
        start_like(wish(), data, "坏的.xlsx")
    assert len(caught.value.message("zh")) > 5


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("重修申请", "chong-xiu-shen-qing"),
        ("银行账户变更", "yin-hang-zhang-hu-bian-geng"),
        ("  Use of the Seal ", "use-of-the-seal"),
        ("2026 级新生（本科）宿舍", "2026-ji-xin-sheng-ben-ke-su-she"),
        ("ＯＡ办公", "oa-ban-gong"),
        ("calendar", "calendar-2"),
        ("已有", "yi-you-3"),
    ],
)
def test_s7_the_id_is_read_from_the_title(title: str, expected: str) -> None:
    assert Wish(title=title, taken={"yi-you", "yi-you-2"}).id == expected


@pytest.mark.parametrize("title", ["", "   ", "——！", "🎓", "甲" * 61])
def test_s7_what_cannot_be_a_title_is_told(title: str) -> None:
    with pytest.raises(Declined) as caught:
        start(Wish(title=title))
    assert "名称" in caught.value.message("zh")
    assert "title" in caught.value.message("en")


def test_s7_a_title_is_text_whatever_it_says() -> None:
    title = '=HYPERLINK("http://x") <id> | \'a'
    data = start(wish(title=title))[1]
    assert book_of(data)["设置"]["B3"].value == title
    assert book_of(data)["设置"]["B3"].data_type == "s"
    assert told(data) == ([], [])


def test_an_owner_begins_in_the_hall_and_publishes_what_she_got(tmp_path: Path) -> None:
    hall = open_test_hall(tmp_path)
    people = hall.directory.people
    owner, other = people["20005"], people["20001"]
    file, data = hall.workshop.new_workbook(owner, "印章使用申请")
    report, version = hall.workshop.publish(owner, file, data)
    assert (report.diagnostics, version is not None) == ([], True)
    assert hall.workshop.new_workbook(owner, "印章使用申请")[0] == "yin-zhang-shi-yong-shen-qing-2.xlsx"
    file, data = hall.workshop.new_workbook(owner, "仪器租用", "en", "borrowing")
    report, version = hall.workshop.publish(owner, file, data)
    assert (report.service_id, report.title, version is not None) == ("yi-qi-zu-yong", "仪器租用", True)
    with pytest.raises(NotAllowed):
        hall.workshop.new_workbook(other, "甲")
    with pytest.raises(NotFound):
        hall.workshop.new_workbook(owner, "甲", "zh", "nothing")
    hall.close()
