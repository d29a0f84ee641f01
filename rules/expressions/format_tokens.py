"""The parts of Excel's number formats (ECMA-376 part 1, 18.8.31): sections, and what each sign in them is.

What is not understood (conditions, elapsed time, numerals of other scripts, signs that Excel reads in two ways) is None,
never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*")|\\(?P<escaped>.)|(?P<pad>_.)|(?P<fill>\*.)|(?P<currency>\[\$[^\]\-]*(?:-[0-9A-F]{1,8})?\])
    |\[(?P<elapsed>h+|m+|s+)\]|(?P<colour>\[(?:red|blue|green|black|white|cyan|magenta|yellow|color\ ?\d+)\])
    |(?P<noon>AM/PM|A/P|上午/下午)|(?P<general>general|G/通用格式)|(?P<day>y+|m+|d+|a{3,4}|h+|s+(?:\.0+)?)|(?P<digit>[0#?])|(?P<point>\.)
    |(?P<comma>,)|(?P<percent>%)|(?P<power>E[+-])|(?P<text>@)|(?P<numeral>[1-9])|(?P<literal>[^A-Za-z0-9!\[\]"\\])""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*', re.DOTALL)
LITERALS = frozenset({"quoted", "escaped", "pad", "currency", "literal"})
UNSEEN = frozenset({"fill", "colour"})
"""Parts that leave nothing in a text."""
_SYSTEM_FORMATS = frozenset({0xF800, 0xF400})
"""`[$-F800]` and `[$-F400]`: the long date and the time of whatever computer computes."""


Token = tuple[str, str]
Sections = tuple[tuple[Token, ...], ...]


def sections(pattern: str) -> Sections | None:
    """The sections of a format as tokens; None where it holds something unknown."""
    found: list[tuple[Token, ...]] = []
    at = 0
    while True:
        match = _SECTION.match(pattern, at)
        assert match is not None
        tokens = _tokens(match[0])
        if tokens is None:
            return None
        found.append(tokens)
        at = match.end()
        if at >= len(pattern):
            return tuple(found) if len(found) <= 4 else None
        if pattern[at] != ";":
            return None
        at += 1


def _tokens(section: str) -> tuple[Token, ...] | None:
    found: list[Token] = []
    at = 0
    while at < len(section):
        match = _TOKEN.match(section, at)
        if match is None or match.lastgroup is None:
            return None
        kind = match.lastgroup
        if kind == "currency" and not 0 <= locale(match[kind]) <= 0xFFFF:
            return None
        found.append((kind, match[kind]))
        at = match.end()
    return tuple(found)


def is_date_format(tokens: Sequence[Token]) -> bool:
    """Whether a section writes dates or times."""
    return any(kind in ("day", "elapsed", "noon") for kind, _ in tokens)


def locale(currency: str) -> int:
    """The language of `[$¥-804]`: 0x804; 0 without one; -1 for what asks the system."""
    code = int(currency[2:-1].partition("-")[2] or "0", 16)
    return -1 if code in _SYSTEM_FORMATS else code


def literal(kind: str, text: str) -> str:
    """What a part that is no placeholder writes."""
    match kind:
        case "currency":
            return text[2:-1].partition("-")[0]
        case "quoted":
            return text[1:-1]
        case "pad":
            return " "
        case "fill" | "colour":
            return ""
        case _:
            return text
