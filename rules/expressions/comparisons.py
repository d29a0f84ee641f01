"""The checks of comparisons: kinds that can never be equal, values that are no choice, `=` on a multiple choice."""

from __future__ import annotations

import re
from abc import abstractmethod

from stdnum import casrn

from banshi.rules.diagnostics import Fault
from banshi.rules.expressions import faults
from banshi.rules.expressions.checking_part import CheckingPart
from banshi.rules.expressions.convert import KINDS, to_text
from banshi.rules.expressions.library import suggest
from banshi.rules.expressions.model import Name
from banshi.rules.expressions.operators import comparable
from banshi.rules.expressions.tree import Boolean, Call, Node, Number, Reference, Text
from banshi.rules.values import Kind

TICKED = frozenset({"OK"})
"""What a box that is ticked says: the only choice of its question."""
_DAYS = {Kind.DATE, Kind.DATETIME}
_CAS = re.compile(r"[0-9]{2,7}-[0-9]{2}-[0-9]")


class ComparisonChecks(CheckingPart):
    """A part of the checker: what is known of two sides before anybody answers."""

    @abstractmethod
    def name_of(self, node: Node) -> Name | None:
        """What is known about the field that a part is, if it is one."""

    def compare(self, operator: str, left: tuple[Node, Kind], right: tuple[Node, Kind], node: Node) -> None:
        """Check `left operator right`; comparing with `''` asks for emptiness and is always right."""
        if any(isinstance(side, Text) and not side.value.strip() for side, _ in (left, right)):
            return
        if self._several(operator, left, right) or self._several(operator, right, left):
            return
        self._cas(left[0], right[0])
        self._cas(right[0], left[0])
        if operator in ("=", "!=") and (self.choice(left[0], right[0]) or self.choice(right[0], left[0])):
            return
        self._kinds(left, right, node)

    def _cas(self, field: Node, value: Node) -> None:
        if not isinstance(value, Text) or "cas" not in self._called(field).casefold():
            return
        if _CAS.fullmatch(value.value) and not casrn.is_valid(value.value):
            self.report(faults.WRONG_CAS, value, value=value.value)

    def choice(self, field: Node, value: Node) -> bool:
        """Check a constant against the choices of a field; tells whether the field has choices and it is a constant."""
        while isinstance(field, Call) and field.function == "selected-at":
            field = field.operands[0]
        name, text = self.name_of(field), constant(value)
        if name is not None and name.choices == TICKED and isinstance(value, Boolean):
            text = "TRUE" if value.value else "FALSE"
        if name is None or name.choices is None or text is None:
            return False
        self._is_choice(name, value, text, self._called(field))
        return True

    def choice_of(self, name: Name, value: Node, called: str) -> None:
        """Check a constant that has to be a choice of a question."""
        text = constant(value)
        if name.choices is not None and text is not None:
            self._is_choice(name, value, text, called)

    def _is_choice(self, name: Name, value: Node, text: str, called: str) -> None:
        choices = name.choices or frozenset()
        if text.strip() not in choices:
            near = name.labels.get(text.strip()) or suggest(text, choices)
            near = "OK" if choices == TICKED else near
            self.report(faults.NOT_A_CHOICE, value, value=text, name=called, near=f'"{near}"' if near else "")

    def _several(self, operator: str, side: tuple[Node, Kind], other: tuple[Node, Kind]) -> bool:
        """Several values on one side: a multiple choice, or a column of rows."""
        name = self.name_of(side[0])
        if name is not None and name.multiple:
            if operator in ("=", "!="):
                test = f"selected({self._as_written(side[0])}, {self.expression.part(other[0])})"
                instead = test if operator == "=" else f"not({test})"
                self.report(faults.MULTIPLE, side[0], name=self._called(side[0]), instead=instead)
                return True
        elif side[1] is not Kind.LIST:
            return False
        self.report(faults.LIST_VALUE, side[0], part=self.expression.part(side[0]))
        return True

    def piece_of_choices(self, node: Call) -> None:
        """`contains` and the like of a multiple choice."""
        name = self.name_of(node.operands[0])
        if name is not None and name.multiple:
            part, value = self.expression.part(node), self.expression.part(node.operands[1])
            instead = f"selected({self._as_written(node.operands[0])}, {value})"
            self.report(faults.CHOICES_AS_TEXT, node, name=self._called(node.operands[0]), part=part, instead=instead)

    def _called(self, node: Node) -> str:
        known = self.name_of(node)
        own = known.called if known is not None else ""
        return own or (node.name if isinstance(node, Reference) else self.expression.part(node))

    def _as_written(self, node: Node) -> str:
        return f"${{{node.name}}}" if isinstance(node, Reference) else self.expression.part(node)

    def _kinds(self, left: tuple[Node, Kind], right: tuple[Node, Kind], node: Node) -> None:
        (first, one), (second, two) = left, right
        if Kind.ANY in (one, two) or one is two or {one, two} == _DAYS:
            return
        if Kind.TEXT not in (one, two):
            self._cannot(faults.NEVER_EQUAL, left, right, node)
            return
        text, other = (first, two) if one is Kind.TEXT else (second, one)
        if isinstance(text, Text):
            if not comparable(text.value, other):
                self._cannot(faults.NEVER_EQUAL, left, right, node)
            return
        name = self.name_of(text)
        if not (name and name.choices and all(comparable(choice, other) for choice in name.choices)):
            self._cannot(faults.DOUBTFUL_COMPARISON, left, right, node)

    def _cannot(self, fault: Fault, left: tuple[Node, Kind], right: tuple[Node, Kind], node: Node) -> None:
        (left_zh, left_en), (right_zh, right_en) = KINDS[left[1]], KINDS[right[1]]
        self.report(
            fault,
            node,
            left=self.expression.part(left[0]),
            left_kind=left_zh,
            left_kind_en=left_en,
            right=self.expression.part(right[0]),
            right_kind=right_zh,
            right_kind_en=right_en,
        )


def constant(node: Node) -> str | None:
    """The text of a constant, as a choice of that name would be stored; None for anything else."""
    if isinstance(node, Text):
        return node.value
    return to_text(node.value) if isinstance(node, Number) else None
