"""A route as data: steps in order, contiguous steps of one group side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from banshi.platform.people.who import Who
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression


class Mode(StrEnum):
    """How the people of a step decide."""

    ONE = "one"
    ANY = "any"
    ALL = "all"
    DO = "do"
    AUTO = "auto"

    @property
    def decides(self) -> bool:
        """Whether the people of such a step approve or refuse."""
        return self in (Mode.ONE, Mode.ANY, Mode.ALL)


class Empty(StrEnum):
    """What happens when a step finds nobody."""

    SUPERIOR = "superior"
    ADMIN = "admin"
    SKIP = "skip"
    REFUSE = "refuse"
    PERSON = "person"


class Same(StrEnum):
    """When an approval stands for a later step of the same person."""

    KEEP = "keep"
    ADJACENT = "adjacent"
    ALL = "all"


class SelfApproval(StrEnum):
    """What happens when a deciding step would ask the initiator."""

    ALLOW = "allow"
    SKIP = "skip"
    SUPERIOR = "superior"
    FORBID = "forbid"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """One row of the route sheet.

    `edit`, `hide` and `require` name fields, groups or `*`. `back` holds `initiator`, `previous`, `any` and step ids;
    `differ` holds `initiator`, step ids and field names. `stand_in` is the id of the person of `empty = person`.
    `cells` are the places of the columns that are filled in, by column.
    """

    id: str
    name: str
    name_en: str = ""
    who: Who
    mode: Mode = Mode.ONE
    when: Expression | None = None
    group: str = ""
    join: str = "all"
    edit: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    back: tuple[str, ...] = ("initiator", "previous")
    empty: Empty = Empty.ADMIN
    stand_in: str = ""
    same: Same = Same.ADJACENT
    self_approval: SelfApproval = SelfApproval.SUPERIOR
    differ: tuple[str, ...] = ()
    opinion_required: bool = False
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)

    def title(self, language: str = "zh") -> str:
        """The step's name in a language."""
        return (self.name_en if language == "en" else "") or self.name


@dataclass(frozen=True, slots=True)
class Route:
    """The steps in the order of the sheet; rows of one group stand together and share one `join`."""

    steps: tuple[RouteStep, ...]

    def step(self, step_id: str) -> RouteStep:
        """The step with this id; KeyError when there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
