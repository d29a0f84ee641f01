"""An impact as tables for Excel: a row a case, or a row a changed cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from banshi.platform.impact.model import CellChange, Compared, Consequence, Impact
from banshi.platform.words import STATES, Words, word
from banshi.platform.workbook.writing import Entry

CONSEQUENCES: Words = {
    Consequence.MORE: ("费用增加", "Costs more"),
    Consequence.LESS: ("费用减少", "Costs less"),
    Consequence.UNBILLED: ("有一版算不出费用", "No total in one version"),
    Consequence.ROUTE: ("流程改变", "Another route"),
    Consequence.REFUSED: ("新被禁止", "Newly forbidden"),
    Consequence.UNSENT: ("照原样不能再提交", "Could not be sent as it is"),
    Consequence.ACCEPTED: ("原有障碍消除", "No longer in the way"),
    Consequence.FINDING: ("条文提示改变", "Other statements"),
    Consequence.AMOUNT: ("非金额的计量改变", "Another amount that is not money"),
    Consequence.RESULT: ("决策表结果改变", "Another table result"),
    Consequence.FAILED: ("无法测算", "Cannot be evaluated"),
}
_MOST_CELLS = 5
_CASE_HEADS = {
    "zh": ("单号", "标题", "申请人", "提交时间", "状态", "影响", "现行费用", "新版费用", "差额", "当时费用", "起作用的单元格", "现行流程", "新版流程", "说明"),
    "en": ("Number", "Title", "Applicant", "Sent", "State", "Impact", "Live total", "Draft total", "Difference", "Total decided then", "Cells that make it", "Live route", "Draft route", "Remarks"),
}  # fmt: skip
_CELL_HEADS = {
    "zh": ("单元格", "改动", "办件数", "费用差额"),
    "en": ("Cell", "Change", "Cases", "Difference in money"),
}


def case_head(language: str) -> tuple[str, ...]:
    """The header of the table of cases."""
    return _CASE_HEADS["en" if language == "en" else "zh"]


def case_rows(cases: Iterable[Compared], changes: list[CellChange], language: str) -> Iterator[list[Entry]]:
    """A row a case."""
    english = language == "en"
    for one in cases:
        cells = dict.fromkeys(i for cells in _numbers(one) for i in cells)
        yield [
            one.number,
            one.title,
            one.applicant,
            one.at,
            word(STATES, one.state, language),
            joined((word(CONSEQUENCES, kind, language) for kind in Consequence if kind in one.consequences), language),
            one.old,
            one.new,
            one.difference,
            one.then,
            joined((changes[i].place for i in cells), language),
            one.old_path,
            one.new_path,
            "\n".join(note.en if english else note.zh for note in one.notes),
        ]


def cell_head(language: str) -> tuple[str, ...]:
    """The header of the table of changed cells."""
    return (
        *_CELL_HEADS["en" if language == "en" else "zh"],
        *(word(CONSEQUENCES, kind, language) for kind in Consequence),
    )


def cell_rows(impact: Impact, language: str) -> Iterator[list[Entry]]:
    """A row a group of changed cells."""
    for group in impact.cells:
        places, said = told(group.cells, language)
        counts = [group.consequences.get(kind, 0) for kind in Consequence]
        yield [places, said, group.cases, group.difference, *counts]


def _numbers(one: Compared) -> Iterator[tuple[int, ...]]:
    """The numbers of the changes that do something to a case."""
    yield from (part.cells for part in one.parts)
    yield from (note.cells for note in one.notes)


def told(cells: tuple[CellChange, ...], language: str) -> tuple[str, str]:
    """Changed cells in words: where, and what; of many the first few."""
    english = language == "en"
    if not cells:
        return "—", "not the doing of a single cell" if english else "不是某一个单元格造成的"
    shown, more = cells[:_MOST_CELLS], len(cells) - _MOST_CELLS
    places = joined((cell.place for cell in shown), language)
    said = ("; " if english else "；").join(cell.en if english else cell.zh for cell in shown)
    if more > 0:
        said += f"; and {more} more" if english else f"；另有 {more} 处"
    return places, said


def joined(words: Iterable[str], language: str) -> str:
    """Words in a row."""
    return (", " if language == "en" else "、").join(words)
