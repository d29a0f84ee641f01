"""A form with answers that nobody gave, for checks that try rules out before it is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from banshi.platform.forms.index import index_of
from banshi.platform.forms.rows import TOP
from banshi.platform.forms.state import Circumstances, FormState
from banshi.platform.service.model import Field, Service
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import Value


class TriedForm:
    """What calculations, tables, tariffs and policies make of answers."""

    def __init__(self, service: Service) -> None:
        """Take the service whose rules are checked."""
        self._index = index_of(service)
        self._engine = FixpointEngine()

    def computes(self, name: str) -> bool:
        """Whether a name is computed, so that nobody can give it any value."""
        node = self._index.fields.get(name)
        item = node.item if node else None
        return name in self._index.producers or (isinstance(item, Field) and item.calculation is not None)

    def questions(self, name: str) -> frozenset[str]:
        """The questions that a computed name depends on."""
        return self._index.questions((name,))

    def names(self, answers: Mapping[str, Value], now: datetime) -> Mapping[str, Value]:
        """All names, given some answers at a moment; each is computed when it is looked up."""
        return FormState(self._index, answers, Circumstances(now=now, engine=self._engine)).environment(TOP).values
