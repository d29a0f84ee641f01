"""Masks over the sensitive answers of a case, wherever they stand: in answers, in records of decisions, inside sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from pathlib import PurePath
from typing import Any

from banshi.platform.service.model import Field, Service
from banshi.platform.service.sensitive import STARS, Sensitive, mask
from banshi.rules.expressions import fold_name

_SHORTEST = 4
"""Characters of a text that is looked for inside others; a shorter one stands in too many by chance."""
_SHORTEST_WIDE = 2
"""The same for Chinese."""
_ROW = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Masks:
    """See the module. `kinds` are the sensitive questions by name, `plain` what is masked inside texts, with its mask.

    `spoken` are those whose answers are words of their own, not choices, people or departments: only they are looked for
    inside texts.
    """

    kinds: Mapping[str, Sensitive] = field(default_factory=dict)
    spoken: frozenset[str] = frozenset()
    plain: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def over(self, *where: Any) -> Masks:
        """The same masks, also for what JSON values say under the names of the sensitive questions."""
        if not self:
            return self
        found = dict(self.plain)
        for name, value in (pair for one in where for pair in self._named(one)):
            for text in _texts(value) if fold_name(name) in self.spoken else ():
                found.setdefault(text, mask(text, self._kind(name)))
        return Masks(self.kinds, self.spoken, found)

    def wiped(self) -> Masks:
        """Masks of which nothing is to be seen, over what is sensitive and over what is left of it by these masks."""
        return Masks(self.kinds, self.spoken, dict.fromkeys((*self.plain, *self.plain.values()), STARS))

    def hides(self, path: str) -> bool:
        """Whether a path such as `members[2].id_number` is that of a sensitive answer."""
        return fold_name(question_of(path)) in self._folded

    def named(self, names: Iterable[str]) -> list[str]:
        """The sensitive questions among names."""
        return sorted(name for name in names if self.hides(name))

    def text(self, text: str) -> str:
        """A text with masks over what is sensitive in it."""
        return self._pattern.sub(lambda found: self._masks[found[0]], text) if self._masks and text else text

    def of(self, path: str, value: Any) -> Any:
        """A sensitive answer as it is shown; what is blank stays so. Of a file only its kind is known."""
        return self._covered(self._kind(path), value)

    def json(self, value: Any) -> Any:
        """A JSON value with masks: whole answers under their names, and what stands inside of texts."""
        return self._json(value) if self else value

    # Inside

    @cached_property
    def _folded(self) -> dict[str, Sensitive]:
        return {fold_name(name): kind for name, kind in self.kinds.items()}

    @cached_property
    def _masks(self) -> dict[str, str]:
        """What is looked for inside texts: chance finds of short words would only spoil them."""
        return {
            text: shown
            for text, shown in self.plain.items()
            if len(text) >= (_SHORTEST if text.isascii() else _SHORTEST_WIDE) and text != shown
        }

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._masks, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)))

    def _kind(self, path: str) -> Sensitive:
        return self._folded[fold_name(question_of(path))]

    def _named(self, value: Any) -> Iterator[tuple[str, Any]]:
        """What stands under the name of a sensitive question, however deep, with its name."""
        if isinstance(value, Mapping):
            for key, item in value.items():
                if self.hides(str(key)):
                    yield question_of(str(key)), item
                else:
                    yield from self._named(item)
        elif isinstance(value, list | tuple):
            if self.is_pair(value):
                yield value[0], value[1]
            for item in value:
                yield from self._named(item)

    def is_pair(self, value: Sequence[Any]) -> bool:
        """Whether a list is a name and its value, as events keep what a condition read."""
        return len(value) == len(("name", "value")) and isinstance(value[0], str) and self.hides(value[0])

    def _json(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            # A line of an explanation tells an input by its label.
            told = isinstance(value.get("label"), str) and "value" in value and self.hides(value["label"])
            return {
                key: self._covered(self._kind(value["label"] if told and key == "value" else str(key)), item)
                if self.hides(str(key)) or (told and key == "value")
                else self._json(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            if self.is_pair(value):
                return [value[0], self._covered(self._kind(value[0]), value[1])]
            return [self._json(item) for item in value]
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return self._masks.get(_said(value), value)
        return value

    def _covered(self, kind: Sensitive, value: Any) -> Any:
        if value in (None, "", []):
            return value
        if isinstance(value, Mapping):
            if "id" in value and "name" in value:  # a file
                return {**value, "id": "", "name": STARS + PurePath(str(value["name"])).suffix}
            return {key: self._covered(kind, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._covered(kind, item) for item in value]
        return mask(_said(value), kind)


NO_MASKS = Masks()


def masks_of(*services: Service | None) -> Masks:
    """The masks of a case by the versions of its service that count, such as the one it has and the one that is live."""
    fields = [
        item
        for service in services
        for item, _ in (service.survey.walk() if service is not None and service.survey else ())
        if isinstance(item, Field) and item.sensitive
    ]
    if not fields:
        return NO_MASKS
    spoken = (item.name for item in fields if not item.choices and item.type not in ("person", "department"))
    return Masks({item.name: item.sensitive for item in fields if item.sensitive}, frozenset(map(fold_name, spoken)))


def question_of(path: str) -> str:
    """The question at the end of a path."""
    return _ROW.sub("", path).rpartition(".")[2]


def _texts(value: Any) -> Iterator[str]:
    """The texts and numbers of a JSON value, as they may stand inside sentences."""
    if isinstance(value, Mapping):
        values: Sequence[Any] = [value["name"]] if "id" in value and "name" in value else [*value.values()]
        for item in values:
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool) and (said := _said(value).strip()):
        yield said


def _said(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | time) else str(value)
