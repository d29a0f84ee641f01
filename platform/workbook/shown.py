"""Pictures and sounds that labels show, carried inside the workbook as the files beside it are: a case keeps those of its version.

What is large stays in the folder of media, and is found there: films, files of over 5 MiB, and what comes after 6 MiB in all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from banshi.platform.workbook.beside import packed, parts_in
from banshi.platform.workbook.safety import MAX_FILE, MEGABYTE
from banshi.platform.workbook.workbook import Workbook

MOST_BYTES = 6 * MEGABYTE
MOST_EACH = 5 * MEGABYTE
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".mp3", ".m4a", ".wav", ".ogg", ".oga")
_FOLDER = "banshi/media"
_NAME = re.compile(rf"(?!\.)[^/\\:\0\n]{{1,118}}(?:{'|'.join(map(re.escape, ENDINGS))})", re.IGNORECASE)


def is_shown(name: str) -> bool:
    """Whether a file is of a kind that is carried; no path."""
    return _NAME.fullmatch(name) is not None


def media_in(data: bytes) -> dict[str, bytes]:
    """The pictures and sounds that a workbook carries, by name."""
    return {name: content for name, content in parts_in(data, _FOLDER).items() if is_shown(name)}


def with_media(data: bytes, workbook: Workbook, find: Callable[[str], bytes | None]) -> bytes:
    """The bytes of a workbook with the pictures and sounds that its labels name and `find` has, or that it carries already."""
    inside = media_in(data)
    found: dict[str, bytes] = {}
    left = min(MOST_BYTES, (MAX_FILE - len(data) + sum(map(len, inside.values())) * 4 // 3) * 3 // 4 - 64 * 1024)
    for name in _named(workbook):
        content = find(name)
        content = inside.get(name) if content is None else content
        if content is not None and len(content) <= min(MOST_EACH, left):
            found[name] = content
            left -= len(content)
    return data if found == inside else packed(data, found, _FOLDER)


def _named(workbook: Workbook) -> dict[str, None]:
    """The files that cells of questions and choices name, in the order of the sheets."""
    sheets = (sheet for sheet in workbook.sheets if sheet.kind in ("survey", "choices"))
    texts = (cell.text for sheet in sheets for row in sheet.rows for cell in row.cells if isinstance(cell.value, str))
    return dict.fromkeys(text for text in texts if is_shown(text))
