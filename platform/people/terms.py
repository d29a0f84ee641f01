"""What a who-expression is made of: terms such as `role:财务处.审核岗`, each adding people or taking some away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from banshi.platform.people.directory import Directory, Person
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.values import Value


class TermKind(StrEnum):
    """The ways to name people."""

    PERSON = "person"
    ROLE = "role"
    POST = "post"
    HEAD = "head"
    CHAIN = "chain"
    FIELD = "field"
    INITIATOR = "initiator"
    STEP = "step"
    TABLE = "table"
    ROTA = "rota"
    LEAST_BUSY = "least-busy"
    RANDOM = "random"
    CHOOSE = "choose"


WORDS: Mapping[TermKind, tuple[str, ...]] = {
    TermKind.PERSON: ("person", "人", "人员"),
    TermKind.ROLE: ("role", "角色"),
    TermKind.POST: ("post", "岗位"),
    TermKind.HEAD: ("head", "部门负责人"),
    TermKind.CHAIN: ("chain", "逐级主管"),
    TermKind.FIELD: ("field", "字段"),
    TermKind.INITIATOR: ("initiator", "发起人", "申请人"),
    TermKind.STEP: ("step", "环节"),
    TermKind.TABLE: ("table", "表"),
    TermKind.ROTA: ("rota", "轮值"),
    TermKind.LEAST_BUSY: ("least-busy", "最少待办"),
    TermKind.RANDOM: ("random", "随机"),
    TermKind.CHOOSE: ("choose", "自选"),
}
EXAMPLES: Mapping[TermKind, str] = {
    TermKind.PERSON: "人:20180012 / person:20180012",
    TermKind.ROLE: "角色:财务处.审核岗 / role:财务处.审核岗",
    TermKind.POST: "岗位:安全负责人[实验室] / post:安全负责人[实验室]",
    TermKind.HEAD: "部门负责人(申请部门) / head(申请部门, up 2)",
    TermKind.CHAIN: "逐级主管(申请部门→校级) / chain(申请部门→top)",
    TermKind.FIELD: "字段:项目负责人 / field:项目负责人",
    TermKind.INITIATOR: "发起人 / initiator",
    TermKind.STEP: "环节 20 / step 20",
    TermKind.TABLE: "表:分管领导[归口部门] / table:分管领导[归口部门]",
    TermKind.ROTA: "轮值(班表:水电, 现在) / rota(班表:水电, now)",
    TermKind.LEAST_BUSY: "最少待办(角色:后勤处.维修工) / least-busy(role:后勤处.维修工)",
    TermKind.RANDOM: "随机(角色:学校.评审专家, 5, 回避:单位) / random(role:学校.评审专家, 5, avoid:unit)",
    TermKind.CHOOSE: "自选(角色:学校.论证专家, 3-5, 校外≥1) / choose(role:学校.论证专家, 3-5)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Where a department or a key comes from: a field, a fixed name, or (both blank) the applicant's department."""

    field: str = ""
    literal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At least `least` of the people who are chosen must be `of`: a kind of person, a department, an attribute."""

    of: str
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One way to name people.

    `name` is the id, role, post, field, step or data sheet; `unit` belongs to `post`, `head` and `chain`. `levels` is
    how many departments up `head` goes; of `chain` how many above the first one it asks at most, None for all, and
    `top` the department where it ends. `keys` choose the rows of a data sheet, `column` is the one with the people.
    `among` is whom `least-busy`, `random` and `choose` take `least` to `most` people from; `avoid` are departments
    whose people are not drawn. `weight` counts where votes are weighted.
    """

    kind: TermKind
    name: str = ""
    unit: Unit | None = None
    minus: bool = False
    place: Place = NOWHERE
    weight: Decimal = Decimal(1)
    levels: int | None = None
    top: Unit | None = None
    keys: tuple[Unit, ...] = ()
    column: str = ""
    among: Who | None = None
    least: int = 1
    most: int = 1
    avoid: tuple[Unit, ...] = ()
    quotas: tuple[Quota, ...] = ()

    def word(self, language: str = "zh") -> str:
        """The word that it begins with, in a language."""
        return WORDS[self.kind][language != "en"]

    @property
    def inside(self) -> Iterator[Term]:
        """Itself and the terms in its brackets, outermost first."""
        yield self
        for term in self.among.terms if self.among else ():
            yield from term.inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A who-expression; without terms it names nobody (a step that the system does)."""

    terms: tuple[Term, ...] = ()
    text: str = ""
    place: Place = NOWHERE

    @property
    def only_initiator(self) -> bool:
        """Whether it is the person who sent the form and nobody else."""
        return len(self.terms) == 1 and self.names_initiator

    @property
    def names_initiator(self) -> bool:
        """Whether it asks for the initiator by that word."""
        return any(term.kind is TermKind.INITIATOR and not term.minus for term in self.terms)

    @property
    def every_term(self) -> Iterator[Term]:
        """The terms and those in their brackets."""
        for term in self.terms:
            yield from term.inside

    @property
    def choice(self) -> Term | None:
        """The people whom the initiator chooses, where she does."""
        return next((term for term in self.terms if term.kind is TermKind.CHOOSE), None)

    @property
    def names(self) -> frozenset[str]:
        """The names that it may read: of fields, and of departments that stand without quotes."""
        names = {term.name for term in self.every_term if term.kind is TermKind.FIELD}
        for term in self.every_term:
            names |= {unit.field for unit in (term.unit, term.top, *term.keys, *term.avoid) if unit and unit.field}
        return frozenset(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoContext:
    """What a who-expression is resolved against.

    `handlers` are the ids of those who handled a step, by step id. `now` is aware, in campus time; without it no rota
    is read and dated rows count whatever their dates. `open_tasks` tells how many tasks wait for a person by her id;
    without it everybody is taken to be free. `seed` says what lots are drawn for (a case, its step and round); it is
    empty before the case is sent, when nobody can know. `chosen` are the ids that the initiator chose. Nobody is drawn
    whose id is in `barred`.
    """

    directory: Directory
    initiator: Person
    names: Mapping[str, Value] = field(default_factory=dict)
    handlers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    now: datetime | None = None
    open_tasks: Callable[[str], int] | None = None
    seed: str = ""
    chosen: tuple[str, ...] = ()
    barred: frozenset[str] = frozenset()
