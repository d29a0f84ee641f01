"""A workbook for a new service: a small one that works as it is, or an existing one under another name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import openpyxl
from openpyxl.styles import Font
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from banshi.platform.errors import Declined
from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.terms import TermKind
from banshi.platform.publishing.proposals import LIST_OF, USUAL_WHO, lists_of, said, selects_of, types_of
from banshi.platform.publishing.starting_headers import COLUMNS, Head, heads
from banshi.platform.publishing.starting_notes import note_of
from banshi.platform.publishing.starting_texts import HELP, HELP_TITLE, IDLE, LISTS_TITLE, SHEETS
from banshi.platform.sheets.settings_sheet import RESERVED
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.blank import WRAPPED, Tone, put, row_height, wide
from banshi.platform.workbook.dressing import Dress, Followed, dress, dress_guarded
from banshi.platform.workbook.guard import read_workbook_guarded
from banshi.platform.workbook.workbook import Workbook, column_letters

LONGEST_TITLE = 60
"""Characters of a title: what a card of the hall shows."""
_NARROWEST, _WIDEST = 12, 60
_LONGEST_ID = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a new service is to be: its title, the language of its workbook, whose it is, and ids that are taken."""

    title: str
    language: str = "zh"
    owner: str = ""
    directory: Directory | None = None
    taken: Collection[str] = ()

    def __post_init__(self) -> None:
        """Take blanks out of the title; raises Declined for one that is too long."""
        object.__setattr__(self, "title", " ".join(self.title.split()))
        if len(self.title) > LONGEST_TITLE:
            raise Declined(
                f"服务的名称不超过 {LONGEST_TITLE} 个字。", f"A title has at most {LONGEST_TITLE} characters."
            )

    @property
    def id(self) -> str:
        """The id that is proposed: the title in Latin letters, Chinese by its pinyin; raises Declined for none."""
        return _id(self.title, self.taken)


def start(wish: Wish) -> tuple[str, bytes]:
    """The file name and the bytes of a workbook that works as it is. Raises Declined for a title without letters."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    words = _words(wish)
    _write(help_sheet := book.create_sheet(HELP_TITLE[wish.language]), [(words["title"], ""), *HELP[wish.language]])
    help_sheet["A1"].font = Font(bold=True, size=14)
    for title, rows in _tables(SHEETS[wish.language], words):
        _write(book.create_sheet(title), rows)
    # What the reader makes of it says where which header stands.
    workbook, _ = read_workbook(_saved(book), "new.xlsx")
    assert workbook is not None
    dress(book, _dress(workbook, wish, coloured=True))
    for title in IDLE[wish.language]:
        book[title].title = f"#{title}"
    return f"{words['id']}.xlsx", _saved(book)


def start_like(wish: Wish, data: bytes, file: str) -> tuple[str, bytes]:
    """A workbook under another id and title, without version and dates of publication; lists and notes where it has none.

    Raises Declined where the file cannot be read or holds no service, or the title has no letter.
    """
    workbook, found = read_workbook_guarded(data, file)
    if workbook is None:
        raise Declined(found[0].message("zh"), found[0].message("en"))
    if not any(sheet.kind in COLUMNS for sheet in workbook.sheets):
        raise Declined(f"{file} 里没有服务。", f"{file} holds no service.")
    made = dress_guarded(data, _dress(workbook, wish, coloured=False))
    if made is None:
        raise Declined(
            f"{file} 打不开，请用 Excel 另存为 .xlsx 再试。",
            f"{file} cannot be opened; save it as .xlsx by Excel and try again.",
        )
    return f"{wish.id}.xlsx", made


def _id(title: str, taken: Collection[str]) -> str:
    # Imported here: its dictionary is large, and few processes begin a service.
    from pypinyin import lazy_pinyin

    def latin(signs: str) -> str:
        plain = unicodedata.normalize("NFKD", signs).encode("ascii", "ignore").decode()
        return re.sub(r"[^a-z0-9]+", "-", plain.casefold())

    parts = lazy_pinyin(unicodedata.normalize("NFKC", title), errors=latin)
    made = re.sub("-+", "-", "-".join(parts))[:_LONGEST_ID].strip("-")
    if not made:
        raise Declined(
            "请写服务的名称，其中要有汉字、字母或数字。", "Please give the service a title with letters or digits."
        )
    number, free = 1, made
    while free in taken or free in RESERVED:
        number += 1
        free = f"{made}-{number}"
    return free


def _words(wish: Wish) -> Mapping[str, str]:
    """What is filled in."""
    directory = wish.directory or Directory()
    identity, applicant, known = wish.id, _applicant(directory), directory.head(wish.owner) is not None
    return {
        "id": identity,
        "title": wish.title,
        "owner": wish.owner,
        "number": "".join(part[0] for part in identity.split("-"))[:4].upper(),
        "handler": said(TermKind.HEAD, wish.owner, wish.language) if known else USUAL_WHO[1][wish.language == "en"],
        "applicant": applicant.id,
        "department": applicant.department,
        # Examples name people and departments only where they are known; without them no path can be told.
        "required": ("是" if wish.language == "zh" else "yes") if applicant.id else "",
        "short": "10>20>40>50" if applicant.id else "",
        "long": "10>20>30>40>50" if applicant.id else "",
    }


def _applicant(directory: Directory) -> Person:
    """Somebody for the examples: she heads none of the departments above her, and the two nearest have different heads.

    Nobody where there is no such person, or no administrator to act for a head that is missing.
    """
    if any("administrator" in person.roles for person in directory.people.values()):
        for _, person in sorted(directory.people.items()):
            heads = [directory.departments[name].head for name in directory.lineage(person.department)]
            if heads and heads[0] and person.id not in heads and heads[0] not in heads[1:]:
                return person
    return Person(id="", name="")


def _tables(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, list[list[str | int]]]]:
    """The sheets of a text: titles and rows of cells."""

    def typed(cell: str) -> str | int:
        cell = cell.strip()
        if cell.isdecimal():
            return int(cell)
        return re.sub("<([a-z]+)>", lambda found: words[found[1]], cell.removeprefix("'"))

    for part in text.split("\n## ")[1:]:
        title, *lines = part.strip().splitlines()
        yield title, [[typed(cell) for cell in line.strip("| ").split("|")] for line in lines if line]


def _write(sheet: Worksheet, rows: Sequence[Sequence[str | int]]) -> None:
    """Cells in columns that are as wide as what stands in them, and a header that stays when the sheet is scrolled."""
    columns = max(map(len, rows))
    longest = [max(wide(str(row[column])) for row in rows if column < len(row)) for column in range(columns)]
    widths = [min(max(length + 5, _NARROWEST), _WIDEST) for length in longest]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if isinstance(value, int):
                sheet.cell(number, column).value = value
            elif value:
                put(sheet, number, column, value)
            sheet.cell(number, column).alignment = WRAPPED
        sheet.row_dimensions[number].height = row_height(zip(map(str, row), widths, strict=False))
    for column, width in enumerate(widths):
        sheet.column_dimensions[column_letters(column)].width = width
    sheet.freeze_panes = f"A{next(number for number, row in enumerate(rows, start=2) if len(row) == columns)}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _dress(workbook: Workbook, wish: Wish, *, coloured: bool) -> Dress:
    """Notes and lists for every header of a workbook that the standard knows."""
    found = [head for sheet in workbook.sheets for head in heads(sheet)]
    notes = []
    for head in found:
        tone: Tone = "needed" if head.needed else "open"
        if note := note_of(head.kind, head.column, wish.language):
            notes.append((head.sheet.name, head.cell, note, tone if coloured else None))
    drops = [
        (head.sheet.name, head.area, LIST_OF[f"{head.kind}.{head.column}"])
        for head in found
        if f"{head.kind}.{head.column}" in LIST_OF
    ]
    return Dress(
        values=[] if coloured else list(_renamed(found, wish)),
        notes=notes,
        drops=drops,
        lists=lists_of(wish.language, wish.directory),
        followed=dict(_followed(found, wish.language)),
        lists_title=LISTS_TITLE[wish.language],
    )


def _followed(found: list[Head], language: str) -> Iterator[tuple[str, Followed]]:
    """The lists that follow a column: the lists of the choices sheet, the fields of the survey."""
    names = next((_area(head) for head in found if (head.kind, head.column) == ("choices", "list_name")), "")
    fields = next((_area(head) for head in found if (head.kind, head.column) == ("survey", "name")), "")
    if names:
        yield "choice_lists", Followed(area=names)
        yield "types", Followed(area=names, forms=selects_of(language), first=types_of(language))
    if fields:
        yield "fields", Followed(area=fields)
        yield "references", Followed(area=fields, forms=["${{}}"])


def _area(head: Head) -> str:
    title = head.sheet.name.replace("'", "''")
    return f"'{title}'!" + ":".join(re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", cell) for cell in head.area.split(":"))


def _renamed(found: list[Head], wish: Wish) -> Iterator[tuple[str, str, str | None]]:
    """The id and the title anew; title in other languages, version and dates of publication are emptied."""
    settings = [head for head in found if head.kind == "settings"]
    titles = [head for head in settings if head.column == "title"]
    own = next((head for head in titles if head.language in ("", wish.language)), next(iter(titles), None))
    for head in settings:
        if head.column == "id":
            yield head.sheet.name, head.area, wish.id
        elif head is own:
            yield head.sheet.name, head.area, wish.title
        elif head.column in ("title", "version", "open_from", "open_until"):
            yield head.sheet.name, head.area, None


def _saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
