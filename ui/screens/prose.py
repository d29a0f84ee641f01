"""A text of a workbook's cell as paragraphs and lists: its lines, and the items of a numbered list on one line."""

from __future__ import annotations

import re
from itertools import groupby

from banshi.ui.screens.html import p, tag

_NUMBER = re.compile(r"(?:^|(?<=[\s。.；;，,：:、]))(\d{1,2})([.．、)）])(?!\d)")
_ITEM = re.compile(r"\d{1,2}[.．、)）](?!\d)|[(（]\d{1,2}[)）]|[①-⑳]|[一二三四五六七八九十]{1,3}、|[-•·●]\s")


def lines_of(text: str) -> list[str]:
    """The lines of a text; a list such as `1. …；2. …` in one line becomes a line an item."""
    lines = (part.strip() for line in text.splitlines() for part in _items(line))
    return [line for line in lines if line]


def prose(text: str) -> None:
    """Show a text: paragraphs, and lists with the author's own numbers."""
    for listed, lines in groupby(lines_of(text), lambda line: _ITEM.match(line) is not None):
        if not listed:
            for line in lines:
                p(line, "prose")
            continue
        with tag("ul", "", "prose prose-list"):
            for line in lines:
                tag("li", line)


def _items(line: str) -> list[str]:
    """A line where a list is numbered on from 1, or from its beginning; what merely looks like a number stays."""
    starts: list[re.Match[str]] = []
    for found in _NUMBER.finditer(line):
        last = starts[-1] if starts else None
        follows = last is not None and found[2] == last[2] and int(found[1]) == int(last[1]) + 1
        if follows or (last is None and (found[1] == "1" or not line[: found.start()].strip())):
            starts.append(found)
    if len(starts) < 2:
        return [line]
    ends = [found.start() for found in starts]
    parts = [line[: ends[0]], *(line[a:b] for a, b in zip(ends, [*ends[1:], len(line)], strict=True))]
    return [part.strip().rstrip("；;，,") for part in parts[:-1]] + parts[-1:]
