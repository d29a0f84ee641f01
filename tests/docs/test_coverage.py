"""The pages for those who judge the whole: coverage.md names what is there, tour.md shows it.

1. Every folder of definitions/ is named in coverage.md, with as many examples as its workbook has, and thirteen systems are told one by one.
2. Every file that it names is there, every address is one of the hall, and every address with REST is one of the interface.
3. Every picture of tour.md is there, small enough, and shown once; no picture lies about unused.
4. The readers find both from README.md.
"""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
COVERAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
FOLDERS = sorted(path.name for path in (ROOT / "definitions").iterdir() if path.is_dir())
PICTURES = ROOT / "docs" / "pictures" / "tour"
LARGEST = 150 * 1024


def told() -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", COVERAGE)


def examples(folder: str) -> int:
    """How many rows the sheet of examples has, read by another library."""
    book = openpyxl.load_workbook(ROOT / "definitions" / folder / f"{folder}.xlsx", read_only=True)
    rows = list(book["用例"].iter_rows(values_only=True))[1:]
    return sum(any(cell is not None for cell in row) for row in rows)


def addresses() -> set[str]:
    """Every address that the screens, the plain pages and REST answer at."""
    found = set()
    for path in (ROOT / "ui").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        rest = "/api/v1" if "rest" in path.parts else ""
        for verb, address in re.findall(r"@(screen\(site, |api\.\w+\()\"(/[^\"]*)\"", source):
            found.add((rest if verb.startswith("api") and not address.startswith("/api") else "") + address)
            found.add(address)
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_is_named(folder: str) -> None:
    assert f"`{folder}`" in COVERAGE


@pytest.mark.parametrize("folder", [name for name in FOLDERS if name not in {"organisation", "calendar"}])
def test_the_table_counts_the_examples_of_a_service(folder: str) -> None:
    (count,) = re.findall(rf"`{folder}` [^(`]+ \((\d+)\)", COVERAGE)
    assert int(count) == examples(folder)


def test_thirteen_systems_are_told_one_by_one() -> None:
    numbers = [int(number) for number in re.findall(r"^## (\d+) · ", COVERAGE, flags=re.MULTILINE)]
    assert numbers == list(range(1, 14))
    parts = re.split(r"^## \d+ · ", COVERAGE, flags=re.MULTILINE)[1:]
    assert all("*The university:*" in part and "*Not done:*" in part for part in parts)


def test_every_file_that_is_named_is_there() -> None:
    files = [name for name in told() if name.startswith("tests/") or name.endswith(".py")]
    assert len(files) > 20
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_every_address_that_is_named_answers() -> None:
    named = [name for name in told() if name.startswith("/")]
    assert len(named) > 20
    assert [name for name in named if name not in addresses()] == []


def test_every_picture_is_there_and_shown_once() -> None:
    shown = re.findall(r"\]\(pictures/tour/([\w-]+\.png)\)", TOUR)
    assert sorted(shown) == sorted(path.name for path in PICTURES.iterdir())
    assert {path.name for path in PICTURES.iterdir() if path.stat().st_size > LARGEST} == set()


def test_readers_find_both_pages() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/coverage.md)" in readme
    assert "(docs/tour.md)" in readme
