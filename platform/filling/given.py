"""Values as programs and plain tables give them, read as the form reads its answers.

`banshi bill`, `decide` and `policy` and the calls from Python take the names of a form's questions with values that came
from JSON, CSV or Parquet: words of choices, `是` for a tick, `2026/9/1`. What the form would refuse is an error value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal

from banshi.platform.filling.options import Options, options_of
from banshi.platform.forms import faults
from banshi.platform.forms.answers import read_answer
from banshi.platform.service.model import UNSEEN, Field, Service
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import NOWHERE, Fault
from banshi.rules.expressions import fold_name
from banshi.rules.tables.inputs import CELL_ERRORS, input_value
from banshi.rules.values import CAMPUS_ZONE, ErrorValue, Kind, Value

Read = Callable[[str, object], Value]
"""A named value as it was given, as rules see it; an error value where it cannot be read."""

_AS_THEY_ARE = UNSEEN | {"note", "file", "image", "calculate", "hidden"}


class Given:
    """Reads the inputs of one service; `kinds` are those that a rule asks for of names that are no questions."""

    def __init__(self, service: Service, kinds: Mapping[str, Kind] | None = None) -> None:
        self._service = service
        items = service.survey.walk() if service.survey else ()
        self._fields = {fold_name(item.name): item for item, _ in items if isinstance(item, Field)}
        known = {fold_name(name): kind for name, kind in service.field_kinds.items()}
        asked = {fold_name(name): kind for name, kind in (kinds or {}).items()}
        self.kinds: Mapping[str, Kind] = known | {name: asked[name] for name in asked if name not in self._fields}
        """The kinds of all names that have one, without regard to case and width."""
        self._options = options_of(service.survey, "zh") if service.survey else {}

    def __call__(self, name: str, raw: object) -> Value:
        """The value of a name."""
        item = self._fields.get(fold_name(name))
        failed = isinstance(raw, str) and raw.strip() in CELL_ERRORS
        if item is None or item.type in _AS_THEY_ARE or failed:
            return input_value(name, raw, self.kinds.get(fold_name(name), Kind.ANY))
        if (options := self._options.get(item.choices)) is not None:
            return _chosen(item, options, raw)
        return _as_answered(item, raw)

    def answers(self, given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, ErrorValue]]:
        """The same for a form: what was given as its answers, and what cannot be read (which stays as it is)."""
        wrong: dict[str, ErrorValue] = {}
        return {name: self._answer(name, raw, wrong) for name, raw in given.items()}, wrong

    def _answer(self, name: str, raw: object, wrong: dict[str, ErrorValue]) -> object:
        item = self._fields.get(fold_name(name))
        if item is None and isinstance(raw, list):
            return [self.answers(row)[0] if isinstance(row, Mapping) else row for row in raw]
        if isinstance(raw, (list, Mapping)) and (item is None or item.kind is not Kind.LIST):
            return raw
        value = self(name, raw)
        if isinstance(value, ErrorValue):
            wrong[name] = value
            return raw
        return value

    def computed(
        self,
        wanted: Iterable[str],
        given: Mapping[str, object],
        compute: Callable[[Mapping[str, object]], Mapping[str, Value]],
    ) -> dict[str, Value]:
        """What a form computes of some names; where an answer that leads there cannot be read, that error."""
        answers, wrong = self.answers(given)
        names = compute(answers)
        found = {name: names[name] for name in wanted if name in names}
        for name, error in wrong.items():
            found |= {reached: error for reached in found if self._service.computes_from((reached,), (name,))}
        return found


def _as_answered(item: Field, raw: object) -> Value:
    """What the form makes of an answer; what only cells of a workbook may say (5%, 1万, √) is read as those are first."""
    answer = read_answer(item, raw, CAMPUS_ZONE)
    if answer.fault is not None:
        value = input_value(item.name, raw, Kind.BOOLEAN if item.type == "acknowledge" else item.kind)
        if isinstance(value, ErrorValue):
            return value
        answer = read_answer(item, value, CAMPUS_ZONE)
    return answer.value if answer.fault is None else _refused(item, answer.fault, **dict(answer.facts or {}))


def _chosen(item: Field, options: Options, raw: object) -> Value:
    """The names of choices, of which the labels will do; several in one text stand as in a template."""
    several = item.kind is Kind.LIST
    parts = list(raw) if isinstance(raw, (list, tuple)) else [raw]
    texts = [_written(part) for part in parts]
    if several and len(texts) == 1:
        texts = options.several(texts[0]) if texts[0] else []
    names: list[str] = []
    for text in filter(None, texts):
        meant = options.meant(text)
        if len(meant) != 1:
            return _refused(item, faults.NOT_A_CHOICE, value=text)
        names.append(meant[0])
    if several:
        return tuple(dict.fromkeys(names))
    if len(names) > 1:
        return _refused(item, faults.NOT_A_CHOICE, value=" ".join(names))
    return names[0] if names else None


def _written(part: object) -> str:
    text = Cell(part).text if isinstance(part, (bool, Decimal, date, time)) else str("" if part is None else part)
    return text.strip()


def _refused(item: Field, fault: Fault, **facts: object) -> ErrorValue:
    return ErrorValue(fault.at(NOWHERE, label=item.name, label_en=item.name, **facts))
