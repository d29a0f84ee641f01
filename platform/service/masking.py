"""Masks over the sensitive answers of a case, wherever they stand: in answers, in records of decisions, inside sentences.

What a workbook composes (titles, messages, reasons) has its masks by dependency (`derived`); what people wrote is searched for
the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import PurePath
from typing import Any

from banshi.platform.service.derived import NOTHING, Derived, derived, reads
from banshi.platform.service.model import Field, Service
from banshi.platform.service.sensitive import STARS, Sensitive, mask
from banshi.rules.expressions import fold_name
from banshi.rules.policies import Statement
from banshi.rules.policies.model import NAMED
from banshi.storage.leaves import children, pointer

_SHORTEST = 4
"""Characters of a text that is looked for inside others; a shorter one stands in too many by chance."""
_SHORTEST_WIDE = 2
"""The same for Chinese."""
_ROW = re.compile(r"\[\d+\]")
_WORD = re.compile(r"[\w.#-]+")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?")
_TEXTS = ("message", "remedy", "message_en", "remedy_en")


@dataclass(frozen=True)
class _Around:
    """What stands around a value in a JSON value: the inputs of its record, whether those are covered, and a covered line."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    covered: bool = False
    line: bool = False


@dataclass(frozen=True)
class Masks:
    """See the module. `kinds` are the sensitive questions by name, `plain` what is masked inside texts, with its mask.

    `spoken` are those whose answers are words of their own, not choices, people or departments: only they are looked for
    inside texts. `derived` is what follows from them, `said` what messages fill in, by folded name.
    """

    kinds: Mapping[str, Sensitive] = field(default_factory=dict)
    spoken: frozenset[str] = frozenset()
    plain: Mapping[str, str] = field(default_factory=dict)
    derived: Derived = NOTHING
    said: Mapping[str, frozenset[str]] = field(default_factory=dict)
    late: bool = False
    """Whether the title of a case was composed before something that it reads was marked."""
    bare: bool = False
    """Whether nothing at all is to be seen."""

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
        said = {name: set(texts) for name, texts in self.said.items()}
        for name, text in (pair for one in where for pair in _filled(one, self._filling)):
            said.setdefault(name, set()).add(text)
        return replace(self, plain=found, said={name: frozenset(texts) for name, texts in said.items()})

    def wiped(self) -> Masks:
        """Masks of which nothing is to be seen, over what is sensitive and over what is left of it by these masks."""
        return replace(self, plain=dict.fromkeys((*self.plain, *self.plain.values()), STARS), bare=True)

    def marks(self, path: str) -> bool:
        """Whether a path such as `members[2].id_number` is that of a sensitive answer."""
        return fold_name(question_of(path)) in self._folded

    def hides(self, path: str) -> bool:
        """The same, or of what derives from one."""
        return self.marks(path) or fold_name(question_of(path)) in self.derived.names

    def named(self, names: Iterable[str]) -> list[str]:
        """The sensitive questions among names."""
        return sorted(name for name in names if self.marks(name))

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The folded names of all that is sensitive or derives from it."""
        return frozenset((*self._folded, *self.derived.names))

    def text(self, text: str) -> str:
        """A text with masks over what is sensitive in it."""
        return self._pattern.sub(lambda found: self._masks[found[0]], text) if self._masks and text else text

    def of(self, path: str, value: Any) -> Any:
        """A sensitive answer as it is shown; what is blank stays so. Of a file only its kind is known."""
        return self._covered(self._kind(path), value)

    def json(self, value: Any) -> Any:
        """A JSON value with masks: whole answers under their names, what derives from them, and what stands inside of texts."""
        return _replaced(value, "", dict(self._covers(value, "", _Around()))) if self else value

    def pointers(self, value: Any) -> Iterator[str]:
        """The JSON pointers of all that `json` masks."""
        return (at for at, _ in self._covers(value, "", _Around()))

    # Inside

    @cached_property
    def _folded(self) -> dict[str, Sensitive]:
        return {fold_name(name): kind for name, kind in self.kinds.items()}

    @cached_property
    def _filling(self) -> frozenset[str]:
        """The folded names that messages with something sensitive fill in besides."""
        named = {fold_name(name) for row in self.derived.messages.values() for name in row.named}
        return frozenset(named - self.hidden)

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
        return Sensitive.ANY if self.bare else self._folded.get(fold_name(question_of(path)), Sensitive.ANY)

    def _named(self, value: Any) -> Iterator[tuple[str, Any]]:
        """What stands under the name of a sensitive question, however deep, with its name."""
        if isinstance(value, Mapping):
            for key, item in value.items():
                if self.marks(str(key)):
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

    def _reads(self, label: str) -> bool:
        """Whether a text that names an input, or the part of an expression, reads something sensitive."""
        return self.hides(label) or any(fold_name(word) in self.hidden for word in _WORD.findall(label))

    def _covers(self, value: Any, at: str, around: _Around) -> Iterator[tuple[str, Any]]:
        """The JSON pointers of what is masked, each with what is seen there."""
        if isinstance(value, Mapping):
            yield from self._covers_in(value, at, around)
        elif isinstance(value, list | tuple):
            pair = self.is_pair(value)
            for key, item in children(value):
                if pair and key == "1" and item not in (None, "", []):
                    yield pointer(at, key), self._covered(self._kind(value[0]), item)
                else:
                    yield from self._covers(item, pointer(at, key), around)
        elif isinstance(value, str):
            if (seen := self.text(value)) != value:
                yield at, seen
        elif isinstance(value, int | Decimal) and not isinstance(value, bool) and _said(value) in self._masks:
            yield at, self._masks[_said(value)]

    def _covers_in(self, value: Mapping[str, Any], at: str, around: _Around) -> Iterator[tuple[str, Any]]:
        around = self._entered(value, around)
        statement = self._message(value)
        for key, item in value.items():
            below = pointer(at, str(key))
            if item in (None, "", [], {}):
                continue
            if self.hides(str(key)):
                yield below, self._covered(self._kind(str(key)), item)
            elif self._value_covered(value, str(key), around):
                kind = self._kind(value["label"]) if isinstance(value.get("label"), str) else Sensitive.ANY
                yield below, self._covered(kind, item)
            elif statement is not None and key in _TEXTS and isinstance(item, str):
                yield below, self._composed(statement, str(key), around)
            elif statement is not None and key in ("zh", "en") and isinstance(item, Mapping):
                suffix = "_en" if key == "en" and (statement is UNKNOWN or statement.message_en) else ""
                for part, text in item.items():
                    if text:
                        yield pointer(below, part), self._composed(statement, f"{part}{suffix}", around)
            elif (key == "parts" and value.get("cell") in self.derived.shared) or (
                key == "shares" and not self.derived.shares.isdisjoint(_items(value))
            ):
                yield from self._shares(item, below)
            elif key in ("inputs", "read") and isinstance(item, Mapping) and around.inputs is value.get("inputs"):
                yield from self._inputs(item, below, around)
            else:
                yield from self._covers(item, below, around)

    def _entered(self, value: Mapping[str, Any], around: _Around) -> _Around:
        """What stands around the members of an object: of a record its inputs, of a line of a reason what is above it."""
        inputs = value.get("inputs")
        if isinstance(inputs, Mapping) and "outputs" in value:
            read = (*inputs, *value.get("read", {}))
            return replace(around, inputs=inputs, covered=any(map(self._reads, map(str, read))))
        if isinstance(value.get("label"), str) and self._reads(value["label"]):
            return replace(around, line=True)
        return around

    def _value_covered(self, value: Mapping[str, Any], key: str, around: _Around) -> bool:
        """Whether a member is a value on the way that derives from something sensitive."""
        if isinstance(value.get("label"), str) and "value" in value and key in ("value", "zh", "en"):
            return around.line or any(map(self._reads, _labels(value.get("parts", ()))))
        if key in ("zh", "en") and "code" in value and "cell" in value:  # a fault of a record
            return around.covered
        if key == "outputs":  # of a table that adds up
            return not isinstance(value[key], Mapping | list | tuple) and self.hides(str(value.get("name", "")))
        if key == "quantity" and "amount" in value:
            return value.get("item") in self.derived.quantities
        return False

    def _inputs(self, inputs: Mapping[str, Any], at: str, around: _Around) -> Iterator[tuple[str, Any]]:
        for name, item in inputs.items():
            if item in (None, "", [], {}):
                continue
            if self._reads(str(name)):
                yield pointer(at, str(name)), self._covered(self._kind(str(name)), item)
            else:
                yield from self._covers(item, pointer(at, str(name)), around)

    def _shares(self, shares: Sequence[Mapping[str, Any]], at: str) -> Iterator[tuple[str, Any]]:
        """The people of a bill who bear its parts, where they were answered."""
        for i, one in enumerate(shares):
            label = str(one["label"])
            yield pointer(pointer(at, str(i)), "label"), self.text(label) if self.text(label) != label else STARS

    def _message(self, value: Mapping[str, Any]) -> Statement | None:
        """The row of a policy whose text a finding is, where that has something sensitive in it; `UNKNOWN` where nobody knows."""
        if "id" not in value or "verdict" not in value or "message" not in value:
            return None
        if value.get("not_checked") or value.get("checked") is False:
            return None  # then it only says what is missing
        cell = str(value.get("cell", ""))
        if cell in self.derived.messages:
            return self.derived.messages[cell]
        told = any(row.id == value["id"] for row in self.derived.messages.values())
        return UNKNOWN if told and cell not in self.derived.others else None

    def _composed(self, row: Statement, key: str, around: _Around) -> str:
        """A message with masks in the places of what is sensitive; what else it fills in, where that is known."""
        if row is UNKNOWN:
            return STARS
        template = str(getattr(row, key)) or str(getattr(row, key.removesuffix("_en")))
        return NAMED.sub(lambda found: self._filled(fold_name(found[1]), around), template)

    def _filled(self, name: str, around: _Around) -> str:
        said = [text for key, text in _filled(around.inputs, frozenset((name,)))] or [*self.said.get(name, ())]
        if name not in self.hidden:
            return self.text(said[0]) if len(said) == 1 else STARS
        return mask(said[0], self._kind(name)) if len(said) == 1 and name in self._folded else STARS

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


UNKNOWN = Statement(id="", when=None)
"""In the place of a row that cannot be found any more."""


NO_MASKS = Masks()


def masks_of(*services: Service | None) -> Masks:
    """The masks of a case by the versions of its service that count: first the one that it has, then such as the one that is live."""
    return _masks_of(tuple(_Identity(service) for service in services if service is not None))


@dataclass(frozen=True, slots=True, eq=False)
class _Identity:
    """A service as a key: the very object, since its mappings cannot be hashed."""

    service: Service

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.service is self.service

    def __hash__(self) -> int:
        return id(self.service)


@lru_cache(maxsize=64)
def _masks_of(keys: tuple[_Identity, ...]) -> Masks:
    services = [key.service for key in keys]
    fields = [
        item
        for service in services
        for item, _ in (service.survey.walk() if service.survey else ())
        if isinstance(item, Field) and item.sensitive
    ]
    if not fields:
        return NO_MASKS
    spoken = (item.name for item in fields if not item.choices and item.type not in ("person", "department"))
    kinds = {item.name: item.sensitive for item in fields if item.sensitive}
    marked = frozenset(map(fold_name, kinds))
    found, title = derived(services, marked), services[0].settings.instance_name
    own = frozenset(map(fold_name, services[0].sensitive))
    since = (marked | set(found.names)) - own - set(derived(services[:1], own).names)
    late = title is not None and reads(title.root, since)
    return Masks(kinds, frozenset(map(fold_name, spoken)), derived=found, late=late)


def question_of(path: str) -> str:
    """The question at the end of a path."""
    return _ROW.sub("", path).rpartition(".")[2]


def _replaced(value: Any, at: str, seen: Mapping[str, Any]) -> Any:
    """A JSON value with others at some pointers."""
    if at in seen:
        return seen[at]
    if isinstance(value, Mapping):
        return {key: _replaced(item, pointer(at, str(key)), seen) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, pointer(at, str(i)), seen) for i, item in enumerate(value)]
    return value


def _items(bill: Mapping[str, Any]) -> Iterator[str]:
    """The items of a bill."""
    return (str(line.get("item", "")) for line in bill.get("lines", ()) if isinstance(line, Mapping))


def _labels(lines: Iterable[Any]) -> Iterator[str]:
    """The labels of the lines of a reason, however deep."""
    for line in lines:
        yield str(line.get("label", ""))
        yield from _labels(line.get("parts", ()))


def _filled(value: Any, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What stands under some folded names as a message says it, with the name."""
    if not names:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            name = fold_name(question_of(str(key)))
            if name not in names:
                yield from _filled(item, names)
            elif isinstance(item, list | tuple):
                yield name, "、".join(map(_said, item)) or "—"
            elif not isinstance(item, Mapping | bool):  # a yes may also say that a question is asked
                yield name, "—" if item in (None, "") else _said(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _filled(item, names)


def _texts(value: Any) -> Iterator[str]:
    """The texts and numbers of a JSON value, in the ways in which they may stand inside sentences."""
    if isinstance(value, Mapping):
        values: Sequence[Any] = [value["name"]] if "id" in value and "name" in value else [*value.values()]
        for item in values:
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool) and (said := _said(value).strip()):
        yield said
        if isinstance(value, Decimal | int):
            yield format(Decimal(value).normalize(), "f")
            yield format(round(Decimal(value), 2), "f")
        elif (moment := _MOMENT.match(said)) is not None:
            yield f"{moment[1]} {moment[2]}{moment[3] or ''}"
            yield f"{moment[1]} {moment[2]}"


def _said(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | time) else str(value)
