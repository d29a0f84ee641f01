"""Faults of the setting `places`: the data sheet whose rows have QR codes of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banshi.platform.service.model import Service
from banshi.platform.sheets.places_faults import BAD_PLACES, NO_COLUMN, NO_SHEET, NOTHING_FILLED
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

_SHAPE = re.compile(r"\s*([^\[\]［］【】]+?)\s*(?:[\[［【]\s*([^\[\]［］【】]+?)\s*[\]］】])?\s*")


def parse_places(cell: Cell | None, found: list[Diagnostic]) -> tuple[str, str]:
    """The data sheet, and the column that names a place: `教室[房间号]`; both empty where nothing is given."""
    if cell is None:
        return "", ""
    shape = _SHAPE.fullmatch(cell.text)
    if shape is None:
        found.append(BAD_PLACES.at(cell.place, text=cell.text))
        return "", ""
    return shape[1], shape[2] or ""


def check_places(service: Service) -> Iterator[Diagnostic]:
    """A data sheet or a column that is not there, and rows that would fill nothing in."""
    settings = service.settings
    if not settings.places:
        return
    dataset = service.datasets.get(settings.places)
    if dataset is None:
        near = suggest(settings.places, service.datasets)
        yield NO_SHEET.at(settings.places_place, name=settings.places, near=near)
        return
    if settings.places_column and settings.places_column not in dataset.columns:
        near = suggest(settings.places_column, dataset.columns)
        yield NO_COLUMN.at(settings.places_place, name=settings.places_column, sheet=dataset.name, near=near)
    fields = {plain(item.name) for item, repeats in (service.survey.walk() if service.survey else ()) if not repeats}
    if not fields & set(map(plain, dataset.columns)):
        yield NOTHING_FILLED.at(settings.places_place, sheet=dataset.name)
