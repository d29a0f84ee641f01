"""The sheets `policy.<name>` · `制度-<名称>`: statements that chain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from banshi.platform.sheets.cells import condition
from banshi.platform.sheets.words import NO
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import Expression, parse
from banshi.rules.expressions.characters import DOUBLE_QUOTES
from banshi.rules.expressions.tree import Reference
from banshi.rules.policies import Conclusion, Policy, Statement, Verdict, faults
from banshi.rules.policies.conditions import fact_name
from banshi.rules.tables.conditions import Literal
from banshi.rules.tables.literals import OPEN_ENDS, Unreadable, evidence, orderable, read, read_day
from banshi.rules.values import Kind, Value

COLUMNS: Final = (
    Column("id", ("id", "编号", "条款", "条款号")),
    Column("when", ("when", "当"), needed=True),
    Column("then", ("then", "则")),
    Column("verdict", ("verdict", "结论")),
    Column("message", ("message", "说明", "message::zh", "说明::中文 (zh)", "message::中文 (zh)")),
    Column("message_en", ("message::English (en)", "message::en", "说明::English (en)", "说明::en")),
    Column("remedy", ("remedy", "办法", "remedy::zh", "办法::中文 (zh)", "remedy::中文 (zh)")),
    Column("remedy_en", ("remedy::English (en)", "remedy::en", "办法::English (en)", "办法::en")),
    Column("reference", ("reference", "依据")),
    Column("note", ("note", "notes", "备注")),
    Column("from", ("from", "生效")),
    Column("until", ("until", "失效")),
)
"""The columns of a policy."""

VERDICTS: Final[dict[Verdict, tuple[str, ...]]] = {
    Verdict.FORBID: ("forbid", "禁止"),
    Verdict.REQUIRE: ("require", "必须"),
    Verdict.WARN: ("warn", "提醒"),
    Verdict.ALLOW: ("allow", "允许"),
}
"""The verdicts with their words; a blank cell only concludes facts."""

ALWAYS: Final = frozenset({"-", "always", "总是", "任意"})
"""Words under `when` that, like a blank cell, hold without a condition."""

_VERDICT_BY_WORD = {plain(word): verdict for verdict, words in VERDICTS.items() for word in words}
_SEPARATORS = frozenset(";；\n")
_ASSIGNED = re.compile(r"([^=＝]*)[=＝](.*)", re.DOTALL)


def parse_policy(sheet: Sheet) -> tuple[Policy | None, list[Diagnostic]]:
    """The policy on a sheet, called by the sheet's suffix; None where there is no header row."""
    if not sheet.rows:
        return None, [faults.NO_HEADER.at(sheet.place("A1"), sheet=sheet.name)]
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
    records = tuple(header.records(sheet.rows[1:]))
    spaced = _spaced(record["then"] for record in records)
    statements = tuple(_statement(_with_whole_names(record, spaced), found) for record in records)
    if not statements:
        found.append(faults.NO_STATEMENTS.at(sheet.place(f"A{sheet.rows[0].number}"), sheet=sheet.name))
    found += _duplicates(statements)
    place = sheet.place(f"A{sheet.rows[0].number}")
    return Policy(name=sheet.suffix or sheet.name, statements=statements, place=place), found


def _statement(record: Record, found: list[Diagnostic]) -> Statement:
    name = record["id"].text or str(record.row)
    when = _when(record["when"], found)
    then = tuple(_conclusions(record["then"], found))
    verdict = _verdict(record["verdict"], found)
    if record["then"].blank and record["verdict"].blank:
        found.append(faults.SAYS_NOTHING.at(record.first, id=name))
    if verdict not in (Verdict.NONE, Verdict.ALLOW) and record["message"].blank:
        found.append(faults.NO_MESSAGE.at(record["message"].place, id=name))
    days = [_day(record[column], found) for column in ("from", "until")]
    if days[0] and days[1] and days[1] < days[0]:
        found.append(faults.DATE_ORDER.at(record["until"].place, id=name))
    return Statement(
        id=name,
        when=when,
        then=then,
        valid_from=days[0],
        valid_until=days[1],
        in_force=tuple(_in_force(record, *days)),
        verdict=verdict,
        message=record["message"].text,
        remedy=record["remedy"].text,
        reference=record["reference"].text,
        message_en=record["message_en"].text,
        remedy_en=record["remedy_en"].text,
        text_places={key: record[key].place for key in ("message", "remedy", "message_en", "remedy_en")},
        place=record.first,
    )


def _spaced(cells: Iterable[Cell]) -> re.Pattern[str] | None:
    """The facts that are written with blanks, such as `需要 公安备案`, as they may stand in conditions."""
    written = (text.partition("=")[0].partition("＝")[0].split() for cell in cells for _, text in _pieces(cell.text))
    names = sorted({tuple(words) for words in written if len(words) > 1}, key=lambda words: -len("".join(words)))
    if not names:
        return None
    said = "|".join(r"\s+".join(map(re.escape, words)) for words in names)
    quoted, other = r"\"[^\"]*\"|“[^”]*”|'[^']*'", r"[$＄][{｛][^}｝]*[}｝]"
    return re.compile(rf"{quoted}|[$＄][{{｛]\s*({said})\s*[}}｝]|{other}|(?<!\w)({said})(?!\w)")


def _with_whole_names(record: Record, spaced: re.Pattern[str] | None) -> Record:
    """The record with such facts in its condition as one name; every other character stays where it is."""
    cell = record["when"]
    if spaced is None or not isinstance(cell.value, str):
        return record

    def whole(found: re.Match[str]) -> str:
        name = fact_name(found[1] or found[2] or "")
        return (f"${{{name}}}" if found[1] else name or found[0]).ljust(len(found[0]))

    return replace(record, cells={**record.cells, "when": replace(cell, value=spaced.sub(whole, cell.value))})


def _when(cell: Cell, found: list[Diagnostic]) -> Expression | None:
    """The condition; None where the row always holds. 否, or what cannot be read, is a condition that never does."""
    if cell.blank or plain(cell.text) in ALWAYS:
        return None
    read = None if plain(cell.text) in NO else condition(cell, found)
    return read or parse("false()", cell.place)[0]


def _day(cell: Cell, found: list[Diagnostic]) -> date | None:
    if cell.blank or cell.text.strip() in OPEN_ENDS:
        return None
    day = read_day(cell.value)
    if day is None:
        found.append(faults.BAD_DATE.at(cell.place, text=cell.text))
    return day


def _in_force(record: Record, first: date | None, last: date | None) -> Iterator[Expression]:
    """The dates of a row as conditions, so that they decide and explain like any other."""
    for column, sign, day in (("from", ">=", first), ("until", "<=", last)):
        condition = parse(f'today() {sign} date("{day}")', record[column].place)[0] if day else None
        if condition is not None:
            yield condition


def _verdict(cell: Cell, found: list[Diagnostic]) -> Verdict:
    if cell.blank:
        return Verdict.NONE
    verdict = _VERDICT_BY_WORD.get(plain(cell.text))
    if verdict is None:
        near = suggest(cell.text, (word for words in VERDICTS.values() for word in words))
        found.append(faults.UNKNOWN_VERDICT.at(cell.place, verdict=cell.text, near=near))
    return verdict or Verdict.NONE


def _conclusions(cell: Cell, found: list[Diagnostic]) -> Iterator[Conclusion]:
    """The facts of a `then` cell: `name = value`, `name = =expression` or `name`, with `;` or line breaks between."""
    if cell.blank:
        return
    if not isinstance(cell.value, str):
        found.append(faults.NOT_TEXT.at(cell.place, value=cell.text))
        return
    for start, text in _pieces(cell.value):
        place = cell.place.at(start, start + len(text))
        if sum(sign in DOUBLE_QUOTES for sign in text) % 2:
            found.append(faults.OPEN_QUOTE.at(place, text=text))
            continue
        conclusion = _conclusion(start, text, place, found)
        if conclusion is not None:
            yield conclusion


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The parts between separators, quoted ones left whole, each with where it begins."""
    start, quoted = 0, False
    for i, sign in enumerate([*text, ";"]):
        quoted = quoted is not (sign in DOUBLE_QUOTES)
        if i == len(text) or (sign in _SEPARATORS and not quoted):
            piece = text[start:i]
            if piece.strip():
                yield start + len(piece) - len(piece.lstrip()), piece.strip()
            start = i + 1


def _conclusion(start: int, text: str, place: Place, found: list[Diagnostic]) -> Conclusion | None:
    assigned = _ASSIGNED.fullmatch(text)
    written = assigned[1] if assigned else text
    name = fact_name(written)
    if not _is_name(written, name):
        found.append(faults.BAD_FACT.at(place, text=text))
        return None
    if assigned is None:
        return Conclusion(name=name, value=True, place=place)
    right = assigned[2]
    if not right.strip():
        found.append(faults.BAD_FACT.at(place, text=text))
        return None
    if right.lstrip().startswith(("=", "＝")):
        # Blanks in front keep the characters of the expression where they stand in the cell.
        begin = start + assigned.start(2)
        expression, problems = parse(" " * begin + right, Place(place.sheet, place.cell))
        found += problems
        return Conclusion(name=name, value=expression, place=place) if expression else None
    return Conclusion(name=name, value=_literal(right.strip()), place=place)


def _is_name(written: str, name: str) -> bool:
    """Whether an expression could refer to the fact by its bare name, and what is written says nothing else (`非 甲`)."""
    said, _ = parse(written, Place())
    parsed, _ = parse(name, Place())
    named = parsed is not None and isinstance(parsed.root, Reference) and parsed.root.name == name
    return named and (said is None or isinstance(said.root, Reference))


def _literal(text: str) -> Value:
    """A constant, read as in a decision table: `易制爆` `"甲, 乙"` `100` `20万` `2026-09-01` `是`."""
    inner = text[1:-1]
    if text[0] in DOUBLE_QUOTES and text[-1] in DOUBLE_QUOTES and not any(sign in DOUBLE_QUOTES for sign in inner):
        return inner
    literal = Literal(text)
    kind = orderable(literal) or evidence(literal)
    value = read(literal, Kind.BOOLEAN if kind is Kind.ANY else kind)
    return text if isinstance(value, Unreadable) else value


def _duplicates(statements: tuple[Statement, ...]) -> list[Diagnostic]:
    first: dict[str, Statement] = {}
    found: list[Diagnostic] = []
    for statement in statements:
        other = first.setdefault(plain(statement.id), statement)
        if other is not statement:
            found.append(faults.DUPLICATE_ID.at(statement.place, id=statement.id, other=other.place))
    return found
