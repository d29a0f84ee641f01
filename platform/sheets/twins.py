"""Questions of one name in several groups, as XLSForm allows: each is known by its path (`出差/金额`, `/金额` outside).

The bare name then says nothing, as in pyxform: whatever reads `${金额}` is told. XPath's ways lead to one of them still:
`../金额`, `/data/出差/金额`, `${明细}[金额 > 2]`. So does `${出差/金额}`, which is ours.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from banshi.platform.service.model import Field, Group, Item, Repeat
from banshi.platform.sheets.survey_sheet import Survey
from banshi.rules.expressions import Expression
from banshi.rules.expressions.functions_datasets import ITEM
from banshi.rules.expressions.tree import Call, Membership, Node, Operation, Reference, walk

Path = tuple[str, ...]


def told_apart(survey: Survey) -> Survey:
    """The survey in which no two questions or repeats of different groups have one name; `twins` says which had."""
    found: dict[str, Counter[Path]] = {}
    for path, item in _walk(survey.items, ()):
        if isinstance(item, (Field, Repeat)):
            found.setdefault(item.name, Counter())[path] += 1
    twins = {name: tuple(paths) for name, paths in found.items() if len(paths) > 1}
    if not twins:
        return survey
    repeats = {key_of(path, twins): path for path, item in _walk(survey.items, ()) if isinstance(item, Repeat)}
    items = tuple(_Group((), twins, repeats).items(survey.items))
    keys = {name: tuple(key_of(path, twins) for path in paths) for name, paths in twins.items()}
    return dataclasses.replace(survey, items=items, twins=keys)


def key_of(path: Path, twins: Mapping[str, object]) -> str:
    """What a question or repeat is known by: its name, or its path where the name is not its own."""
    if path[-1] not in twins:
        return path[-1]
    return "/".join(path) if len(path) > 1 else f"/{path[0]}"


def _walk(items: Iterable[Item], around: Path) -> Iterator[tuple[Path, Item]]:
    for item in items:
        yield (*around, item.name), item
        if isinstance(item, Group):
            yield from _walk(item.children, (*around, item.name))


@dataclasses.dataclass(frozen=True, slots=True)
class _Group:
    """The inside of a group: what names of its expressions mean. `repeats` are the paths of repeats by what they are known by."""

    path: Path
    twins: Mapping[str, tuple[Path, ...]]
    repeats: Mapping[str, Path]

    def items(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, each under the name that is its own."""
        for item in items:
            changed: dict[str, Any] = {
                part.name: self._expression(found, item)
                for part in dataclasses.fields(item)
                if isinstance(found := getattr(item, part.name), Expression)
            }
            if isinstance(item, (Field, Repeat)):
                changed["name"] = key_of((*self.path, item.name), self.twins)
            if isinstance(item, Group):
                inside = dataclasses.replace(self, path=(*self.path, item.name))
                changed["children"] = tuple(inside.items(item.children))
            yield dataclasses.replace(item, **changed)

    def _expression(self, expression: Expression, item: Item) -> Expression:
        if expression.names.isdisjoint(self.twins) and not any(
            isinstance(node, Call) and node.function == "rows-of" for node in walk(expression.root)
        ):
            return expression
        root = _Ways(self, expression, item).node(expression.root, None)
        names = (node.name for node in walk(root) if isinstance(node, Reference))
        return dataclasses.replace(
            expression, root=root, names=frozenset(name for name in names if not name.startswith(ITEM))
        )


@dataclasses.dataclass(frozen=True, slots=True)
class _Ways:
    """The ways that one expression of an item goes to questions."""

    group: _Group
    expression: Expression
    item: Item

    def node(self, node: Node, rows: Path | None) -> Node:
        """The part, its names resolved; `rows` is the path of the repeat whose rows are looked at there."""
        match node:
            case Reference():
                return self._reference(node, rows)
            case Call(function="rows-of", operands=(Reference() as repeat, column, *rest)):
                found = self._reference(repeat, rows)
                inside = self.group.repeats.get(found.name, ())
                if isinstance(column, Reference):
                    column = self._in_rows(column, inside)
                return dataclasses.replace(node, operands=(found, column, *(self.node(part, inside) for part in rest)))
            case Operation(operator="/", operands=(Reference() as whole, Reference() as step)):
                found = self._reference(whole, rows)
                below = self.group.repeats.get(found.name, rows)
                return dataclasses.replace(node, operands=(found, self._reference(step, below)))
            case Operation() | Membership() | Call():
                return dataclasses.replace(node, operands=tuple(self.node(part, rows) for part in node.operands))
            case _:
                return node

    def _reference(self, node: Reference, rows: Path | None) -> Reference:
        """A name on its own: a way from the item's place, or a bare name of the row that is looked at."""
        if node.name not in self.group.twins:
            return node
        if rows is not None and (first := self._steps(node)[0]) and not first.startswith(("$", "＄", ".", "current")):
            return self._in_rows(node, rows)
        return self._known(node, self._wanted(node, rows))

    def _in_rows(self, node: Reference, rows: Path) -> Reference:
        """A question of the rows of a repeat: the one on this way inside them, or the only one of its name."""
        inside = [path for path in self.group.twins.get(node.name, ()) if path[: len(rows)] == rows]
        way = (*filter(None, self._steps(node)[:-1]), node.name)
        exact = (*rows, *way)
        return self._known(node, exact if exact in inside else inside[0] if len(inside) == 1 else None)

    def _known(self, node: Reference, path: Path | None) -> Reference:
        if path is None or path not in self.group.twins.get(node.name, ()):
            return node
        return dataclasses.replace(node, name=key_of(path, self.group.twins))

    def _steps(self, node: Reference) -> list[str]:
        """The steps of the way to a question as they are written."""
        return [step.strip().replace(" ", "") for step in self.expression.part(node).split("/")]

    def _wanted(self, node: Reference, rows: Path | None) -> Path | None:
        """The path that the way to a name gives; None where it is no way, or begins at another row."""
        if self.expression.place == self.item.place:
            return (*self.group.path, node.name)  # we wrote it ourselves, about a question before this one
        first, *steps = self._steps(node)
        if not first:
            return (*steps[1:-1], node.name) if len(steps) > 1 else None
        if first not in ("current()", ".", "..") or (rows is not None and first != "current()"):
            return None
        here = [*self.group.path, self.item.name]
        for step in (first, *steps[:-1]):
            if step == "..":
                here = here[:-1]
            elif step not in (".", "current()"):
                here.append(step)
        return (*here, node.name)
