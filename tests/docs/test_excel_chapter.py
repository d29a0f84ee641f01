"""The chapter on filling in by Excel gives the limits that hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from banshi.platform.filling.batch import MOST_BYTES
from banshi.platform.filling.layout import MOST_CASES
from banshi.platform.workbook.blank import FIRST_ROW

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("language", "row"), [("zh", f"第 {FIRST_ROW} 行"), ("en", f"row {FIRST_ROW}")])
def test_the_limits_are_those_of_the_code(language: str, row: str) -> None:
    text = (DOCS / language / "excel.md").read_text(encoding="utf-8")
    assert f" {MOST_CASES} " in text
    assert f" {MOST_BYTES // 1024 // 1024} MB" in text
    assert row in text
