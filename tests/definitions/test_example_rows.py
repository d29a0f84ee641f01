"""Examples of services with readings rest on rows that are there for examples only: whatever real meters and devices read, they pass."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from banshi.platform.people.directory import Directory
from banshi.platform.people.organisation import read_organisation
from banshi.platform.sheets import load_workbook, run_examples
from banshi.platform.workbook import read_workbook
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE

DEFINITIONS = Path(__file__).parents[2] / "definitions"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=CAMPUS_ZONE)


@pytest.fixture(scope="module")
def directory() -> Directory:
    workbook, _ = read_workbook((DEFINITIONS / "organisation" / "organisation.xlsx").read_bytes(), "organisation.xlsx")
    assert workbook is not None
    return read_organisation(workbook)[0]


@pytest.mark.parametrize(
    ("name", "sheets", "kept"),
    [
        pytest.param("energy-alert", {"读数": 2, "抄表": 9, "支路抄表": 9}, "用例楼", id="energy"),
        pytest.param("device-alert", {"设备读数": 2}, "YL-", id="devices"),
    ],
)
def test_examples_pass_whatever_is_read(directory: Directory, name: str, sheets: dict[str, int], kept: str) -> None:
    book = openpyxl.load_workbook(DEFINITIONS / name / f"{name}.xlsx")
    for title, first in sheets.items():
        sheet = book[f"数据-{title}"]
        real = [
            row[0].row
            for row in sheet.iter_rows(min_row=first)
            if not any(str(cell.value).startswith(kept) for cell in row[:3])
        ]
        assert real
        for number in reversed(real):
            sheet.delete_rows(number)
    data = io.BytesIO()
    book.save(data)
    workbook, _ = read_workbook(data.getvalue(), f"{name}.xlsx")
    assert workbook is not None
    service, found = load_workbook(workbook, directory)
    assert service is not None, [item.message() for item in found]
    results = run_examples(service, directory, now=NOW, engine=FixpointEngine())
    assert results
    assert not [(result.name, [f.message() for _, f in result.failures]) for result in results if not result.passed]
