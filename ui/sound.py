"""What came from outside as JSON: whether it can be kept at all."""

from __future__ import annotations

from typing import Any

DEEPEST = 40
"""How deep answers may be nested; a repeat inside a repeat with files needs about eight."""


def is_sound(value: Any, depth: int = 0) -> bool:
    """Whether a value is not nested without end, and all of its text can be written down (no half of a character)."""
    match value:
        case str():
            return not any("\ud800" <= sign <= "\udfff" for sign in value) if not value.isascii() else True
        case dict():
            return depth < DEEPEST and all(
                is_sound(str(key)) and is_sound(item, depth + 1) for key, item in value.items()
            )
        case list() | tuple():
            return depth < DEEPEST and all(is_sound(item, depth + 1) for item in value)
        case _:
            return True
