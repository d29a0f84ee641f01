"""Values that a field may have, for those who try a rule out before anybody answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from banshi.rules.expressions.model import Name
from banshi.rules.values import Kind, Value

_USUAL: Mapping[Kind, tuple[Value, ...]] = {
    Kind.NUMBER: (Decimal(0), Decimal(1), Decimal(1000)),
    Kind.TEXT: ("某值",),
    Kind.BOOLEAN: (True, False),
    Kind.DATE: (date(2026, 9, 1),),
    Kind.DATETIME: (datetime(2026, 9, 1, 8, tzinfo=UTC),),
    Kind.ANY: (True, Decimal(1), "某值"),
}


def usual(field: Name | None) -> tuple[Value, ...]:
    """Its choices, or what its rule gives it, or something small and something large of its kind."""
    if field is None:
        return _USUAL[Kind.ANY]
    if field.values:
        return tuple(sorted(field.values, key=repr))
    return tuple(sorted(field.choices or ())) or _USUAL.get(field.kind, _USUAL[Kind.ANY])


def takes(field: Name, value: Value) -> bool:
    """Whether a field can have a value: 3.5 persons, or what its table never gives, show nothing."""
    if field.values is not None:
        return value in field.values
    if not isinstance(value, Decimal):
        return True
    low, high = field.bounds
    within = (low is None or low <= (value, 0)) and (high is None or (value, 0) < high)
    return within and not (field.whole and value % 1)
