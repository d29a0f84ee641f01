"""Columns in several languages: `label`, `label::中文 (zh)`, `标签::English (en)`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from operator import eq

from banshi.platform.service.model import Media, Texts
from banshi.platform.sheets import faults
from banshi.platform.sheets.words import LANGUAGES, MEDIA
from banshi.platform.workbook.columns import COUNTERS, Column, Header, Record, plain, read_header, suggest
from banshi.platform.workbook.faults import UNKNOWN_COLUMN
from banshi.platform.workbook.workbook import Row, Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

_PARTS = re.compile(r"\s*::?\s*")
_MEDIA = re.compile(rf"\s*media\s*::?\s*({'|'.join(MEDIA)})(?=\s*(?::|$))", re.IGNORECASE)
_BIND = re.compile(
    r"\s*bind\s*::?\s*(?:jr\s*::?\s*)?"
    r"(relevant|required|readonly|calculate|constraint(?:Msg)?|requiredMsg)(?=\s*(?::|$))",
    re.IGNORECASE,
)
_CODE = re.compile(r"\(([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\)\s*$")


@dataclass(frozen=True, slots=True)
class Translated:
    """A header row with its translations: column name → (language, index of the cell), in the order of the sheet."""

    header: Header
    languages: Mapping[str, list[tuple[str, int]]]
    others: tuple[str, ...] = ()

    def record(self, row: Row) -> Record:
        """The row's cells by column name."""
        return self.header.record(row)

    def texts(self, row: Row, name: str) -> Texts:
        """The texts of a column in a row, by language."""
        found: dict[str, str] = {}
        unmarked = self.header.index.get(name, len(row.cells))
        if unmarked < len(row.cells) and not row.cells[unmarked].blank:
            found[""] = row.cells[unmarked].text
        for language, index in self.languages.get(name, ()):
            if index < len(row.cells) and not row.cells[index].blank:
                found.setdefault(language, row.cells[index].text)
        return Texts(tuple(found.items()))

    def media(self, row: Row) -> tuple[Media, ...]:
        """The files that the label of a row shows."""
        return tuple(
            Media(kind, language, row.cells[index].text.strip(), row.cells[index].place)
            for kind in MEDIA
            for language, index in self.languages.get(kind, ())
            if index < len(row.cells) and not row.cells[index].blank
        )

    def indexes(self, names: Collection[str]) -> list[int]:
        """Where the texts of some columns stand, in any language."""
        unmarked = [index for name, index in self.header.index.items() if name in names]
        return unmarked + [index for name in names for _, index in self.languages.get(name, ())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What a sheet with languages may have: its columns, which are translated, what is known but not used.

    With `keep` other columns belong to the author and are kept under their own names. Without, they are named in a
    warning only: a third of the published XLSForms carry some. What looks like a misspelt column is a fault either way.
    """

    columns: tuple[Column, ...]
    translated: Collection[str]
    not_available: Collection[str] = ()
    keep: bool = False
    by_word: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        words = {plain(word): column.name for column in self.columns for word in column.words}
        object.__setattr__(self, "by_word", words)

    def read(self, sheet: Sheet, row: Row) -> tuple[Translated, list[Diagnostic]]:
        """Understand a header row."""
        languages: dict[str, list[tuple[str, int]]] = {}
        found: list[Diagnostic] = []
        others: list[str] = []
        cells = list(row.cells)
        there = {self.by_word.get(plain(split_language(cell.text)[0])) for cell in cells}
        for index, cell in enumerate(cells):
            base, language = split_language(cell.text)
            name = self.by_word.get(plain(base), "")
            if cell.blank or cell.text.startswith("#") or (not self.keep and plain(cell.text) in COUNTERS):
                continue
            # Published forms have `image` beside `media::image`: neither is a fault, the first that is filled in counts.
            if name and not language and name not in MEDIA:
                cells[index] = replace(cell, value=base)
                continue
            if name in self.translated and (language or name in MEDIA):
                languages.setdefault(name, []).append((language, index))
            elif (warning := self._stranger(cell, base, there)) is not None:
                found.append(warning)
            else:
                # A column of the author's own, or one that `read_header` names as misspelt.
                others.append(cell.text)
                continue
            cells[index] = replace(cell, value=None)
        needed = [replace(column, needed=column.needed and column.name not in languages) for column in self.columns]
        header, more = read_header(sheet, replace(row, cells=tuple(cells)), needed, others=self.keep)
        return Translated(header, languages, tuple(others)), found + more

    def _stranger(self, cell: Cell, base: str, there: Collection[str | None]) -> Diagnostic | None:
        unused = set(map(plain, self.not_available))
        if plain(base) in unused or plain(cell.text) in unused:
            return faults.COLUMN_NOT_AVAILABLE.at(cell.place, column=cell.text)
        near = suggest(cell.text, self.by_word, strict=True) or ("" if self.keep else self._alike(base))
        # Beside the right column, `relevent` is still a slip of it, and `labels` or `hint2` one of the author's own.
        longer = plain(near) in plain(base) or plain(base) in plain(near)
        misspelt = near and (self.by_word[near] not in there or not (self.keep or longer))
        if self.keep:
            misspelt = misspelt and plain(cell.text) not in self.by_word
            return UNKNOWN_COLUMN.at(cell.place, column=cell.text, near=near) if misspelt else None
        return None if misspelt else faults.OWN_COLUMN.at(cell.place, column=cell.text)

    def _alike(self, base: str) -> str:
        """The Chinese word of two characters of which one stands in its place: 必添 for 必填."""
        typed = plain(base)
        alike = (word for word in self.by_word if len(word) == 2 and sum(map(eq, typed, word)) == 1)
        return next(alike, "") if len(typed) == 2 and not typed.isascii() else ""


def split_language(text: str) -> tuple[str, str]:
    """A column name and its language code: `label::中文 (zh)` → `label`, `zh`; without a language the code is empty."""
    # XLSForm writes `media::image::English (en)` as well as `image::English (en)`, and old ones `bind:relevant`.
    text = _BIND.sub(r"\1", _MEDIA.sub(r"\1", unicodedata.normalize("NFKC", text)))
    base, *rest = _PARTS.split(text, maxsplit=1)
    if not rest or not rest[0]:
        return text, ""
    language = rest[0].strip()
    code = _CODE.search(language)
    return base, code[1].lower() if code else LANGUAGES.get(plain(language), plain(language))
