"""Functions of conditions: if, and, or, not, is it empty, is it an error."""

from __future__ import annotations

from decimal import Decimal

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import Problem, is_empty, to_truth
from banshi.rules.expressions.operators import equal
from banshi.rules.expressions.registry import Context, function
from banshi.rules.expressions.tree import Node
from banshi.rules.values import ErrorValue, Kind, Value


@function(
    "if", Kind.ANY, "condition: node", "then: node", "otherwise: node?",
    words=("如果",), like=slice(1, None), context=True,
    zh="条件成立取第二个参数，否则取第三个；没有第三个时为 FALSE（同 Excel）。没有选中的一支不计算。",
    en="The second argument when the condition holds, else the third (FALSE without one, as in Excel). "
    "The other is not computed.",
    example='if(3 > 2, "多", "少")', shows="多", source="Excel, XLSForm",
)  # fmt: skip
def if_(context: Context, condition: Node, then: Node, otherwise: Node | None = None) -> Value:
    """Compute the branch that the condition picks."""
    held = context.value(condition)
    if isinstance(held, ErrorValue):
        return held
    if to_truth(held):
        return context.value(then)
    return False if otherwise is None else context.value(otherwise)


@function(
    "ifs", Kind.ANY, "condition: node", "then: node", "more: node*",
    words=("多条件",), like=slice(1, None, 2), context=True,
    zh="依次检查成对的条件和值，取第一个成立的条件后面的值；都不成立时是错误值。",
    en="Pairs of a condition and a value: the value behind the first condition that holds; an error when none does.",
    example='ifs(85 >= 90, "优", 85 >= 80, "良", TRUE, "中")', shows="良", source="Excel",
)  # fmt: skip
def ifs(context: Context, *nodes: Node) -> Value:
    """Compute the value behind the first condition that holds."""
    for condition, then in zip(nodes[::2], nodes[1::2], strict=False):
        held = context.value(condition)
        if isinstance(held, ErrorValue):
            return held
        if to_truth(held):
            return context.value(then)
    raise Problem(faults.NO_BRANCH)


@function(
    "switch", Kind.ANY, "value: node", "case: node", "then: node", "more: node*", words=("切换",), context=True,
    zh="把第一个参数与后面成对的值比较，取相等者后面的结果；最后单独一个是缺省值。",
    en="Compares the first argument with pairs of a value and a result; a last single argument is the default.",
    example='switch("B", "A", 10, "B", 20, 0)', shows="20", source="Excel",
)  # fmt: skip
def switch(context: Context, value: Node, *nodes: Node) -> Value:
    """Compute the result behind the case that equals the value."""
    wanted = context.value(value)
    if isinstance(wanted, ErrorValue):
        return wanted
    for case, then in zip(nodes[::2], nodes[1::2], strict=False):
        offered = context.value(case)
        if isinstance(offered, ErrorValue):
            return offered
        if equal(wanted, offered, context.env.now.tzinfo):
            return context.value(then)
    if len(nodes) % 2:
        return context.value(nodes[-1])
    raise Problem(faults.NO_BRANCH)


@function(
    "and", Kind.BOOLEAN, "conditions: node+", words=("且", "并且"), context=True,
    zh="全部条件成立时为 TRUE；遇到第一个不成立的就不再往下算。",
    en="TRUE when every condition holds; stops at the first that does not.",
    example="and(2 > 1, 3 > 2)", shows="TRUE", source="Excel, XLSForm",
)  # fmt: skip
def and_(context: Context, *nodes: Node) -> Value:
    """Stop at the first condition that does not hold."""
    return _until(context, nodes, stop=False)


@function(
    "or", Kind.BOOLEAN, "conditions: node+", words=("或", "或者"), context=True,
    zh="有一个条件成立时为 TRUE；遇到第一个成立的就不再往下算。",
    en="TRUE when one of the conditions holds; stops at the first that does.",
    example="or(2 > 1, 3 > 4)", shows="TRUE", source="Excel, XLSForm",
)  # fmt: skip
def or_(context: Context, *nodes: Node) -> Value:
    """Stop at the first condition that holds."""
    return _until(context, nodes, stop=True)


def _until(context: Context, nodes: tuple[Node, ...], *, stop: bool) -> Value:
    for node in nodes:
        value = context.value(node)
        if isinstance(value, ErrorValue):
            return value
        items = value if isinstance(value, tuple) and any(isinstance(item, bool) for item in value) else (value,)
        if any(to_truth(item) is stop for item in items):
            return stop
    return not stop


@function(
    "not", Kind.BOOLEAN, "condition: truth", words=("非",),
    zh="条件不成立时为 TRUE；空值算不成立。", en="TRUE when the condition does not hold; an empty one does not hold.",
    example="not(2 > 3)", shows="TRUE", source="Excel, XLSForm",
)  # fmt: skip
def not_(condition: bool) -> Value:
    """Turn a condition round."""
    return not condition


@function(
    "xor", Kind.BOOLEAN, "conditions: truth+", words=("异或",),
    zh="成立的条件为奇数个时为 TRUE。", en="TRUE when an odd number of the conditions hold.",
    example="xor(TRUE, FALSE, TRUE)", shows="FALSE", source="Excel",
)  # fmt: skip
def xor(*conditions: bool) -> Value:
    """Count the conditions that hold."""
    return sum(conditions) % 2 == 1


@function("true", Kind.BOOLEAN, zh="是。", en="Yes.", example="true()", shows="TRUE", source="Excel, XLSForm")
def true() -> Value:
    """Give TRUE."""
    return True


@function("false", Kind.BOOLEAN, zh="否。", en="No.", example="false()", shows="FALSE", source="Excel, XLSForm")
def false() -> Value:
    """Give FALSE."""
    return False


@function(
    "isblank", Kind.BOOLEAN, "value: any", words=("为空", "是空", "is-empty"),
    zh="没有填写（或是空文字、空列表）时为 TRUE。",
    en="TRUE when nothing was filled in, or it is an empty text or list.",
    example='isblank("")', shows="TRUE", source="Excel",
)  # fmt: skip
def isblank(value: Value) -> Value:
    """Tell whether nothing is there."""
    return is_empty(value)


@function(
    "iferror", Kind.ANY, "value: node", "otherwise: node", words=("如果出错",), like=slice(0, None), context=True,
    zh="第一个参数算得出就取它，出错时取第二个。", en="The first argument when it can be computed, else the second.",
    example="iferror(1 / 0, 0)", shows="0", source="Excel",
)  # fmt: skip
def iferror(context: Context, value: Node, otherwise: Node) -> Value:
    """Replace an error value."""
    found = context.value(value)
    return context.value(otherwise) if isinstance(found, ErrorValue) else found


@function(
    "iserror", Kind.BOOLEAN, "value: node", words=("出错",), context=True,
    zh="算不出来时为 TRUE。", en="TRUE when the value cannot be computed.",
    example="iserror(1 / 0)", shows="TRUE", source="Excel",
)  # fmt: skip
def iserror(context: Context, value: Node) -> Value:
    """Tell whether a value is an error."""
    return isinstance(context.value(value), ErrorValue)


@function(
    "isnumber", Kind.BOOLEAN, "value: node", words=("是数字",), context=True,
    zh="值是数字（不是文字）时为 TRUE；算不出时为 FALSE（同 Excel）。",
    en="TRUE when the value is a number, not a text; FALSE when it cannot be computed, as in Excel.",
    example='isnumber(search("醇", "乙醚"))', shows="FALSE", source="Excel",
)  # fmt: skip
def isnumber(context: Context, value: Node) -> Value:
    """Tell whether a value is a number; an error is none."""
    return isinstance(context.value(value), Decimal)


@function(
    "coalesce", Kind.ANY, "values: node+", words=("首个非空",), like=slice(0, None), context=True,
    zh="第一个不为空的值；都为空时为空。", en="The first value that is not empty; empty when all are.",
    example='coalesce("", 5)', shows="5", source="XLSForm",
)  # fmt: skip
def coalesce(context: Context, *nodes: Node) -> Value:
    """Compute from the left until something is there."""
    for node in nodes:
        value = context.value(node)
        if not is_empty(value):
            return value
    return None


@function(
    "once", Kind.ANY, "value: node", words=("一次",), like=slice(0, 1), context=True,
    zh="本字段已有值就保留它，否则取参数的值。", en="The field's own value when it has one, else the argument.",
    example="once(5)", shows="5", source="XLSForm",
)  # fmt: skip
def once(context: Context, value: Node) -> Value:
    """Keep what is there."""
    current = context.env.current
    return context.value(value) if is_empty(current) else current
