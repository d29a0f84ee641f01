"""What the headers of a data sheet say: keys, and the days from which and until which a row is valid."""

from __future__ import annotations

import re

from banshi.platform.workbook.columns import plain
from banshi.rules.cells import Cell

FROM = frozenset(map(plain, ("from", "from_date", "生效", "生效日期")))
UNTIL = frozenset(map(plain, ("until", "until_date", "失效", "失效日期")))
STAR = re.compile(r"^\s*[*＊]\s*|\s*[*＊]\s*$")


def is_key(cell: Cell) -> bool:
    """Whether a header marks its column as a key."""
    return STAR.search(cell.text) is not None


def column_name(cell: Cell) -> str:
    """The column that a header names, without the `*` of a key; dates of validity are `from` and `until`."""
    return column_called(STAR.sub("", cell.text))


def column_called(text: str) -> str:
    """The column that a word names."""
    word = plain(text)
    return "from" if word in FROM else "until" if word in UNTIL else text
