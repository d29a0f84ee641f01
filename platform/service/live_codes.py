"""The sheet `codes` as data: QR codes on a screen that change every few seconds, and open a form of another service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression

USUAL_SECONDS, USUAL_MINUTES = 20, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCode:
    """One row of the codes sheet.

    `titles` are by language. It is shown to whoever is asked at the step `step`, as long as that is open and `when` holds. It
    opens the form of the service `opens` and fills in `fields`, and into the field `scanned` the moment of the scan.
    Every `seconds` there is another code, and each is taken for as long again; who opened the form by it may send it within
    `minutes`. `shows` are fields and repeats of the case that stand beside the code.
    """

    name: str
    titles: Mapping[str, str] = field(default_factory=dict)
    step: str = ""
    when: Expression | None = None
    opens: str = ""
    fields: tuple[tuple[str, Expression], ...] = ()
    scanned: str = ""
    seconds: int = USUAL_SECONDS
    minutes: int = USUAL_MINUTES
    shows: tuple[str, ...] = ()
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)

    def title(self, language: str) -> str:
        """What it is called."""
        return self.titles.get(language) or self.titles.get("zh") or self.name

    @property
    def filled(self) -> tuple[str, ...]:
        """The fields of the other form that it fills in."""
        names = [name for name, _ in self.fields]
        return tuple(dict.fromkeys([*names, self.scanned] if self.scanned else names))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Everything that is computed when it is shown or scanned."""
        return (*((self.when,) if self.when is not None else ()), *(value for _, value in self.fields))
