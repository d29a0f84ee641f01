"""The function registry: one entry a function, made in one place by the decorator `function`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from banshi.rules.diagnostics import Place
from banshi.rules.expressions.model import Environment
from banshi.rules.expressions.tree import Node
from banshi.rules.values import Kind, Value


class Context(Protocol):
    """What a function may ask while it is computed."""

    env: Environment

    def value(self, node: Node) -> Value:
        """The value of a part that was not computed yet."""
        ...

    def inside(self, node: Node, rows: Iterable[Mapping[str, Value]]) -> Iterator[Value]:
        """The values of a part, one for every row of names that have values of their own there."""
        ...

    def rows(self, repeat: str) -> Iterator[Context]:
        """What may be asked in every row of a repeat; raises `Problem` where nobody knows its rows."""
        ...

    @property
    def own(self) -> Context:
        """What may be asked where the whole expression stands, whatever row is looked at."""
        ...

    def visit(self, rows: int) -> None:
        """Count rows that are gone through; raises `Problem` when one expression asks for too many."""
        ...

    @property
    def spot(self) -> str:
        """Where the function that is computed stands: cell and characters."""
        ...

    def found_at(self, place: Place) -> None:
        """Say from which cell the result came."""
        ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `kind` says what it takes and how an empty value counts:

    `number` `date` `moment` (empty makes the result empty) · `text` (empty is an empty text), `string` (the same,
    where TRUE is XPath's `true`) · `truth` (empty is not
    true) · `any` (as it is) · `list` (one value or many, laid out flat), `numbers` (the same, of numbers) · `node`
    (computed only when the function asks), `column` (the same, of which all rows count).
    """

    name: str
    kind: str
    optional: bool = False
    many: bool = False

    @property
    def usage(self) -> str:
        """The parameter as it reads in a signature: `digits`, `[digits]`, `values…`."""
        name = f"{self.name}…" if self.many else self.name
        return f"[{name}]" if self.optional else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function of the language."""

    name: str
    words: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    result: Kind
    like: slice | None
    call: Callable[..., Any]
    context: bool
    zh: str
    en: str
    example: str
    shows: str
    source: str
    written: str

    @property
    def least(self) -> int:
        """How many arguments there must be."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """How many arguments there may be; None without a bound."""
        return None if any(parameter.many for parameter in self.parameters) else len(self.parameters)

    @property
    def spreads(self) -> bool:
        """Whether its last arguments are laid out flat: a column counts as its values."""
        last = self.parameters[-1] if self.parameters else None
        return last is not None and last.many and last.kind in ("list", "numbers")

    @property
    def usage(self) -> str:
        """How it is written: `round(value, [digits])`."""
        return self.written or f"{self.name}({', '.join(parameter.usage for parameter in self.parameters)})"

    def parameter(self, index: int) -> Parameter:
        """The parameter that the argument with this index goes to (a function of many arguments repeats its last)."""
        return self.parameters[min(index, len(self.parameters) - 1)]


FUNCTIONS: dict[str, Function] = {}
"""Every function by its canonical lower-case name."""


def function(
    name: str,
    result: Kind,
    *parameters: str,
    words: tuple[str, ...] = (),
    like: slice | None = None,
    context: bool = False,
    zh: str,
    en: str,
    example: str,
    shows: str,
    source: str,
    written: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add a function.

    A parameter reads `name: kind`, with `?` behind an optional one, `+` behind one that repeats, `*` behind one that
    repeats or is missing. `like` picks the arguments whose common kind is the kind of the result. With `context` the
    first thing the Python function gets is the `Context`. `example` gives `shows` (its value as text); a test runs it.
    `written` is how it is written where that is no call.
    """

    def add(call: Callable[..., Any]) -> Callable[..., Any]:
        if name in FUNCTIONS:
            raise ValueError(f"The function {name} is defined twice.")
        FUNCTIONS[name] = Function(
            name=name,
            words=(name, *words),
            parameters=tuple(_parameter(text) for text in parameters),
            result=result,
            like=like,
            call=call,
            context=context,
            zh=zh,
            en=en,
            example=example,
            shows=shows,
            source=source,
            written=written,
        )
        return call

    return add


def _parameter(text: str) -> Parameter:
    name, kind = text.split(": ")
    bare = kind.rstrip("?+*")
    return Parameter(name, bare, optional=kind[-1] in "?*", many=kind[-1] in "+*")
