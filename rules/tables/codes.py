"""Columns of codes: room and telephone numbers, accounts and class periods, which nobody computes with or puts in order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from banshi.rules.expressions.characters import fold_name

_NAMED = re.compile(
    r"号|电话|手机|传真|编码|代码|科目|节次|^节$|学年|学期|楼|栋|房间|教室|班级|寝室|宿舍|机位|座位|邮编"
    r"|\b(?:tel|phone|mobile|fax|code|id|no|number|room|building|account|period|year)s?\b",
    re.IGNORECASE,
)
_CODED = re.compile(r"0\d+|\d+(?:-\d+)+|1[3-9]\d{9}")


def named_codes(header: str) -> bool:
    """Whether a header says that its column holds codes."""
    return _NAMED.search(fold_name(header)) is not None


def holds_codes(header: str, texts: Iterable[str]) -> bool:
    """Whether a column holds codes: its header says so, or a text has a leading zero, a hyphen between digits, a mobile number."""
    return named_codes(header) or any(_CODED.fullmatch(fold_name(text)) for text in texts)
