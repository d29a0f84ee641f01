"""Checking before anybody answers: names, functions, datasets, kinds, choices; all faults at once.

An error is what can never work (`用电量 + "度"`); a warning is what depends on what somebody types into a text field.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from banshi.rules.diagnostics import Diagnostic, Fault, has_errors
from banshi.rules.expressions import faults
from banshi.rules.expressions.account_checks import AccountChecks
from banshi.rules.expressions.comparisons import TICKED, ComparisonChecks
from banshi.rules.expressions.contradictions import never_hold, unreachable
from banshi.rules.expressions.convert import KINDS, Problem, to_date, to_number, to_text
from banshi.rules.expressions.dataset_checks import DatasetChecks
from banshi.rules.expressions.evaluation import count_facts, unknown_function
from banshi.rules.expressions.functions_dates import datedif, format_date
from banshi.rules.expressions.functions_lists import question_name
from banshi.rules.expressions.functions_text import compiled, format_of
from banshi.rules.expressions.library import suggest
from banshi.rules.expressions.model import Name, Scope
from banshi.rules.expressions.operators import COMPARISONS
from banshi.rules.expressions.registry import FUNCTIONS, Function
from banshi.rules.expressions.row_checks import RowChecks
from banshi.rules.expressions.tree import (
    Boolean,
    Call,
    Current,
    Expression,
    Membership,
    Node,
    Number,
    Operation,
    Reference,
    Text,
)
from banshi.rules.values import Kind, Value, kind_of

DAYS = frozenset({Kind.DATE, Kind.DATETIME})
YES_NO = {"是": "TRUE", "否": "FALSE", "真": "TRUE", "假": "FALSE", "yes": "TRUE", "no": "FALSE"}
_ORDER = frozenset({"<", "<=", ">", ">="})
_DIGITS = re.compile(r"(?:%[YymndeHhMS])+")
_GLUE = ("并且", "或者", "且", "或", "非")


def check(expression: Expression, scope: Scope, expected: Kind = Kind.ANY) -> tuple[Diagnostic, ...]:
    """All faults of an expression in a scope, in the order of its text; its value should be of the kind `expected`."""
    checker = _Checker(expression, scope)
    kind = checker.kind(expression.root)
    checker.expect(expression.root, kind, expected)
    if not has_errors(checker.found):
        checker.never_hold()
    return tuple(sorted(checker.found, key=lambda item: item.place.span or (0, 0)))


def kind_of_expression(expression: Expression, scope: Scope) -> Kind:
    """The kind of the value of an expression; `any` where it cannot be known before somebody answers."""
    return _Checker(expression, scope).kind(expression.root)


_EXPECT_ERRORS = frozenset({"iferror", "iserror", "isnumber", "count", "counta"})
"""Functions that have an answer where their argument is an error."""
_OF_VALUES = frozenset(
    {faults.DIVISION_BY_ZERO, faults.WRONG_KIND, faults.DOUBTFUL_KIND, faults.NEVER_EQUAL, faults.DOUBTFUL_COMPARISON}
    | {faults.LIST_VALUE, faults.DATE_SUM, faults.TIME_AS_NUMBER, faults.NOT_A_CONDITION}
)
"""What goes wrong only when it is computed."""


class _Checker(ComparisonChecks, AccountChecks, DatasetChecks, RowChecks):
    """Walks the tree once, from the leaves up; `kind` gives the kind of a part and collects what is wrong in it."""

    def __init__(self, expression: Expression, scope: Scope) -> None:
        self.expression = expression
        self.scope = self.own_scope = scope
        self.found: list[Diagnostic] = []
        self.offered: frozenset[str] = frozenset()

    def report(self, fault: Fault, node: Node, **facts: object) -> None:
        """Add a fault at a part."""
        self.found.append(fault.at(self.expression.place_of(node), **facts))

    def never_hold(self) -> None:
        """Warn of conditions that no answer can meet."""
        for parts, name in never_hold(self.expression, self.scope):
            if not name:
                self.report(faults.NEVER_TRUE, parts[0], part=self.expression.part(parts[0]))
                continue
            texts = [f"“{self.expression.part(part)}”" for part in parts]
            place = self.expression.place.at(parts[0].start, parts[-1].end)
            facts = {"name": name, "parts": " 和 ".join(texts), "parts_en": " and ".join(texts)}
            self.found.append(faults.NEVER_HOLDS.at(place, **facts))

    def name_of(self, node: Node) -> Name | None:
        """What is known about the field that a part is, if it is one."""
        if isinstance(node, Reference):
            return self.scope.find(node.name)
        return self.scope.current if isinstance(node, Current) else None

    def kind(self, node: Node) -> Kind:
        """The kind of a part."""
        match node:
            case Number() | Text() | Boolean():
                return kind_of(node.value)
            case Reference():
                return self._reference(node)
            case Current():
                if self.scope.current is None:
                    self.report(faults.NO_CURRENT, node, sign=self.expression.part(node))
                return self.scope.current.kind if self.scope.current else Kind.ANY
            case Operation():
                return self._operation(node)
            case Membership():
                kinds = [self.kind(operand) for operand in node.operands]
                for operand, kind in zip(node.operands[1:], kinds[1:], strict=True):
                    if kind is not Kind.LIST:
                        self.compare("=", (node.operands[0], kinds[0]), (operand, kind), node)
                return Kind.BOOLEAN
            case Call(function="instance"):
                return self.instance(node)
            case Call(function="rows-of"):
                return self.rows_of(node)
            case Call(function="current"):
                return self.own(node)
            case Call():
                return self._call(node)

    def _reference(self, node: Reference) -> Kind:
        found = self.scope.find(node.name)
        if found is not None:
            return found.kind
        if self._is_twin(node, node.name):
            return Kind.ANY
        word = next((word for word in _GLUE if self._glued(node.name, word)), "")
        if node.name.casefold() in YES_NO:
            self.report(faults.YES_NO, node, name=node.name, truth=YES_NO[node.name.casefold()])
        elif word:
            self.report(faults.GLUED_WORD, node, name=node.name, word=word)
        else:
            near = f'"{node.name}"' if node.name in self.offered else suggest(node.name, self.scope.names)
            self.report(faults.UNKNOWN_NAME, node, name=node.name, near=near)
        return Kind.ANY

    def _glued(self, name: str, word: str) -> bool:
        before, found, after = name.partition(word)
        return bool(found) and (self.scope.find(before) is not None or self.scope.find(after) is not None)

    def _operation(self, node: Operation) -> Kind:
        if node.operator in COMPARISONS:
            return self._comparison(node)
        kinds = self._kinds_of(node)
        pairs = list(zip(node.operands, kinds, strict=True))
        if node.operator in ("and", "or"):
            for operand, kind in pairs:
                self.condition(operand, kind)
            return Kind.BOOLEAN
        if node.operator == "&":
            return Kind.TEXT
        if node.operator in ("+", "-") and DAYS.intersection(kinds):
            return self._days(node, kinds)
        if node.operator in ("/", "mod") and isinstance(node.operands[1], Number) and node.operands[1].value == 0:
            self.report(faults.DIVISION_BY_ZERO, node, part=self.expression.part(node))
        for operand, kind in pairs:
            if kind in DAYS:
                self.report(faults.DATE_SUM, node, part=self.expression.part(node))
            else:
                self.number(operand, kind)
        return Kind.NUMBER if Kind.ANY not in kinds or node.operator not in ("+", "-") else Kind.ANY

    def _kinds_of(self, node: Operation | Call) -> list[Kind]:
        """The kinds of the operands. What one that is never computed would compute is no fault; its names still are."""
        never = unreachable(node, self.expression)
        kinds = []
        for at, operand in enumerate(node.operands):
            before = len(self.found)
            kinds.append(self.kind(operand))
            if at in never:
                self.found[before:] = [item for item in self.found[before:] if item.fault not in _OF_VALUES]
        return kinds

    def _comparison(self, node: Operation) -> Kind:
        left, right = node.operands
        if isinstance(left, Operation) and left.operator in _ORDER and node.operator in _ORDER:
            first, middle = self.expression.part(left), self.expression.part(left.operands[1])
            self._kinds_of(left)
            self.kind(right)
            self.report(
                faults.CHAINED, node, first=first, second=f"{middle} {node.operator} {self.expression.part(right)}"
            )
            return Kind.BOOLEAN
        outer, before = self.offered, len(self.found)
        kinds = []
        for operand, other in ((left, right), (right, left)):
            name = self.name_of(other)
            self.offered = (name.choices if name else None) or frozenset()
            kinds.append(self.kind(operand))
        self.offered = outer
        if len(self.found) > before and isinstance(left, Operation):
            kinds[0] = Kind.ANY  # what is wrong inside the left side is said; its kind follows from it
        self.compare(node.operator, (left, kinds[0]), (right, kinds[1]), node)
        return Kind.BOOLEAN

    def _days(self, node: Operation, kinds: list[Kind]) -> Kind:
        """Days plus or minus numbers are days; with a time or a part of a day, a moment; a day minus a day is a number."""
        result = kinds[0]
        for operand, kind in zip(node.operands[1:], kinds[1:], strict=True):
            days = (result in DAYS) + (kind in DAYS or (node.operator == "-" and _is_day(operand)))
            if days == 2 and node.operator == "-":
                result = Kind.NUMBER
            elif days == 2 or (node.operator == "-" and kind in DAYS and result is not Kind.ANY):
                self.report(faults.DATE_SUM, node, part=self.expression.part(node))
                return Kind.ANY
            elif node.operator == "+" and {kind, result} & DAYS and Kind.TIME in (kind, result):
                result = Kind.DATETIME
            else:
                if kind not in DAYS:
                    self.number(operand, kind)
                if result not in DAYS:
                    self.number(node.operands[0], result)
                result = kind if kind in DAYS and node.operator == "+" else result
        if result is Kind.DATE and any(isinstance(part, Number) and part.value % 1 for part in node.operands):
            return Kind.DATETIME
        return result

    def number(self, node: Node, kind: Kind) -> None:
        """A number is needed here."""
        if kind is Kind.LIST:
            self.report(faults.LIST_VALUE, node, part=self.expression.part(node))
        elif kind is Kind.TEXT:
            self._text_as(node, Kind.NUMBER)
        elif kind is Kind.TIME:
            self.report(faults.TIME_AS_NUMBER, node, part=self.expression.part(node))
        elif kind not in (Kind.NUMBER, Kind.BOOLEAN, Kind.ANY):
            self.wrong_kind(faults.WRONG_KIND, node, kind, Kind.NUMBER)
        elif isinstance(node, Call) and node.function == "if" and len(node.operands) == 2:
            self.report(faults.NO_OTHERWISE, node, part=self.expression.part(node))

    def _day(self, node: Node, kind: Kind) -> None:
        if kind is Kind.LIST:
            self.report(faults.LIST_VALUE, node, part=self.expression.part(node))
        elif kind is Kind.TEXT:
            self._text_as(node, Kind.DATE)
        elif kind not in DAYS and kind is not Kind.ANY:
            self.wrong_kind(faults.WRONG_KIND, node, kind, Kind.DATE)

    def _text_as(self, node: Node, wanted: Kind) -> None:
        """A text where a number or a date is needed: it depends on the text, and a text in quotes is known."""
        if isinstance(node, Text):
            if not _reads_as(node.value, wanted):
                self.wrong_kind(faults.WRONG_KIND, node, Kind.TEXT, wanted)
            return
        if wanted is Kind.NUMBER and _is_digits(node):
            return
        name = self.name_of(node)
        if name and name.choices and all(_reads_as(choice, wanted) for choice in name.choices):
            return
        self.wrong_kind(faults.DOUBTFUL_KIND, node, Kind.TEXT, wanted)

    def wrong_kind(self, fault: Fault, node: Node, kind: Kind, wanted: Kind) -> None:
        """Say that a part has one kind where another is needed."""
        (zh, en), (wanted_zh, wanted_en) = KINDS[kind], KINDS[wanted]
        part = self.expression.part(node)
        self.report(fault, node, part=part, found=zh, found_en=en, wanted=wanted_zh, wanted_en=wanted_en)

    def condition(self, node: Node, kind: Kind) -> None:
        """A condition is needed here: numbers count (XPath), texts and dates are most likely a slip; a tick is none."""
        name = self.name_of(node)
        if name is not None and name.choices == TICKED:
            return
        several = name is not None and name.multiple
        if several or kind in (Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME):
            zh, en = KINDS[kind]
            self.report(faults.NOT_A_CONDITION, node, part=self.expression.part(node), found=zh, found_en=en)

    def expect(self, node: Node, kind: Kind, expected: Kind) -> None:
        """The whole expression should be of a kind."""
        match expected:
            case Kind.NUMBER:
                self.number(node, kind)
            case Kind.DATE | Kind.DATETIME:
                self._day(node, kind)
            case Kind.BOOLEAN:
                self.condition(node, kind)
            case Kind.TIME if kind not in (Kind.TIME, Kind.TEXT, Kind.ANY):
                self.wrong_kind(faults.WRONG_KIND, node, kind, expected)

    def _call(self, node: Call) -> Kind:
        function = FUNCTIONS.get(node.function)
        if function is None:
            problem = unknown_function(node)
            self.report(problem.fault, node, **problem.facts)
            for operand in node.operands:
                self.kind(operand)
            return Kind.ANY
        before = len(self.found)
        kinds = self._kinds_of(node)
        if node.function in _EXPECT_ERRORS:
            self.found[before:] = [item for item in self.found[before:] if item.fault is not faults.DIVISION_BY_ZERO]
        if self._count(node, function):
            for i, (operand, kind) in enumerate(zip(node.operands, kinds, strict=True)):
                self._argument(node, function, i, operand, kind)
            self._special(node, kinds)
        return self._result(node, function, kinds)

    def _count(self, node: Call, function: Function) -> bool:
        count = len(node.operands)
        fault = None
        if count < function.least:
            fault = faults.TOO_FEW
        elif function.most is not None and count > function.most:
            fault = faults.TOO_MANY
        elif node.function == "ifs" and count % 2:
            fault = faults.UNPAIRED
        if fault:
            self.report(fault, node, **count_facts(function, count))
        return fault is None

    def _argument(self, node: Call, function: Function, i: int, operand: Node, kind: Kind) -> None:
        match function.parameter(i).kind:
            case "number" if node.function == "int" and kind is Kind.TEXT and not isinstance(operand, Text):
                pass  # int() is the conversion that is asked for
            case "number":
                self.number(operand, kind)
            case "numbers":
                if kind is not Kind.LIST:
                    self.number(operand, kind)
            case "date" | "moment":
                self._day(operand, kind)
            case "truth":
                self.condition(operand, kind)
        conditional = {"if": i == 0, "ifs": i % 2 == 0, "and": True, "or": True}
        if conditional.get(node.function):
            self.condition(operand, kind)

    def _special(self, node: Call, kinds: list[Kind]) -> None:
        """What only one function asks of its arguments."""
        operands = node.operands
        match node.function:
            case "lookup" | "pulldata" | "bracket":
                self.dataset_call(node)
            case "balance" | "available":
                self.account_call(node)
            case "selected":
                self.choice(operands[0], operands[1])
            case "contains" | "starts-with" | "ends-with":
                self.piece_of_choices(node)
            case "switch":
                for i in range(1, len(operands) - 1, 2):
                    self.compare("=", (operands[0], kinds[0]), (operands[i], kinds[i]), operands[i])
            case "indexed-repeat":
                for operand in (operands[0], *operands[1::2]):
                    self._named(operand, question_name(operand))
                for operand in operands[1::2]:
                    self._repeat(node, operand)
            case "jr:choice-name":
                self._choice_name(operands)
            case "regex" | "format-date" | "datedif" | "text":
                self._option(node)
            case "log":
                self.report(faults.NATURAL_LOG, node)

    def _choice_name(self, operands: tuple[Node, ...]) -> None:
        """The label of a choice is asked of a question that has choices."""
        name = question_name(operands[1])
        question = self._named(operands[1], name)
        if question is None:
            return
        self.choice_of(question, operands[0], name)
        if question.choices is None and question.kind not in (Kind.ANY, Kind.TEXT, Kind.LIST):
            self.report(faults.UNKNOWN_QUESTION, operands[1], name=name)

    def _option(self, node: Call) -> None:
        last = node.operands[-1]
        if not isinstance(last, Text):
            return
        try:
            match node.function:
                case "regex":
                    compiled(last.value)
                case "text":
                    format_of(last.value)
                case "format-date":
                    format_date(datetime(2026, 9, 1), last.value)  # noqa: DTZ001  # any day will do
                case _:
                    datedif(date(2026, 9, 1), date(2026, 9, 1), last.value)
        except Problem as problem:
            self.report(problem.fault, last, **problem.facts)

    def _named(self, node: Node, name: str) -> Name | None:
        """What is known of a name that a function takes as such."""
        found = self.scope.find(name)
        if found is None and not self._is_twin(node, name):
            self.report(faults.UNKNOWN_NAME, node, name=name, near=suggest(name, self.scope.names))
        return found

    def _repeat(self, node: Call, operand: Node) -> None:
        """An argument that has to be the name of a repeat."""
        name = question_name(operand)
        within = self.scope.within
        if within is not None and self.scope.find(name) is not None and within(name) is None:
            self.report(faults.REPEAT_NAMED, operand, name=name, function=node.word)

    def _is_twin(self, node: Node, name: str) -> bool:
        """Whether a name stands in several groups, which is said."""
        ways = self.scope.ways(name)
        if ways:
            self.report(faults.OF_WHICH_GROUP, node, name=name, ways=ways)
        return bool(ways)

    def _result(self, node: Call, function: Function, kinds: list[Kind]) -> Kind:
        if node.function in ("lookup", "pulldata", "bracket"):
            return self.kind_of_column(node)
        if function.like is None:
            return function.result
        pairs = list(zip(node.operands, kinds, strict=True))[function.like]
        counted = {kind for operand, kind in pairs if not (isinstance(operand, Text) and not operand.value)}
        if counted and counted <= DAYS:
            return Kind.DATETIME if Kind.DATETIME in counted else Kind.DATE
        return counted.pop() if len(counted) == 1 and counted != {Kind.LIST} else Kind.ANY


def _is_day(node: Node) -> bool:
    return isinstance(node, Text) and _reads_as(node.value, Kind.DATE)


def _is_digits(node: Node) -> bool:
    """Whether a part is a date written in digits only, such as `format-date(today(), '%Y')`."""
    if not isinstance(node, Call) or node.function != "format-date" or len(node.operands) != 2:
        return False
    pattern = node.operands[1]
    return isinstance(pattern, Text) and _DIGITS.fullmatch(pattern.value) is not None


def _reads_as(text: str, wanted: Kind) -> bool:
    try:
        value: Value = to_number(text) if wanted is Kind.NUMBER else to_date(text, None)
    except Problem:
        return False
    return value is not None or not to_text(text)
