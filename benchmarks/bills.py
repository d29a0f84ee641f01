"""A million bills through a published three-tier tariff, against numpy by hand and OpenFisca-core; memory of the command.

Peers, in the same run on the same quantities: the same sums written by hand in numpy (int64, exact to the fen), and
OpenFisca-core's marginal scale (floats; `pip install 'banshi[bench]'`). Each is taken at its best of several runs, the
runs of all of them in turn. The same for bills that are
split by days over two seasons. Then `banshi bill` over 100,000 and 1,000,000 rows of a CSV: peak memory and time.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook

from banshi.platform.sheets import load
from banshi.rules.expressions import Environment
from banshi.rules.expressions.column import column_of, numbers
from banshi.rules.expressions.columns import Batch, Values
from banshi.rules.tariffs import bill
from banshi.rules.tariffs.columns import bill_columns

ROWS = 1_000_000
ROUNDS = 15
NOW = datetime(2026, 9, 1, tzinfo=UTC)
TIERS = [(0, 260, 589), (260, 600, 639), (600, None, 889)]  # Guangzhou, summer: kWh, thousandths of a yuan
WINTER = [(0, 200, 589), (200, 400, 639), (400, None, 889)]


def workbook(folder: Path, rounding: str) -> Path:
    """The tariff as staff write it; every slice rounded, or only the total."""
    book = Workbook()
    sheet = book.active
    sheet.title = "收费-电费"
    sheet.append(["项目", "计量", "起", "止", "单价", "方式", "取整"])
    for low, high, rate in TIERS:
        sheet.append(["电费", "用电量", low or None, high, f"'0.{rate}".lstrip("'"), "阶梯", rounding])
    sheet.append(["合计", None, None, None, None, "合计", "0.01 四舍五入"])
    path = folder / f"{'slices' if rounding.startswith('0') else 'total'}.xlsx"
    book.save(path)
    return path


def slices_by_hand(usage: np.ndarray) -> np.ndarray:
    """Every slice half up to the fen. Usage in 0.01 kWh, rates in 0.001 yuan: 10**-5 yuan a unit."""
    total = (np.minimum(usage, 26_000) * 589 + 500) // 1_000
    total += (np.clip(usage - 26_000, 0, 34_000) * 639 + 500) // 1_000
    total += (np.maximum(usage - 60_000, 0) * 889 + 500) // 1_000
    return total


def total_by_hand(usage: np.ndarray) -> np.ndarray:
    """Only the sum half up to the fen."""
    cost = np.minimum(usage, 26_000) * 589
    cost += np.clip(usage - 26_000, 0, 34_000) * 639
    cost += np.maximum(usage - 60_000, 0) * 889
    return (cost + 500) // 1_000


def openfisca() -> Callable[[np.ndarray], np.ndarray] | None:
    """OpenFisca's scale with the total rounded to the fen, as floats; None where it is not installed."""
    try:
        from openfisca_core.taxscales import MarginalRateTaxScale
    except ImportError:
        return None
    scale = MarginalRateTaxScale()
    for low, _, rate in TIERS:
        scale.add_bracket(low, rate / 1_000)
    return lambda usage: np.floor(scale.calc(usage) * 100 + 0.5)


def best(runs: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """The best time of each, all of them in turn."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: min(found) for name, found in times.items()}


def compare(folder: Path) -> None:
    """A million bills, by each."""
    usage = np.random.default_rng(20260901).integers(0, 120_000, ROWS)
    floats = usage / 100
    peer = openfisca()
    for rounding, hand in (("0.01 half-up", slices_by_hand), ("none", total_by_hand)):
        service, found = load(workbook(folder, rounding))
        assert service is not None, found
        tariff = service.tariffs["电费"]

        def ours(tariff=tariff):
            made = bill_columns(tariff, Batch(size=ROWS, names={"用电量": Values(numbers(usage, 2))}, now=NOW))
            return made, made.total

        made, total = ours()
        assert not made.alone
        assert np.array_equal(total.data, hand(usage)), "not the same to the fen"
        runs: dict[str, Callable[[], object]] = {"banshi": ours, "numpy by hand": lambda hand=hand: hand(usage)}
        if peer is not None:
            runs["OpenFisca-core"] = lambda: peer(floats)
        times = best(runs)
        print(f"{ROWS:,} bills, rounding of a slice: {rounding}")
        for name, taken in times.items():
            print(f"  {name:15} {taken * 1000:7.1f} ms   banshi takes {times['banshi'] / taken:.2f} times as long")
        if peer is not None and rounding == "none":
            wrong = int((peer(floats) != hand(usage)).sum())
            print(f"  a fen wrong of {ROWS:,}: banshi 0, OpenFisca-core {wrong:,}")
    frame = pd.DataFrame({"用电量": floats})
    start = time.perf_counter()
    service.bill("电费", frame, NOW)
    print(f"service.bill of a frame of {ROWS:,} floats, decimals back: {time.perf_counter() - start:.2f} s")


def seasons(folder: Path) -> Path:
    """Summer and winter tiers; a billing period across both is split by days, the bounds going with them."""
    book = Workbook()
    sheet = book.active
    sheet.title = "收费-电费"
    sheet.append(["项目", "计量", "起", "止", "单价", "方式", "生效", "失效", "折算", "取整"])
    for tiers, *days in ((TIERS, "'5月1日", "'10月31日"), (WINTER, "'11月1日", "'4月30日")):
        for low, high, rate in tiers:
            dates = [day.lstrip("'") for day in days]
            row = ["电费", "用电量", low or None, high, f"0.{rate}", "阶梯", *dates, "按天连档 起日..止日", "不取整"]
            sheet.append(row)
    sheet.append(["合计", *[None] * 4, "合计", *[None] * 3, "0.01 四舍五入"])
    path = folder / "seasons.xlsx"
    book.save(path)
    return path


def seasons_by_hand(usage: np.ndarray, summer: int, days: int) -> np.ndarray:
    """The sum of both seasons' costs by their days, half up to the fen."""
    winter = np.minimum(usage, 20_000) * 589
    winter += np.clip(usage - 20_000, 0, 20_000) * 639
    winter += np.maximum(usage - 40_000, 0) * 889
    cost = np.minimum(usage, 26_000) * 589
    cost += np.clip(usage - 26_000, 0, 34_000) * 639
    cost += np.maximum(usage - 60_000, 0) * 889
    return (2 * (cost * summer + winter * (days - summer)) + 1_000 * days) // (2_000 * days)


def split(folder: Path) -> None:
    """A million bills over 16 October to 15 November: 16 of 31 days in summer."""
    usage = np.random.default_rng(20261016).integers(0, 120_000, ROWS)
    service, found = load(seasons(folder))
    assert service is not None, found
    tariff = service.tariffs["电费"]
    period = {
        name: Values(column_of((day,))) for name, day in (("起日", date(2026, 10, 16)), ("止日", date(2026, 11, 15)))
    }

    def ours():
        made = bill_columns(tariff, Batch(size=ROWS, names={"用电量": Values(numbers(usage, 2))} | period, now=NOW))
        return made, made.total

    made, total = ours()
    assert not made.alone
    assert np.array_equal(total.data, seasons_by_hand(usage, 16, 31)), "not the same to the fen"
    few = usage[:2_000].tolist()
    given = {"起日": date(2026, 10, 16), "止日": date(2026, 11, 15)}

    def one_by_one():
        return [bill(tariff, Environment(given | {"用电量": Decimal(u) / 100}, now=NOW), explained=False) for u in few]

    assert [one.total for one in one_by_one()] == made.totals()[: len(few)]
    times = best({"banshi": ours, "numpy by hand": lambda: seasons_by_hand(usage, 16, 31)}, 5)
    print(f"{ROWS:,} bills split by days over two seasons")
    for name, taken in times.items():
        print(f"  {name:15} {taken * 1000:7.1f} ms   banshi takes {times['banshi'] / taken:.2f} times as long")
    alone = best({"one by one": one_by_one}, 2)["one by one"] / len(few) * ROWS
    print(
        f"  one by one      {alone * 1000:7.0f} ms (from {len(few):,})   banshi takes 1/{alone / times['banshi']:.0f}"
    )


def memory(folder: Path) -> None:
    """Peak memory and time of the command, each in a process of its own."""
    rules = workbook(folder, "0.01 half-up")
    for rows in (100_000, 1_000_000):
        source, chance = folder / f"{rows}.csv", random.Random(rows)
        with source.open("w", encoding="utf-8") as file:
            file.write("学号,房间,用电量\n")
            file.writelines(f"{i:012},{i % 9_999:04},{chance.randrange(120_000) / 100}\n" for i in range(rows))
        child = (
            "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stderr=subprocess.DEVNULL);"
            "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        command = [
            str(Path(sys.executable).with_name("banshi")), "bill", str(rules), "--fees", "电费",
            "--input", str(source), "--output", str(folder / "out.csv"),
        ]  # fmt: skip
        start = time.perf_counter()
        told = subprocess.run([sys.executable, "-c", child, *command], check=True, capture_output=True, text=True)
        code, kilobytes = map(int, told.stdout.split())
        assert code == 0
        taken = time.perf_counter() - start
        print(
            f"banshi bill, CSV of {rows:,} rows: peak {kilobytes / 1024:.0f} MB, {taken:.1f} s, {rows / taken:,.0f} rows/s"
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name))
        split(Path(name))
        memory(Path(name))
