"""Characters that staff type for the same thing: full width and half width, curly and straight, wide signs.

Every replacement is one character for one character, so a place in the folded text is a place in the author's text.
Texts in quotes are never folded (the lexer sees to it).
"""

from __future__ import annotations

import re
from functools import lru_cache

_FULL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = {
    "\u3000": " ",
    "\u00a0": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u200b": " ",
    "\ufeff": " ",
    "、": ",",
    "×": "*",
    "✕": "*",
    "÷": "/",
    "−": "-",
    "﹣": "-",
    "–": "-",
    "—": "-",
}
FOLD = _FULL | {ord(key): ord(value) for key, value in _SIGNS.items()}
_NAME_FOLD = _FULL | {0x3000: 0x20, 0xA0: 0x20}
_WIDE = re.compile("[\uff01-\uff5e\u3000\u00a0]")

DOUBLE_QUOTES = '"“”„＂'
SINGLE_QUOTES = "'‘’＇"


def fold(text: str) -> str:
    """The text with look-alike signs made one; it keeps its length."""
    return text.translate(FOLD)


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """A name as it is compared: full-width letters, digits and signs made half width, outer spaces dropped."""
    name = name.strip()
    return name.translate(_NAME_FOLD).strip() if _WIDE.search(name) else name
