"""The docs do not rot: generated pages are up to date, and every sheet, column, command and setting is described."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from banshi.platform.people import calendar, organisation
from banshi.platform.sheets import (
    board_sheet,
    connect_sheet,
    documents_sheet,
    fees_sheet,
    live_codes_sheet,
    migrate_sheet,
    notices_sheet,
    passes_sheet,
    personal_passes_sheet,
    policy_sheet,
    route_sheet,
    rules_sheet,
    schedule_sheet,
    words,
)
from banshi.platform.workbook.columns import Column
from banshi.platform.workbook.key_rows import KEY_ROWS
from banshi.platform.workbook.names import KINDS
from banshi.ui.cli import app
from banshi.ui.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
SHEETS: dict[str, tuple[Column, ...]] = {
    "settings": words.SETTINGS,
    "survey": words.SURVEY_COLUMNS,
    "choices": words.CHOICES_COLUMNS,
    "rules": rules_sheet.COLUMNS,
    "fees": fees_sheet.COLUMNS,
    "policy": policy_sheet.COLUMNS,
    "route": route_sheet.COLUMNS,
    "migrate": migrate_sheet.COLUMNS,
    "notices": notices_sheet.COLUMNS,
    "connect": connect_sheet.COLUMNS,
    "documents": documents_sheet.COLUMNS,
    "passes": passes_sheet.COLUMNS,
    "personal passes": personal_passes_sheet.COLUMNS,
    "codes": live_codes_sheet.COLUMNS,
    "schedule": schedule_sheet.COLUMNS,
    "board": board_sheet.COLUMNS,
    "data": KEY_ROWS,
    "calendar": (*calendar.COLUMNS, *calendar.HOURS, *calendar.TERMS),
    "organisation": (*organisation.PEOPLE, *organisation.DEPARTMENTS),
}


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def section(language: str, sheet: str) -> str:
    """What the guide says of a sheet: from its heading to the next."""
    guide = (DOCS / language / "workbook.md").read_text(encoding="utf-8")
    title = {"organisation": "组织工作簿"}.get(sheet, sheet) if language == "zh" else sheet
    parts = re.split(r"^## ", guide, flags=re.MULTILINE)[1:]
    return next(part for part in parts if title in part.partition("\n")[0].casefold())


def test_generated_pages_are_up_to_date() -> None:
    stale = [path.name for path, text in generator().pages().items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run `make docs`"


@LANGUAGES
@pytest.mark.parametrize("sheet", SHEETS)
def test_every_column_is_described_where_its_sheet_is(language: str, sheet: str) -> None:
    text = section(language, sheet)
    told = {part.strip(" `") for part in re.split(r"[|、,（）()：:;；\s]+", text)} | set(
        re.findall(r"[\w:]+(?: \(en\))?", text)
    )
    missing = {column.name for column in SHEETS[sheet] if not any(word in told for word in column.words)}
    assert missing == set()


@LANGUAGES
def test_every_sheet_is_described(language: str) -> None:
    guide = (DOCS / language / "workbook.md").read_text(encoding="utf-8")
    idle = {*words.SHEETS_NOT_ACTIVE, *words.SHEETS_SHARED} - {"people", "departments", "calendar", "hours", "terms"}
    assert {kind for kind in set(KINDS) - idle if not any(word in guide for word in KINDS[kind])} == set()


@LANGUAGES
def test_every_command_and_option_is_described(language: str) -> None:
    import typer

    text = (DOCS / language / "cli.md").read_text(encoding="utf-8")

    def names(command: object, path: str = "") -> set[str]:
        found = set()
        for parameter in getattr(command, "params", ()):
            found |= {option for option in parameter.opts if option.startswith("--")} - {"--help"}
        for name, inner in getattr(command, "commands", {}).items():
            found |= {f"{path}{name}"} | names(inner, f"{path}{name} ")
        return found

    told = names(typer.main.get_command(app)) - {"--install-completion", "--show-completion"}
    assert {"check", "log export", "--marked"} <= told
    assert {name for name in told if name not in text} == set()


@LANGUAGES
def test_every_setting_is_described(language: str) -> None:
    text = (DOCS / language / "running.md").read_text(encoding="utf-8")
    wanted = {f"BANSHI_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in wanted if f"`{name}`" not in text} == set()
