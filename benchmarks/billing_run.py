"""A billing run over 100,000 rooms: charged out of their accounts, against the bare column computation of the same rows.

The peer, in the same run on the same frame, is `service.bill`, the compiled tariff over whole columns and nothing
else. What the run adds is the books: a movement with two postings for each room, its entry in the chained log, balances,
floors, each room once. A second run of the same name books nothing, and a run after a kill goes on. Rooms and sums are
checked against integers that know no tariff.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook

from banshi.platform.accounts.billing import Run, charge_run
from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.storage.sql import SqlStore

ROOMS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
NOW = datetime(2026, 9, 1, tzinfo=UTC)
OPENING = 1_000_000
TIERS = [(0, 260, 589), (260, 600, 639), (600, None, 889)]  # Guangzhou, summer: kWh, thousandths of a yuan


def service(folder: Path) -> Service:
    """The tariff and the account of rooms, as staff write them."""
    book = Workbook()
    settings = book.active
    settings.title = "设置"
    settings.append(["项目", "内容"])
    for line in (("编号", "rooms"), ("名称", "房间电费"), ("主管部门", "学生公寓中心")):
        settings.append(line)
    fees = book.create_sheet("收费-电费")
    fees.append(["项目", "计量", "起", "止", "单价", "方式", "取整"])
    for low, high, rate in TIERS:
        fees.append(["电费", "用电量", low or None, high, f"'0.{rate}".lstrip("'"), "阶梯", "0.01 四舍五入"])
    accounts = book.create_sheet("账户")
    accounts.append(["账户", "持有者", "单位", "下限", "期初"])
    accounts.append(["电费", "房间: ${房间}", "元", 0, OPENING])
    path = folder / "rooms.xlsx"
    book.save(path)
    made, found = load_bytes(path.read_bytes(), "rooms.xlsx")
    assert made is not None, found
    return made


def by_hand(usage: np.ndarray) -> np.ndarray:
    """Fen for usage in 0.01 kWh, every slice half up."""
    total = (np.minimum(usage, 26_000) * 589 + 500) // 1_000
    total += (np.clip(usage - 26_000, 0, 34_000) * 639 + 500) // 1_000
    return total + (np.maximum(usage - 60_000, 0) * 889 + 500) // 1_000


def timed(what: str, work, beside: float = 0.0):  # type: ignore[no-untyped-def]
    """What a piece of work gives and how long it took, which is printed, with how often `beside` goes into that."""
    start, cpu = time.perf_counter(), time.process_time()
    made = work()
    took = time.perf_counter() - start
    ratio = f", {took / beside:.1f} times the columns" if beside else ""
    print(f"{what}: {took:.2f} s (CPU {time.process_time() - cpu:.2f} s){ratio}")
    return made, took


def main() -> None:
    """Compute the bills alone, charge them, charge them again, and look at every balance."""
    chance = random.Random(9)
    usage = np.array([chance.randrange(1, 90_000) for _ in range(ROOMS)], np.int64)
    rooms = [f"{n // 600:03d}栋{n % 600:03d}" for n in range(ROOMS)]
    frame = pd.DataFrame({"房间": rooms, "用电量": [Decimal(int(one)).scaleb(-2) for one in usage]})
    fen = by_hand(usage)
    with tempfile.TemporaryDirectory() as folder:
        made = service(Path(folder))
        bills, columns = timed(f"columns alone, {ROOMS:,} rooms", lambda: made.bill("电费", frame, NOW))
        assert [int(one.scaleb(2)) for one in bills["total"]] == fen.tolist()
        store = SqlStore(Path(folder) / "banshi.sqlite")
        run = Run(id="2026-08", service=made, fees="电费", account="电费", holder="房间")
        done, _ = timed("billing run out of accounts, SQLite", lambda: charge_run(store, run, frame, NOW), columns)
        assert (done.charged, done.total) == (ROOMS, Decimal(int(fen.sum())).scaleb(-2))
        again, _ = timed("the same run once more", lambda: charge_run(store, run, frame, NOW), columns)
        assert (again.charged, again.before) == (0, ROOMS)
        rows, count = store.balances("rooms:电费", size=ROOMS)
        left = {row.holder: row.available for row in rows}
        assert count == ROOMS
        assert all(left[room] == OPENING * 100 - int(one) for room, one in zip(rooms, fen, strict=True))
        print(
            f"{(Path(folder) / 'banshi.sqlite').stat().st_size / 2**20:.0f} MB of store; every balance right to the fen"
        )
        store.close()


if __name__ == "__main__":
    main()
