"""The sheet `personal passes` as data: passes of persons, who stand in a data sheet, with codes that change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from banshi.platform.people.terms import Who
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression

TIME, WEEKDAY, PLACE = ("时刻", "time"), ("星期", "weekday"), ("地点", "place")
"""What the table of hours may read beside the columns of the row: time of day, Monday 1 to Sunday 7, where it is scanned."""
ALLOW, LATE, REFUSE = "allow", "late", "refuse"
VERDICTS: Mapping[str, str] = {
    **dict.fromkeys(("放行", "允许", "allow"), ALLOW),
    **dict.fromkeys(("迟归", "晚归", "late"), LATE),
    **dict.fromkeys(("不放行", "拒绝", "refuse"), REFUSE),
}
"""What the table of hours gives, by its words."""


_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?")


def day_written(text: str) -> date | None:
    """The day, or the moment, that a text says as ISO 8601 does (2026-12-31, 2026-12-31 18:00); None for other texts."""
    text = unicodedata.normalize("NFKC", text).strip()
    shape = _WRITTEN.fullmatch(text)
    if shape is None:
        return None
    try:
        return datetime.fromisoformat(text) if shape[1] else date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalPass:
    """One row of the sheet.

    `titles` are by language. `roll` is the data sheet with the people, whose first key column holds their numbers; somebody
    holds the pass while one of her rows is there for which `when` holds and whose `until` is not over. `places` are names, or
    what an expression gives (none: everywhere). The table `hours` says what comes of coming in. `exits` is whether going out
    is scanned too. Keepers see the columns of `shows`, and `office` reads who came and went, for `months` months.
    """

    name: str
    titles: Mapping[str, str] = field(default_factory=dict)
    roll: str = ""
    when: Expression | None = None
    until: Expression | None = None
    places: tuple[str, ...] | Expression = ()
    hours: str = ""
    exits: bool = True
    shows: tuple[str, ...] = ()
    keeper: Who | None = None
    office: Who | None = None
    months: int = 0
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)

    def title(self, language: str) -> str:
        """What it is called."""
        return self.titles.get(language) or self.titles.get("zh") or self.name
