"""Units of measure as staff write them: behind numbers (`0.698元`) and in brackets behind the names of headers (`金额（元）`)."""

from __future__ import annotations

import re
from collections.abc import Collection

from banshi.rules.expressions.characters import fold_name
from banshi.rules.expressions.library import known_word

UNITS = (
    "元|块|角|分|度|千瓦时?|吨|立?方米?|升|毫升|克|千克|公斤|斤|小时|分钟|天|日|周|个?月|学?年|人次?|次|张|份|页|间|本|册|台|套|件|个"
    "|公里|千米|米|平方米|岁|学分|kwh|kw|kg|g|t|km|m|h|l|ml|yuan"
)
"""The units, as alternatives of a regular expression."""

_ONLY_IN_HEADERS = "厘米|毫米|克拉|毫克|周岁|课时|学时|节|门|篇|项|名|户|辆|座|批|瓶|箱|盒|支|只|株|cm|mm|mg|cny|rmb|usd|℃|°c|㎡|m2|m²|m³|%|‰"
_UNIT = rf"[十百千万亿]?(?:{UNITS}|{_ONLY_IN_HEADERS})|[百千万亿]"
_HEADER = re.compile(
    rf"([^\W\d]\w*)\s*\(\s*(?:单位\s*[:：]?\s*)?((?:{_UNIT})(?:[/每·](?:{_UNIT}))*)\s*\)", re.IGNORECASE
)
_REMARK = re.compile(r"([^\W\d]\w*)\s*\(\s*([^(),]+?)\s*\)")


def without_unit(header: str, fields: Collection[str] = ()) -> str:
    """The name in a header with a unit behind it (`金额（元）`, `weight (kg)`); else the header as it is.

    Behind the name of one of the `fields` it may be any remark that names no field: `类别（按目录）`. A letter behind the
    name of a function may be a field, as in `len(m)`.
    """
    folded = fold_name(header)
    if (found := _HEADER.fullmatch(folded)) and not (found[2].isascii() and known_word(found[1])):
        return found[1]
    found = _REMARK.fullmatch(folded)
    return found[1] if found and found[1] in fields and found[2] not in fields else header
