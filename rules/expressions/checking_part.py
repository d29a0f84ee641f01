"""What the parts of the checker are given: the expression, the names around it, and what the whole checker does for them."""

from __future__ import annotations

from abc import abstractmethod

from banshi.rules.diagnostics import Fault
from banshi.rules.expressions.model import Scope
from banshi.rules.expressions.tree import Expression, Node
from banshi.rules.values import Kind


class CheckingPart:
    """See the module."""

    expression: Expression
    scope: Scope

    @abstractmethod
    def report(self, fault: Fault, node: Node, **facts: object) -> None:
        """Add a fault at a part."""

    @abstractmethod
    def kind(self, node: Node) -> Kind:
        """The kind of a part."""

    @abstractmethod
    def condition(self, node: Node, kind: Kind) -> None:
        """A condition is needed here."""
