"""The checks of paths into the rows of a repeat: which row each name means, and whether it is there."""

from __future__ import annotations

from collections.abc import Iterator

from banshi.rules.expressions import faults
from banshi.rules.expressions.checking_part import CheckingPart
from banshi.rules.expressions.model import Scope
from banshi.rules.expressions.tree import Boolean, Call, Node, Reference, children
from banshi.rules.values import Kind

_LOOSE = ("$", "＄", "..")
"""How a name begins that XLSForm takes for the formula's own row, and its readers for the row that is looked at."""


class RowChecks(CheckingPart):
    """A part of the checker: what is known of the rows of repeats before anybody answers."""

    own_scope: Scope

    def rows_of(self, node: Call) -> Kind:
        """Check the rows of a repeat, and give the kind of what is taken from them."""
        repeat, column, first, every, *more = node.operands
        assert isinstance(repeat, Reference)
        outer = self.scope
        inner = outer.within(repeat.name) if outer.within is not None else None
        if inner is None:
            if outer.find(repeat.name) is None:
                self.kind(repeat)
            else:
                self.report(faults.NOT_A_REPEAT, repeat, name=repeat.name)
            return Kind.ANY
        if _is_within(self.own_scope.repeats, inner.repeats):
            for part in (part for condition in (first, *more) for part in _loose(condition)):
                self._of_one_row(part, inner)
        self.scope = inner
        for condition in (first, *more):
            self.condition(condition, self.kind(condition))
        kind = self._taken(column, repeat.name) if isinstance(column, Reference) else Kind.NUMBER
        self.scope = outer
        return Kind.LIST if isinstance(every, Boolean) and every.value else kind

    def own(self, node: Call) -> Kind:
        """The kind of a part in the row in which the whole expression stands."""
        outer, self.scope = self.scope, self.own_scope
        kind = self.kind(node.operands[0])
        self.scope = outer
        return kind

    def _of_one_row(self, part: Reference, inner: Scope) -> None:
        """Say that a name may mean a field of either row."""
        found, text = inner.find(part.name), self.expression.part(part)
        if found is not None and _is_within(found.repeats, inner.repeats) and text.startswith(_LOOSE):
            self.report(faults.OF_WHICH_ROW, part, text=text)

    def _taken(self, column: Reference, repeat: str) -> Kind:
        kind, found = self.kind(column), self.scope.find(column.name)
        if found is not None and not _is_within(found.repeats, self.scope.repeats):
            self.report(faults.NOT_IN_REPEAT, column, name=column.name, repeat=repeat)
        return kind


def _is_within(repeats: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    return repeats[: len(outer)] == outer


def _loose(node: Node) -> Iterator[Reference]:
    """The names of a condition, without those that say of themselves which row they mean."""
    if isinstance(node, Reference):
        yield node
    elif not (isinstance(node, Call) and node.function == "current"):
        for part in children(node):
            yield from _loose(part)
