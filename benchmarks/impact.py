"""The impact of a draft on 100,000 stored cases, against the plain batch of the same bills in the same run.

    .venv/bin/python benchmarks/impact.py [CASES]

A store is generated with cases of one service: two tiers of electricity, a policy, a route with a condition. The impact
evaluates every case as the desk does, under both versions; the plain batch is `service.bill` of a frame, twice, which knows no
form, policy or route. Both give the same sums, or the run stops. Then the same rows as a CSV through `banshi impact --old`.

Nothing leaves the machine.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

PORTION = 2_000
CASES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
SERVICE = """
## settings
| form_id | form_title | owner  | number         |
| meter   | 宿舍电费   | 设备处 | DF{yyyy}{0001} |

## survey
| type    | name   | label  | required | constraint |
| text    | 房间   | 房间   | yes      |            |
| decimal | 用电量 | 用电量 | yes      | . >= 0     |

## fees
| item | label | quantity  | from | to  | rate  | method   |
| 电费 | 电费  | ${用电量} | 0    | 260 | 0.589 | marginal |
| 电费 | 电费  | ${用电量} | 260  |     | 0.639 | marginal |
| 合计 | 合计  | 电费      |      |     |       | total    |

## policy
| id | when             | verdict | message    |
| P1 | ${用电量} > 900  | warn    | 用电量偏大 |

## route
| step | name   | who           | when                |
| 10   | 申请   | initiator     |                     |
| 20   | 财务处 | head(财务处)  | ${fees.total} > 500 |
"""
DRAFT = SERVICE.replace("0.639", "0.712").replace("> 900 ", "> 800 ")


def main() -> None:
    """Generate, measure, compare, print."""
    from halls import open_test_hall, write
    from workbooks import workbook_from_text

    from banshi.platform.impact.model import ImpactQuestion
    from banshi.platform.sheets import load
    from banshi.storage.contract import CaseFilter
    from banshi.storage.schema import cases
    from banshi.storage.sql_rows import columns

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hall = open_test_hall(folder, services={"meter": SERVICE})
        store, owner, student = hall._store, hall.directory.people["20005"], hall.directory.people["20001"]  # noqa: SLF001
        lots = random.Random(7)
        usages = [Decimal(lots.randrange(0, 1000_00)) / 100 for _ in range(CASES)]
        hall.submit(student, "meter", {"房间": "101", "用电量": usages[0]}, command_id="first")
        (first,), _ = store.cases(CaseFilter(service_id="meter"))
        start = datetime.now().astimezone() - timedelta(days=300)
        with store._database.engine.begin() as connection:  # noqa: SLF001
            connection.execute(cases.delete())
            for at in range(0, CASES, PORTION):
                rows = [
                    columns(
                        replace(
                            first,
                            id=f"{number:026}",
                            number=f"N{number}",
                            submitted_at=start + timedelta(minutes=number),
                            snapshot={**first.snapshot, "answers": {"房间": str(number), "用电量": usages[number]}},
                        )
                    )
                    for number in range(at, min(at + PORTION, CASES))
                ]
                connection.execute(insert(cases), rows)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

        begin = time.monotonic()
        run = hall.workshop.begin_impact(owner, "meter.xlsx", workbook_from_text(DRAFT), ImpactQuestion())
        while not (state := hall.workshop.impact(owner, run)).over:
            time.sleep(0.2)
        taken = time.monotonic() - begin
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = state.result
        assert found is not None, state.failed
        begin = time.monotonic()
        size = sum(map(len, hall.workshop.export_impact(owner, run, "cases", "xlsx")[2]))
        exported = time.monotonic() - begin

        live, draft = (load(write(folder, f"{key}.xlsx", text))[0] for key, text in (("old", SERVICE), ("new", DRAFT)))
        assert live is not None
        assert draft is not None
        frame = pd.DataFrame({"房间": map(str, range(CASES)), "用电量": usages})
        plain = []
        for _ in range(3):
            begin = time.monotonic()
            sums = [sum(service.bill("fees", frame)["total"], Decimal(0)) for service in (live, draft)]
            plain.append(time.monotonic() - begin)
        assert (found.cases, found.old, found.new) == (CASES, *sums), (found.cases, found.old, found.new, sums)

        source, out = folder / "usage.csv", folder / "out.csv"
        frame.to_csv(source, index=False)
        begin = time.monotonic()
        call = "from banshi.ui.cli import run; import sys; code = run(sys.argv[1:]); print(open('/proc/self/status').read(), code)"
        arguments = [
            *("impact", folder / "new.xlsx", "--old", folder / "old.xlsx", "--fees", "fees"),
            *("--input", source, "--out", out),
        ]
        told = subprocess.run(
            [sys.executable, "-c", call, *map(str, arguments)], capture_output=True, text=True, check=True
        )
        rows_taken = time.monotonic() - begin
        peak = int(told.stdout.partition("VmHWM:")[2].split()[0]) / 1024

        processors = len(os.sched_getaffinity(0))
        print(f"{CASES:,} cases, {processors} processors, load {os.getloadavg()[0]:.1f}")
        print(f"impact of the draft                      {taken:7.1f} s ({CASES / taken:,.0f} cases/s)")
        print(
            f"service.bill of the same rows, twice     {min(plain):7.2f} s: the impact takes {taken / min(plain):.0f} times as long"
        )
        print(f"the peak of the hall's process grows by  {own - before:7.0f} MB")
        print(f"all cases as xlsx ({size / 1e6:.1f} MB)             {exported:7.1f} s")
        print(f"banshi impact --old over the rows as CSV {rows_taken:7.1f} s, peak {peak:.0f} MB")
        print(f"{found.counts} {found.old} -> {found.new}")
        hall.close()


if __name__ == "__main__":
    main()
