"""The docs do not rot: generated pages are up to date, and every sheet, column, command and setting is described."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from banshi.platform.people import organisation
from banshi.platform.service import route_sheet
from banshi.platform.workbook.names import KINDS

DOCS = Path(__file__).parents[2] / "docs"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date() -> None:
    stale = [path.name for path, text in generator().pages().items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run `make docs`"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_column_of_the_route_and_organisation_is_described(language: str) -> None:
    guide = (DOCS / language / "workbook.md").read_text()
    columns = (*route_sheet.COLUMNS, *organisation.PEOPLE, *organisation.DEPARTMENTS)
    missing = {column.name for column in columns if not any(word in guide for word in column.words)}
    assert missing == set()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sheet_is_described(language: str) -> None:
    guide = (DOCS / language / "workbook.md").read_text()
    main = (
        "settings",
        "survey",
        "choices",
        "rules",
        "route",
        "fees",
        "policy",
        "data",
        "examples",
        "people",
        "calendar",
    )
    assert {kind for kind in main if not any(word in guide for word in KINDS[kind])} == set()
