"""KoboToolbox's matrix: the questions between `begin_kobomatrix` and `end_kobomatrix`, asked for every choice of a list.

The choices are the rows, the questions the columns. As Kobo does, every cell is a question of its own called
`matrix_choice_question`, in a group `matrix_choice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from banshi.platform.service.model import Choice, Field, Group, Item, Texts

LOOK = "grid"
"""The appearance of a group whose groups are the rows of a table."""


def matrix_rows(name: str, questions: Sequence[Item], choices: Sequence[Choice]) -> list[Item]:
    """A group for every choice with all questions in it; what is no question is left out of the rows and stands below."""
    asked = [item for item in questions if isinstance(item, Field)]
    rows: list[Item] = []
    for choice in choices:
        own = f"{name}_{choice.name}"
        cells = [
            replace(
                item,
                name=f"{own}_{item.name}",
                label=_of_row(choice.label, item.label if item.label.by_language else Texts((("", item.name),))),
                marked={key: texts for key, texts in item.marked.items() if key != "label"},
            )
            for item in asked
        ]
        rows.append(Group(type="begin_group", name=own, label=choice.label, children=tuple(cells), place=choice.place))
    return [*rows, *(item for item in questions if not isinstance(item, Field))]


def _of_row(row: Texts, column: Texts) -> Texts:
    """`桌子：数量`, so that a fault and a screen reader tell which row is meant."""
    languages = dict.fromkeys(language for texts in (row, column) for language, _ in texts.by_language)
    return Texts(
        tuple(
            (language, f"{row.get(language)}{': ' if language == 'en' else '：'}{column.get(language)}")
            for language in languages
        )
    )
