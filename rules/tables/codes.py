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
_AMOUNT = re.compile(
    r"(?:额|额度|预算|价|费|款|数|量|得分|分数|分值|成绩|绩点|学分|学时|年龄|工龄|年限|人次|面积|体积|浓度|温度|电压|距离|里程|时长|身高"
    r"|工资|收入|所得|比例)$"
)
_CODED = re.compile(r"0\d+|\d+(?:-\d+)+|1[3-9]\d{9}")


def named_amount(header: str) -> bool:
    """Whether a header says that its column holds numbers, whatever its cells look like: 金额, 班级人数."""
    return _AMOUNT.search(fold_name(header)) is not None


def named_codes(header: str) -> bool:
    """Whether a header says that its column holds codes: 房间, but not 房间面积."""
    return _NAMED.search(fold_name(header)) is not None and not named_amount(header)


def holds_codes(header: str, texts: Iterable[str]) -> bool:
    """Whether a column holds codes: its header says so, or a text has a leading zero, a hyphen between digits, a mobile number."""
    return named_codes(header) or any(_CODED.fullmatch(fold_name(text)) for text in texts)
