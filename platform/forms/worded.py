"""Plain conditions as people say them: `. > 0` is 大于 0, `selected(${hazards}, 'toxic')` is “危险性”选了“有毒”.

What is not plain has no words here, and nobody is shown a formula: the author of a form writes a message for it.
"""

from __future__ import annotations

from collections.abc import Callable

from banshi.platform.service.model import Field, Form, Texts
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Call, Current, Node, Number, Operation, Reference, Text

_COMPARED = {
    "=": ("等于", "is"),
    "!=": ("不等于", "is not"),
    "<": ("小于", "is less than"),
    "<=": ("不大于", "is at most"),
    ">": ("大于", "is more than"),
    ">=": ("不小于", "is at least"),
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_JOINED = {"and": ("，且", " and "), "or": ("，或", " or ")}
_ITSELF = ("", "it")
Said = tuple[str, str]


def worded(expression: Expression, form: Form | None) -> Texts | None:
    """A condition in Chinese and English; None where it is not plain."""
    said = _Words(form).condition(expression.root)
    return None if said is None else Texts((("zh", said[0]), ("en", said[1])))


class _Words:
    def __init__(self, form: Form | None) -> None:
        self._form = form
        items = form.walk() if form else ()
        self._fields = {item.name: item for item, _ in items if isinstance(item, Field)}

    def condition(self, node: Node) -> Said | None:
        match node:
            case Operation(operator="and" | "or" as operator, operands=operands):
                parts = [self.condition(operand) for operand in operands]
                known = [part for part in parts if part is not None]
                zh, en = _JOINED[operator]
                mixed = any(isinstance(operand, Operation) and operand.operator in _JOINED for operand in operands)
                if mixed or len(known) < len(parts):
                    return None
                return zh.join(part[0] for part in known), en.join(part[1] for part in known)
            case Operation(operator=operator, operands=(left, right)) if operator in _COMPARED:
                return self._compared(operator, left, right)
            case Call(function="selected", operands=(asked, Text() as chosen)):
                subject, choice = self._subject(asked), self._value(asked, chosen)
                if subject is None or choice is None:
                    return None
                return f"{subject[0]}选了{choice[0]}", f"{subject[1]} includes {choice[1]}"
            case _:
                return None

    def _compared(self, operator: str, left: Node, right: Node) -> Said | None:
        if self._subject(left) is None:
            left, right, operator = right, left, _TURNED.get(operator, operator)
        subject, value = self._subject(left), self._value(left, right)
        if subject is None or value is None:
            return None
        zh, en = _COMPARED[operator]
        gap = " " if value[0][:1].isascii() else ""
        return f"{subject[0]}{zh}{gap}{value[0]}", f"{subject[1]} {en} {value[1]}"

    def _subject(self, node: Node) -> Said | None:
        match node:
            case Current():
                return _ITSELF
            case Reference(name=name) if (field := self._fields.get(name)) is not None and field.label.get():
                return self._quoted(field.label.get)
            case _:
                return None

    def _value(self, asked: Node, node: Node) -> Said | None:
        """What something is compared with; the name of a choice is said by its label."""
        match node:
            case Number(value=number):
                return (format(number, "f"),) * 2
            case Text(value=""):
                return "空", "empty"
            case Text(value=text):
                return self._choice(asked, text)
            case Call(function="today", operands=()):
                return "今天", "today"
            case Call(function="date", operands=(Text(value=text),)):
                return text, text
            case Reference():
                return self._subject(node)
            case _:
                return None

    def _choice(self, asked: Node, name: str) -> Said:
        field = self._fields.get(asked.name) if isinstance(asked, Reference) else None
        choices = self._form.choices.get(field.choices, ()) if self._form and field else ()
        label = next((choice.label for choice in choices if choice.name == name), Texts())
        return self._quoted(lambda language: label.get(language) or name)

    def _quoted(self, said: Callable[[str], str]) -> Said:
        return f"“{said('zh')}”", f"“{said('en')}”"
