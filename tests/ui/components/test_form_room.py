"""On a desktop a table of many columns takes the whole width of the page, and is a table; other forms keep their side column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

STYLE = Path(__file__).parents[3] / "ui" / "screens" / "screens.css"
# The form stands where the page of a service puts it: in the main of two columns.
PLACED = """() => {
  document.body.style = "";
  const [page, columns, main, side] = ["page", "columns columns-form", "main-column", "side-column side-sticky"].map((name) => Object.assign(document.createElement("div"), { className: name }));
  side.textContent = "将由谁办理";
  main.append(document.getElementById("app"));
  columns.append(main, side);
  page.append(columns);
  document.body.append(page);
}"""


def survey(columns: int) -> str:
    rows = "".join(f"| text | c{n} | 第 {n} 列 |\n" for n in range(columns))
    return f"## survey\n| type | name | label |\n| begin_repeat | r | 费用 |\n{rows}| end_repeat | | |"


@pytest.mark.parametrize(
    ("columns", "width", "table", "beside"),
    [
        (5, 1280, True, True),
        (7, 1280, True, False),
        (8, 1280, True, False),
        (9, 1280, False, True),
        (7, 700, False, False),
    ],
)
def test_a_wide_table_has_room(show: Any, columns: int, width: int, table: bool, beside: bool) -> None:
    screen = show(survey(columns), size=(width, 900))
    page = screen.page
    page.add_style_tag(path=STYLE)
    page.evaluate(PLACED)
    expect(page.locator(".bf-table")).to_have_count(int(table))
    form, side = page.locator(".bf").bounding_box(), page.locator(".side-column").bounding_box()
    assert (side["x"] >= form["x"] + form["width"]) == beside
    assert page.evaluate("document.documentElement.scrollWidth") <= width
