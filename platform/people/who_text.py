"""Reading who-expressions: from the text of a cell to terms, with every fault at its place in the cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from banshi.platform.people import faults
from banshi.platform.people.terms import EXAMPLES, WORDS, Quota, Term, TermKind, Unit, Who
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.diagnostics import Diagnostic, Place

NOW = ("now", "现在")
TOP = ("top", "校级", "最高")
AVOID = ("avoid", "回避")
OWN = ("unit", "own", "单位", "本单位", "部门", "本部门")
"""What stands after `avoid:` for the applicant's own department."""

_KIND = {plain(word): kind for kind, words in WORDS.items() for word in words}
# One character for one, so that places inside a cell stay right.
_HALF_WIDTH = str.maketrans("：（）＋－−–［］【】“”「」’．　＄｛｝，＞＊✕", ':()+---[][]""""\'. ${},>*×')
# What a term begins with, to tell `角色:院办-发起人` (two terms) from `person:2018-0012` (one).
_STARTS = re.compile(
    r"\s*(?:initiator|发起人|申请人)\s*(?=[-+×*]|$)|\s*(?:step|环节)\s*:?\s*\d|\s*\w+\s*[:(]",
    re.IGNORECASE,
)
_STEP = re.compile(r"(?:step|环节)\s*:?\s*\(?\s*([\w.]+?)\s*\)?\s*(?:办理人)?", re.IGNORECASE)
_TERM = re.compile(r"([^\s:(\[\"]+)\s*(?::\s*(.*)|\((.*)\))?", re.DOTALL)
_POST = re.compile(r"([^\[\]]+?)\s*(?:\[\s*(.+?)\s*\])?", re.DOTALL)
_WEIGHT = re.compile(r"(.+?)\s*[×*]\s*([^()\[\]×*]*)", re.DOTALL)
_SHEET = re.compile(r"([^\[\]:]+?)\s*(?::\s*([^\[\]]+?))?\s*(?:\[\s*([^\]]+?)\s*\]\s*(?:\.\s*([^\[\]]+))?)?", re.DOTALL)
_LEVELS = re.compile(r"(?:上|up)\s*([0-9]|[一二两三四五六七八九])\s*(?:级|levels?)?", re.IGNORECASE)
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_COUNT = re.compile(r"([1-9][0-9]{0,2})\s*人?")
_RANGE = re.compile(r"([1-9][0-9]{0,2})\s*(?:[-~至到]\s*([1-9][0-9]{0,2}))?\s*人?")
_QUOTA = re.compile(r"(.+?)\s*(?:≥|>=)\s*([1-9][0-9]{0,2})\s*人?")
_NAMED = frozenset({TermKind.PERSON, TermKind.ROLE, TermKind.FIELD})
_SEPARATOR = re.compile(r"[、;；,\n]")
_DRAWING = frozenset({TermKind.LEAST_BUSY, TermKind.RANDOM, TermKind.CHOOSE})


class _Unreadable(Exception):
    """A term that does not say whom to ask."""


def parse_who(text: str, place: Place) -> tuple[Who | None, list[Diagnostic]]:
    """Read a who-expression; None when a part of it cannot be read."""
    reader = _Reader(re.sub("least-busy", "least_busy", text.translate(_HALF_WIDTH), flags=re.IGNORECASE), place)
    terms = reader.terms(0, len(reader.source))
    choices = [term for term in terms if term.kind is TermKind.CHOOSE]
    reader.found += [faults.ONE_CHOICE.at(term.place) for term in choices if term.minus or term is not choices[0]]
    if reader.found:
        return None, reader.found
    return Who(terms=terms, text=text, place=place), []


class _Reader:
    """One cell being read; faults gather on the way. Places are told by offsets into the cell's text."""

    def __init__(self, source: str, place: Place) -> None:
        self.source = source
        self.place = place
        self.found: list[Diagnostic] = []

    def terms(self, start: int, end: int, outer: TermKind | None = None) -> tuple[Term, ...]:
        """The terms of a part of the cell; inside brackets (`outer`) a bare name is a role or a data sheet."""
        terms: list[Term] = []
        faulty = len(self.found)
        for minus, first, last in _parts(self.source, start, end):
            text, place = self.source[first:last].strip(), self.place.at(first, last)
            term = self.term(first, last, outer)
            if term is None:
                continue
            if minus and not terms and len(self.found) == faulty:
                self.found.append(faults.NOBODY_TO_REMOVE.at(place, text=text))
            elif term.weight != 1 and (minus or outer):
                self.found.append(faults.USELESS_WEIGHT.at(place, text=text))
            else:
                terms.append(replace(term, minus=minus, place=place))
        return tuple(terms)

    def term(self, start: int, end: int, outer: TermKind | None) -> Term | None:
        """One term without its sign and place; None, and a fault, when it cannot be read."""
        place = self.place.at(start, end)
        start, end = _stripped(self.source, start, end)
        weighted = _WEIGHT.fullmatch(self.source, start, end)
        weight = Decimal(1)
        if weighted:
            end, number = weighted.end(1), weighted[2].strip()
            if not re.fullmatch(r"\d{1,6}(\.\d{1,4})?", number, re.ASCII) or not Decimal(number):
                self.found.append(faults.BAD_WEIGHT.at(place, text=number or self.source[weighted.end(1) :].strip()))
                return None
            weight = Decimal(number)
        text = self.source[start:end]
        step = _STEP.fullmatch(text)
        if step:
            return Term(kind=TermKind.STEP, name=step[1], weight=weight)
        shape = _TERM.fullmatch(self.source, start, end)
        word = shape[1] if shape else text
        kind = _KIND.get(plain(word.replace("_", "-"))) or _KIND.get(plain(word))
        if kind is None and outer and text:
            kind, inside = (TermKind.ROLE if _is_role(text) else TermKind.TABLE), (start, end)
        elif kind is None or kind is TermKind.STEP:
            self.found.append(self.unknown(text, word, kind, place))
            return None
        else:
            group = 2 if shape and shape[2] is not None else 3
            inside = shape.span(group) if shape and shape[group] is not None else (end, end)
        if kind in _NAMED and (mark := _SEPARATOR.search(self.source, *inside)):
            listed = [part.strip() for part in _SEPARATOR.split(self.source[inside[0] : end]) if part.strip()]
            joined = " + ".join(part if _named(part) else f"{word}:{part}" for part in listed)
            sign = mark[0] if mark[0].strip() else "↵"
            self.found.append(faults.JOINED_OTHERWISE.at(place, text=text, mark=sign, joined=joined))
            return None
        if outer and kind in _DRAWING and (kind is TermKind.CHOOSE or outer is TermKind.CHOOSE):
            said = {"inner": WORDS[kind][1], "outer": WORDS[outer][1]}
            said |= {"inner_en": WORDS[kind][0], "outer_en": WORDS[outer][0]}
            self.found.append(faults.NOT_INSIDE.at(place, **said))
            return None
        try:
            return Term(kind=kind, weight=weight, **self.facts(kind, *_stripped(self.source, *inside)))
        except _Unreadable:
            self.found.append(faults.UNREADABLE.at(place, text=text.replace("_", "-"), example=EXAMPLES[kind]))
            return None

    def unknown(self, text: str, word: str, kind: TermKind | None, place: Place) -> Diagnostic:
        """What is wrong with a term whose first word says nothing."""
        if not text or kind:
            return faults.UNREADABLE.at(place, text=text, example=EXAMPLES[kind or TermKind.ROLE])
        near = suggest(word, (item for words in WORDS.values() for item in words))
        return faults.UNKNOWN_WORD.at(place, word=word, near=near or EXAMPLES[TermKind.ROLE])

    def facts(self, kind: TermKind, start: int, end: int) -> dict[str, Any]:
        """What a kind of term says behind its word. Raises _Unreadable."""
        argument = unicodedata.normalize("NFKC", self.source[start:end])
        if kind is TermKind.INITIATOR:
            _must(not argument)
            return {}
        _must(bool(argument))
        if kind in (TermKind.PERSON, TermKind.ROLE, TermKind.FIELD):
            return {"name": _bare(argument)}
        if kind is TermKind.TABLE:
            return _sheet(argument)
        read: dict[TermKind, Callable[[int, int], dict[str, Any]]] = {
            TermKind.POST: self.post,
            TermKind.HEAD: self.head,
            TermKind.CHAIN: self.chain,
            TermKind.ROTA: self.rota,
            TermKind.LEAST_BUSY: self.least_busy,
            TermKind.RANDOM: self.random,
            TermKind.CHOOSE: self.choose,
        }
        return read[kind](start, end)

    def post(self, start: int, end: int) -> dict[str, Any]:
        post = _POST.fullmatch(unicodedata.normalize("NFKC", self.source[start:end]))
        _must(post is not None)
        return {"name": post[1], "unit": _unit(post[2]) if post[2] else None} if post else {}

    def head(self, start: int, end: int) -> dict[str, Any]:
        unit, *more = self.arguments(start, end)
        _must(len(more) <= 1)
        return {"unit": _unit(unit), "levels": _levels(more[0]) if more else 0}

    def chain(self, start: int, end: int) -> dict[str, Any]:
        unit, *more = (part for text in self.arguments(start, end) for part in re.split(r"\s*(?:→|[-=]>)\s*", text))
        _must(bool(unit) and len(more) <= 1)
        if not more or plain(more[0]) in map(plain, TOP):
            return {"unit": _unit(unit)}
        if _LEVELS.fullmatch(more[0]):
            return {"unit": _unit(unit), "levels": _levels(more[0])}
        _must(bool(more[0]))
        return {"unit": _unit(unit), "top": _unit(more[0])}

    def rota(self, start: int, end: int) -> dict[str, Any]:
        sheet, *more = self.arguments(start, end)
        _must(not more or (len(more) == 1 and plain(more[0]) in NOW))
        return _sheet(sheet)

    def least_busy(self, start: int, end: int) -> dict[str, Any]:
        among, *more = self.spans(start, end)
        _must(len(more) <= 1)
        count = _count(self.text(*more[0])) if more else 1
        return {"among": self.among(*among, TermKind.LEAST_BUSY), "least": count, "most": count}

    def random(self, start: int, end: int) -> dict[str, Any]:
        among, *more = self.spans(start, end)
        _must(bool(more))
        count = _count(self.text(*more[0]))
        avoid: list[Unit] = []
        for span in more[1:]:
            word, _, units = self.text(*span).partition(":")
            _must(plain(word) in AVOID and bool(units.strip()))
            avoid += [Unit() if plain(unit) in OWN else _unit(unit.strip()) for unit in units.split("、")]
        inside = self.among(*among, TermKind.RANDOM)
        return {"among": inside, "least": count, "most": count, "avoid": tuple(avoid)}

    def choose(self, start: int, end: int) -> dict[str, Any]:
        among, *more = self.spans(start, end)
        texts = [self.text(*span) for span in more]
        span = _RANGE.fullmatch(texts[0]) if texts else None
        least = int(span[1]) if span else 1
        most = int(span[2] or span[1]) if span else 1
        quotas = [_QUOTA.fullmatch(text) for text in (texts[1:] if span else texts)]
        _must(least <= most and all(quotas))
        found = tuple(Quota(of=quota[1].strip(), least=int(quota[2])) for quota in quotas if quota)
        _must(sum(quota.least for quota in found) <= most)
        return {"among": self.among(*among, TermKind.CHOOSE), "least": least, "most": most, "quotas": found}

    def among(self, start: int, end: int, outer: TermKind) -> Who:
        """The people in the brackets of a term."""
        _must(start < end)
        text, place = self.source[start:end].strip(), self.place.at(start, end)
        return Who(terms=self.terms(start, end, outer), text=text, place=place)

    def arguments(self, start: int, end: int) -> list[str]:
        """What stands between the commas, as text."""
        return [self.text(*span) for span in self.spans(start, end)]

    def text(self, start: int, end: int) -> str:
        return unicodedata.normalize("NFKC", self.source[start:end]).strip()

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """What stands between commas outside brackets and quotes, as places."""
        found, first = [], start
        for i, depth, quoted in _depths(self.source, start, end):
            if self.source[i] == "," and depth == 0 and not quoted:
                found.append((first, i))
                first = i + 1
        return [*found, (first, end)]


def _depths(source: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Every character's place, how deep in brackets it stands, and whether in quotes."""
    depth, quoted = 0, False
    for i in range(start, end):
        quoted ^= source[i] == '"'
        depth += (source[i] in "([") - (source[i] in ")]")
        yield i, depth, quoted


def _parts(source: str, begin: int, end: int) -> Iterator[tuple[bool, int, int]]:
    """The terms as (minus, start, end).

    A `+` or `-` joins only outside brackets and where a term follows: ids and field names may hold hyphens.
    """
    start, minus = begin, False
    for i, depth, quoted in _depths(source, begin, end):
        if source[i] not in "+-" or depth > 0 or quoted:
            continue
        spaced = source[i - 1 : i].isspace() or source[i + 1 : i + 2].isspace()
        if not (i == begin or spaced or _STARTS.match(source, i + 1, end) or not source[i + 1 : end].strip()):
            continue
        if source[start:i].strip() or start > begin:
            yield minus, start, i
        start, minus = i + 1, source[i] == "-"
    yield minus, start, end


def _stripped(source: str, start: int, end: int) -> tuple[int, int]:
    text = source[start:end]
    return start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())


def _named(part: str) -> bool:
    """Whether a part of a list says itself how it names people."""
    return plain(re.split(r"[:(]", part)[0]) in _KIND


def _must(holds: bool) -> None:
    if not holds:
        raise _Unreadable


def _is_role(text: str) -> bool:
    """Roles are `department.role`; a bare name without a dot is that of a data sheet."""
    return "." in text and not re.search(r"[\[\]:]", text)


def _sheet(text: str) -> dict[str, Any]:
    """`sheet`, `sheet:group`, `sheet[field, field]`, `sheet[field].column`."""
    shape = _SHEET.fullmatch(text)
    if shape is None:
        raise _Unreadable
    group = (Unit(literal=shape[2]),) if shape[2] else ()
    fields = tuple(_unit(part.strip()) for part in re.split(r"[,、]", shape[3] or "") if part.strip())
    return {"name": shape[1], "keys": group + fields, "column": (shape[4] or "").strip()}


def _levels(text: str) -> int:
    found = _LEVELS.fullmatch(text)
    if found is None:
        raise _Unreadable
    return _DIGITS.get(found[1]) or int(found[1])


def _count(text: str) -> int:
    found = _COUNT.fullmatch(text)
    if found is None:
        raise _Unreadable
    return int(found[1])


def _unit(text: str) -> Unit:
    _must(bool(text))
    if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'":
        return Unit(literal=text[1:-1].strip())
    return Unit(field=_bare(text))


def _bare(name: str) -> str:
    """`${name}` and `name` are one."""
    return name[2:-1].strip() if name.startswith("${") and name.endswith("}") else name
