"""What `banshi check` does with a form, against pyxform on the same file.

    .venv/bin/python benchmarks/form_check.py

Forty generated forms whose sizes are spread as those of 508 published ones are: survey rows 50 (median), 228 (90 of 100),
414 (95), 857 (99), 1,806 (largest); choices 23, 230, 577, 1,733, 2,561. Half of the questions have a condition or a
constraint. Ours reads the file, parses every expression and checks names, kinds, lists and circles; pyxform reads it and
writes XML, and parses no expression. CPU seconds of one thread, the best of three.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

from openpyxl import Workbook
from pyxform.xls2xform import convert

from banshi.platform.sheets import load_workbook
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import has_errors

QUANTILES = ((0.0, 5, 2), (0.5, 50, 23), (0.9, 228, 230), (0.95, 414, 577), (0.99, 857, 1733), (1.0, 1806, 2561))
FORMS = 40


def spread(at: float) -> tuple[int, int]:
    """Rows and choices of the form at a place between the smallest (0) and the largest (1)."""
    for (low, *small), (high, *large) in pairwise(QUANTILES):
        if at <= high:
            share = (at - low) / (high - low)
            rows, choices = (round(a + (b - a) * share) for a, b in zip(small, large, strict=True))
            return rows, choices
    raise ValueError(at)


def form(rows: int, choices: int, seed: int) -> bytes:
    """A form with groups of ten questions."""
    chosen = random.Random(seed)
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", "label", "hint", "required", "relevant", "constraint", "calculation"])
    numbers: list[str] = []
    for at in range(rows):
        if at % 10 == 0:
            survey.append(["begin_group", f"g{at}", f"Part {at // 10}"])
        sort = chosen.choice(["text", "integer", "select_one places", "note", "calculate", "decimal"])
        relevant = (
            f"${{{chosen.choice(numbers)}}} > {chosen.randint(0, 99)}" if numbers and chosen.random() < 0.5 else None
        )
        limit = ". >= 0 and . < 1000" if sort in ("integer", "decimal") else None
        known = chosen.choice(numbers) if numbers else ""
        sum_of = (f"if(${{{known}}} > 10, ${{{known}}} * 2, 0)" if known else "1") if sort == "calculate" else None
        label = None if sort == "calculate" else f"Question {at}"
        survey.append([sort, f"q{at}", label, "A hint", None, relevant if sort != "calculate" else None, limit, sum_of])
        if sort in ("integer", "decimal"):
            numbers.append(f"q{at}")
        if at % 10 == 9 or at == rows - 1:
            survey.append(["end_group"])
    sheet = book.create_sheet("choices")
    sheet.append(["list_name", "name", "label"])
    for at in range(choices):
        sheet.append(["places", f"p{at}", f"Place {at}"])
    settings = book.create_sheet("settings")
    settings.append(["form_id", "form_title"])
    settings.append([f"f{seed}", "A form"])
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def ours(data: bytes) -> None:
    """Check a form."""
    workbook, found = read_workbook(data, "form.xlsx")
    assert workbook is not None
    _, found = load_workbook(workbook, None, found)
    assert not has_errors(found), [str(one) for one in found][:3]


def theirs(data: bytes) -> None:
    """Convert a form."""
    assert convert(BytesIO(data), validate=False, file_type=".xlsx").xform


def seconds(run: Callable[[bytes], None], data: bytes) -> float:
    """CPU seconds, best of three."""
    best = float("inf")
    for _ in range(3):
        before = time.process_time()
        run(data)
        best = min(best, time.process_time() - before)
    return best


def main() -> None:
    """Print the figures."""
    files = [form(*spread(at / (FORMS - 1)), seed=at) for at in range(FORMS)]
    for run in (ours, theirs):
        run(files[0])  # imports
    both = {
        name: [seconds(run, data) * 1000 for data in files] for name, run in (("banshi", ours), ("pyxform", theirs))
    }
    for name, times in both.items():
        cuts = statistics.quantiles(times, n=20, method="inclusive")
        print(f"{name:8} median {cuts[9]:8.1f} ms   95th percentile {cuts[18]:8.1f} ms   largest {max(times):8.1f} ms")
    ratios = [b / a for a, b in zip(both["banshi"], both["pyxform"], strict=True)]
    print(
        f"pyxform takes {statistics.median(ratios):.1f} times as long in the median, {min(ratios):.1f} to {max(ratios):.1f}"
    )


if __name__ == "__main__":
    main()
