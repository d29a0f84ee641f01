"""An expression as the XPath of XForms: Excel's and the Chinese words become the functions that ODK knows.

The functions are those of the ODK XForms specification (https://getodk.github.io/xforms-spec/#xpath-functions). What it
has no function for is not written in another way that would mean something else: `NotCarried` says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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


class NotCarried(Exception):
    """A part of an expression that XForms cannot say."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


_SAME = frozenset(
    re.findall(
        r"[\w:-]+",
        "if coalesce once selected count-selected selected-at jr:choice-name not concat join contains starts-with ends-with "
        "substring-before substring-after translate substr normalize-space string number boolean boolean-from-string regex "
        "uuid random today now decimal-date-time decimal-time format-date indexed-repeat pulldata sum min max round abs checklist "
        "sqrt true false floor ceiling count date-time pi exp exp10 log log10 weighted-checklist sin cos tan asin acos atan",
    )
)
_OTHERWISE = {
    "len": "string-length",
    "counta": "count-non-empty",
    "power": "pow",
    "value": "number",
    "index": "position",
    "ln": "log",
    "int": "floor",
}
_DATE_PARTS = {"year": "%Y", "month": "%n", "day": "%e", "hour": "%H", "minute": "%M", "second": "%S"}
_OPERATORS = {"+": "+", "-": "-", "*": "*", "/": "div", "div": "div", "mod": "mod", "and": "and", "or": "or",
              "=": "=", "<>": "!=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}  # fmt: skip


@dataclass(frozen=True, slots=True)
class XPath:
    """Writes expressions. `names` gives the node of every question that is there, `columns` that of a choice's column.

    `values` are stored choices that have another name there.
    """

    names: Mapping[str, str]
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)

    def of(self, expression: Expression) -> str:
        """The expression as XPath; raises NotCarried."""
        return self._write(expression.root)

    def _write(self, node: Node) -> str:
        match node:
            case Number(value=number):
                return format(number, "f")
            case Text(value=text):
                return _quoted(self.values.get(text, text))
            case Boolean(value=truth):
                return "true()" if truth else "false()"
            case Current():
                return "."
            case Reference(name=name):
                return self._name(name)
            case Membership(operands=(needle, *rest)):
                return self._joined("or", [f"{self._write(needle)} = {self._write(one)}" for one in rest])
            case Operation(operator=operator, operands=operands):
                return self._operation(operator, [self._write(one) for one in operands])
            case Call(function=function, operands=operands, word=word):
                return self._call(function, word, operands)
        raise NotCarried(type(node).__name__)

    def _name(self, name: str) -> str:
        column = name.removeprefix("choice:")
        if column != name:
            return self.columns[column]
        if name not in self.names:
            raise NotCarried(name)
        return f"${{{self.names[name]}}}"

    def _operation(self, operator: str, parts: Sequence[str]) -> str:
        if operator == "neg":
            return f"(-{parts[0]})"
        if operator == "pct":
            return f"({parts[0]} div 100)"
        if operator == "&":
            return f"concat({', '.join(parts)})"
        if operator == "^":
            return f"pow({', '.join(parts)})"
        if operator not in _OPERATORS:
            raise NotCarried(operator)
        return self._joined(_OPERATORS[operator], parts)

    @staticmethod
    def _joined(operator: str, parts: Sequence[str]) -> str:
        return f"({f' {operator} '.join(parts)})"

    def _call(self, function: str, word: str, operands: Sequence[Node]) -> str:
        if function == "rows-of":
            raise NotCarried(f"{self._write(operands[0])}[…]")
        if function == "indexed-repeat":  # its names are names, not texts
            operands = tuple(
                Reference(one.start, one.end, one.value) if isinstance(one, Text) else one for one in operands
            )
        parts = [self._write(one) for one in operands]
        if function in _BUILT and (made := _BUILT[function](parts)):
            return made
        if function in _DATE_PARTS:
            return f"number(format-date-time({parts[0]}, '{_DATE_PARTS[function]}'))"
        name = _OTHERWISE.get(function, function)
        if name not in _SAME and function not in _OTHERWISE:
            raise NotCarried(word)
        if (name in ("floor", "ceiling") and len(parts) != 1) or (name == "date-time" and len(parts) != 1):
            raise NotCarried(word)
        return f"{name}({', '.join(parts)})"


def _ifs(parts: Sequence[str]) -> str:
    """`IFS(a, x, b, y)`: the first that holds, else nothing."""
    made = "''"
    for condition, then in reversed(list(zip(parts[::2], parts[1::2], strict=False))):
        made = f"if({condition}, {then}, {made})"
    return made


def _switch(parts: Sequence[str]) -> str:
    """`SWITCH(x, a, p, b, q, else)`."""
    value, *rest = parts
    made = rest.pop() if len(rest) % 2 else "''"
    for wanted, then in reversed(list(zip(rest[::2], rest[1::2], strict=True))):
        made = f"if({value} = {wanted}, {then}, {made})"
    return made


_BUILT: Mapping[str, Callable[[Sequence[str]], str]] = {
    "and": lambda parts: f"({' and '.join(parts)})",
    "or": lambda parts: f"({' or '.join(parts)})",
    "if": lambda parts: f"if({', '.join([*parts, 'false()'][:3])})",
    "isblank": lambda parts: f"({parts[0]} = '')",
    "mod": lambda parts: f"({parts[0]} - {parts[1]} * floor({parts[0]} div {parts[1]}))",
    "trim": lambda parts: f"normalize-space({parts[0]})",
    "ifs": _ifs,
    "switch": _switch,
    "left": lambda parts: f"substr({parts[0]}, 0, {parts[1] if len(parts) > 1 else '1'})",
    "mid": lambda parts: f"substr({parts[0]}, {parts[1]} - 1, {parts[1]} - 1 + {parts[2]})",
    "date": lambda parts: f"date({parts[0]})" if len(parts) == 1 else "",
    "position": lambda parts: f"position({'/'.join(['..'] * (int(parts[0]) + 1 if parts else 1))})",
}


def _quoted(text: str) -> str:
    """XPath 1.0 has no escape: a text with both quotes is put together."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    pieces = ', "\'", '.join(f"'{piece}'" for piece in text.split("'"))
    return f"concat({pieces})"
