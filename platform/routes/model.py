"""A route as data: steps in order, contiguous steps of one group side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from banshi.platform.people.who import Who
from banshi.platform.routes.deadline import DEFAULT_OVERDUE, Due, Overdue
from banshi.platform.routes.hooks import ALL_OPENED, Hook, Open, Wait
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression


class Mode(StrEnum):
    """How the people of a step decide."""

    ONE = "one"
    ANY = "any"
    CLAIM = "claim"
    ALL = "all"
    SEQUENCE = "sequence"
    RATIO = "ratio"
    AT_LEAST = "at least"
    WEIGHT = "weight"
    DO = "do"
    AUTO = "auto"
    CALLBACK = "callback"
    NOTIFY = "notify"
    WAIT = "wait"

    @property
    def decides(self) -> bool:
        """Whether the people of such a step approve or refuse."""
        return self not in _NOT_DECIDING

    @property
    def asks(self) -> bool:
        """Whether such a step waits for people."""
        return self.decides or self is Mode.DO

    @property
    def takes_time(self) -> bool:
        """Whether a deadline makes sense for such a step: it waits for people, or for another system."""
        return self.asks or self is Mode.CALLBACK

    @property
    def counts(self) -> bool:
        """Whether votes are counted against a threshold."""
        return self in (Mode.RATIO, Mode.AT_LEAST, Mode.WEIGHT)

    @property
    def asks_everybody(self) -> bool:
        """Whether every one of the people has to approve."""
        return self in (Mode.ALL, Mode.SEQUENCE)


_NOT_DECIDING = frozenset({Mode.DO, Mode.AUTO, Mode.CALLBACK, Mode.NOTIFY, Mode.WAIT})


@dataclass(frozen=True, slots=True)
class Threshold:
    """How much approval a counted step needs: a number of people or of weight, or with `share` a part of all of it.

    `strict` asks for more than that.
    """

    value: Fraction
    share: bool = False
    strict: bool = False

    def met(self, approving: Fraction, whole: Fraction) -> bool:
        """Whether so much approval out of the whole is enough."""
        needed = self.value * whole if self.share else self.value
        return approving > needed if self.strict else approving >= needed


class BackMode(StrEnum):
    """What happens after what was returned is mended.

    `through` asks every step again, `straight` comes back to the step that returned, `changed` asks again only where
    something that the step sees is another now. `ask` leaves it to the person who returns.
    """

    ASK = "ask"
    THROUGH = "through"
    STRAIGHT = "straight"
    CHANGED = "changed"


class Operation(StrEnum):
    """What the people of a step may do beside deciding."""

    TRANSFER = "transfer"
    CONSULT = "consult"
    SIGN = "add signer"
    TAKE_BACK = "take back"
    BULK = "bulk"


DEFAULT_OPERATIONS = frozenset({Operation.TRANSFER, Operation.CONSULT, Operation.SIGN, Operation.TAKE_BACK})


class CopyAt(StrEnum):
    """When people get a copy: as the step is entered, as it is passed, or at the end of the case."""

    ENTER = "enter"
    PASSED = "pass"
    END = "end"


@dataclass(frozen=True, slots=True)
class Copy:
    """Who gets a copy of the case, and when."""

    who: Who
    at: CopyAt = CopyAt.PASSED


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

    `threshold` belongs to the modes that count, `wait` to the one that waits for opened cases. `edit`, `hide` and `require` name fields, groups or `*`. `back` holds `initiator`, `previous`, `any` and step ids;
    `differ` holds `initiator`, step ids and field names. `stand_in` is the id of the person of `empty = person`;
    `join` is `all`, `any` or a number of branches; `phrases` are opinions to choose from.
    `cells` are the places of the columns that are filled in, by column.
    """

    id: str
    name: str
    name_en: str = ""
    who: Who
    mode: Mode = Mode.ONE
    threshold: Threshold | None = None
    wait: Wait = ALL_OPENED
    when: Expression | None = None
    group: str = ""
    join: str = "all"
    operations: frozenset[Operation] = DEFAULT_OPERATIONS
    edit: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    back: tuple[str, ...] = ("initiator", "previous")
    back_mode: BackMode = BackMode.ASK
    empty: Empty = Empty.ADMIN
    stand_in: str = ""
    same: Same = Same.ADJACENT
    self_approval: SelfApproval = SelfApproval.SUPERIOR
    differ: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    hooks: tuple[Hook, ...] = ()
    due: Due | None = None
    overdue: tuple[Overdue, ...] = DEFAULT_OVERDUE
    opinion_required: bool = False
    phrases: tuple[str, ...] = ()
    signature: bool = False
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def asks_more(self) -> bool:
        """Whether the step wants something beside the decision, which nobody can give unasked."""
        return bool(self.edit) or self.demands_more

    @property
    def demands_more(self) -> bool:
        """Whether the step cannot be passed with the decision alone; what may stay blank, such as a rating, does not count."""
        return bool(self.require or self.opinion_required or self.signature)

    @property
    def opens(self) -> bool:
        """Whether passing it opens cases of other services."""
        return any(isinstance(hook, Open) for hook in self.hooks)

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)

    def title(self, language: str = "zh") -> str:
        """The step's name in a language."""
        return (self.name_en if language == "en" else "") or self.name


@dataclass(frozen=True, slots=True)
class StepMap:
    """What a route says of earlier versions, for open cases that are moved to it.

    `renamed` are the ids of their steps with those of today; the new steps in `asked` are asked also of cases that have
    passed their place.
    """

    renamed: Mapping[str, str] = field(default_factory=dict, hash=False)
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """The steps in the order of the sheet; rows of one group stand together and share one `join`."""

    steps: tuple[RouteStep, ...]
    earlier: StepMap = StepMap()

    def step(self, step_id: str) -> RouteStep:
        """The step with this id; KeyError when there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
