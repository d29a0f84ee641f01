"""The sheet `documents` · `文书`: the papers that a service issues."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from banshi.platform.documents.drawings import picture
from banshi.platform.service.papers import MOST_COPIES, Document, Seal, Valid
from banshi.platform.sheets import document_faults as faults
from banshi.platform.sheets.cells import expression, part_of
from banshi.platform.sheets.named_rows import NOTE, TITLES, cells_of, named_rows, several, titles_of, when_of, yes_of
from banshi.platform.sheets.number_pattern import wrong_with_pattern
from banshi.platform.workbook.columns import Column, Record, plain, suggest
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression

COLUMNS: Final = (
    Column("document", ("document", "文书"), needed=True),
    *TITLES,
    Column("when", ("when", "条件")),
    Column("template", ("template", "模板", "template::中文 (zh)", "模板::中文 (zh)")),
    Column("template_en", ("template::English (en)", "template::en", "模板::English (en)", "模板::en")),
    Column("paper", ("paper", "纸张")),
    Column("copies", ("copies", "份数")),
    Column("number", ("number", "文号")),
    Column("seal", ("seal", "印章")),
    Column("verify", ("verify", "核验")),
    Column("shows", ("shows", "核验内容")),
    Column("language", ("language", "语言")),
    Column("valid", ("valid", "有效期")),
    NOTE,
)
PLAIN = "{yyyy}{000001}"
"""The number of a paper for which nothing else is said."""
SIZES = ("A3", "A4", "A5", "A6", "B5", "Letter")
_LANDSCAPE = re.compile(r"\s*(横向|横|landscape)\s*$", re.IGNORECASE)
_PORTRAIT = re.compile(r"\s*(纵向|竖向|portrait)\s*$", re.IGNORECASE)
_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    **{plain(word): ("zh",) for word in ("zh", "中文", "chinese", "汉语")},
    **{plain(word): ("en",) for word in ("en", "英文", "english", "英语")},
    **{
        plain(word): ("zh", "en")
        for word in ("both", "中英", "双语", "中英文", "中文、英文", "zh, en", "zh,en", "zh en", "中文,英文")
    },
}
_PERIOD = re.compile(r"(\d{1,4})\s*(天|日|days?|个月|月|months?|年|years?)", re.IGNORECASE)
_TEMPLATE_FILE = re.compile(r"[^\n<>{}]+\.html?", re.IGNORECASE)
_PICTURE_FILE = re.compile(r"[^\n<>{}]+\.(?:png|jpe?g)", re.IGNORECASE)
_DOWNLOADS = re.compile(r"[\s,，;；]*(含下载|下载也算|with downloads|including downloads)\s*$", re.IGNORECASE)
_MONTHS = 12


def parse_documents(sheet: Sheet, files: Mapping[str, str]) -> tuple[tuple[Document, ...], list[Diagnostic]]:
    """The papers of a sheet with everything that is wrong in it; `files` are those beside the workbook, by name."""
    return named_rows(
        sheet,
        COLUMNS,
        lambda record, found: _document(record, files, found),
        no_name=faults.NO_NAME,
        name_twice=faults.NAME_TWICE,
    )


def _document(record: Record, files: Mapping[str, str], found: list[Diagnostic]) -> Document:
    size, landscape = _paper(record["paper"], found)
    copies, downloads = _copies(record["copies"], found)
    number = record["number"].text.strip()
    if number and (wrong := wrong_with_pattern(number)) is not None:
        found.append(faults.BAD_NUMBER.at(record["number"].place, text=number, why=wrong[0], why_en=wrong[1]))
    templates = {
        "zh": _template(record["template"], files, found),
        "en": _template(record["template_en"], files, found),
    }
    return Document(
        name=record["document"].text.strip(),
        titles=titles_of(record),
        when=when_of(record["when"], found),
        templates={language: text for language, text in templates.items() if text},
        size=size,
        landscape=landscape,
        copies=copies,
        downloads=downloads,
        number=number or PLAIN,
        seal=_seal(record["seal"], files, found),
        verify=yes_of(record["verify"], faults.BAD_YES, found),
        shows=several(record["shows"]),
        languages=_languages(record["language"], found),
        valid=_valid(record["valid"], found),
        place=record.first,
        cells=cells_of(record, COLUMNS),
    )


def _template(cell: Cell, files: Mapping[str, str], found: list[Diagnostic]) -> str:
    text = cell.text.strip()
    if not _TEMPLATE_FILE.fullmatch(text):
        return cell.text
    if not files.get(text):
        found.append(faults.NO_FILE.at(cell.place, file=text))
        return ""
    return files[text]


def _seal(cell: Cell, files: Mapping[str, str], found: list[Diagnostic]) -> Seal | None:
    text = cell.text.strip()
    if not text:
        return None
    if not _PICTURE_FILE.fullmatch(text):
        ring, _, below = re.sub(r"\s*[/／|\n]\s*", "\n", text, count=1).partition("\n")
        return Seal(text=ring, below=below)
    try:
        made = picture(base64.b64decode(files.get(text, ""), validate=True))
    except binascii.Error:
        made = ""
    if not made:
        found.append(faults.NO_FILE.at(cell.place, file=text))
    return Seal(picture=made)


def _paper(cell: Cell, found: list[Diagnostic]) -> tuple[str, bool]:
    landscape = bool(_LANDSCAPE.search(cell.text))
    word = _PORTRAIT.sub("", _LANDSCAPE.sub("", cell.text)).strip()
    size = next((size for size in SIZES if plain(word) == plain(size)), "")
    if word and not size:
        found.append(faults.BAD_PAPER.at(cell.place, text=cell.text, known="、".join(SIZES), near=suggest(word, SIZES)))
    return size or "A4", landscape


def _copies(cell: Cell, found: list[Diagnostic]) -> tuple[int | Expression, bool]:
    """How many copies there are, and whether downloads count: `3`, `3份`, `${copies}`, `${copies} with downloads`."""
    bare = _DOWNLOADS.sub("", cell.text)
    downloads = bare != cell.text
    text = re.sub(r"\s*(份|copies|copy)$", "", bare.strip())
    if text == "" or plain(text) in ("不限", "unlimited"):
        if downloads:
            found.append(faults.BAD_COPIES.at(cell.place, text=cell.text))
        return 0, False
    if text.isdecimal() and 1 <= int(text) <= MOST_COPIES:
        return int(text), downloads
    if "${" not in text:
        found.append(faults.BAD_COPIES.at(cell.place, text=cell.text))
        return 0, downloads
    return part_of(cell, 0, len(bare), found) or 1, downloads


def _languages(cell: Cell, found: list[Diagnostic]) -> tuple[str, ...]:
    languages = _LANGUAGES.get(plain(cell.text)) if not cell.blank else ("zh",)
    if languages is None:
        found.append(faults.BAD_LANGUAGE.at(cell.place, text=cell.text))
    return languages or ("zh",)


def _valid(cell: Cell, found: list[Diagnostic]) -> Valid | None:
    text = cell.text.strip()
    if not text or plain(text) in ("长期", "永久", "unlimited"):
        return None
    if shape := _PERIOD.fullmatch(text):
        count, unit = int(shape[1]), shape[2].casefold()
        if unit in ("天", "日") or unit.startswith("day"):
            return Valid(days=count)
        return Valid(months=count * (_MONTHS if unit == "年" or unit.startswith("year") else 1))
    wrong: list[Diagnostic] = []
    until = expression(cell, wrong)
    if until is None:
        found.append(faults.BAD_VALID.at(cell.place, text=cell.text))
        return None
    return Valid(until=until)
