"""As many copies as were asked for: an expression for the number, downloads that count, all ways in alike.

C1  What kiosks print is what the case says; less than one is one, and nobody gets more than a hundred.
C2  With downloads counted, what the applicant loads and what a kiosk prints come out of the same number, over REST too.
C3  A load that was lost may be repeated for ten minutes and costs nothing; a paper that cannot be rendered costs none.
C4  Offices that look at the paper take no copy of hers; papers without a number are loaded as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from paper_halls import ANSWERS, PAPERS, Clock, approve, open_paper_hall, send

from banshi.platform.cases.papers import NoCopyLeft, PaperRow
from banshi.platform.documents.pdf import NotRendered
from banshi.platform.hall import Hall
from banshi.rules.diagnostics import Severity

SITE = "https://banshi.example.edu.cn"
STUDENT = "20001"


def counted(cell: str) -> str:
    """The test workbook with a question for copies, and a cell for the permit's."""
    text = PAPERS.replace(
        "| begin_repeat       | 物品   |", "| integer | 份 | 份数 | Copies | | |\n| begin_repeat       | 物品   |"
    )
    before, mark, after = text.partition("| 30天  | 2      |")
    assert mark
    return f"{before}| 30天 | {cell} |{after}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr("banshi.platform.papers.rendering.pdf", lambda *_, **__: b"%PDF-1.4 made")
    made = open_paper_hall(tmp_path, clock, counted("${份} 含下载"))
    yield made
    made.close()


def permit(hall: Hall, copies: object) -> PaperRow:
    """The permit of a case that asked for so many."""
    case = send(hall, {**ANSWERS, "份": copies})
    approve(hall, case, "20004")
    return again(hall, case)


def again(hall: Hall, case: str) -> PaperRow:
    rows = hall.papers.of_case(hall.directory.people[STUDENT], case)
    return next(one for one in rows if one.title == "物品出门单")


def load(hall: Hall, one: PaperRow, by: str = STUDENT) -> bytes:
    return hall.papers.pdf(hall.directory.people[by], one.code, SITE)[1]


@pytest.mark.parametrize(("asked", "left"), [(3, 3), (1, 1), (0, 1), (None, 1), (-4, 1), (100, 100), (5000, 100)])
def test_c1_so_many_as_the_case_says(hall: Hall, asked: object, left: int) -> None:
    assert permit(hall, asked).left == left


def test_c2_one_number_for_both_ways(hall: Hall, clock: Clock) -> None:
    one = permit(hall, 3)
    load(hall, one)
    assert again(hall, one.case_id).left == 2
    hall.papers.print_ready(one.code, one.pickup, SITE)
    clock.go(minutes=11)
    load(hall, one)
    assert (again(hall, one.case_id).printed, again(hall, one.case_id).left) == (3, 0)
    with pytest.raises(NoCopyLeft):
        hall.papers.print_ready(one.code, one.pickup, SITE)
    clock.go(minutes=11)
    assert not again(hall, one.case_id).may_download
    with pytest.raises(NoCopyLeft):
        load(hall, one)


def test_c3_once_more_within_minutes(hall: Hall, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    one = permit(hall, 1)

    def fails(*_: object, **__: object) -> bytes:
        raise NotRendered

    with monkeypatch.context() as broken:
        broken.setattr("banshi.platform.papers.rendering.pdf", fails)
        with pytest.raises(NotRendered):
            load(hall, one)
    assert again(hall, one.case_id).left == 1
    load(hall, one)
    clock.go(minutes=9, seconds=59)
    assert again(hall, one.case_id).may_download
    load(hall, one)
    assert again(hall, one.case_id).printed == 1
    clock.go(seconds=1)
    with pytest.raises(NoCopyLeft):
        load(hall, one)


def test_c4_an_office_takes_none(hall: Hall) -> None:
    one = permit(hall, 1)
    for _ in range(3):
        load(hall, one, "20004")
    assert again(hall, one.case_id).left == 1
    approve(hall, one.case_id, "20003")
    free = next(
        row for row in hall.papers.of_case(hall.directory.people[STUDENT], one.case_id) if row.title == "离校证明"
    )
    for _ in range(3):
        load(hall, free)
    assert (free.left, free.printed) == (None, 0)


def test_c4_a_plain_number_counts_kiosks_alone(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("banshi.platform.papers.rendering.pdf", lambda *_, **__: b"%PDF-1.4 made")
    hall = open_paper_hall(tmp_path, clock, counted("2"))
    one = permit(hall, 1)
    load(hall, one)
    assert again(hall, one.case_id).left == 2
    hall.close()


@pytest.mark.parametrize(
    ("cell", "code"),
    [("含下载", "DOC-007"), ("${份数} 含下载", "EXPR-020"), ("0 含下载", "DOC-007"), ("${事由}", "EXPR-041")],
)
def test_mistakes_are_told_at_the_cell(cell: str, code: str) -> None:
    from workbooks import workbook_from_text

    from banshi.platform.sheets import load_bytes

    _, found = load_bytes(workbook_from_text(counted(cell)), "leave.xlsx")
    told = [(item.code, str(item.place)) for item in found if str(item.place).startswith("documents!I2")]
    assert [place.partition(" ")[0][:12] for _, place in told] == ["documents!I2"]
    assert told[0][0] == code
    assert all(item.severity is not Severity.NOTICE for item in found if item.code == code)
