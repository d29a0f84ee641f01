"""The sheet `passes` as data: what a case gives that is shown at a gate or a door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from banshi.platform.people.terms import Who
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression

IN, OUT = "in", "out"
"""The two directions of a scan."""
SEVERAL = re.compile(r"[,，、;；\n]+")
"""What parts names of places, in a cell and in what an expression gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One row of the passes sheet.

    `titles` are by language. `since` and `until` give moments or days (None: from when it is given, without end), `places`
    are names, or what an expression gives (none: everywhere). `uses` is how often it lets in (0: without end), `exits`
    whether going out is scanned too. Gates see the values of `shows`; `keeper` are those who may check it beside whoever
    is asked on the case. Coming in does the step `on_in`, going out `on_out`, which get the moments in the fields
    `entered` and `left`.
    """

    name: str
    titles: Mapping[str, str] = field(default_factory=dict)
    when: Expression | None = None
    since: Expression | None = None
    until: Expression | None = None
    places: tuple[str, ...] | Expression = ()
    uses: int = 1
    exits: bool = True
    shows: tuple[str, ...] = ()
    keeper: Who | None = None
    on_in: str = ""
    on_out: str = ""
    entered: str = ""
    left: str = ""
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)

    def title(self, language: str) -> str:
        """What it is called."""
        return self.titles.get(language) or self.titles.get("zh") or self.name

    def step(self, direction: str) -> str:
        """The step that a scan in a direction does; empty for none."""
        return self.on_in if direction == IN else self.on_out

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Everything that is computed when it is given."""
        places = self.places if isinstance(self.places, Expression) else None
        return tuple(one for one in (self.when, self.since, self.until, places) if one is not None)
