"""Texts in full-width letters and digits, where a question asks for a code.

A constraint with `regex(., …)` says in which form a code is wanted; one that fits it but for the width of its characters is
the same code, and is kept as the pattern writes it, so that searches, rules and other systems find it. Every other text
stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterator

from banshi.platform.service.model import Field
from banshi.rules.expressions.convert import Problem
from banshi.rules.expressions.functions_text import compiled
from banshi.rules.expressions.tree import Call, Current, Text, walk

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def narrowed(field: Field, text: str) -> str:
    """The text in half width where only so it fits a pattern of the field's constraint; else as it is."""
    narrow = text.translate(_NARROW).strip()
    if narrow == text or field.type != "text":
        return text
    return narrow if any(_fits(pattern, narrow) and not _fits(pattern, text) for pattern in _patterns(field)) else text


def _patterns(field: Field) -> Iterator[str]:
    """The patterns that the constraint holds against the answer itself."""
    for node in walk(field.constraint.root) if field.constraint is not None else ():
        match node:
            case Call(function="regex", operands=(Current(), Text(value=pattern))):
                yield pattern


def _fits(pattern: str, text: str) -> bool:
    try:
        return compiled(pattern).fullmatch(text) is not None
    except Problem:
        return False
