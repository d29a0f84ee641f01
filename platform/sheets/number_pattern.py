"""What is wrong with the pattern of a number, such as `BX{yyyy}{000001}`."""

from __future__ import annotations

import re

_BRACED = re.compile(r"\{([^{}]*)\}")
_PARTS = re.compile(r"yyyy|yy|mm|dd|0*1")


def wrong_with_pattern(pattern: str) -> tuple[str, str] | None:
    """Why the pattern cannot number anything, in Chinese and English; None where nothing is wrong."""
    parts = _BRACED.findall(pattern)
    unknown = [part for part in parts if not _PARTS.fullmatch(part)]
    if unknown:
        word = "{" + unknown[0] + "}"
        return f"{word} 不认识", f"{word} is unknown"
    rest = _BRACED.sub("", pattern)
    if "{" in rest or "}" in rest:
        return "大括号不成对", "a brace is open"
    if sum(part.endswith("1") for part in parts) > 1:
        return "有两个流水号", "it has two counters"
    if ("dd" in parts and "mm" not in parts) or ("mm" in parts and not {"yyyy", "yy"} & set(parts)):
        return "缺少年或月，号码会重复", "without the year or the month its numbers come again"
    return None
