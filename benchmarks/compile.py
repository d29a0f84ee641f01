"""Reading, checking and compiling workbooks, against the bare calamine read of the same file.

    .venv/bin/python benchmarks/compile.py

The three shipped services, and a workbook of 2,000 rule rows by 6 columns; then how forms grow with their rows. `check` is all that `banshi check` does: the
safety of the file, cells with addresses, parsing, names, overlaps, gaps and rows out of reach. Times are CPU seconds of
one thread, the best of several runs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from banshi.platform.sheets import load_workbook
from banshi.platform.workbook import read_workbook

SHIPPED = Path(__file__).parents[1] / "definitions"


def large(rows: int) -> bytes:
    """A workbook of one table: three ranges of numbers, three words; the last row fits everything."""
    chosen = random.Random(1)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "规则-标准"
    sheet.append(["命中", "首个"])
    sheet.append(
        ["编号", "当 甲: 数字", "当 乙: 文本", "当 丙: 数字", "当 丁: 文本", "当 戊: 数字", "当 己: 文本", "则 标准"]
    )
    for row in range(rows - 1):
        cells: list[str | None] = []
        for column in range(6):
            low = chosen.randrange(1000)
            text = f"[{low},{low + chosen.randint(50, 300)})" if column % 2 == 0 else chosen.choice("甲乙丙丁戊己庚辛")
            cells.append(None if chosen.random() < 0.2 else text)
        sheet.append([f"R{row}", *cells, row])
    sheet.append(["R", None, None, None, None, None, None, -1])
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def survey(rows: list[tuple[str, str, str, str]]) -> bytes:
    """A workbook of one form."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    for row in (("type", "name", "label", "calculation"), *rows):
        sheet.append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def chained(count: int) -> bytes:
    """Calculations, each of the one before."""
    rows = [("calculate", f"c{i}", "", f"${{c{i - 1}}} + 1") for i in range(1, count)]
    return survey([("integer", "c0", "数", ""), *rows])


def misspelt(count: int) -> bytes:
    """Calculations, each of a field whose name is misspelt."""
    return survey([("calculate", f"field_{i}x", "", f"${{feild_{i}}} + 1") for i in range(count)])


def bare(data: bytes) -> None:
    """Every cell by calamine, and nothing else."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def compiled(data: bytes) -> None:
    """A service with all its faults."""
    workbook, _ = read_workbook(data, "a.xlsx")
    assert workbook is not None
    service, _ = load_workbook(workbook)
    assert service is not None


def best(run: Callable[[], object], times: int) -> float:
    """The CPU seconds of the fastest run."""
    found = []
    for _ in range(times):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


if __name__ == "__main__":
    books = {path.stem: path.read_bytes() for path in sorted(SHIPPED.glob("*/*.xlsx"))}
    books = {name: books[name] for name in ("dormitory-electricity", "laboratory-purchasing", "large-instruments")}
    books["2,000 rule rows"] = large(2000)
    print(f"{'workbook':26}{'calamine':>12}{'read':>10}{'check':>10}  milliseconds; times as long as calamine")
    for name, data in books.items():
        times = 2 if name.startswith("2") else 7
        floor = best(lambda data=data: bare(data), times)
        read = best(lambda data=data: read_workbook(data, "a.xlsx"), times)
        whole = best(lambda data=data: compiled(data), times)
        figures = f"{floor * 1e3:12.1f}{read * 1e3:10.1f}{whole * 1e3:10.1f}"
        print(f"{name:26}{figures}  {read / floor:.1f} {whole / floor:.1f}")
    for make in (chained, misspelt):
        forms = {n: make(n) for n in (1000, 2000, 4000)}
        figures = "  ".join(f"{n}: {best(lambda data=data: compiled(data), 1):.2f} s" for n, data in forms.items())
        print(f"{make.__name__:26}{figures}")
