"""Which questions of a form are columns of a template, and on which sheet: the cases, and a sheet a repeat.

The first row of every sheet is hidden and holds names; the second shows labels, which may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from banshi.platform.forms.labels import filled
from banshi.platform.forms.rights import withheld
from banshi.platform.service.model import UNSEEN, Field, Group, Item, Repeat, Service
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Boolean, Call
from banshi.rules.values import Kind

MOST_CASES = 500
"""How many cases a file may hold."""

RESULT, KEY, PARENT = "@result", "@key", "@of"
"""Names of columns that are no questions: the result of a case, the number of a row, the number of the row above it."""

FACTS = "@template"
"""The mark of the hidden sheet that says for which service the template was made; other sheets have theirs as well."""
HELP, CHOICES = "@help", "@choices"


_ATTACHED = frozenset({"file", "image"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One sheet: the repeats that it stands for, outermost first (none for the cases), and its questions.

    `keyed` says that rows of another sheet belong to its rows.
    """

    repeats: tuple[str, ...]
    title: str
    questions: tuple[Field, ...]
    keyed: bool

    @property
    def first(self) -> tuple[str, ...]:
        """The names of the columns before the questions."""
        parent = (f"{PARENT}:{self.repeats[-1]}",) if self.repeats else ()
        return (*parent, KEY) if self.keyed else parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The sheets of a template, each repeat after the one around it, and the questions that cannot be filled in there.

    `attached` are those that take files, `given` those whose answer is computed or read-only.
    """

    plans: tuple[Plan, ...]
    attached: tuple[Field, ...]
    given: tuple[Field, ...]


def layout_of(service: Service, language: str) -> Layout:
    """The sheets of the template of a service, for its applicants."""
    survey = service.survey
    hidden = withheld(service)
    asked: dict[tuple[str, ...], list[Field]] = {(): []}
    titles: dict[tuple[str, ...], str] = {(): service.settings.title.get(language)}
    attached: list[Field] = []
    given: list[Field] = []
    for item, repeats in survey.walk() if survey else ():
        if item.name in hidden:
            continue
        if isinstance(item, Repeat):
            asked[*repeats, item.name] = []
            titles[*repeats, item.name] = label_of(item, language)
        elif isinstance(item, Field) and item.type in _ATTACHED:
            attached.append(item)
        elif isinstance(item, Field) and (item.type in UNSEEN or item.calculation is not None or always(item.readonly)):
            given += [item] if item.label.get() else []
        elif isinstance(item, Field) and item.type != "note":
            asked[repeats].append(item)
    # A repeat without questions stays where one inside it has some.
    kept = [path for path in asked if not path or any(asked[deep] for deep in asked if deep[: len(path)] == path)]
    plans = tuple(
        Plan(
            repeats=path,
            title=titles[path],
            questions=tuple(asked[path]),
            keyed=any(deep[:-1] == path for deep in kept if deep),
        )
        for path in sorted(kept, key=len)
    )
    return Layout(plans=plans, attached=tuple(attached), given=tuple(given))


def label_of(item: Item, language: str) -> str:
    """The label of an item, or its name; what it would fill in from answers is left open."""
    return " ".join(filled(item.label.get(language), lambda _: "…").split()) or item.name


def labels(items: Iterable[Item], language: str) -> Mapping[str, str]:
    """The labels of items and of those inside them, by name."""
    found: dict[str, str] = {}
    for item in items:
        found[item.name] = label_of(item, language)
        if isinstance(item, Group):
            found |= labels(item.children, language)
    return found


def always(expression: Expression | None) -> bool:
    """Whether a condition holds whatever was answered."""
    match expression.root if expression is not None else None:
        case Boolean(value=value):
            return value
        case Call(function="true"):
            return True
        case _:
            return False


def is_yes_no(field: Field) -> bool:
    """Whether a question is answered by yes or no."""
    return field.type == "acknowledge" or field.kind is Kind.BOOLEAN
