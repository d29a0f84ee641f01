"""What is different between two workbooks, in the words of their sheets: rows that are new, gone or elsewhere, cells that say
something else. Notes and rows that begin with `#` do not count; neither do formats.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from banshi.platform.sheets import (
    connect_sheet,
    documents_sheet,
    fees_sheet,
    live_codes_sheet,
    notices_sheet,
    passes_sheet,
    personal_passes_sheet,
    policy_sheet,
    route_sheet,
)
from banshi.platform.sheets.examples_sheet import NAME
from banshi.platform.sheets.rules_sheet import is_header
from banshi.platform.sheets.settings_sheet import stands_across
from banshi.platform.sheets.words import CHOICES_COLUMNS, SURVEY_COLUMNS
from banshi.platform.workbook.beside_rows import readable
from banshi.platform.workbook.columns import Column, plain
from banshi.platform.workbook.key_rows import key_rows
from banshi.platform.workbook.workbook import Row, Sheet, Workbook, column_letters
from banshi.rules.diagnostics import NOWHERE, Place


class Change(StrEnum):
    """What happened to a cell, a row, a column or a sheet."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    COLUMN_ADDED = "column added"
    COLUMN_REMOVED = "column removed"
    SHEET_ADDED = "sheet added"
    SHEET_REMOVED = "sheet removed"
    SHEET_RENAMED = "sheet renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference. `place` is in the new workbook, for what is gone in the old one; `before` is where the same cell or row
    stood in the old one, where it is in both.

    `kind` is the kind of the sheet, `row` what its row is about (`用途`, `41 复核`), `column` its header. `old` and `new`
    are the texts of a cell, the rows of what moved, the names of a sheet.
    """

    change: Change
    place: Place
    kind: str
    row: str = ""
    column: str = ""
    old: str = ""
    new: str = ""
    before: Place = NOWHERE

    def message(self, language: str = "zh") -> str:
        """The difference as a sentence, without its place."""
        english = language == "en"
        noun = _NOUNS.get(self.kind, ("行", "row"))[english]
        what = f"{noun} “{self.row}”" if english else f"{noun}“{self.row}”"
        if self.change is Change.CHANGED and self.kind == "survey" and plain(self.column) in _REQUIRED:
            said = _required(self.new, english=english)
            if said and not (self.old and self.new):
                return f"{what} {said}" if english else f"{what}{said}"
        zh, en = _TEXTS[self.change]
        if self.change is Change.CHANGED and plain(self.column) in _CALLED.get(self.kind, ()) and self.old and self.new:
            return f"{noun} “{self.old}” is now “{self.new}”" if english else f"{noun}“{self.old}”改为“{self.new}”"
        if self.change is Change.CHANGED and not self.column:
            zh, en = "{what}：{old} → {new}", "{what}: {old} → {new}"
        facts = {"what": what, "column": self.column, "old": self.old or _EMPTY[english]}
        return (en if english else zh).format(**facts, new=self.new or _EMPTY[english])


_EMPTY = ("（空）", "(empty)")
_TEXTS: dict[Change, tuple[str, str]] = {
    Change.CHANGED: ("{what}的“{column}”：{old} → {new}", "{what}, {column}: {old} → {new}"),
    Change.ADDED: ("新增{what}：{new}", "{what} is new: {new}"),
    Change.REMOVED: ("删去{what}：{old}", "{what} is gone: {old}"),
    Change.MOVED: ("{what}从第 {old} 行移到第 {new} 行", "{what} moved from row {old} to row {new}"),
    Change.COLUMN_ADDED: ("新增列“{column}”", "The column “{column}” is new"),
    Change.COLUMN_REMOVED: ("删去列“{column}”", "The column “{column}” is gone"),
    Change.SHEET_ADDED: ("新增工作表“{new}”", "The sheet “{new}” is new"),
    Change.SHEET_REMOVED: ("删去工作表“{old}”", "The sheet “{old}” is gone"),
    Change.SHEET_RENAMED: ("工作表“{old}”改名为“{new}”", "The sheet “{old}” is now called “{new}”"),
}
_NOUNS = {
    "survey": ("字段", "Field"),
    "choices": ("选项", "Choice"),
    "external_choices": ("选项", "Choice"),
    "route": ("环节", "Step"),
    "fees": ("收费", "Charge"),
    "policy": ("条文", "Statement"),
    "notices": ("通知", "Notice"),
    "connect": ("接口", "Connection"),
    "documents": ("文书", "Paper"),
    "passes": ("通行证", "Pass"),
    "personal_passes": ("个人通行证", "Personal pass"),
    "codes": ("动态码", "Live code"),
    "settings": ("设置", "Setting"),
    "examples": ("用例", "Example"),
    "rules": ("规则行", "Row"),
    "data": ("数据行", "Row"),
}
_KEYS: dict[str, tuple[str, ...]] = {
    "survey": ("name",),
    "choices": ("list_name", "name"),
    "external_choices": ("list_name", "name"),
    "route": ("step",),
    "fees": ("item",),
    "policy": ("id",),
    "notices": ("name",),
    "connect": ("name",),
    "documents": ("document",),
    "passes": ("pass",),
    "personal_passes": ("pass",),
    "codes": ("code",),
    "examples": ("example",),
}
"""What tells the rows of a kind of sheet apart: its columns. The rest is told apart by all its cells."""
_COLUMNS: dict[str, Sequence[Column]] = {
    "survey": SURVEY_COLUMNS,
    "choices": CHOICES_COLUMNS,
    "external_choices": CHOICES_COLUMNS,
    "route": route_sheet.COLUMNS,
    "fees": fees_sheet.COLUMNS,
    "policy": policy_sheet.COLUMNS,
    "notices": notices_sheet.COLUMNS,
    "connect": connect_sheet.COLUMNS,
    "documents": documents_sheet.COLUMNS,
    "passes": passes_sheet.COLUMNS,
    "personal_passes": personal_passes_sheet.COLUMNS,
    "codes": live_codes_sheet.COLUMNS,
    "examples": (Column("example", tuple(NAME)),),
}
_NO = frozenset({"", "no", "false", "否", "选填", "非必填", "n", "0"})
_OWN = frozenset({"note", "notes"})
_REQUIRED = frozenset(map(plain, next(column.words for column in SURVEY_COLUMNS if column.name == "required")))
_CALLED = {
    kind: frozenset(plain(word) for c in _COLUMNS[kind] if c.name in _KEYS[kind] for word in (c.name, *c.words))
    for kind in ("survey", "route", "policy")
}
"""What heads the names of the rows, of sheets on which a row keeps being itself under another name."""
_ORDERED = frozenset({"survey", "route", "rules", "policy"})
"""Where the order of rows says something."""
_ALIKE = 0.5
_MOST_COMPARED = 200  # rows on either side that are compared each with each
_MOST_CELLS = 6


def differences(old: Workbook, new: Workbook) -> list[Difference]:
    """Every difference, in the order of the new workbook; what is gone stands behind what is there."""
    found: list[Difference] = []
    pairs, added, removed = _sheets(old, new)
    for before, after in pairs:
        if plain(before.name) != plain(after.name):
            place = after.place("A1")
            found.append(
                Difference(change=Change.SHEET_RENAMED, place=place, kind=after.kind, old=before.name, new=after.name)
            )
        found += _Compared(before, after).all()
    found += [Difference(change=Change.SHEET_ADDED, place=s.place("A1"), kind=s.kind, new=s.name) for s in added]
    found += [Difference(change=Change.SHEET_REMOVED, place=s.place("A1"), kind=s.kind, old=s.name) for s in removed]
    return found


def _sheets(old: Workbook, new: Workbook) -> tuple[list[tuple[Sheet, Sheet]], list[Sheet], list[Sheet]]:
    """The sheets that are one in both, those that are new, those that are gone. One alone of a kind was renamed."""
    before = {(sheet.kind, plain(sheet.suffix)): sheet for sheet in readable(old.sheets) if sheet.kind not in _OWN}
    after = {(sheet.kind, plain(sheet.suffix)): sheet for sheet in readable(new.sheets) if sheet.kind not in _OWN}
    pairs = [(before[key], sheet) for key, sheet in after.items() if key in before]
    added = [sheet for key, sheet in after.items() if key not in before]
    removed = [sheet for key, sheet in before.items() if key not in after]
    for sheet in tuple(added):
        gone = [other for other in removed if other.kind == sheet.kind]
        if len(gone) == 1 and sum(other.kind == sheet.kind for other in added) == 1:
            pairs.append((gone[0], sheet))
            added.remove(sheet)
            removed.remove(gone[0])
    order = {sheet.name: at for at, sheet in enumerate(new.sheets)}
    return sorted(pairs, key=lambda pair: order[pair[1].name]), added, removed


@dataclass(frozen=True, slots=True)
class _Line:
    """A row under its header, the `at`-th: texts by column, and what tells it apart (empty where nothing does)."""

    at: int
    number: int
    texts: Mapping[str, str]
    key: tuple[str, ...]
    title: str = ""

    @property
    def whole(self) -> frozenset[tuple[str, str]]:
        """All of it, to compare."""
        return frozenset(self.texts.items())


class _Table:
    """One sheet as rows under a header; a column is known by its canonical name, or else by what stands above it."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.header: dict[str, tuple[str, int]] = {}
        self.header_row = 1
        self.lines: list[_Line] = []
        if not sheet.rows:
            return
        if sheet.kind == "settings":
            self._settings()
            return
        at = 0
        if sheet.kind == "rules":  # below its settings
            heads = (i for i, row in enumerate(sheet.rows) if is_header(row))
            at = next(heads, 0)
        if sheet.kind == "data":  # below what is said of its rows
            at = min(key_rows(sheet.rows), len(sheet.rows) - 1)
        self.header_row = sheet.rows[at].number
        known = {plain(word): c.name for c in _COLUMNS.get(sheet.kind, ()) for word in (c.name, *c.words)}
        for i, cell in enumerate(sheet.rows[at].cells):
            if not cell.blank and not cell.text.startswith("#"):
                self.header.setdefault(known.get(plain(cell.text), plain(cell.text)), (cell.text, i))
        self.keys = [key for key in _KEYS.get(sheet.kind, ()) if key in self.header]
        if sheet.kind == "data":
            self.keys = [key for key, (text, _) in self.header.items() if text.rstrip().endswith(("*", "＊"))]
        for row in sheet.rows[:at]:
            first, *values = [cell for cell in row.cells if not cell.blank]
            texts = {f"above {i}": cell.text for i, cell in enumerate(values)}
            self._add(row.number, texts, ("above", plain(first.text)), first.text)
        last = ""
        for row in sheet.rows[at + 1 :]:
            texts = {key: text for key, (_, i) in self.header.items() if (text := _text(row, i))}
            if sheet.kind == "fees":  # a bracket belongs to the item above it
                last = texts.get("item", last)
                texts = {"item": last, **texts} if last else texts
            named = [texts.get(key, "") for key in self.keys]
            told = [*named, texts.get("name", "")] if sheet.kind == "route" else named
            title = " ".join(filter(None, told)) or _shortened(texts.values())
            self._add(row.number, texts, tuple(map(plain, named)) if any(named) else (), title)

    def _settings(self) -> None:
        """Settings are known by their words, whichever way round they stand."""
        self.header = {"value": ("", 1)}
        if stands_across(self.sheet):
            values = self.sheet.rows[1] if len(self.sheet.rows) > 1 else Row(2, ())
            pairs = [(cell.text, _text(values, i), values.number) for i, cell in enumerate(self.sheet.rows[0].cells)]
        else:
            filled = [(row, [cell.text for cell in row.cells if not cell.blank]) for row in self.sheet.rows]
            pairs = [(texts[0], texts[1] if len(texts) > 1 else "", row.number) for row, texts in filled]
        for key, value, number in pairs:
            if key and not key.startswith("#"):
                self._add(number, {"value": value} if value else {}, (plain(key),), key)

    def _add(self, number: int, texts: Mapping[str, str], key: tuple[str, ...], title: str) -> None:
        self.lines.append(_Line(len(self.lines), number, texts, key, title))

    def place(self, line: _Line, key: str = "") -> Place:
        """Where a row, or a cell of it, stands."""
        index = int(key.removeprefix("above ")) + 1 if key.startswith("above ") else self.header.get(key, ("", 0))[1]
        return self.sheet.place(f"{column_letters(index)}{line.number}")

    def named(self, key: str) -> str:
        """A header as it is written."""
        return self.header[key][0] if key in self.header else ""


class _Compared:
    """Two states of one sheet."""

    def __init__(self, old: Sheet, new: Sheet) -> None:
        self.old, self.new = _Table(old), _Table(new)

    def all(self) -> Iterator[Difference]:
        """The differences of the sheet: its columns, then its rows from above."""
        kind = self.new.sheet.kind
        shared = self.old.header.keys() & self.new.header.keys()
        for key, (text, i) in self.new.header.items():
            if key not in shared:
                place = self.new.sheet.place(f"{column_letters(i)}{self.new.header_row}")
                yield Difference(change=Change.COLUMN_ADDED, place=place, kind=kind, column=text)
        for key, (text, i) in self.old.header.items():
            if key not in shared:
                place = self.old.sheet.place(f"{column_letters(i)}{self.old.header_row}")
                yield Difference(change=Change.COLUMN_REMOVED, place=place, kind=kind, column=text)
        pairs = self._pairs()
        elsewhere = self._elsewhere(pairs)
        for line in self.new.lines:
            before = pairs.get(line.at)
            if before is None:
                told = _shortened(line.texts.values())
                yield self._row(Change.ADDED, self.new, line, new=told)
                continue
            if line.at in elsewhere:
                moved = self._row(Change.MOVED, self.new, line, old=str(before.number), new=str(line.number))
                yield replace(moved, before=self.old.place(before))
            for key in dict.fromkeys((*line.texts, *before.texts)):
                one, other = before.texts.get(key, ""), line.texts.get(key, "")
                if one != other and (key in shared or key.startswith("above ")):
                    yield Difference(
                        change=Change.CHANGED,
                        place=self.new.place(line, key),
                        kind=kind,
                        row=line.title,
                        column=self.new.named(key),
                        old=one,
                        new=other,
                        before=self.old.place(before, key),
                    )
        kept = {line.at for line in pairs.values()}
        for line in self.old.lines:
            if line.at not in kept:
                yield self._row(Change.REMOVED, self.old, line, old=_shortened(line.texts.values()))

    def _row(self, change: Change, table: _Table, line: _Line, *, old: str = "", new: str = "") -> Difference:
        kind = table.sheet.kind
        return Difference(change=change, place=table.place(line), kind=kind, row=line.title, old=old, new=new)

    def _pairs(self) -> dict[int, _Line]:
        """The row before, by the number of the row now: the same key, all the same cells, or most of them."""
        pairs: dict[int, _Line] = {}
        old, new = self._by_key(pairs)
        self._renamed(pairs)
        matcher = SequenceMatcher(None, [line.whole for line in old], [line.whole for line in new], autojunk=False)
        for word, i, j, k, m in matcher.get_opcodes():
            if word == "equal":
                pairs |= {new[k + step].at: old[i + step] for step in range(j - i)}
            elif word == "replace":
                _most_alike(old[i:j], new[k:m], pairs)
        left = [line for line in new if line.at not in pairs]
        taken = {line.at for line in pairs.values()}
        _exactly([line for line in old if line.at not in taken], left, pairs)
        return pairs

    def _by_key(self, pairs: dict[int, _Line]) -> tuple[list[_Line], list[_Line]]:
        """Pair the rows that are called the same; what is left on either side."""
        before: defaultdict[Hashable, list[_Line]] = defaultdict(list)
        for line in self.old.lines:
            if line.key:
                before[line.key].append(line)
        after: defaultdict[Hashable, list[_Line]] = defaultdict(list)
        for line in self.new.lines:
            if line.key:
                after[line.key].append(line)
        for key, lines in after.items():
            _exactly(before[key], lines, pairs)
            rest = [line for line in lines if line.at not in pairs]
            taken = {line.at for line in pairs.values()}
            pairs |= {
                line.at: other
                for line, other in zip(rest, (one for one in before[key] if one.at not in taken), strict=False)
            }
        taken = {line.at for line in pairs.values()}
        old = [line for line in self.old.lines if line.at not in taken and not line.key]
        return old, [line for line in self.new.lines if line.at not in pairs and not line.key]

    def _renamed(self, pairs: dict[int, _Line]) -> None:
        """Pair the rows that are called otherwise and say the same: all else alike, or at the same row with the same title."""
        kind = self.new.sheet.kind
        if kind not in _CALLED:
            return
        taken = {line.at for line in pairs.values()}
        old = [line for line in self.old.lines if line.key and line.at not in taken]
        new = [line for line in self.new.lines if line.key and line.at not in pairs]
        rests: defaultdict[frozenset[tuple[str, str]], tuple[list[_Line], list[_Line]]] = defaultdict(lambda: ([], []))
        for side, lines in enumerate((old, new)):
            for line in lines:
                rests[_rest(line, kind)][side].append(line)
        for rest, (before, after) in rests.items():
            if rest and len(before) == len(after) == 1:
                pairs[after[0].at] = before[0]
        taken = {line.at for line in pairs.values()}
        places = {line.number: line for line in old if line.at not in taken}
        for line in new:
            other = places.get(line.number)
            if line.at not in pairs and other is not None and _same_title(other, line, kind):
                pairs[line.at] = other

    def _elsewhere(self, pairs: dict[int, _Line]) -> set[int]:
        """The fewest rows that have to be moved to come from the old order to the new one."""
        if self.new.sheet.kind not in _ORDERED:
            return set()
        order = [(pairs[line.at].at, line.at) for line in self.new.lines if line.at in pairs]
        return {number for _, number in order} - _rising(order)


def _rest(line: _Line, kind: str) -> frozenset[tuple[str, str]]:
    """What a row says beside its name."""
    return frozenset((key, text) for key, text in line.texts.items() if key not in _KEYS[kind])


def _same_title(one: _Line, other: _Line, kind: str) -> bool:
    """Whether two rows say the same of the same: a question's type and label, a step's name and people, a statement's words."""
    keys = {"survey": ("type", "label"), "route": ("name", "who"), "policy": ("when", "verdict")}[kind]
    return all(one.texts.get(key) and one.texts.get(key) == other.texts.get(key) for key in keys)


def _rising(order: Sequence[tuple[int, int]]) -> set[int]:
    """The second numbers of a longest rising run of the first ones."""
    ends: list[int] = []
    last: list[int] = []
    before: dict[int, int] = {}
    for at, (value, _) in enumerate(order):
        length = bisect_left(ends, value)
        if length:
            before[at] = last[length - 1]
        ends[length : length + 1] = [value]
        last[length : length + 1] = [at]
    found: set[int] = set()
    at = last[-1] if last else -1
    while at >= 0:
        found.add(order[at][1])
        at = before.get(at, -1)
    return found


def _exactly(old: Iterable[_Line], new: Iterable[_Line], pairs: dict[int, _Line]) -> None:
    """Pair rows that are the same cell for cell."""
    same: defaultdict[frozenset[tuple[str, str]], list[_Line]] = defaultdict(list)
    for line in old:
        same[line.whole].append(line)
    for line in new:
        if line.at not in pairs and same.get(line.whole):
            pairs[line.at] = same[line.whole].pop(0)


def _most_alike(old: Sequence[_Line], new: Sequence[_Line], pairs: dict[int, _Line]) -> None:
    """Pair the rows of a stretch that share most of their cells, the most alike first."""
    if max(len(old), len(new)) > _MOST_COMPARED:
        pairs |= {line.at: other for line, other in zip(new, old, strict=False) if len(old) == len(new)}
        return
    alike = sorted(
        ((_likeness(one, other), -abs(i - k), i, k) for i, one in enumerate(old) for k, other in enumerate(new)),
        reverse=True,
    )
    taken: set[int] = set()
    for likeness, _, i, k in alike:
        if likeness >= _ALIKE and i not in taken and new[k].at not in pairs:
            taken.add(i)
            pairs[new[k].at] = old[i]


def _likeness(one: _Line, other: _Line) -> float:
    """The share of cells that are the same, 0 to 1."""
    return len(one.whole & other.whole) / max(len(one.texts), len(other.texts), 1)


def _text(row: Row, index: int) -> str:
    return row.cells[index].text if index < len(row.cells) else ""


def _shortened(texts: Iterable[str]) -> str:
    told = [text for text in texts if text]
    return " | ".join(told[:_MOST_CELLS]) + (" | …" if len(told) > _MOST_CELLS else "")


def _required(text: str, *, english: bool) -> str:
    if plain(text) in _NO:
        return "is no longer required" if english else "不再必填"
    return "" if "$" in text or "=" in text else "is now required" if english else "改为必填"
