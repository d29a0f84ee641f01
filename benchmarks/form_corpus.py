"""What `banshi check` makes of published XLSForms, against pyxform on the same files.

    .venv/bin/python benchmarks/form_corpus.py FOLDER

FOLDER holds .xlsx, .xlsm and .xls files; those without a sheet `survey` that has a column `type` are no forms and not
counted. A row is understood when its type is; an expression is parsed when nothing of `EXPR-001` to `EXPR-019` is said of
its cell. Hard defects are errors in files that pyxform converts without a word. CPU seconds of one thread, the best of
three, over the files that both read. Several packages of registries carry forms among their tests:

    pip download --no-deps --no-binary :all: pyxform==0.15.1 pmaxform3
    npm pack cht-conf-test-harness
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path

from pyxform.xls2xform import convert

from banshi.platform.sheets import faults, load_workbook
from banshi.platform.sheets.link import expressions_of_item
from banshi.platform.sheets.translated import split_language
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.columns import plain
from banshi.platform.workbook.workbook import Sheet, Workbook
from banshi.rules.diagnostics import Diagnostic, Severity

_SYNTAX = re.compile(r"EXPR-0[01]\d")
_NOT_UNDERSTOOD = {faults.UNKNOWN_TYPE.code, faults.TYPE_NOT_AVAILABLE.code, faults.NO_TYPE.code}
_OLE = b"\xd0\xcf"


@dataclass(slots=True)
class Corpus:
    """What was counted over all files."""

    files: int = 0
    read: int = 0
    rows: int = 0
    understood: int = 0
    expressions: int = 0
    parsed: int = 0
    converted: int = 0
    words: Counter[str] = field(default_factory=Counter)
    passed: dict[str, list[Diagnostic]] = field(default_factory=dict)
    times: list[tuple[float, float]] = field(default_factory=list)


def rows_of(sheet: Sheet) -> Iterator[tuple[int, str]]:
    """The number and the type of every row of a survey that has a type."""
    header = sheet.rows[0].cells
    at = next(i for i, cell in enumerate(header) if plain(split_language(cell.text)[0]) in ("type", "类型"))
    for row in sheet.rows[1:]:
        if at < len(row.cells) and not row.cells[at].blank:
            yield row.number, row.cells[at].text


def is_form(workbook: Workbook) -> bool:
    """Whether a workbook is an XLSForm."""
    sheets = [sheet for sheet in workbook.of_kind("survey") if sheet.rows]
    return any(plain(cell.text) in ("type", "类型") for sheet in sheets for cell in sheet.rows[0].cells)


def ours(data: bytes, file: str) -> tuple[Workbook, list[Diagnostic], int]:
    """Read and check a form: its workbook, its faults and how many expressions of its survey were parsed."""
    workbook, found = read_workbook(data, file)
    if workbook is None:
        raise ValueError("; ".join(item.message("en") for item in found))
    service, found = load_workbook(workbook, None, found)
    items = service.survey.walk() if service is not None and service.survey else ()
    return workbook, found, sum(1 for item, _ in items for _ in expressions_of_item(item))


def theirs(data: bytes) -> None:
    """Convert a form with pyxform."""
    convert(BytesIO(data), validate=False, file_type=".xls" if data.startswith(_OLE) else ".xlsx")


def look(path: Path, corpus: Corpus) -> None:
    """Count one file."""
    data = path.read_bytes()
    try:
        workbook, found, parsed = ours(data, path.name)
    except Exception as error:  # noqa: BLE001  whatever a file does to the reader is what is counted here
        corpus.files += 1
        print(f"not read: {path.name}: {type(error).__name__}: {error}")
        return
    if not is_form(workbook):
        return
    corpus.files += 1
    corpus.read += 1
    _count(workbook, found, parsed, corpus)
    try:
        theirs(data)
    except Exception:  # noqa: BLE001  pyxform refuses or fails; either way it says something
        return
    corpus.converted += 1
    hard = [item for item in found if item.severity is Severity.ERROR]
    if hard:
        corpus.passed[path.name] = hard
    corpus.times.append((seconds(partial(ours, data, path.name)), seconds(partial(theirs, data))))


def _count(workbook: Workbook, found: list[Diagnostic], parsed: int, corpus: Corpus) -> None:
    survey = next(workbook.of_kind("survey"))
    types = dict(rows_of(survey))
    strange = {item.place.cell for item in found if item.code in _NOT_UNDERSTOOD and item.place.sheet == survey.name}
    numbers = {int(re.sub(r"\D", "", cell)) for cell in strange}
    corpus.rows += len(types)
    corpus.understood += len(types.keys() - numbers)
    corpus.words.update(types[number].split(" from ")[0] for number in numbers & types.keys())
    failed = {item.place for item in found if _SYNTAX.fullmatch(item.code) and item.place.sheet == survey.name}
    corpus.parsed += parsed
    corpus.expressions += parsed + len(failed)


def seconds(run: Callable[[], object]) -> float:
    """CPU seconds, best of three."""
    best = float("inf")
    for _ in range(3):
        before = time.process_time()
        run()
        best = min(best, time.process_time() - before)
    return best


def main() -> None:
    """Print the figures."""
    if len(sys.argv) != 2:
        print(__doc__)  # without a folder there is nothing to measure: forms of others are not shipped
        return
    corpus = Corpus()
    for path in sorted(Path(sys.argv[1]).iterdir()):
        if path.suffix.casefold() in (".xlsx", ".xlsm", ".xls"):
            look(path, corpus)
    print(f"{corpus.files} forms, {corpus.read} read; pyxform converts {corpus.converted}")
    for name, part, whole in (
        ("rows understood", corpus.understood, corpus.rows),
        ("expressions parsed", corpus.parsed, corpus.expressions),
    ):
        print(f"{name}: {part:,} of {whole:,} ({part / max(whole, 1):.2%})")
    print("types that were not:", "; ".join(f"{word} ({count})" for word, count in corpus.words.most_common()))
    for name, index in (("banshi", 0), ("pyxform", 1)):
        times = [both[index] * 1000 for both in corpus.times]
        cuts = statistics.quantiles(times, n=20, method="inclusive")
        print(f"{name:8} median {cuts[9]:6.1f} ms   95th percentile {cuts[18]:6.1f} ms   largest {max(times):6.1f} ms")
    print(f"{len(corpus.passed)} of {corpus.converted} forms that pyxform converts have hard defects:")
    for file, hard in corpus.passed.items():
        for item in hard:
            print(f"  {file} {item.place} {item.code} {item.message('en')}")


if __name__ == "__main__":
    main()
