"""What a workbook means: a Service, a frozen tree. The same bytes always give the same tree; it pickles and prints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from banshi.platform.routes.deadline import Due
from banshi.platform.routes.model import Route
from banshi.platform.service.accounts import Account
from banshi.platform.service.boards import Chart
from banshi.platform.service.jobs import Job
from banshi.platform.service.live_codes import LiveCode
from banshi.platform.service.notices import Connection, Notice
from banshi.platform.service.papers import Document
from banshi.platform.service.passes import Pass
from banshi.platform.service.personal_passes import PersonalPass
from banshi.platform.service.registers import Register
from banshi.platform.service.sensitive import Sensitive
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.decision import Decision
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression, Name, fold_name
from banshi.rules.policies import Policy
from banshi.rules.tables import Brief, Decider, Table
from banshi.rules.tariffs import Tariff
from banshi.rules.values import Kind

if TYPE_CHECKING:
    import pandas as pd

    from banshi.platform.filling.given import Given
    from banshi.platform.forms import Evaluation
    from banshi.platform.routes.preview import PreviewStep


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in several languages, by language code (`zh`, `en`, …; `` for a column without a language)."""

    by_language: tuple[tuple[str, str], ...] = ()

    def get(self, language: str = "zh") -> str:
        """The text in a language; else the one without a language, else Chinese, English, any."""
        texts = dict(self.by_language)
        for wanted in (language, "", "zh", "en"):
            if texts.get(wanted):
                return texts[wanted]
        return next(iter(texts.values()), "")


class Retention(StrEnum):
    """How long the file of a case is kept: the periods of 《机关文件材料归档范围和文书档案保管期限规定》 (国家档案局令第8号)."""

    PERMANENT = "permanent"
    THIRTY = "30 years"
    TEN = "10 years"

    @property
    def code(self) -> str:
        """How file numbers write it (DA/T 22-2015): `Y`, `D30`, `D10`."""
        return {"permanent": "Y", "30 years": "D30", "10 years": "D10"}[self]

    def text(self, language: str = "zh") -> str:
        """The period in words."""
        zh = {"permanent": "永久", "30 years": "30年", "10 years": "10年"}[self]
        return str(self) if language == "en" else zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings sheet. `archive` is the class under which files of cases are kept, `retention` how long.

    `consent` says that a new version is published only with the consent of a second person. `personal_kept` is how many
    months after its end the sensitive answers of a case are kept; None for ever. `code_of` are the services by whose codes alone the form is opened. `places` is the data sheet whose rows have QR codes, `places_column` names each.
    """

    id: str
    title: Texts
    category: Texts = Texts()
    owner: str = ""
    number: str = "{yyyy}{000001}"
    version: str = ""
    guide: Texts = Texts()
    contact: Texts = Texts()
    keywords: tuple[str, ...] = ()
    icon: str = ""
    choice_duplicates: bool = False
    sla: Texts = Texts()
    due: Due | None = None
    source: Texts = Texts()
    instance_name: Expression | None = None
    applicants: str = ""
    archive: str = ""
    retention: Retention | None = None
    consent: bool = False
    personal_kept: int | None = None
    code_of: tuple[str, ...] = ()
    places: str = ""
    places_column: str = ""
    code_of_place: Place = NOWHERE
    places_place: Place = NOWHERE
    owner_place: Place = NOWHERE
    applicants_place: Place = NOWHERE
    consent_place: Place = NOWHERE
    personal_kept_place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Media:
    """A file that a label shows: `kind` is `image`, `big-image`, `audio` or `video`; `file` a name in the folder of media."""

    kind: str
    language: str
    file: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice of a list: its stored name, its label (`marked` as the author styled it), its extra columns (for `choice_filter`)."""

    name: str
    label: Texts
    marked: Texts | None = None
    media: tuple[Media, ...] = ()
    columns: Mapping[str, Cell] = field(default_factory=dict)
    place: Place = NOWHERE


LAST = "last-saved#"
"""What stands before a question's name for its answer in the applicant's case before."""

ACCOUNT = "account:"
"""What stands before the name of an account in place of a list of choices: whom of its holders somebody may charge."""

UNSEEN = frozenset({"calculate", "hidden", "start"})
"""Types of questions that nobody sees."""

METADATA = {
    "start": "now()",
    "end": "now()",
    "today": "today()",
    "username": "${applicant.id}",
    "email": "${applicant.email}",
    "phonenumber": "${applicant.phone}",
}
"""XLSForm's facts about a filling-in, and what tells them here."""

UNLABELLED = UNSEEN | METADATA.keys() | {"begin_group", "begin_repeat"}
"""Types that nobody sees, or that may stand without a heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What every row of the survey sheet has.

    `type` is the canonical word: `text integer decimal money date time datetime select_one select_multiple rank file
    image note calculate acknowledge hidden start person department account begin_group begin_repeat`. Texts are plain; `marked`
    has those as the author styled them, by column (`label`, `hint`, `guidance`).
    """

    type: str
    name: str
    label: Texts = Texts()
    hint: Texts = Texts()
    guidance: Texts = Texts()
    marked: Mapping[str, Texts] = field(default_factory=dict)
    media: tuple[Media, ...] = ()
    relevant: Expression | None = None
    appearance: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Item):
    """A question, a note or a calculation. `kind` is what its answer is to an expression.

    `choices` is a list, named at `choices_place`, `${name}` for what was answered there in the rows of a repeat, or an account.
    `sensitive` says that only those who handle a case see the answer, others as much as its kind leaves; `disclosed` that the
    author says it is not, whatever it is computed from.
    `trigger` names the questions on whose change `renewal` is put in, or the calculation is made anew.
    """

    kind: Kind = Kind.TEXT
    required: Expression | None = None
    required_message: Texts = Texts()
    constraint: Expression | None = None
    constraint_message: Texts = Texts()
    calculation: Expression | None = None
    default: Expression | None = None
    trigger: tuple[str, ...] = ()
    renewal: Expression | None = None
    prefill: Expression | None = None
    readonly: Expression | None = None
    choices: str = ""
    choices_place: Place = NOWHERE
    choice_filter: Expression | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    sensitive: Sensitive | None = None
    disclosed: bool = False

    @property
    def account(self) -> str:
        """The account of which a holder is chosen (type `account`); an empty text for every other question."""
        return self.choices.removeprefix(ACCOUNT) if self.type == "account" else ""

    @property
    def chosen_from(self) -> str:
        """The question of a repeat whose answers are the choices (`select_one ${name}`); an empty text where a list gives them."""
        return self.choices[2:-1] if self.choices.startswith("${") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Item):
    """A group of items (`type` is `begin_group`)."""

    children: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(Group):
    """A group that is filled several times (`type` is `begin_repeat`); an answer is a list of objects."""

    count: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The survey and choices sheets."""

    children: tuple[Item, ...]
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)

    def walk(self) -> Iterator[tuple[Item, tuple[str, ...]]]:
        """Every item in order, with the names of the repeats around it, outermost first."""

        def inner(items: tuple[Item, ...], repeats: tuple[str, ...]) -> Iterator[tuple[Item, tuple[str, ...]]]:
            for item in items:
                yield item, repeats
                if isinstance(item, Group):
                    yield from inner(item.children, (*repeats, item.name) if isinstance(item, Repeat) else repeats)

        return inner(self.children, ())

    def media(self) -> Iterator[Media]:
        """The files that labels of questions and choices show."""
        for item, _ in self.walk():
            yield from item.media
        for choices in self.choices.values():
            for choice in choices:
                yield from choice.media


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One row of the examples sheet: answers by field (a repeat's as a list of objects), and what is expected.

    `places` are the cells of the answers, by question; `balances` what whoever is asked for has in an account.
    """

    row: int
    name: str
    answers: Mapping[str, object]
    expect: Mapping[str, Cell]
    applicant: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    balances: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """One node of the computation: something that yields names, in the order that `Service.order` gives.

    `kind` is `calculation`, `table`, `tariff` or `policy`; `name` the field's, table's, tariff's or policy's name;
    `repeat` the repeats inside which it runs once a row.
    """

    kind: str
    name: str
    repeat: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Service:
    """One workbook, understood. Parts that the workbook does not have are empty.

    `last` are the questions whose answers in the applicant's case before are asked for (`${last-saved#x}`);
    `inputs` are the kinds of what a workbook without a form is given, by the way in which its rules use it;
    `condition_names` is what is known of the names that the conditions of the route read.
    """

    file: str
    sha256: str
    settings: Settings
    survey: Form | None = None
    routing: Route | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    tariffs: Mapping[str, Tariff] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    registers: Mapping[str, Register] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    connections: Mapping[str, Connection] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    charts: tuple[Chart, ...] = ()
    accounts: Mapping[str, Account] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    passes: tuple[Pass, ...] = ()
    personal_passes: tuple[PersonalPass, ...] = ()
    codes: tuple[LiveCode, ...] = ()
    examples: tuple[Example, ...] = ()
    example_columns: tuple[tuple[str, str], ...] = ()
    """The columns of the examples sheet as they are written, each `name`, `applicant`, `answer`, `balance <account>`, `expect <key>`, or empty."""
    order: tuple[Computation, ...] = ()
    last: frozenset[str] = frozenset()
    inputs: Mapping[str, Kind] = field(default_factory=dict)
    condition_names: Mapping[str, Name] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The version's short name: the first twelve digits of the hash of the workbook."""
        return self.sha256[:12]

    def __getstate__(self) -> dict[str, Any]:
        # What was derived on first use is cheaper to derive again than to carry along.
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    @cached_property
    def field_kinds(self) -> dict[str, Kind]:
        """The kinds of the form's questions, by name; without a form those of the inputs."""
        items = self.survey.walk() if self.survey else ()
        return {**self.inputs, **{item.name: item.kind for item, _ in items if isinstance(item, Field)}}

    def choice_label(self, question: str, choice: str, language: str = "zh") -> str:
        """The label of a choice of a question; the choice itself where it has none."""
        return self._choice_labels.get(fold_name(question), {}).get(choice, Texts()).get(language) or choice

    @cached_property
    def _choice_labels(self) -> dict[str, dict[str, Texts]]:
        """The labels of the choices by name, by the folded names of the questions that offer them."""
        if self.survey is None:
            return {}
        lists = {key: {one.name: one.label for one in reversed(found)} for key, found in self.survey.choices.items()}
        asked = ((fold_name(item.name), item) for item, _ in self.survey.walk() if isinstance(item, Field))
        return {name: lists[item.choices] for name, item in asked if item.choices in lists}

    @cached_property
    def sensitive(self) -> dict[str, Sensitive]:
        """The kinds of the sensitive questions, by name."""
        items = self.survey.walk() if self.survey else ()
        return {item.name: item.sensitive for item, _ in items if isinstance(item, Field) and item.sensitive}

    @cached_property
    def deciders(self) -> dict[str, Decider]:
        """The tables, made ready for many single decisions."""
        from banshi.platform.filling.given import Given  # stands on this model

        return {name: Decider(table, Given(self, table.input_kinds)) for name, table in self.tables.items()}

    @cached_property
    def computed_names(self) -> frozenset[str]:
        """Every name that the workbook computes: calculations, and what tables, policies and tariffs yield."""
        items = self.survey.walk() if self.survey else ()
        names = {item.name for item, _ in items if isinstance(item, Field) and item.calculation is not None}
        for rules in (self.tables, self.policies, self.tariffs):
            names |= {name for rule in rules.values() for name in rule.output_names}
        return frozenset(names | {"fees.total", "费用.合计"})

    def computes_from(self, wanted: Iterable[str], given: Collection[str]) -> bool:
        """Whether one of the names that are given is read, directly or on the way, to compute one of those wanted."""
        left, seen = set(wanted), set[str]()
        while left:
            seen |= left
            left = set[str]().union(*(self._reads.get(name, ()) for name in left)) - seen
            if not left.isdisjoint(given):
                return True
        return False

    @cached_property
    def _reads(self) -> dict[str, set[str]]:
        """What is read to compute a name, by that name."""
        found: dict[str, set[str]] = {}
        for item, _ in self.survey.walk() if self.survey else ():
            if isinstance(item, Field) and item.calculation is not None:
                found.setdefault(item.name, set()).update(item.calculation.names)
        for rules in (self.tables, self.policies, self.tariffs):
            for rule in rules.values():
                for name in rule.output_names:
                    found.setdefault(name, set()).update(rule.names)
        return found

    # What runs a service stands on this model, so it is imported when it is called.

    def decide(
        self, table: str, inputs: Mapping[str, object], now: datetime | None = None, **circumstances: Any
    ) -> Brief | Decision:
        """Run one decision table; see `service.calls.decide`."""
        return _decide()(self, table, inputs, now, **circumstances)

    def bill(self, fees: str, frame: pd.DataFrame, now: datetime | None = None, **circumstances: Any) -> pd.DataFrame:
        """Bill every row of a frame; see `service.calls.bill`."""
        from banshi.platform.service.calls import bill

        return bill(self, fees, frame, now, **circumstances)

    @cached_property
    def reader(self) -> Given:
        """What reads values that programs and plain tables give."""
        from banshi.platform.filling.given import Given  # stands on this model

        return Given(self)

    def form(self, answers: Mapping[str, object], **circumstances: Any) -> Evaluation:
        """Evaluate the form with its answers; see `service.calls.form`."""
        from banshi.platform.service.calls import form

        return form(self, answers, **circumstances)

    def route(self, answers: Mapping[str, object], **circumstances: Any) -> tuple[PreviewStep, ...]:
        """The steps and people that would be asked; see `service.calls.route`."""
        from banshi.platform.service.calls import route

        return route(self, answers, **circumstances)


@cache
def _decide() -> Callable[..., Brief | Decision]:
    """Imported once: an import costs as much as half a decision."""
    from banshi.platform.service.calls import decide

    return decide
