"""A choice of a list that is searched on the server, and that the other answers rule out since: marked at once."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from told import server

pytestmark = pytest.mark.browser

ROOMS = """
## survey
| type | name | label | choice_filter |
| select_one 楼 | 楼 | 楼栋 | |
| select_one 房间 | 房间 | 房间 | 楼 = ${楼} |
## choices
| list_name | name | label | 楼 |
| 楼 | A1 | 一号楼 | |
| 楼 | A2 | 二号楼 | |
""" + "".join(f"| 房间 | {b}-{n} | {b} 栋 {n} 室 | {b} |\n" for b in ("A1", "A2") for n in range(101, 401))  # fmt: skip


def test_a_choice_that_is_ruled_out_is_marked_before_next(show: Any) -> None:
    answers = {"楼": "A1", "房间": "A1-150"}
    screen = show(ROOMS, values=answers, known=server(ROOMS, answers))
    page = screen.page
    gone = page.locator(".bf-gone")
    expect(gone).to_have_count(0)
    page.get_by_label("二号楼").check()
    screen.tell(server(ROOMS, screen.call("answersNow")))
    expect(gone).to_contain_text("A1 栋 150 室")
    expect(page.get_by_role("combobox", name="房间")).to_have_value("A1 栋 150 室")
    page.get_by_label("一号楼").check()
    screen.tell(server(ROOMS, screen.call("answersNow")))
    expect(gone).to_have_count(0)
    page.get_by_label("二号楼").check()
    screen.tell(server(ROOMS, screen.call("answersNow")))
    page.get_by_role("button", name="清除“房间”").click()
    assert screen.call("answersNow")["房间"] == ""
    expect(gone).to_have_count(0)
