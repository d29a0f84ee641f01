"""The names of a service: what yields each, inside which repeats, of what kind; and the scope of every place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from banshi.platform.service.model import Field, Form, Repeat
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Bound, Name, Scope, bounds, fold_name
from banshi.rules.expressions.comparisons import TICKED
from banshi.rules.values import Kind, Value

Repeats = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A name: its kind, the repeats around it (outermost first), its choices, its cell, what numbers its field takes,
    what a rule gives it, whether it is a repeat,
    whether its kind is `guessed` from how rules use it, and whether it is money, in whole `fen`.
    """

    name: str
    kind: Kind
    repeats: Repeats = ()
    choices: frozenset[str] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    multiple: bool = False
    place: Place = NOWHERE
    whole: bool = False
    bounds: tuple[Bound | None, Bound | None] = (None, None)
    values: frozenset[Value] | None = None
    blank: Place | None = None
    guessed: bool = False
    fen: bool = False
    is_repeat: bool = False

    def seen_from(self, repeats: Repeats) -> Name:
        """The name inside some repeats: the row's own value, or from outside the column of all rows."""
        if repeats[: len(self.repeats)] == self.repeats:
            return Name(
                self.kind,
                choices=self.choices,
                labels=self.labels,
                multiple=self.multiple,
                place=self.place,
                whole=self.whole,
                bounds=self.bounds,
                values=self.values,
                blank=self.blank,
                guessed=self.guessed,
                fen=self.fen,
                repeats=self.repeats,
            )
        return Name(Kind.LIST, place=self.place, repeats=self.repeats)


class Names:
    """All names of a service, in the order in which they became known. Look-alikes of full width are one name."""

    def __init__(
        self,
        datasets: Mapping[str, Dataset],
        now: datetime | None = None,
        twins: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self._now = now
        self.twins = twins
        self._definitions: dict[str, Definition] = {}
        self._datasets = datasets
        self._scopes: dict[Repeats, Scope] = {}

    def add(self, definition: Definition) -> None:
        """Make a name known; the first definition of a name counts."""
        folded = fold_name(definition.name)
        self._definitions.setdefault(folded, definition)
        if folded != definition.name:
            self._scopes.clear()  # a scope remembers which names are typed in full width

    def change(self, name: str, change: Callable[[Definition], Definition]) -> None:
        """Put what was learned about a name, such as the kind of a calculation."""
        self._definitions[name] = change(self._definitions[name])

    def find(self, name: str) -> Definition | None:
        """The definition of a name as expressions write it."""
        return self._definitions.get(fold_name(name))

    def all(self) -> Iterable[Definition]:
        """Every definition."""
        return self._definitions.values()

    def scope(self, repeats: Repeats = ()) -> Scope:
        """What expressions inside some repeats may use; it follows what becomes known later."""
        if repeats not in self._scopes:
            seen = _Seen(self._definitions, repeats)
            self._scopes[repeats] = Scope(
                seen, self._datasets, now=self._now, repeats=repeats, within=self._within, twins=self.twins
            )
        return self._scopes[repeats]

    def _within(self, name: str) -> Scope | None:
        """The scope of the rows of a repeat; None for any other name."""
        found = self.find(name)
        return self.scope((*found.repeats, found.name)) if found is not None and found.is_repeat else None


class _Seen(Mapping[str, Name]):
    """The names as they are seen inside some repeats.

    A view and no copy: linking asks for a scope at every calculation, each time with one more kind known.
    """

    def __init__(self, definitions: Mapping[str, Definition], repeats: Repeats) -> None:
        self._definitions = definitions
        self._repeats = repeats

    def __getitem__(self, name: str) -> Name:
        """The name as it is typed where it is defined. Raises KeyError for any other."""
        found = self._definitions.get(fold_name(name))
        if found is None or found.name != name:
            raise KeyError(name)
        return found.seen_from(self._repeats)

    def __iter__(self) -> Iterator[str]:
        return (definition.name for definition in self._definitions.values())

    def __len__(self) -> int:
        return len(self._definitions)


def form_definitions(form: Form) -> list[Definition]:
    """The names of a form: fields with the kind of their answers, repeats as the list of their rows."""
    found = []
    lists = {name: frozenset(choice.name for choice in choices) for name, choices in form.choices.items()}
    labels = {
        name: {label: choice.name for choice in choices for _, label in choice.label.by_language}
        for name, choices in form.choices.items()
    }
    for item, repeats in form.walk():
        if isinstance(item, Field):
            found.append(
                Definition(
                    name=item.name,
                    kind=item.kind,
                    repeats=repeats,
                    choices=TICKED if item.type == "acknowledge" else lists.get(item.choices),
                    labels=labels.get(item.choices, {}),
                    multiple=item.kind is Kind.LIST,
                    place=item.place,
                    whole=item.type == "integer",
                    fen=item.type == "money" and item.calculation is None,
                    bounds=bounds(item.constraint) if item.kind is Kind.NUMBER else (None, None),
                )
            )
        elif isinstance(item, Repeat):
            found.append(Definition(name=item.name, kind=Kind.LIST, repeats=repeats, place=item.place, is_repeat=True))
    return found
