"""Pages at a desktop of 1,200 pixels: a title keeps its lines beside many buttons, and a board that is not there says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from visiting import NARROW, Visitor, serve, violations

SHIPPED = Path(__file__).parents[2] / "definitions"
WIDE = {"width": 1200, "height": 860}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    for name in ("organisation", "campus-repair", "locker-rental"):
        shutil.copytree(SHIPPED / name, folder / "definitions" / name)
    yield from serve(str(folder))


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_title_of_a_service_stands_on_one_line_beside_its_buttons(
    browser: Browser, hall: str, size: dict[str, int]
) -> None:
    owner = Visitor(browser, hall, "10524", size)
    page = owner.go("/language/en?next=/owner/campus-repair")
    title = page.get_by_role("heading", level=1, name="Campus repairs")
    expect(title).to_be_visible()
    assert title.evaluate("part => part.offsetHeight / parseFloat(getComputedStyle(part).lineHeight)") < 1.5
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    owner.done()


def test_a_service_without_a_board_says_so(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "10524", WIDE)
    page = owner.go("/boards/locker-rental")
    expect(page.get_by_text("还没有看板")).to_be_visible()
    assert violations(page) == []
    owner.done()
