"""The survey sheet: rows of questions to a tree of fields, groups and repeats, as XLSForm has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from banshi.platform.service.model import ACCOUNT, UNLABELLED, Choice, Field, Group, Item, Repeat, Texts
from banshi.platform.service.sensitive import Sensitive
from banshi.platform.service.styled import plain_texts
from banshi.platform.sheets import faults
from banshi.platform.sheets.account_faults import WHICH_ACCOUNT
from banshi.platform.sheets.cells import condition, expression, literal_or_expression
from banshi.platform.sheets.kobo_matrix import LOOK as GRID
from banshi.platform.sheets.kobo_matrix import matrix_rows
from banshi.platform.sheets.plainer import plainer
from banshi.platform.sheets.translated import Columns, Translated
from banshi.platform.sheets.words import (
    DIALECT,
    EMPTY_BY_WORD,
    FILE_TYPES,
    KOBO,
    NAMING,
    NO,
    NOT_AVAILABLE_BY_WORD,
    SELECT_WORDS,
    SELECTS,
    SENSITIVE,
    SENSITIVE_WORDS,
    STYLED,
    SURVEY_COLUMNS,
    SURVEY_NOT_AVAILABLE,
    TRANSLATED,
    TYPE_BY_WORD,
    TYPE_WORDS,
    Type,
)
from banshi.platform.workbook.columns import Record, plain, suggest
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Row, Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import Expression, fold_name, parse
from banshi.rules.expressions.tree import Call, walk
from banshi.rules.values import Kind

MAX_DEPTH = 20
"""How deep groups may nest; the deepest of 508 published forms nests 11."""

EXTERNAL = "external_choices."
"""What the name of a list of external choices begins with, where a list of choices has the same name."""

OTHER = Choice(name="other", label=Texts((("zh", "其他"), ("en", "Other"))))
"""The choice that `or_other` adds to a list that has none of that name."""

_TAKEN = Texts((("zh", "每一级选不同的项。"), ("en", "Choose another item for every level.")))
_COLUMNS = Columns(columns=SURVEY_COLUMNS, translated=TRANSLATED, not_available=SURVEY_NOT_AVAILABLE)
_NAME = re.compile(r"[^\W\d][\w-]{0,63}")
_MENTION = re.compile(r"[$＄][{｛]([^{}｛｝]+)[}｝]")
_LEVELS = re.compile(r"position\(\s*\.\.((?:/\.\.)+)\s*\)")
_OR_OTHER = re.compile(r"\s+(?:or[_ ]other|or specify other|或其他|其他)$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:csv|xml|geojson)$", re.IGNORECASE)
_LIST = re.compile(r"(?P<type>.+?)(?:\s+from)?\s+(?P<list>\S+)")


@dataclass(frozen=True, slots=True)
class Survey:
    """What a survey sheet says: the items, and the fields that its texts mention as `${field}`, each with its cell.

    `with_other` are the lists of choices that get one more, because a question says `or_other`. `twins` are the names that
    stand in several groups, each with what these questions are known by instead.
    """

    items: tuple[Item, ...] = ()
    mentions: tuple[tuple[str, Place], ...] = ()
    with_other: frozenset[str] = frozenset()
    twins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A group or repeat whose end has not come yet; `kind` is `group` or `repeat`, `choices` the list of Kobo's rows.

    `rows` are the choices of Kobo's matrix; None for every other group. `is_loop` marks a loop of the older standard.
    """

    kind: str
    facts: dict[str, Any]
    word: str = ""
    choices: str = ""
    rows: Sequence[Choice] | None = None
    count: Expression | None = None
    is_loop: bool = False
    sensitive: Sensitive | None = None
    children: list[Item] = field(default_factory=list)

    def close(self) -> Group:
        children = self.children
        if self.rows is not None:
            children = matrix_rows(self.facts["name"], children, self.rows)
        facts = {**self.facts, "children": tuple(children)}
        if self.kind == "repeat":
            return Repeat(type="begin_repeat", count=self.count, **facts)
        return Group(type="begin_group", **facts)


_NUMBERS = {
    "is-id-card": (Sensitive.ID_CARD, "身份证号码", "the number of an identity card"),
    "is-bank-card": (Sensitive.BANK_CARD, "银行卡号", "the number of a bank card"),
}
"""The checks of numbers that belong to a person."""
_LOOP = re.compile(r"(begin|end)[ _]loop\b", re.IGNORECASE)
_UNKNOWN = Type("text", (), Kind.ANY)
"""What a question of a type that nobody knows is taken for."""


def parse_survey(
    sheet: Sheet, lists: Mapping[str, Sequence[Choice]] = MappingProxyType({})
) -> tuple[Survey, list[Diagnostic]]:
    """The items of a form. What is wrong with a row never hides the rows around it. `lists` are its choices."""
    if not sheet.rows:
        return Survey(), [faults.EMPTY_SHEET.at(sheet.place(), sheet=sheet.name)]
    sheet, notes = below_title(sheet, _COLUMNS.columns)
    header, found = _COLUMNS.read(sheet, sheet.rows[0])
    found += notes
    builder = _Builder(header, found, lists)
    if "type" in header.header.index:
        for row in sheet.rows[1:]:
            builder.add(row)
    return Survey(builder.finish(), tuple(builder.mentions), frozenset(builder.with_other)), found


class _Builder:
    """Builds the tree row by row; the stack holds what is open."""

    def __init__(self, header: Translated, found: list[Diagnostic], lists: Mapping[str, Sequence[Choice]]) -> None:
        self._header = header
        self._lists = lists
        self._found = found
        self._stack = [_Open("", {})]
        self.mentions: list[tuple[str, Place]] = []
        self.with_other: set[str] = set()

    def add(self, row: Row) -> None:
        """One row of the sheet."""
        record = self._with_levels(self._header.record(row))
        cell = record["type"]
        if cell.blank:
            # XLSForm skips such a row: a remark of the author's, or what a formula left behind.
            said = not record["name"].blank or self._header.texts(row, "label").by_language
            self._found.append((faults.NO_TYPE if said else faults.SKIPPED_ROW).at(cell.place))
            return
        if plain(cell.text) in FILE_TYPES:
            return
        for index in self._header.indexes(TRANSLATED):
            if index < len(row.cells):
                text = row.cells[index]
                self.mentions += [(fold_name(name), text.place) for name in _MENTION.findall(text.text)]
        words = " ".join(cell.text.split())
        if plain(words) in KOBO:
            self._kobo(*KOBO[plain(words)], row, record)
            return
        if loop := _LOOP.match(words):
            self._loop(loop[1].lower(), cell, words, row, record)
            return
        other = _OR_OTHER.search(words) is not None and plain(words) not in TYPE_BY_WORD
        known, choices = self._type(cell, _OR_OTHER.sub("", words) if other else words)
        if known.name.startswith("end_"):
            self._end(known.name.removeprefix("end_"), cell)
        elif known.name.startswith("begin_"):
            self._begin(known.name.removeprefix("begin_"), row, record)
        else:
            made = self._field(known, choices, row, record)
            self._stack[-1].children.append(made)
            if other and choices:
                self.with_other.add(choices)
                self._stack[-1].children.append(_other_of(made))

    def _loop(self, end: str, cell: Cell, words: str, row: Row, record: Record) -> None:
        """A loop of the older standard is one fault at its beginning; its rows are read as a group's."""
        if end == "begin":
            self._type(cell, words)
            self._begin("group", row, record)
            self._stack[-1].is_loop = True
        elif any(frame.is_loop for frame in self._stack):
            self._end("group", cell)
        else:
            self._found.append(faults.END_WITHOUT_BEGIN.at(cell.place, type=cell.text))

    def _kobo(self, word: str, column: str, row: Row, record: Record) -> None:
        """A row of Kobo's score (a matrix of ratings) or rank (a choice for every level, none of them twice), or an end
        of its matrix, between whose ends stand ordinary questions.
        """
        if word.startswith("end_"):
            self._end("group", record["type"])
            return
        if word.startswith("begin_"):
            self._begin("group", row, record)
            self._stack[-1].choices = record[column].text
            if column == "score_choices":
                self._stack[-1].facts["appearance"] = "table-list"
            elif column == "matrix_list":
                self._matrix(record)
            return
        around = self._stack[-1]
        if not around.choices:
            self._found.append(faults.NO_LIST.at(record["type"].place))
        made = self._field(TYPE_BY_WORD[plain("select_one")], around.choices, row, record)
        if column == "rank_items" and around.children and made.constraint is None:
            taken = " and ".join(f". != ${{{before.name}}}" for before in around.children)
            made = replace(made, constraint=parse(taken, made.place)[0], constraint_message=_TAKEN)
        around.children.append(made)

    def _matrix(self, record: Record) -> None:
        cell, opened = record["matrix_list"], self._stack[-1]
        opened.facts["appearance"] = GRID
        if cell.blank:
            self._found.append(faults.NO_LIST.at(record["type"].place))
        elif cell.text not in self._lists:
            near = suggest(cell.text, self._lists)
            self._found.append(faults.UNKNOWN_LIST.at(cell.place, list=cell.text, near=near))
        opened.rows = self._lists.get(cell.text, ())

    def finish(self) -> tuple[Item, ...]:
        """The items; groups that were never ended end here, each with its fault."""
        while len(self._stack) > 1:
            last = self._stack[-1]
            self._found.append(
                faults.BEGIN_WITHOUT_END.at(last.facts["place"], name=last.facts["name"], end=f"end_{last.kind}")
            )
            self._pop()
        return tuple(self._stack[0].children)

    def _type(self, cell: Cell, text: str) -> tuple[Type, str]:
        """The type of a row and the list of choices that it names.

        What cannot be used is a fault, and taken for what was probably meant, so that nothing else that names the
        question becomes a fault too.
        """
        known = TYPE_BY_WORD.get(plain(text))
        if known is not None:
            if known.name in SELECTS:
                self._found.append(faults.NO_LIST.at(cell.place))
            elif known.name == "account":
                self._found.append(WHICH_ACCOUNT.at(cell.place))
            return known, ""
        shape = _LIST.fullmatch(text)
        if shape and (known := TYPE_BY_WORD.get(plain(shape["type"]))) and known.name in NAMING:
            if known.name == "account":
                return known, ACCOUNT + shape["list"]
            external = EXTERNAL + shape["list"]
            if plain(shape["type"]) == plain("select_one_external") and external in self._lists:
                return known, external
            if asked := _MENTION.fullmatch(shape["list"]):
                return known, f"${{{fold_name(asked[1].strip())}}}"
            # `select_one_from_file units.csv`: the rows of the file stand on the sheet `data.units`.
            return known, _FILE.sub("", shape["list"])
        if plain(text) in EMPTY_BY_WORD:
            self._found.append(faults.STORED_EMPTY.at(cell.place, type=text))
            return TYPE_BY_WORD["hidden"], ""
        if DIALECT.fullmatch(plain(text)):
            self._found.append(faults.TAKEN_FOR_TEXT.at(cell.place, type=text))
            return TYPE_BY_WORD["text"], ""
        words = text.split()
        starts = (" ".join(words[:count]) for count in range(len(words), 0, -1))
        word = next((start for start in starts if plain(start) in NOT_AVAILABLE_BY_WORD), "")
        if word:
            instead, instead_en = NOT_AVAILABLE_BY_WORD[plain(word)]
            self._found.append(
                faults.TYPE_NOT_AVAILABLE.at(cell.place, type=text, instead=instead, instead_en=instead_en)
            )
            return _UNKNOWN, ""
        select = suggest(text.rpartition(" ")[0], SELECT_WORDS)
        near = select or suggest(text, TYPE_WORDS)
        self._found.append(faults.UNKNOWN_TYPE.at(cell.place, type=text, near=near))
        meant = TYPE_BY_WORD.get(plain(near), _UNKNOWN)
        return (meant, text.rpartition(" ")[2]) if select else (_UNKNOWN if meant.name in SELECTS else meant, "")

    def _begin(self, kind: str, row: Row, record: Record) -> None:
        if len(self._stack) > MAX_DEPTH:
            self._found.append(faults.TOO_DEEP.at(record["type"].place, limit=MAX_DEPTH))
        facts = self._item(row, record, needed=kind == "repeat")
        count = expression(record["repeat_count"], self._found) if kind == "repeat" else None
        sensitive = self._sensitive(record["sensitive"])
        self._stack.append(_Open(kind, facts, record["type"].text, count=count, sensitive=sensitive))

    def _with_levels(self, record: Record) -> Record:
        """The row with `position(../..)` as the language says it: `position(1)` is the row of the repeat around the row's own."""

        def told(found: re.Match[str]) -> str:
            inside = self._stack[: -found[1].count("..") - 1 : -1]
            around = sum(frame.kind == "repeat" for frame in inside)
            return f"position({around or ''})".ljust(len(found[0]))

        cells = {
            name: replace(cell, value=_LEVELS.sub(told, cell.value))
            for name, cell in record.cells.items()
            if isinstance(cell.value, str) and "position(" in cell.value
        }
        return replace(record, cells={**record.cells, **cells}) if cells else record

    def _end(self, kind: str, cell: Cell) -> None:
        last = self._stack[-1]
        if last.kind == kind:
            self._pop()
            return
        if any(frame.kind == kind for frame in self._stack):
            # What stands between was forgotten to be ended: say so, and end it here, so that the rest is read rightly.
            self._found.append(
                faults.WRONG_END.at(cell.place, type=cell.text, open=last.word, first=last.facts["place"])
            )
            while self._stack[-1].kind != kind:
                self._pop()
            self._pop()
            return
        self._found.append(faults.END_WITHOUT_BEGIN.at(cell.place, type=cell.text))

    def _pop(self) -> None:
        done = self._stack.pop()
        if len(self._stack) > MAX_DEPTH:
            # Too deep to be walked safely: its questions stand in the group around it.
            self._stack[-1].children.extend(done.children)
        else:
            self._stack[-1].children.append(done.close())

    def _item(self, row: Row, record: Record, *, needed: bool = True) -> dict[str, Any]:
        """What every kind of item has."""
        written = {name: self._header.texts(row, name) for name in STYLED}
        plain_ones = {name: plain_texts(texts) for name, texts in written.items()}
        return {
            "name": self._name(record, needed=needed),
            **plain_ones,
            "marked": {name: texts for name, texts in written.items() if texts != plain_ones[name]},
            "media": self._header.media(row),
            "relevant": expression(record["relevant"], self._found),
            "appearance": record["appearance"].text,
            "place": _place(record),
        }

    def _name(self, record: Record, *, needed: bool) -> str:
        cell = record["name"]
        own = f"{record['type'].text.split()[0]}_{record.row}"
        if cell.blank:
            if needed:
                self._found.append(faults.NO_NAME.at(cell.place))
            return own
        name = fold_name(cell.text)
        if not _NAME.fullmatch(name):
            self._found.append(faults.BAD_NAME.at(cell.place, name=cell.text))
        elif name != cell.text:
            self._found.append(faults.LOOKALIKE_NAME.at(cell.place, name=cell.text, plain=name))
        return name

    def _field(self, known: Type, choices: str, row: Row, record: Record) -> Field:
        found = self._found
        facts = self._item(row, record, needed=known.name != "note")
        calculation = expression(record["calculation"], found)
        if known.name == "calculate" and record["calculation"].blank:
            found.append(faults.NO_CALCULATION.at(record["calculation"].place, name=facts["name"]))
        if not facts["label"].by_language and known.name not in UNLABELLED:
            found.append(faults.NO_LABEL.at(record["label"].place, name=facts["name"]))
        trigger = self._trigger(record["trigger"])
        readonly = condition(record["readonly"], found)
        renewal = None
        if trigger and known.name not in UNLABELLED and readonly is None:
            # A triggered calculation of an open question puts its value in; what is written afterwards stays.
            renewal, calculation = calculation, None
        made = Field(
            **facts,
            type=known.name,
            kind=known.kind,
            required=condition(record["required"], found),
            required_message=self._header.texts(row, "required_message"),
            constraint=expression(record["constraint"], found),
            constraint_message=self._header.texts(row, "constraint_message"),
            calculation=calculation,
            default=literal_or_expression(record["default"], found, number=known.kind is Kind.NUMBER),
            trigger=trigger,
            renewal=renewal,
            prefill=expression(record["prefill"], found),
            readonly=readonly,
            choices=choices,
            choices_place=record["type"].place,
            choice_filter=expression(record["choice_filter"], found),
            parameters=self._parameters(record["parameters"]),
            sensitive=self._sensitive(record["sensitive"]) if known.name != "note" else None,
            disclosed=plain(record["sensitive"].text) in NO,
        )
        if record["sensitive"].blank and made.sensitive is None:
            found += _unmarked(made)
        return plainer(made, record["parameters"], found)

    def _sensitive(self, cell: Cell) -> Sensitive | None:
        """What a row says of itself; a blank one is like the group around it."""
        if cell.blank:
            return self._stack[-1].sensitive
        if plain(cell.text) in NO:
            return None
        kind = SENSITIVE.get(plain(cell.text))
        if kind is None:
            words = (word for words in SENSITIVE_WORDS.values() for word in words)
            self._found.append(faults.BAD_SENSITIVE.at(cell.place, text=cell.text, near=suggest(cell.text, words)))
        return kind or Sensitive.ANY

    def _trigger(self, cell: Cell) -> tuple[str, ...]:
        """The questions of a trigger: `${a}`, `${a}, ${b}`, or their bare names."""
        if cell.blank:
            return ()
        names = _MENTION.findall(cell.text) or re.split(r"[\s,;，；、]+", cell.text)
        folded = tuple(fold_name(name.strip()) for name in names if name.strip())
        self.mentions += [(name, cell.place) for name in folded]
        return folded

    def _parameters(self, cell: Cell) -> dict[str, str]:
        text = re.sub(r"\s*[=＝]\s*", "=", cell.text)
        pairs = [pair.partition("=") for pair in re.split(r"[\s,;，；]+", text) if pair]
        for name, equals, value in pairs:
            if not (name and equals and value):
                self._found.append(faults.BAD_PARAMETER.at(cell.place, text=name or equals + value))
        return {name: value for name, equals, value in pairs if name and equals and value}


def _other_of(question: Field) -> Field:
    """XLSForm's `or_other`: what somebody means who chose “other”, in a question of its own."""
    relevant, _ = parse(f"selected(${{{question.name}}}, '{OTHER.name}')", question.place)
    return Field(
        type="text",
        name=f"{question.name}_other",
        label=Texts((("zh", "请写明“其他”"), ("en", "Specify other"))),
        relevant=relevant,
        place=question.place,
    )


def _unmarked(made: Field) -> Iterator[Diagnostic]:
    """A question whose answer has to be the number of an identity card or a bank card, and which is not marked."""
    for node in walk(made.constraint.root) if made.constraint is not None else ():
        if isinstance(node, Call) and (told := _NUMBERS.get(node.function)):
            kind, what, what_en = told
            word, word_en = SENSITIVE_WORDS[kind][0], str(kind)
            facts = {"what": what, "what_en": what_en, "word": word, "word_en": word_en}
            yield faults.NOT_MARKED.at(made.place, name=made.name, **facts)
            return


def _place(record: Record) -> Place:
    """Where an item is pointed at: its name, or its type where it has none."""
    return record["name"].place if not record["name"].blank else record["type"].place
