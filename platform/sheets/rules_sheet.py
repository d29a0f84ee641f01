"""The sheets `rules.<name>` · `规则-<名称>`: a decision table."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeVar

from banshi.platform.workbook.columns import COUNTERS, Column, plain, suggest
from banshi.platform.workbook.faults import DUPLICATE_COLUMN, UNKNOWN_COLUMN
from banshi.platform.workbook.remarks import is_signed, says_one, title_of, without_remarks
from banshi.platform.workbook.workbook import Row as SheetRow
from banshi.platform.workbook.workbook import Sheet, column_letters
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import Expression, parse
from banshi.rules.expressions.units import without_unit
from banshi.rules.tables import Hit, Input, Output, Result, Row, Table, faults
from banshi.rules.tables.kinds import settle
from banshi.rules.tables.layout import check_layout
from banshi.rules.tables.literals import KIND_ZH, OPEN_ENDS, Unreadable, read, read_day
from banshi.rules.tables.meant import sure_ends
from banshi.rules.tables.midnight import joined
from banshi.rules.tables.reading import SIGN_OF, read_list, read_test
from banshi.rules.tables.results import in_digits, inferred, read_result
from banshi.rules.tables.vocabulary import OPEN, Vocabulary
from banshi.rules.values import Kind, Value

COLUMNS: Final = (
    Column("id", ("id", "编号")),
    Column("from", ("from", "生效")),
    Column("until", ("until", "失效")),
    Column("reference", ("reference", "依据")),
    Column("note", ("note", "notes", "备注")),
)
"""The columns beside those that begin with `when` and `then`."""

HITS: Final[dict[Hit, tuple[str, ...]]] = {
    Hit.UNIQUE: ("unique", "唯一"),
    Hit.FIRST: ("first", "首个"),
    Hit.ANY: ("any", "一致"),
    Hit.PRIORITY: ("priority", "优先"),
    Hit.RULE_ORDER: ("rule order", "全部"),
    Hit.OUTPUT_ORDER: ("output order", "按结果序"),
    Hit.COLLECT: ("collect", "汇总"),
    Hit.SUM: ("sum", "求和"),
    Hit.MIN: ("min", "最小"),
    Hit.MAX: ("max", "最大"),
    Hit.COUNT: ("count", "计数"),
}
"""The hit policies with their words."""

KINDS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.NUMBER: ("number", "数字", "数值"),
    Kind.TEXT: ("text", "文本", "文字"),
    Kind.DATE: ("date", "日期"),
    Kind.BOOLEAN: ("boolean", "布尔", "是否"),
    Kind.TIME: ("time", "时间"),
    Kind.DATETIME: ("datetime", "日期时间"),
}
"""The kinds that may follow a colon in a header."""

WHOLE: Final = ("integer", "int", "整数")
"""Words for a number that is always whole, so that `<=3` and `>=4` leave no gap."""

SETTINGS: Final = {
    "hit": ("hit", "hit policy", "命中", "命中方式", "命中策略"),
    "otherwise": ("otherwise", "否则"),
    "values": ("values", "取值"),
}

T = TypeVar("T")
WordsOf = Callable[[str], Vocabulary | None]

_HIT_BY_WORD = {plain(word): hit for hit, words in HITS.items() for word in words}
_KIND_BY_WORD = {plain(word): kind for kind, words in (*KINDS.items(), (Kind.NUMBER, WHOLE)) for word in words}
_SETTING_BY_WORD = {plain(word): key for key, words in SETTINGS.items() for word in words}
_COLUMN_BY_WORD = {plain(word): column.name for column in COLUMNS for word in column.words}

_Given = Mapping[tuple[str, str], tuple[Cell, tuple[Cell, ...]]]

_SAID = re.compile(r"([^:：]+?)\s*[:：]\s*(.*)", re.DOTALL)
_DOT = re.compile(r"\s*[.．。·]\s*")
HEAD = re.compile(r"(when|then|当|则)(?:\s+(.*)|\s*[:：]\s*(.*)|\s*(?=[$＄\"])(.*)|)", re.IGNORECASE | re.DOTALL)
_GLUED = re.compile(r"(当)(?![前天年月日期时地事次班量选值])(\w.*)|(则)(\w.*)", re.DOTALL)
"""`当品名`, without a blank: read where it cannot be another word, such as 当前 or 当天."""
_TYPED = re.compile(r"(.*?)\s*[:：]\s*([^\W\d]\w*)\s*", re.DOTALL)
_INCLUSIVE = r"[(（]?\s*(含|不含|incl\.?|excl\.?|inclusive|exclusive)\s*[)）]?"
_BOUND = re.compile(rf"(.*?)\s*(下限|上限|起|从|自|止|到|至|\bfrom|\bto)\s*{_INCLUSIVE}\s*", re.IGNORECASE | re.DOTALL)
_COMPARED = re.compile(
    rf"(.*\S)\s+({'|'.join(re.escape(word) for word in sorted(SIGN_OF, key=len, reverse=True) if SIGN_OF[word] != '<>')})\s*",
    re.IGNORECASE | re.DOTALL,
)
"""`金额 大于`, `金额 不超过`: a bound in one word."""
_UNCLEAR = re.compile(r".*\s(下限|上限|from|to)\s*", re.IGNORECASE | re.DOTALL)


def is_header(row: SheetRow) -> bool:
    """Whether a cell of a row begins with `当 ` or `then `, or its cells say `当品名` and `则柜`."""
    if any(HEAD.fullmatch(cell.text) for cell in row.cells):
        return True
    words = {(found[1] or found[3]) for cell in row.cells if (found := _GLUED.fullmatch(cell.text))}
    return words == {"当", "则"}


def parse_rules(
    sheet: Sheet, fields: Collection[str] = (), words: WordsOf = lambda _: None
) -> tuple[Table | None, list[Diagnostic]]:
    """The table on a sheet, called by the sheet's suffix; None where there is no header row to read.

    Headers may have a unit behind a name, and any remark in brackets behind the name of one of the form's `fields`.
    `words` gives the words of an input by name, where it has only some.
    """
    start = next((i for i, row in enumerate(sheet.rows) if is_header(row)), None)
    if start is None:
        first = sheet.rows[0].cells[0].place if sheet.rows else sheet.place("A1")
        return None, [faults.NO_HEADER.at(first)]
    reader = _Reader(sheet, fields, words)
    reader.read_head(sheet.rows[start])
    below, remarks = without_remarks(sheet.rows[start + 1 :], may_be=reader.may_be_remark, is_one=reader.only_remarked)
    rows = tuple(reader.read_row(row) for row in below)
    reader.found += remarks
    rows, nights = joined([item for _, item in reader.inputs], rows)
    reader.found += nights
    inputs, rows, notes = settle(tuple(item for _, item in reader.inputs), rows)
    sure = set[Place]().union(*(sure_ends(row.tests[i] for row in rows) for i in range(len(inputs))))
    reader.found = [item for item in reader.found if item.code != faults.INCLUDES_END.code or item.place not in sure]
    reader.found += notes
    table = Table(
        name=sheet.suffix or sheet.name,
        inputs=inputs,
        outputs=tuple(output for _, output in reader.outputs),
        rows=rows,
        place=sheet.place(f"A{sheet.rows[start].number}"),
        unread=reader.unread,
    )
    table = reader.with_settings(table, sheet.rows[:start], sheet.rows[start])
    return table, [*reader.found, *check_layout(table)]


@dataclass
class _Reader:
    """Reads one sheet; columns by the index of their cell."""

    sheet: Sheet
    fields: Collection[str] = ()
    words: WordsOf = lambda _: None
    found: list[Diagnostic] = field(default_factory=list)
    inputs: list[tuple[int, Input]] = field(default_factory=list)
    outputs: list[tuple[int, Output]] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    unread: bool = False
    vocabularies: list[Vocabulary | None] = field(default_factory=list)

    def read_head(self, row: SheetRow) -> None:
        for i, cell in enumerate(row.cells):
            if cell.blank or cell.text.startswith("#"):
                continue
            head = HEAD.fullmatch(cell.text) or (None if self._is_other(cell) else _GLUED.fullmatch(cell.text))
            if head is None:
                self._other(i, cell)
                continue
            word, *texts = (group for group in head.groups() if group)
            text = "".join(texts).strip()
            if not text:
                self.unread = True
                self.found.append(faults.EMPTY_HEADER.at(cell.place, word=cell.text))
            elif plain(word) in ("when", "当"):
                self._input(i, cell, text)
            else:
                self._output(i, cell, text)

    def _is_other(self, cell: Cell) -> bool:
        return plain(cell.text) in _COLUMN_BY_WORD or plain(cell.text) in COUNTERS

    def _other(self, i: int, cell: Cell) -> None:
        name = _COLUMN_BY_WORD.get(plain(cell.text))
        if name is None and plain(cell.text) in COUNTERS:
            return
        if name is None:
            self.unread = True
            near = suggest(cell.text, (word for column in COLUMNS for word in column.words))
            self.found.append(UNKNOWN_COLUMN.at(cell.place, column=cell.text, near=near or "when … / then …"))
        elif name in self.others:
            self.found.append(DUPLICATE_COLUMN.at(cell.place, column=cell.text))
        else:
            self.others[name] = i

    def _input(self, i: int, cell: Cell, text: str) -> None:
        text, kind, whole = self._typed(cell, text)
        bound = _BOUND.fullmatch(text)
        sign = ""
        if bound:
            text = bound[1]
            sign = ">" if plain(bound[2]) in ("下限", "起", "从", "自", "from") else "<"
            sign += "=" if plain(bound[3]).startswith(("含", "incl")) else ""
        elif compared := _COMPARED.fullmatch(text):
            text, sign = compared[1], SIGN_OF[compared[2].lower()]
        elif _UNCLEAR.fullmatch(text):
            self.unread = True
            self.found.append(faults.UNCLEAR_BOUND.at(cell.place, header=cell.text))
            return
        expression = self._expression(cell, without_unit(text, self.fields))
        if expression is not None:
            declared = kind is not None
            column = Input(
                expression=expression,
                kind=kind or Kind.ANY,
                declared=declared,
                whole=whole,
                bound=sign,
                place=cell.place,
            )
            self.inputs.append((i, replace(column, of_form=column.field in self.fields)))
            self.vocabularies.append(self._vocabulary(column))
        else:
            self.unread = True

    def _vocabulary(self, column: Input) -> Vocabulary | None:
        if column.declared and column.kind is not Kind.TEXT:
            return None
        return self.words(column.field) or (OPEN if column.declared else None)

    def _output(self, i: int, cell: Cell, text: str) -> None:
        name, kind, _ = self._typed(cell, text)
        name = without_unit(name.removeprefix("${").removesuffix("}").strip())
        if plain(name) in {plain(output.name) for _, output in self.outputs}:
            self.found.append(faults.DUPLICATE_OUTPUT.at(cell.place, name=name))
            return
        output = Output(name=name, kind=kind or Kind.ANY, declared=kind is not None, place=cell.place)
        self.outputs.append((i, output))

    def _typed(self, cell: Cell, text: str) -> tuple[str, Kind | None, bool]:
        """The header without its `: kind`, the kind, and whether it promises whole numbers."""
        typed = _TYPED.fullmatch(text)
        if not typed:
            return text, None, False
        kind = _KIND_BY_WORD.get(plain(typed[2]))
        if kind is None:
            near = suggest(typed[2], (word for words in KINDS.values() for word in words))
            self.found.append(faults.UNKNOWN_KIND.at(cell.place, word=typed[2], near=near))
        return typed[1], kind, plain(typed[2]) in WHOLE

    def _expression(self, cell: Cell, text: str) -> Expression | None:
        # The place keeps to the cell: characters are counted from behind `when`, which nobody could follow.
        expression, found = parse(text, cell.place)
        self.found += [replace(item, place=cell.place) for item in found]
        return expression

    def may_be_remark(self, row: SheetRow) -> bool:
        """Whether more is filled in than a result: a lone one answers everything."""
        results = {i for i, _ in self.outputs}
        return bool(results) and any(not cell.blank for i, cell in enumerate(row.cells) if i not in results)

    def only_remarked(self, row: SheetRow) -> bool:
        """Whether nothing but the columns for the reader, note and reference, is filled in."""
        texts = {self.others.get(name) for name in ("note", "reference")} - {None}
        filled = {i for i, cell in enumerate(row.cells) if not cell.blank}
        return bool(filled) and filled <= texts

    def read_row(self, row: SheetRow) -> Row:
        columns = zip(self.inputs, self.vocabularies, strict=True)
        tests = tuple(self._keep(read_test(self._cell(row, i), column.bound, words)) for (i, column), words in columns)
        results = tuple(self._keep(read_result(self._cell(row, i), output)) for i, output in self.outputs)
        texts = {name: self._cell(row, i) for name, i in self.others.items()}
        return Row(
            number=row.number,
            tests=tests,
            results=results,
            id=texts["id"].text if "id" in texts else "",
            valid_from=self._day(texts.get("from")),
            valid_until=self._day(texts.get("until")),
            reference=texts["reference"].text if "reference" in texts else "",
            note=texts["note"].text if "note" in texts else "",
            place=next(cell.place for cell in row.cells if not cell.blank),
        )

    def _cell(self, row: SheetRow, i: int) -> Cell:
        if i < len(row.cells):
            return row.cells[i]
        return Cell(None, self.sheet.place(f"{column_letters(i)}{row.number}"))

    def _keep(self, read: tuple[T, list[Diagnostic]]) -> T:
        self.found += read[1]
        return read[0]

    def _day(self, cell: Cell | None) -> date | None:
        if cell is None or cell.blank or cell.text.strip() in OPEN_ENDS:
            return None
        day = read_day(cell.value)
        if day is None:
            self.found.append(faults.BAD_DATE.at(cell.place, text=cell.text))
        return day

    def with_settings(self, table: Table, rows: Sequence[SheetRow], header: SheetRow) -> Table:
        """The table with what stands above its header: hit policy, `otherwise`, ordered values. What says one thing and
        is no setting is a title.
        """
        given: dict[tuple[str, str], tuple[Cell, tuple[Cell, ...]]] = {}
        for row in rows:
            key, *values = [cell for cell in row.cells if not cell.blank]
            said = _SAID.fullmatch(key.text)
            if said and plain(_DOT.sub(".", said[1]).partition(".")[0]) in _SETTING_BY_WORD:
                key = replace(key, value=said[1])
                values = [replace(key, value=said[2]), *values] if said[2] else values
            word, _, output = (part.strip() for part in _DOT.sub(".", key.text).partition("."))
            output = without_unit(output)
            setting = _SETTING_BY_WORD.get(plain(word))
            if setting is None:
                near = suggest(word, (name for words in SETTINGS.values() for name in words))
                if (says_one(row) and not near) or is_signed(row):
                    self.found.append(title_of(row, header))
                    continue
                self.found.append(faults.UNKNOWN_SETTING.at(key.place, key=key.text, near=near))
            elif (setting, plain(output)) in given:
                self.found.append(faults.SETTING_TWICE.at(key.place, key=key.text))
            else:
                given[setting, plain(output)] = (replace(key, value=output or key.text), tuple(values))
        said_hit = given.get(("hit", ""))
        where = said_hit[1][0].place if said_hit and said_hit[1] else table.place
        table = replace(table, hit=self._hit(said_hit), hit_place=where)
        table = replace(table, otherwise=self._otherwise(table, given))
        for i in range(len(table.outputs)):
            table = self._with_numbers(table, i)
        table = replace(table, outputs=tuple(self._kinded(table, i) for i in range(len(table.outputs))))
        return replace(table, priorities=self._priorities(table, given))

    def _hit(self, given: tuple[Cell, tuple[Cell, ...]] | None) -> Hit:
        if given is None or not given[1]:
            return Hit.UNIQUE
        cell = given[1][0]
        hit = _HIT_BY_WORD.get(plain(cell.text))
        if hit is None:
            near = suggest(cell.text, (word for words in HITS.values() for word in words))
            self.found.append(faults.UNKNOWN_HIT.at(cell.place, word=cell.text, near=near))
        return hit or Hit.UNIQUE

    def _otherwise(self, table: Table, given: _Given) -> tuple[tuple[str, Result], ...]:
        found: dict[str, Result] = {}
        for (setting, output), (key, cells) in given.items():
            if setting != "otherwise":
                continue
            wanted = [item for item in table.outputs if not output or plain(item.name) == output]
            if output and not wanted:
                self._unknown_output(table, key)
                continue
            if len(cells) != len(wanted) or not cells:
                self.found.append(faults.OTHERWISE_SEVERAL.at(key.place, count=len(wanted), given=len(cells)))
            for item, cell in zip(wanted, cells, strict=False):  # what is there keeps the row from being missed as well
                found[item.name] = self._keep(read_result(cell, item))
        return tuple((name, found[name]) for name in table.output_names if name in found)

    def _with_numbers(self, table: Table, column: int) -> Table:
        """A table of whose results texts that are numbers among numbers were read as such."""
        output = table.outputs[column]
        own = {name: result for name, result in table.otherwise if name == output.name}
        results = self._keep(in_digits(output, [*(row.results[column] for row in table.rows), *own.values()]))
        rows = tuple(
            replace(row, results=(*row.results[:column], result, *row.results[column + 1 :]))
            for row, result in zip(table.rows, results, strict=False)
        )
        last = dict(zip(own, results[len(rows) :], strict=True))
        otherwise = tuple((name, last.get(name, result)) for name, result in table.otherwise)
        return replace(table, rows=rows, otherwise=otherwise)

    def _kinded(self, table: Table, column: int) -> Output:
        output = table.outputs[column]
        if output.declared:
            return output
        results = [row.results[column] for row in table.rows]
        results += [result for name, result in table.otherwise if name == output.name]
        return replace(output, kind=self._keep(inferred(output, results)))

    def _priorities(self, table: Table, given: _Given) -> tuple[tuple[str, tuple[Value, ...]], ...]:
        found: dict[str, tuple[Value, ...]] = {}
        for (setting, word), (key, cells) in given.items():
            if setting != "values":
                continue
            one = len(table.outputs) == 1 and not word
            output = next((item for item in table.outputs if one or plain(item.name) == word), None)
            if output is None:
                self._unknown_output(table, key)
            else:
                found[output.name] = tuple(value for cell in cells for value in self._ranked(cell, output))
        return tuple((name, found[name]) for name in table.output_names if name in found)

    def _ranked(self, cell: Cell, output: Output) -> list[Value]:
        kind = output.kind if output.kind is not Kind.ANY else Kind.TEXT
        values: list[Value] = []
        for literal in self._keep(read_list(cell)):
            value = literal.text if kind is Kind.TEXT else read(literal, kind)
            if isinstance(value, Unreadable):
                facts = {"name": output.name, "kind": kind, "kind_zh": KIND_ZH[kind]}
                self.found.append(faults.RESULT_KIND.at(cell.place, text=literal.text, **facts))
            else:
                values.append(value)
        return values

    def _unknown_output(self, table: Table, key: Cell) -> None:
        near = suggest(key.text, table.output_names)
        self.found.append(faults.UNKNOWN_OUTPUT.at(key.place, key=key.text, name=key.text, near=near))
