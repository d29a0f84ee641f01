"""What staff write around a table: titles above its header, section heads between its rows, remarks below them.

None of it is a row of the sheet. A row counts as such only where it says one thing, or two above a header, and reads like it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from banshi.platform.workbook.columns import Column, plain
from banshi.platform.workbook.faults import REMARK_ROW, TITLE_ROW
from banshi.platform.workbook.workbook import Row, Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

MOST_TITLES = 5
"""Rows above a header that may be titles."""

_REMARK = re.compile(r"(?:附?注|备注|说明|note|remark)s?\s*\d?\s*[:：]", re.IGNORECASE)
_NUMBERED = re.compile(r"[(（]?\d{1,2}\s*[.．、)）]\s*\D|[①-⑳]")
_SECTION = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[章节部类])\s*\S"
)


_SIGNED = re.compile(
    r"(?:制表|填表|编制|编写|起草|审核|复核|审定|校对|批准|审批|签发|经办|负责|联系|主管|制定|发布|执行|更新|修订|打印)"
    r"(?:人|者|人员|部门|单位|科室|日期|时间|电话)?\s*[:：].*|(?:日期|时间|电话|单位|部门)\s*[:：].*"
    r"|(?:prepared|checked|approved|reviewed|issued)(?: by| on)?\s*[:：].*",
    re.IGNORECASE | re.DOTALL,
)
"""Who made a table, and when: `制表：李四`, `审核：王五`, `制表日期：2026年3月1日`."""

_VALUED = re.compile(r"[:：]\s*\S")
_TITLED = re.compile(
    r"(?:表|标准|目录|名单|一览|清单|明细|办法|规定|通知|台账|汇总|价目)(?:\s*[(（].*[)）])?$|^附件|^《.*》|\d{2,4}\s*(?:年|学年)|[:：]\s*\S"
)
"""What is written above a table rather than above a column."""


def below_title(sheet: Sheet, columns: Iterable[Column], *, sections: bool = True) -> tuple[Sheet, list[Diagnostic]]:
    """The sheet without the titles above its header and the remarks in its rows; each is named in a notice.

    Titles stand in the first rows, above a row of known columns, and hold none themselves. Where one cell alone can be a
    row, there are no `sections`.
    """
    words = {plain(word) for column in columns for word in (column.name, *column.words)}
    known = [{plain(cell.text) for cell in row.cells} & words for row in sheet.rows[: MOST_TITLES + 1]]
    head = next((i for i, names in enumerate(known) if len(names) > 1), 0)
    titles = sheet.rows[:head]
    if any(names for names in known[:head]) or any(not (_says_little(row) or is_signed(row)) for row in titles):
        head, titles = 0, ()
    found = [title_of(row, sheet.rows[head]) for row in titles]
    rows, remarks = without_remarks(sheet.rows[head + 1 :], sections=sections)
    found += remarks
    return (replace(sheet, rows=(*sheet.rows[head : head + 1], *rows)), found) if found else (sheet, [])


def without_remarks(
    rows: Sequence[Row],
    *,
    sections: bool = True,
    may_be: Callable[[Row], bool] = lambda _: True,
    is_one: Callable[[Row], bool] = lambda _: False,
) -> tuple[tuple[Row, ...], list[Diagnostic]]:
    """The rows below a header that are no remarks, and a notice for each that is one.

    A remark says one thing that begins `注：`, or is a numbered line right below one; a section head begins `一、`.
    Who made the table signs it. `may_be` tells a row apart that could be one of the sheet all the same, `is_one` a row
    that is none of it whatever it says.
    """
    kept: list[Row] = []
    found: list[Diagnostic] = []
    below = False
    for row in rows:
        text = _first(row).text if says_one(row) and may_be(row) else ""
        remark = _REMARK.match(text) or (below and _NUMBERED.match(text))
        signed = is_signed(row) and may_be(row)
        if remark or signed or is_one(row) or (sections and _SECTION.match(text)):
            found.append(REMARK_ROW.at(_first(row).place, row=row.number))
        else:
            kept.append(row)
        below = bool(remark)
    return tuple(kept), found


def titles_above(rows: Sequence[Row]) -> int:
    """How many rows stand above the header of a sheet whose columns have names of their own.

    A title fills merged cells, or reads like one; who made the table signs it, with a value behind the colon. A header and
    a row stay below, or a header of several columns that no row follows.
    """
    count = 0
    while count < min(MOST_TITLES, len(rows) - (1 if _heads_nothing(rows) else 2)) and (
        _is_signed_line(rows[count]) or _is_titled(rows[count])
    ):
        count += 1
    # Of one column, the header is no more than a title would be.
    return 0 if says_one(rows[count]) and not all(_is_signed_line(row) for row in rows[:count]) else count


def _heads_nothing(rows: Sequence[Row]) -> bool:
    """Whether the last row can only be a header: several texts below what says one thing."""
    if len(rows) < 2 or not says_one(rows[-2]) or says_one(rows[-1]):
        return False
    return all(isinstance(cell.value, str) for cell in rows[-1].cells if not cell.blank)


def _is_titled(row: Row) -> bool:
    texts = [cell.text.strip() for cell in row.cells if not cell.blank]
    if any("*" in text or "＊" in text for text in texts):
        return False
    return says_one(row) and (len(texts) > 1 or _TITLED.search(texts[0]) is not None)


def _is_signed_line(row: Row) -> bool:
    """Whether a row says who made the table, or its unit; perhaps beside a title, or with the value in the cell behind."""
    texts = [cell.text.strip() for cell in row.cells if not cell.blank]
    signed = [_SIGNED.fullmatch(text) is not None for text in texts]
    if not any(signed) or any("*" in text or "＊" in text for text in texts):
        return False
    valued = [one and _VALUED.search(text) is not None for one, text in zip(signed, texts, strict=True)]
    open_before = [False, *(one and not full for one, full in zip(signed, valued, strict=True))]
    parts = zip(texts, signed, open_before, strict=False)
    told = all(
        one or before or _TITLED.search(text) or not text.strip("0123456789-/.年月日 ") for text, one, before in parts
    )
    return told and (any(valued) or len(texts) > sum(signed))


def title_of(row: Row, header: Row) -> Diagnostic:
    """The notice that a row was taken for a title above a header."""
    return TITLE_ROW.at(_first(row).place, text=_first(row).text, row=header.number)


def is_signed(row: Row) -> bool:
    """Whether every cell that holds something says who made the table, or when."""
    return all(_SIGNED.fullmatch(cell.text.strip()) for cell in row.cells if not cell.blank)


def says_one(row: Row) -> bool:
    """Whether all cells that hold something hold the same text, as merged ones do."""
    return len({cell.text for cell in row.cells if not cell.blank}) == 1


def _says_little(row: Row) -> bool:
    return len({cell.text for cell in row.cells if not cell.blank}) <= 2


def _first(row: Row) -> Cell:
    return next(cell for cell in row.cells if not cell.blank)
