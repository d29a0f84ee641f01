"""A form with answers that nobody gave, for checks that try rules out before it is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from banshi.platform.forms.index import TOTAL_NAMES, index_of
from banshi.platform.forms.state import Circumstances, FormState
from banshi.platform.service.model import Field, Service
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import Value


class TriedForm:
    """What calculations, tables, tariffs and policies make of answers, with one row in every repeat."""

    def __init__(self, service: Service, repeats: tuple[str, ...] = ()) -> None:
        """Take the service whose rules are checked, and the repeats in whose rows a rule runs."""
        self._index = index_of(service)
        self._row = tuple((repeat, 0) for repeat in repeats)
        self._engine = FixpointEngine()

    def computes(self, name: str) -> bool:
        """Whether a name is computed, so that nobody can give it any value."""
        node = self._index.fields.get(name)
        item = node.item if node else None
        known = name in self._index.producers or self._is_total(name)
        return known or (isinstance(item, Field) and item.calculation is not None)

    def questions(self, name: str) -> frozenset[str]:
        """The questions that a computed name depends on."""
        tariffs = self._index.service.tariffs.values() if self._is_total(name) else ()
        return self._index.questions([name, *(tariff.total_name for tariff in tariffs)])

    def names(self, answers: Mapping[str, Value], now: datetime) -> Mapping[str, Value]:
        """All names, given some answers at a moment; each is computed when it is looked up."""
        state = FormState(self._index, self._nested(answers), Circumstances(now=now, engine=self._engine))
        there = self._row in state.rows_below(tuple(repeat for repeat, _ in self._row))
        return state.environment(self._row).values if there else _NoRow()

    def _is_total(self, name: str) -> bool:
        return name in TOTAL_NAMES and bool(self._index.service.tariffs)

    def _nested(self, answers: Mapping[str, Value]) -> dict[str, Any]:
        """The answers as a form has them: those of repeats in their row."""
        given: dict[str, Any] = {}
        at = given
        for repeat, _ in self._row:
            at = at.setdefault(repeat, [{}])[0]
        for name, value in answers.items():
            node, at = self._index.fields.get(name), given
            for repeat in node.repeats if node else ():
                at = at.setdefault(repeat, [{}])[0]
            at[name] = value
        return given


class _NoRow(dict[str, Value]):
    """The names of a row that answers do not show: all are empty."""

    def __missing__(self, name: str) -> Value:
        return None
