"""Old workbooks (.xls): LibreOffice writes them, and what is read is what stands in the xlsx that they were made from."""

import random
import shutil
import subprocess

import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.platform.workbook import read_workbook, read_workbook_guarded
from banshi.platform.workbook.safety import Refused
from banshi.platform.workbook.table import table_rows
from banshi.rules.diagnostics import Severity, has_errors

FORM = workbook_from_text(
    """
    ## survey
    | type | name | label | default | constraint |
    | | | | | |
    | select_one 校区 | campus | 所在校区 | | |
    | decimal | amount | 金额 | 0.698 | . >= 0.1 |
    | integer | people | 人数 | 12 | |
    | date | from | 开始日期 | 2026-09-01 | |
    | dateTime | at | 时刻 | 2026-09-01 08:30 | |
    | time | clock | 时间 | 08:30 | |
    | text | number | 学号 | '00123 | |
    | text | said | “说明”\\n第二行 | | |
    | text | open | 公开 | TRUE | |
    ## choices
    | list_name | name | label |
    | 校区 | 1 | 大学城 |
    | 校区 | 2 | 龙洞 |
    ## 存档
    | 甲 |
    """,
    merged={"choices": ["A2:A3"]},
    hidden_sheets=["存档"],
    hidden_rows={"survey": [5]},
    hidden_columns={"survey": ["D"]},
)


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """The form as LibreOffice saves it for Excel 97."""
    soffice = shutil.which("soffice")
    assert soffice is not None, "LibreOffice is one of the test tools"
    folder = tmp_path_factory.mktemp("old")
    (folder / "a.xlsx").write_bytes(FORM)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "xls:MS Excel 97", "--outdir"]
    subprocess.run([*command, str(folder / "out"), str(folder / "a.xlsx")], check=True, capture_output=True)
    return (folder / "out" / "a.xls").read_bytes()


def values(data):
    workbook, found = read_workbook(data, "调查.xls")
    assert workbook is not None, [item.message() for item in found]
    cells = {
        (sheet.name, cell.place.cell): cell.value
        for sheet in workbook.sheets
        for row in sheet.rows
        for cell in row.cells
        if not cell.blank
    }
    return cells, [(item.code, item.place.sheet) for item in found if item.code != "BOOK-018"]


def test_the_same_values_stand_in_the_same_cells(old):
    assert values(old) == values(FORM)
    cells, _ = values(old)
    assert {type(cell).__name__ for cell in cells.values()} == {"str", "bool", "Decimal", "date", "datetime", "time"}


def test_it_is_a_form_and_its_author_is_told_what_was_not_looked_at(old):
    service, found = load_bytes(old, "调查.xls")
    assert not has_errors(found)
    assert [choice.label.get() for choice in service.survey.choices["校区"]] == ["大学城", "龙洞"]
    (told,) = [item for item in found if item.code == "BOOK-018"]
    assert told.severity is Severity.NOTICE
    assert "调查.xls" in told.message("en")


def test_the_guarded_reader_reads_the_same(old):
    workbook, found = read_workbook_guarded(old, "调查.xls")
    assert (workbook, found) == read_workbook(old, "调查.xls")


def test_a_table_of_many_rows_is_not_taken_from_one(old, tmp_path):
    (tmp_path / "a.xls").write_bytes(old)
    with pytest.raises(Refused) as refused:
        list(table_rows(tmp_path / "a.xls", [0.0]))
    assert refused.value.diagnostic.code == "BOOK-004"


@pytest.mark.parametrize("seed", range(60))
def test_a_broken_one_is_read_or_refused_and_never_raises(old, seed):
    chosen = random.Random(seed)
    broken = bytearray(old)
    for _ in range(chosen.randint(1, 12)):
        broken[chosen.randrange(8, len(broken))] = chosen.randrange(256)
    if seed % 3 == 0:
        del broken[chosen.randrange(512, len(broken)) :]
    workbook, found = read_workbook(bytes(broken), "调查.xls")
    assert (workbook is None) == any(item.severity is Severity.ERROR and not item.place.sheet for item in found)
