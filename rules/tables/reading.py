"""The language of cells under `when`: one cell in, one test out, or a fault that says what cannot be read."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from banshi.rules.cells import Cell
from banshi.rules.diagnostics import NOWHERE, Diagnostic, Fault
from banshi.rules.expressions import parse
from banshi.rules.expressions.characters import DOUBLE_QUOTES, FOLD, fold_name
from banshi.rules.tables import faults
from banshi.rules.tables.conditions import Form, Item, Literal, Span, Test
from banshi.rules.tables.literals import orderable, remembered
from banshi.rules.tables.midnight import over_midnight
from banshi.rules.tables.spans import covers_all, low_above_high, merged, rest_of_line, same_order
from banshi.rules.tables.vocabulary import OPEN, Vocabulary
from banshi.rules.values import Kind

_DASHES = frozenset({"", "-", "–", "—", "−", "*"})
ANYTHING: Final = _DASHES | {"任意", "any"}
EMPTY: Final = frozenset({"空", "empty"})
PRESENT: Final = frozenset({"非空", "not empty"})

OPERATORS: Final = {
    ">=": (">=", "≥", "≧", "大于等于", "大于或等于", "不小于", "不低于", "不少于", "不早于", "至少", "at least"),
    "<=": (
        "<=",
        "≤",
        "≦",
        "小于等于",
        "小于或等于",
        "不大于",
        "不高于",
        "不多于",
        "不超过",
        "不晚于",
        "至多",
        "at most",
    ),
    "<>": ("<>", "!=", "≠", "不等于"),
    ">": (">", "大于", "高于", "多于", "超过", "晚于", "more than"),
    "<": ("<", "小于", "低于", "少于", "不足", "未满", "不满", "早于", "less than"),
}
"""The comparisons with the words that stand for them."""

_WHOLE_CELL = ANYTHING | PRESENT
SIGN_OF = {word: sign for sign, words in OPERATORS.items() for word in words}
"""The sign of every word."""
_COMPARISON = re.compile(
    rf"({'|'.join(re.escape(word) for word in sorted(SIGN_OF, key=len, reverse=True))})\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
_AROUND = re.compile(r"(?:([\d.:%万亿-]+)\s*(<=|>=|[<>≤≥≦≧])\s*)?[a-zA-Z]\s*(<=|>=|[<>≤≥≦≧])\s*([\d.:%万亿-]+)")
"""`0<x<=1`, as textbooks write a range."""
_GLUED = re.compile(rf"(?<=\d)(?={'|'.join(word for word in SIGN_OF if word[0] > '⺀')})")
"""Between a value and a comparison in Chinese that follows it at once: `超过100不超过200`."""
_NEGATIONS = ("not", "非", "不是")
_ENDS = r"\(\s*(不?含)\s*(?:本数|[^()\s]*)\s*\)"
_SUFFIXED = re.compile(rf"([^()]*?[^()\s])\s*(?:{_ENDS})?\s*(及以上|及以下|以上|以下|以内|起)\s*(?:{_ENDS})?")
_SINCE = re.compile(r"([^()]*?[^()\s])\s*(之后|以后|后|之前|以前|前)")
_AT_LEAST = re.compile(r"(满|最少|最低|最多|最高)\s*(.*)")
_MIDNIGHT = re.compile(r"24:00(:00)?", re.ASCII)
_BEFORE_MIDNIGHT = re.compile(
    rf"({'|'.join((*OPERATORS['<='], *OPERATORS['<']))})\s*{_MIDNIGHT.pattern}", re.ASCII | re.IGNORECASE
)
_SCALED_END = re.compile(r"(\d+(?:\.\d+)?)\s*([万亿])")
_RANGE = re.compile(r"(?:从|自|介于)?\s*(.*?)\s*(\.\.|~|至|到)\s*(.*?)\s*(?:之间)?", re.DOTALL)
_BRACKETED = re.compile(r"([\[(])\s*(.*?)\s*(,|\.\.|~|至|到)\s*(.*?)\s*([\])])", re.DOTALL)
_NEGATION = re.compile(r"(?:not|非|不是)\s*(\(.*\))|(?:非\s+|not\s+|不是\s*)(.+)", re.IGNORECASE | re.DOTALL)
_CONJUNCTION = re.compile(r"\s*(?:并且|且|&&?|\band\b)\s*", re.IGNORECASE)
_SIGNED = re.compile(r"[<>=!≥≤≧≦≠]")
_SIGN = re.compile(r"\.\.|[<>=≥≤≧≦≠~]")
_CONSTANT = re.compile(r"[+-]?[\d.]+%?|\"[^\"]*\"", re.ASCII)
_SPLITTING = re.compile(r'[",、;\n(\[)\]]')
_QUOTES = {ord(sign): '"' for sign in DOUBLE_QUOTES}
_FOLD = {code: sign for code, sign in FOLD.items() if 0xFF01 <= code <= 0xFF5E} | _QUOTES


class _Unreadable(Exception):
    """A cell that cannot be read; `read_test` turns it into its diagnostic."""

    def __init__(self, fault: Fault, **facts: object) -> None:
        super().__init__(fault.code)
        self.fault = fault
        self.facts = facts


def read_test(cell: Cell, bound: str = "", vocabulary: Vocabulary | None = None) -> tuple[Test, list[Diagnostic]]:
    """The test that a cell says; `bound` is the comparison of a column of the two-column range form.

    In a column with a `vocabulary` its words are words, whatever they look like.
    """
    notes: list[Diagnostic] = []
    try:
        if bound:
            return _bound(cell, bound), notes
        if not isinstance(cell.value, str):
            return _constant(cell), notes
        said = _said(cell.value, vocabulary)
        if said.form is Form.FORMULA:
            return _formula(cell, notes), notes
        notes += [replace(note, place=cell.place) for note in said.notes]
        return Test(form=said.form, cell=cell, items=said.items, missing=said.missing), notes
    except _Unreadable as broken:
        notes.append(broken.fault.at(cell.place, **broken.facts))
        return Test(form=Form.UNREADABLE, cell=cell), notes


def read_list(cell: Cell) -> tuple[list[Literal], list[Diagnostic]]:
    """The values that a cell lists in order, as `values.<output>` does; a fault where it cannot be read."""
    if not isinstance(cell.value, str):
        return ([] if cell.blank else [Literal(cell.value)]), []
    text = cell.value.translate(_FOLD).strip()
    try:
        return [_listed(piece, text) for piece in _split(text)], []
    except _Unreadable as broken:
        return [], [broken.fault.at(cell.place, **broken.facts)]


def _listed(piece: str, text: str) -> Literal:
    if not piece:
        raise _Unreadable(faults.EMPTY_ITEM, text=text)
    quoted = piece.startswith('"') and piece.endswith('"') and len(piece) > 1
    return Literal(piece[1:-1].replace('""', '"'), quoted=True) if quoted else _plain(piece)


def _constant(cell: Cell) -> Test:
    if cell.blank:
        return Test(form=Form.ANYTHING, cell=cell)
    return Test(form=Form.AMONG, cell=cell, items=(Literal(cell.value),))


def _bound(cell: Cell, sign: str) -> Test:
    text = cell.text.translate(_FOLD).strip()
    if text in ANYTHING:
        return Test(form=Form.ANYTHING, cell=cell)
    end = Literal(text if isinstance(cell.value, str) else cell.value)
    span = rest_of_line(sign, end)
    if span is None:
        raise _Unreadable(faults.BAD_BOUND, text=cell.text)
    return Test(form=Form.AMONG, cell=cell, items=(span,))


class _Said(NamedTuple):
    """What a text says in whatever cell it stands; the places of its notes are still open."""

    form: Form
    items: tuple[Item, ...] = ()
    missing: bool = False
    notes: tuple[Diagnostic, ...] = ()


def _said(typed: str, vocabulary: Vocabulary | None) -> _Said:
    if vocabulary is None:
        return _worded(typed)
    return _worded_as_text(typed) if vocabulary is OPEN else _in_words(typed, vocabulary)


def _in_words(typed: str, vocabulary: Vocabulary) -> _Said:
    """A text in a column of words. A choice that is called like a sign of the language is told."""
    text = typed.translate(_FOLD).strip()
    word = None if text in _DASHES else vocabulary.word(typed)
    if word is None:
        return _tried(typed, vocabulary)
    sign = text.lower() in _WHOLE_CELL | EMPTY
    notes = (faults.CHOICE_OR_SIGN.at(NOWHERE, text=typed.strip()),) if sign else ()
    return _Said(Form.AMONG, (word,), notes=notes)


@remembered
def _worded(typed: str) -> _Said:
    """A text; of a formula only that it is one. Most cells of a column say what another one says."""
    return _tried(typed, None)


@remembered
def _worded_as_text(typed: str) -> _Said:
    """A text in a column whose header says `: text`."""
    return _tried(typed, OPEN)


def _tried(typed: str, vocabulary: Vocabulary | None) -> _Said:
    notes: list[Diagnostic] = []
    try:
        said = _understood(typed, typed.translate(_FOLD).strip(), notes, vocabulary)
    except _Unreadable as broken:
        notes.append(broken.fault.at(NOWHERE, **broken.facts))
        said = _Said(Form.UNREADABLE)
    return said._replace(notes=tuple(notes))


def _understood(typed: str, text: str, notes: list[Diagnostic], vocabulary: Vocabulary | None) -> _Said:
    word = text.lower()
    if word in ANYTHING:
        return _Said(Form.ANYTHING)
    if word in EMPTY:
        return _Said(Form.EMPTY)
    if word in PRESENT:
        return _Said(Form.PRESENT)
    if text.startswith("="):
        # `=100` can only mean the value: an expression that is a constant is no test.
        constant = text[1:].strip()
        if not _CONSTANT.fullmatch(constant):
            return _Said(Form.FORMULA)
        return _Said(Form.AMONG, _items(constant, notes, vocabulary)[0])
    negated = _negated(text)
    if negated is not None:
        items, missing = _items(negated, notes, vocabulary)
        return _Said(Form.NOT_AMONG, items, missing) if items else _Said(Form.PRESENT)
    different = _COMPARISON.fullmatch(text)
    if different and SIGN_OF[different[1].lower()] == "<>":
        return _different(typed, different[2], notes, vocabulary)
    return _Said(Form.AMONG, *_items(text, notes, vocabulary))


def _formula(cell: Cell, notes: list[Diagnostic]) -> Test:
    expression, problems = parse(cell.text, cell.place)
    notes += problems
    if expression is None:
        return Test(form=Form.UNREADABLE, cell=cell)
    return Test(form=Form.FORMULA, cell=cell, formula=expression)


def _negated(text: str) -> str | None:
    """What stands behind `not(…)`, `非 …` or `不是…`; None where the cell is no negation."""
    found = _NEGATION.fullmatch(text) if text.lower().startswith(_NEGATIONS) else None
    if not found:
        return None
    if not found[1]:
        return str(found[2])
    inner = str(found[1])[1:-1]
    depth = 0
    for sign in inner:
        depth += (sign in "([") - (sign in ")]")
        if depth < 0:
            return None
    return inner.strip()


def _different(typed: str, operand: str, notes: list[Diagnostic], vocabulary: Vocabulary | None) -> _Said:
    items, missing = _items(operand, notes, vocabulary)
    if missing and not items:
        return _Said(Form.PRESENT)
    if len(items) != 1 or missing or isinstance(items[0], Span):
        raise _Unreadable(faults.TOO_MUCH, text=typed)
    return _Said(Form.NOT_AMONG, items)


def _items(text: str, notes: list[Diagnostic], vocabulary: Vocabulary | None) -> tuple[tuple[Item, ...], bool]:
    """The items of a list, and whether `空` is one of them."""
    items: list[Item] = []
    missing = False
    if vocabulary is not None and (word := vocabulary.word(text)) is not None:
        return (word,), False
    for piece in _split(text):
        if vocabulary is not None and (word := vocabulary.word(piece)) is not None:
            items.append(word)
            continue
        if piece.lower() in EMPTY:
            missing = True
        elif not piece:
            raise _Unreadable(faults.EMPTY_ITEM, text=text)
        elif piece.lower() in _WHOLE_CELL or _negated(piece) is not None:
            raise _Unreadable(faults.TOO_MUCH, text=text)
        else:
            item = _item(piece, notes) if vocabulary is None else _wordy(piece, notes)
            night = over_midnight(item) if isinstance(item, Span) else None
            if night:
                notes.append(faults.OVER_MIDNIGHT.at(NOWHERE, text=piece))
            items += night or (item,)
    if covering := covers_all(items):
        raise _Unreadable(faults.COVERS_ALL, text=text, meant=covering)
    return tuple(items), missing


def _split(text: str) -> list[str]:
    """The pieces between commas and line breaks that stand outside quotes and brackets."""
    if not _SPLITTING.search(text):
        return [text.strip()]
    pieces = [""]
    depth = 0
    quoted = False
    for sign in text:
        quoted ^= sign == '"'
        if not quoted:
            depth += (sign in "([") - (sign in ")]")
        if depth < 0:
            raise _Unreadable(_unbalanced(text), text=text, sign=sign)
        if sign in ",、;\n" and not quoted and not depth:
            pieces.append("")
        else:
            pieces[-1] += sign
    if quoted:
        raise _Unreadable(faults.OPEN_QUOTE, text=text)
    if depth:
        raise _Unreadable(_unbalanced(text), text=text, sign="(")
    return [piece.strip() for piece in pieces]


def _unbalanced(text: str) -> Fault:
    return faults.BAD_RANGE if text.startswith("[") or ".." in text else faults.NEEDS_QUOTES


def _item(text: str, notes: list[Diagnostic]) -> Item:
    if '"' in text:
        quoted = re.fullmatch(r'"((?:[^"]|"")*)"', text)
        if not quoted:
            raise _Unreadable(faults.OPEN_QUOTE, text=text)
        return Literal(quoted[1].replace('""', '"'), quoted=True)
    return _compared(text) or _suffixed(text, notes) or _ranged(text) or _plain(text)


def _wordy(text: str, notes: list[Diagnostic]) -> Item:
    """A piece of a column of words, which is one unless it begins with a sign of comparison or holds quotes."""
    return _item(text, notes) if _SIGNED.match(text) or '"' in text else Literal(text)


def _compared(text: str) -> Span | None:
    """`>=100`, `不低于100`, `>=10 且 <13`; also with a letter for the input: `0<x<=1`, `x>5`."""
    if around := _AROUND.fullmatch(text):
        low, sign, other, high = around.groups()
        text = f"{_TURNED[SIGN_OF[sign]]}{low} 且 {other}{high}" if low else f"{other}{high}"
    if not _COMPARISON.fullmatch(text):
        return None
    parts = [part for glued in _CONJUNCTION.split(text) for part in _GLUED.split(glued)]
    # Every time of day is before 24:00.
    parts = [part for part in parts if not _BEFORE_MIDNIGHT.fullmatch(part)] or [">=0:00"]
    spans = [_comparison(part) for part in parts]
    if len(spans) == 1:
        return spans[0]
    known = [span for span in spans if span is not None]
    whole = merged(known[0], known[1]) if len(known) == len(spans) == 2 else None
    if whole is None:
        raise _Unreadable(faults.TOO_MUCH, text=text)
    return _checked(whole, text)


def _comparison(text: str) -> Span | None:
    found = _COMPARISON.fullmatch(text)
    if not found:
        return None
    sign = SIGN_OF[found[1].lower()]
    span = None if sign == "<>" else rest_of_line(sign, Literal(found[2]))
    if span is None and (found[1][0] in "<>!≥≤≧≦≠" or re.search(r"\d", found[2])):
        raise _Unreadable(faults.BAD_COMPARISON, text=text, operand=found[2])
    return span  # None: a text that happens to begin with such a word, as in 不足一年


def _suffixed(text: str, notes: list[Diagnostic]) -> Span | None:
    """`100以上`, `100及以下`, `100以上(不含)`, `100起`; also `满100` and `最多100`."""
    if least := _AT_LEAST.fullmatch(text):
        return rest_of_line(">=" if least[1] in ("满", "最少", "最低") else "<=", Literal(least[2]))
    if text[-1] in "前后" and (since := _SINCE.fullmatch(text)):
        return _since(since[1], since[2], text, notes)
    found = _SUFFIXED.fullmatch(text)
    if not found or (found[2] and found[4]):
        return None
    end = found[2] or found[4] or ""
    sign = (">" if found[3][-1] in "上起" else "<") + ("" if end == "不含" else "=")
    span = rest_of_line(sign, Literal(found[1]))
    if span and not end and found[3] in ("以上", "以下", "以内"):
        notes.append(faults.INCLUDES_END.at(NOWHERE, text=text, number=found[1]))
    return span


def _since(moment: str, word: str, text: str, notes: list[Diagnostic]) -> Span | None:
    """`22:00以后`, `2026-09-01前`: of times and days only."""
    end = Literal(moment)
    if orderable(end) not in (Kind.TIME, Kind.DATE, Kind.DATETIME):
        return None
    notes.append(faults.INCLUDES_END.at(NOWHERE, text=text, number=moment))
    return rest_of_line(">=" if word[-1] == "后" else "<=", end)


def _ranged(text: str) -> Span | None:
    """`[100,200)`, `[100..200)`, `100..200`, `100~200`, `从100到200`, `100至200之间`."""
    found = _BRACKETED.fullmatch(text)
    if found:
        span = _span(found[2], found[4], low_closed=found[1] == "[", high_closed=found[5] == "]")
        if span is not None:
            return _filled(span, text)
    if text.startswith("[") or (text.startswith("(") and text[-1] in ")]" and "," in text):
        raise _Unreadable(faults.GROUPED_RANGE if text.count(",") > 1 else faults.BAD_RANGE, text=text)
    found = _RANGE.fullmatch(text)
    span = _span(found[1], found[3], dotted=True) if found else None
    if found and span is None and found[2] not in ("至", "到"):
        raise _Unreadable(faults.BAD_RANGE, text=text)
    return _filled(span, text) if span else None


def _span(low: str, high: str, **ends: bool) -> Span | None:
    if low and _MIDNIGHT.fullmatch(fold_name(high)) and orderable(Literal(low)) is Kind.TIME:
        high = ""  # the end of the day: no time of day is later
    span = Span(low=Literal(low) if low else None, high=Literal(high) if high else None, **ends)
    return span if same_order(span) else None


def _checked(span: Span, text: str) -> Span:
    if not same_order(span):
        raise _Unreadable(faults.BAD_RANGE, text=text)
    return _filled(span, text)


def _filled(span: Span, text: str) -> Span:
    if span.low and span.high and (mixed := _mixed(span.low.text, span.high.text)):
        raise _Unreadable(faults.MIXED_SCALE, text=text, whole=mixed)
    if low_above_high(span) and over_midnight(span) is None:
        raise _Unreadable(faults.EMPTY_RANGE, text=text)
    return span


def _plain(text: str) -> Literal:
    sign = _SIGN.search(text)
    if sign:
        raise _Unreadable(faults.NEEDS_QUOTES, text=text, sign=sign[0])
    return Literal(text)


def _mixed(low: str, high: str) -> str:
    """The range that `5～20万` probably means, where the lower end may be in 万 too; an empty text where it cannot be."""
    scaled = _SCALED_END.fullmatch(fold_name(high))
    bare = re.fullmatch(r"\d+(?:\.\d+)?", fold_name(low))
    if scaled is None or bare is None or not 0 < Decimal(bare[0]) < Decimal(scaled[1]):
        return ""
    return f"{low}{scaled[2]}～{high}"
