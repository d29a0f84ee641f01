"""Values that are computed once and then stay: `once(…)`, calculations with a `trigger`, volatile defaults of fixed fields.

Whoever fills a form in brings such a value along with her answers. It is believed where the platform gave it to her: then
its mark, a digest of the field, the value and the answers that trigger it, is among those that were issued.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from banshi.platform.service.model import Field
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Call, walk
from banshi.rules.values import Kind, Value, dumps, from_json, kind_of

_CHANCE = frozenset({"random", "uuid"})
_VOLATILE = _CHANCE | {"now", "today"}


def keeps(item: Field) -> bool:
    """Whether a field that nobody answers keeps its first value."""
    if item.calculation is not None:
        return bool(item.trigger) or _calls(item.calculation, frozenset({"once"}))
    source = item.prefill or item.default
    if source is None or item.type == "note":
        return False
    if item.type == "hidden":  # the moment of sending (`end`) is one
        return _calls(source, _CHANCE)
    return item.readonly is not None and _calls(source, _VOLATILE)


def readings(item: Field, raw: object) -> tuple[Value, ...]:
    """What a calculation may have given that is `raw` in JSON: where its kind is not known, a text may be any."""
    if item.kind is not Kind.ANY or not isinstance(raw, str):
        return (from_json(raw, item.kind),)
    return raw, *(from_json(raw, kind) for kind in (Kind.NUMBER, Kind.DATETIME, Kind.DATE, Kind.TIME))


def mark_of(name: str, value: Value, triggers: Sequence[Value] = ()) -> str:
    """What tells one given value from others."""
    told = [name, kind_of(value), _shortest(value), [_shortest(one) for one in triggers]]
    return hashlib.sha256(dumps(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _shortest(value: Value) -> Value:
    """A number as it comes back from a browser: without zeros at its end."""
    return value.normalize() if isinstance(value, Decimal) and value.is_finite() else value


def _calls(expression: Expression, functions: frozenset[str]) -> bool:
    return any(isinstance(node, Call) and node.function in functions for node in walk(expression.root))
