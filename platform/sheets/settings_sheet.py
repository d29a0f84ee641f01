"""The settings sheet: a header row with a row of values (as XLSForm has it), or two columns of settings and values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from banshi.platform.people.who import parse_who
from banshi.platform.service.model import Retention, Settings, Texts
from banshi.platform.sheets import faults
from banshi.platform.sheets.cells import expression
from banshi.platform.sheets.number_pattern import wrong_with_pattern
from banshi.platform.sheets.places_checks import parse_places
from banshi.platform.sheets.route_sheet import read_due
from banshi.platform.sheets.translated import split_language
from banshi.platform.sheets.words import (
    NO,
    RETENTIONS,
    SETTINGS,
    SETTINGS_HEADINGS,
    SETTINGS_NOT_AVAILABLE,
    SETTINGS_TRANSLATED,
    YES,
)
from banshi.platform.workbook.columns import plain, suggest
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

RESERVED = frozenset({"organisation", "calendar"})
"""The ids under which the platform keeps the workbooks that all services share."""
_ID = re.compile(r"[^\W_][\w-]{0,63}")
_PERIOD = re.compile(r"(\d{1,3}) ?(年|个月|月|years?|months?)")
_IDS = re.compile(r"[,，、;；\s]+")
_USUAL_NUMBER = "{yyyy}{000001}"
_BY_WORD = {plain(word): column.name for column in SETTINGS for word in column.words}
_NOT_AVAILABLE = frozenset(map(plain, SETTINGS_NOT_AVAILABLE))
_HEADINGS = frozenset(map(plain, SETTINGS_HEADINGS))


@dataclass(slots=True)
class _Given:
    """The settings that were given: the cell of each, and the cells of those with languages."""

    cells: dict[str, Cell] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.cells[name].text if name in self.cells else ""

    def translated(self, name: str) -> Texts:
        return Texts(tuple(self.texts.get(name, {}).items()))


def parse_settings(sheet: Sheet | None, file: str) -> tuple[Settings, list[Diagnostic]]:
    """The settings; without a sheet, the file's name stands in for id and title."""
    found: list[Diagnostic] = []
    given = _Given()
    for key, value in _pairs(sheet, found):
        _take(key, value, given, found)
    stem = re.sub(r"\.[^.]*$", "", file.replace("\\", "/").rpartition("/")[2])
    places, places_column = parse_places(given.cells.get("places"), found)
    settings = Settings(
        id=_identity(given.cells.get("id"), stem, found),
        title=given.translated("title") if "title" in given.texts else Texts((("", stem),)),
        category=given.translated("category"),
        owner=given.text("owner"),
        number=_number(given.cells.get("number"), found),
        version=given.text("version"),
        guide=given.translated("guide"),
        contact=given.translated("contact"),
        keywords=tuple(re.split(r"[,，、;；\s]+", given.text("keywords").strip())) if given.text("keywords") else (),
        icon=given.text("icon"),
        choice_duplicates=plain(given.text("choice_duplicates")) in YES,
        sla=given.translated("sla"),
        due=read_due(given.cells.get("due", Cell()), found),
        source=given.translated("source"),
        instance_name=expression(given.cells.get("instance_name", Cell()), found),
        applicants=_applicants(given.cells.get("applicants"), found),
        archive=given.text("archive"),
        retention=_retention(given.cells.get("retention"), found),
        consent=_consent(given.cells.get("consent"), found),
        personal_kept=_personal_kept(given.cells.get("personal_kept"), found),
        code_of=tuple(filter(None, _IDS.split(given.text("code_of").strip()))),
        places=places,
        places_column=places_column,
        code_of_place=given.cells.get("code_of", Cell()).place,
        places_place=given.cells.get("places", Cell()).place,
        owner_place=given.cells.get("owner", Cell()).place,
        applicants_place=given.cells.get("applicants", Cell()).place,
        consent_place=given.cells.get("consent", Cell()).place,
        personal_kept_place=given.cells.get("personal_kept", Cell()).place,
    )
    if sheet is not None and sheet.rows and "title" not in given.texts:
        found.append(faults.NO_TITLE.at(sheet.place()))
    return settings, found


def _pairs(sheet: Sheet | None, found: list[Diagnostic]) -> list[tuple[Cell, Cell]]:
    """Settings and their values, whichever way round the sheet stands."""
    if sheet is None or not sheet.rows:
        return []
    if stands_across(sheet):
        values = sheet.rows[1].cells if len(sheet.rows) > 1 else ()
        if not values:
            found.append(faults.SETTINGS_WITHOUT_VALUES.at(sheet.place("A2")))
        return [(key, values[i] if i < len(values) else Cell()) for i, key in enumerate(sheet.rows[0].cells)]
    pairs = []
    for row in sheet.rows:
        filled = _filled(row.cells)
        if plain(filled[0].text) in _HEADINGS and len(filled) > 1 and plain(filled[1].text) in _HEADINGS:
            continue
        pairs.append((filled[0], filled[1] if len(filled) > 1 else Cell()))
    return pairs


def stands_across(sheet: Sheet) -> bool:
    """Whether the settings of a sheet with rows stand in its first row, as XLSForm has them; else one below the other."""
    head = _filled(sheet.rows[0].cells)
    across = sum(_known(cell) for cell in head)
    down = sum(_known(filled[0]) for filled in (_filled(row.cells) for row in sheet.rows) if filled)
    return across > down or (across == down and len(head) == 1)


def _filled(cells: tuple[Cell, ...]) -> list[Cell]:
    return [cell for cell in cells if not cell.blank]


def _known(cell: Cell) -> bool:
    base = plain(split_language(cell.text)[0])
    return base in _BY_WORD or base in _NOT_AVAILABLE


def _take(key: Cell, value: Cell, given: _Given, found: list[Diagnostic]) -> None:
    if key.blank or key.text.startswith("#"):
        return
    base, language = split_language(key.text)
    name = _BY_WORD.get(plain(base), "")
    if not name or (language and name not in SETTINGS_TRANSLATED):
        if plain(base) in _NOT_AVAILABLE:
            if not value.blank:
                found.append(faults.SETTING_NOT_AVAILABLE.at(key.place, key=key.text))
        else:
            near = suggest(key.text, (word for column in SETTINGS for word in column.words))
            found.append(
                (faults.UNKNOWN_SETTING if near else faults.OWN_SETTING).at(key.place, key=key.text, near=near)
            )
        return
    if value.blank:
        return
    if name in SETTINGS_TRANSLATED:
        texts = given.texts.setdefault(name, {})
        if language in texts:
            found.append(faults.SETTING_TWICE.at(key.place, key=key.text))
        texts.setdefault(language, value.text)
    elif name in given.cells:
        found.append(faults.SETTING_TWICE.at(key.place, key=key.text))
    given.cells.setdefault(name, value)


def _identity(cell: Cell | None, stem: str, found: list[Diagnostic]) -> str:
    if cell is None:
        # Without an id of its own the service is known by its file; what cannot stand in an address becomes a hyphen.
        made = re.sub(r"[^\w-]+", "-", stem).strip("-_")[:64] or "service"
        return f"{made}-service" if made in RESERVED else made
    made = re.sub(r"[^\w-]+", "-", cell.text).strip("-_")[:64]
    if not made:
        found.append(faults.BAD_ID.at(cell.place, id=cell.text))
    elif not _ID.fullmatch(cell.text):
        # Published forms are called `contact:person:create` or `Household survey`.
        found.append(faults.ID_FITTED.at(cell.place, id=cell.text, made=made))
        return _identity(replace(cell, value=made), stem, found)
    elif cell.text.casefold() in RESERVED:
        found.append(faults.RESERVED_ID.at(cell.place, id=cell.text))
    return cell.text


def _number(cell: Cell | None, found: list[Diagnostic]) -> str:
    if cell is None:
        return _USUAL_NUMBER
    why = wrong_with_pattern(cell.text)
    if why is not None:
        found.append(faults.BAD_NUMBER_PATTERN.at(cell.place, pattern=cell.text, why=why[0], why_en=why[1]))
        return _USUAL_NUMBER
    return cell.text


def _retention(cell: Cell | None, found: list[Diagnostic]) -> Retention | None:
    if cell is None:
        return None
    retention = RETENTIONS.get(plain(cell.text))
    if retention is None:
        found.append(faults.BAD_RETENTION.at(cell.place, text=cell.text))
    return retention


def _consent(cell: Cell | None, found: list[Diagnostic]) -> bool:
    if cell is None or plain(cell.text) in NO:
        return False
    if plain(cell.text) not in YES:
        found.append(faults.BAD_CONSENT.at(cell.place, text=cell.text))
    return True


def _personal_kept(cell: Cell | None, found: list[Diagnostic]) -> int | None:
    """A period of whole years or months, in months."""
    if cell is None:
        return None
    said = _PERIOD.fullmatch(plain(cell.text))
    if said is None or not int(said[1]):
        found.append(faults.BAD_KEEPING.at(cell.place, text=cell.text))
        return None
    return int(said[1]) * (12 if said[2] in ("年", "year", "years") else 1)


def _applicants(cell: Cell | None, found: list[Diagnostic]) -> str:
    if cell is None:
        return ""
    found.extend(parse_who(cell.text, cell.place)[1])
    return cell.text
