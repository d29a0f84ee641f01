"""An owner uploads a workbook and the files that it names, in a browser: found together, checked, published and used.

J1 without its file the workbook is told so; with it in one choice it is published, and the choices are those of the file
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from halls import open_test_hall
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations
from workbooks import workbook_from_text

pytestmark = pytest.mark.browser

OWNER, STUDENT = "20005", "20001"
ROOMS = """
## settings
| form_id | form_title | owner |
| rooms | 教室借用 | 设备处 |

## survey
| type | name | label | required |
| select_one_from_file rooms.csv | 教室 | 教室 | yes |

## route
| step | name | who |
| 10 | 申请 | initiator |
| 20 | 财务处 | role:财务处.审核岗 |
"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    open_test_hall(folder).close()
    yield from serve(str(folder))


def test_j1_a_workbook_comes_with_its_file(browser: Browser, hall: str) -> None:
    book = {"name": "教室.xlsx", "mimeType": XLSX, "buffer": workbook_from_text(ROOMS)}
    rows = {
        "name": "rooms.csv",
        "mimeType": "text/csv",
        "buffer": "name,label\n0101,一教 101\n0102,一教 102\n".encode(),
    }
    owner = Visitor(browser, hall, OWNER, DESKTOP)
    page = owner.go("/owner")
    page.locator("input[type=file]").set_input_files([book])
    expect(page.locator(".report-box")).to_contain_text("SHEET-029")
    page.locator("input[type=file]").set_input_files([book, rows])
    expect(page.locator(".report-box .verdict")).to_contain_text("检查通过，可以发布")
    assert violations(page) == []
    page.get_by_role("button", name="发布上线").click()
    expect(page.locator(".notice-success")).to_contain_text("“教室借用”已发布")
    owner.done()
    student = Visitor(browser, hall, STUDENT, NARROW)
    page = student.go("/services/rooms/apply")
    expect(page.get_by_text("一教 102")).to_have_count(1)
    student.done()
