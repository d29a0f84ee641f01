"""Choice filters: a bare name that is a column of the choices is the choice's own, `${name}` is always the form's.

In `省 = ${省}` the first is the column and the second the question, though both are called 省.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from banshi.platform.service.model import Choice, Field, Service, Texts
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Call, Membership, Node, Operation, Reference, walk
from banshi.rules.values import Kind, Value, from_json

_OWN = "choice:"

MOST_INLINE = 500
"""Choices of a list that a form brings along; longer ones are searched on the server."""

MOST_FOUND = 50
"""Choices that one search gives."""

_NEAR, _MOST_NEAR = 70, 3
"""How alike, of 100, a choice is to be named for a word that is none; and how many are named."""


def searched_lists(service: Service) -> frozenset[str]:
    """The lists that are too long to be brought along, and accounts to charge, which only the server knows.

    Those of questions with several answers are brought along, whatever their length.
    """
    fields = [item for item, _ in service.survey.walk() if isinstance(item, Field)] if service.survey else []
    several = {item.choices for item in fields if item.kind is Kind.LIST}
    lists = service.survey.choices if service.survey else {}
    accounts = {item.choices for item in fields if item.account}
    long = {name for name, choices in lists.items() if len(choices) > MOST_INLINE and name not in several}
    return frozenset(accounts | long)


def is_meant(choice: Choice, said: str, language: str) -> bool:
    """Whether what somebody wrote is a part of a choice's label or name."""
    return folded(said) in folded(f"{choice.label.get(language)}\n{choice.name}")


def folded(text: str) -> str:
    """A text as a search compares it: full width, case and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def column_names(choices: Iterable[Choice]) -> frozenset[str]:
    """The names that a filter may use for the columns of a choice list; `name` and `label` are columns too."""
    return frozenset({"name", "label"}.union(*(choice.columns for choice in choices)))


def columns_of(choice: Choice) -> Mapping[str, Value]:
    """The values of a choice's columns, under the names that `bound_filter` gives them."""
    own: dict[str, Value] = {"name": choice.name, "label": choice.label.get()}
    own |= {column: from_json(cell.value) for column, cell in choice.columns.items()}
    return {f"{_OWN}{column}": value for column, value in own.items()}


def bound_filter(expression: Expression, choices: Sequence[Choice]) -> Expression:
    """The filter with its bare column names renamed to `choice:<column>`, so that no question can be meant."""
    return _bound(expression, column_names(choices))


@lru_cache(maxsize=1024)
def _bound(expression: Expression, columns: frozenset[str]) -> Expression:
    root = _renamed(expression.root, expression.text, columns)
    return replace(expression, root=root, names=frozenset(n.name for n in walk(root) if isinstance(n, Reference)))


def _renamed(node: Node, text: str, columns: frozenset[str]) -> Node:
    match node:
        case Reference(name=name):
            bare = not text[node.start : node.end].startswith("$")
            return replace(node, name=f"{_OWN}{name}") if bare and name in columns else node
        case Call(function="rows-of"):
            return node
        case Operation() | Membership() | Call():
            return replace(node, operands=tuple(_renamed(item, text, columns) for item in node.operands))
        case _:
            return node


def near_choices(choices: Sequence[Choice], word: str) -> Texts:
    """The labels of the choices that a word which is none may mean, the likeliest first; empty where nothing is near."""
    told = []
    for language, comma in (("zh", "、"), ("en", ", ")):
        labels = [choice.label.get(language) or choice.name for choice in choices]
        found = process.extract(word, labels, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=_MOST_NEAR)
        told.append((language, comma.join(label for label, _, _ in found)))
    return Texts(tuple(told))
