"""Statistics of 150,000 cases, against pandas over the same rows in the same run.

    .venv/bin/python benchmarks/statistics.py

A store is generated with two years of cases of three services and their tasks. Both sides read it from the file and give
the same counts, lengths of time by the calendar and groups by month, unit, service and step, or the run stops.

Nothing leaves the machine.
"""

from __future__ import annotations

import gc
import random
import resource
import sqlite3
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

CASES = 150_000
CAMPUS = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 2, 10, tzinfo=CAMPUS)
SERVICES = ("borrowing", "refund", "repair")
UNITS = 40
PEOPLE = 4_000
SNAPSHOT = "x" * 2_000  # what a case keeps beside


def micros(at: datetime) -> int:
    """A moment as stores keep it."""
    return int(at.timestamp()) * 1_000_000


def generate(path: Path, seed: int = 7) -> None:
    """Cases with one to three steps each, some sent back, refused, withdrawn or still open."""
    lots = random.Random(seed)
    base = sqlite3.connect(path)
    base.execute("PRAGMA synchronous = OFF")
    base.execute("PRAGMA foreign_keys = OFF")
    first = micros(NOW - timedelta(days=730))
    minute = 60_000_000
    cases, tasks = [], []
    sent = sorted(first + lots.randrange(730 * 24 * 60) * minute for _ in range(CASES))
    for number, at in enumerate(sent):
        case_id = f"01{number:024}"  # ids grow with time, as ULIDs do
        service, applicant = lots.choice(SERVICES), f"2{lots.randrange(PEOPLE):07}"
        state, finished, returns, moment = "open", None, 0, at
        for step in (20, 30, 40)[: lots.randint(1, 3)]:
            for round_ in (1, 2) if lots.random() < 0.1 else (1,):
                since, moment = moment, moment + lots.randrange(1, 6 * 24 * 60) * minute
                person, due = f"3{lots.randrange(200):04}", since + 3 * 24 * 60 * minute
                done = moment <= micros(NOW)
                action = (
                    ("return" if round_ == 1 and returns == 0 and lots.random() < 0.05 else "approve") if done else ""
                )
                returns += action == "return"
                tasks.append((f"{case_id}.{step}.{round_}.{person}", case_id, str(step), f"环节{step}", round_, person,
                              "done" if done else "open", since, moment if done else None, action, due, None))  # fmt: skip
                if not done:
                    break
            if not done:
                break
        else:
            state, finished = lots.choices(["approved", "refused", "withdrawn"], [90, 7, 3])[0], moment
        cases.append((case_id, f"N{number}", service, "v", "仪器借用（陈晓雨）", applicant, state, at, moment, SNAPSHOT, 5,
                      "", finished, returns))  # fmt: skip
        if len(cases) == 10_000:
            base.executemany(f"INSERT INTO cases VALUES ({','.join('?' * 14)})", cases)
            base.executemany(f"INSERT INTO tasks VALUES ({','.join('?' * 12)})", tasks)
            cases, tasks = [], []
    base.commit()
    base.close()


WORKBOOK = """
## settings
| form_id   | form_title | owner  |
| {service} | {service}  | 设备处 |

## survey
| type | name | label |
| text | 用途 | 用途  |

## route
| step | name   | who           |
| 10   | 申请   | initiator     |
| 20   | 环节20 | head(设备处)  |
| 30   | 环节30 | head(设备处)  |
| 40   | 环节40 | head(设备处)  |
"""


def organisation() -> str:
    """Thousands of students in forty units."""
    people = "\n".join(f"| '2{n:07} | 学生{n} | 学院{n % UNITS} |" for n in range(PEOPLE))
    departments = "\n".join(f"| 学院{n} | |" for n in range(UNITS))
    return (
        f"## people\n| id | name | department | roles |\n{people.replace(' |' + chr(10), ' | |' + chr(10))} |\n"
        "| '10001 | 孙静 | 设备处 | administrator |\n\n## departments\n| name | head |\n"
        f"{departments}\n| 设备处 | '10001 |\n"
    )


def by_pandas(path: Path, unit_of: dict[str, str]) -> tuple[object, ...]:
    """The same figures as somebody would write them in a notebook, with `np.busday_count` for the working days."""
    base = sqlite3.connect(path)
    cases = pd.read_sql("SELECT id, service_id, applicant, state, submitted_at, finished_at, returns FROM cases", base)
    tasks = pd.read_sql("SELECT case_id, step_id, round, state, since, done_at, action, due FROM tasks "
                        "WHERE state NOT IN ('unread', 'read')", base)  # fmt: skip
    now = micros(NOW)
    cases["month"] = pd.to_datetime(cases.submitted_at, unit="us", utc=True).dt.tz_convert(CAMPUS).dt.strftime("%Y-%m")
    cases["unit"] = cases.applicant.map(unit_of)
    ended = cases[cases.state.isin(["approved", "refused"])]
    ended = ended.assign(
        work=worked(ended.submitted_at, ended.finished_at), plain=ended.finished_at - ended.submitted_at
    )
    told = []
    for key in ("month", "unit", "service_id"):
        told.append(cases.groupby(key).agg(cases=("id", "count"), returned=("returns", lambda r: (r > 0).sum()),
                                           people=("applicant", "nunique")))  # fmt: skip
        told.append(ended.groupby(key)[["work", "plain"]].quantile([0.5, 0.9]))
        told.append(ended.groupby(key)[["work", "plain"]].mean())
    runs = tasks.assign(open=tasks.state == "open", decided=tasks.action.isin(["approve", "refuse", "return"]))
    runs = runs.groupby(["case_id", "step_id", "round"], sort=False).agg(
        since=("since", "min"),
        done=("done_at", "max"),
        due=("due", "max"),
        open=("open", "any"),
        decided=("decided", "any"),
    )
    runs["end"] = runs.done.where(~runs.open, now)
    runs["work"] = worked(runs.since, runs.end)
    runs = runs.reset_index().merge(cases[["id", "service_id"]], left_on="case_id", right_on="id")
    decided = runs[runs.decided & ~runs.open]
    steps = decided.groupby(["service_id", "step_id"]).work
    told.append(pd.concat([steps.quantile(0.5), steps.quantile(0.9), steps.mean(), steps.count()], axis=1))
    told.append(runs.groupby(["service_id", "step_id"]).agg(asked=("work", "size"), waiting=("open", "sum")))
    return cases, ended, decided, told


def worked(since: pd.Series, until: pd.Series) -> np.ndarray:
    """Working seconds from Monday to Friday, 8 to 12 and 14 to 18."""
    east, day = 8 * 3600, 86_400

    def until_then(moments: pd.Series) -> np.ndarray:
        local = moments.to_numpy().astype(np.int64) // 1_000_000 + east
        date = (local // day).astype("datetime64[D]")
        whole = np.busday_count(np.datetime64("2020-01-01"), date) * 8 * 3600
        second = local % day
        today = np.clip(second - 8 * 3600, 0, 4 * 3600) + np.clip(second - 14 * 3600, 0, 4 * 3600)
        return whole + today * np.is_busday(date)

    return until_then(until) - until_then(since)


def main() -> None:
    """Generate, measure in turn, compare, print."""
    from halls import write

    from banshi.platform.hall import Hall
    from banshi.platform.statistics.model import Question
    from banshi.rules.policies import FixpointEngine
    from banshi.storage.attachments import AttachmentFolder
    from banshi.storage.sql import SqlStore

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "definitions", "organisation/organisation.xlsx", organisation())
        for service in SERVICES:
            write(folder / "definitions", f"{service}/{service}.xlsx", WORKBOOK.format(service=service))
        path = folder / "banshi.sqlite"
        hall = Hall(
            store=SqlStore(path), attachments=AttachmentFolder(folder / "attachments"),
            definitions=folder / "definitions", engine=FixpointEngine(), clock=lambda: NOW,
        )  # fmt: skip
        hall.scan()
        generate(path)
        admin = hall.directory.people["10001"]
        units = {person.id: person.department for person in hall.directory.people.values()}
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)  # as the server does
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ours, theirs, one, peak = [], [], [], 0
        for _ in range(3):
            begin = time.process_time()
            found = hall.statistics(admin, Question())
            ours.append(time.process_time() - begin)
            peak = peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            begin = time.process_time()
            cases, ended, decided, _ = by_pandas(path, units)
            theirs.append(time.process_time() - begin)
            begin = time.process_time()
            hall.statistics(admin, Question(service_id="repair", since=(NOW - timedelta(days=30)).date()))
            one.append(time.process_time() - begin)
        total = found.total
        assert (total.cases, total.finished) == (len(cases), len(ended))
        assert total.worktime.median == round(ended.work.median())
        assert total.plain.p90 == round(ended.plain.quantile(0.9) / 1_000_000)
        assert sum(step.decided for step in found.steps) == len(decided)
        last = max(found.steps, key=lambda step: (step.service_id, step.step))
        work = decided[(decided.service_id == last.service_id) & (decided.step_id == last.step)].work
        assert (last.worktime.median, last.worktime.p90) == (round(work.median()), round(work.quantile(0.9)))
        runs = sum(step.asked for step in found.steps)
        print(f"{len(cases):,} cases, {runs:,} times that a step was asked; CPU seconds, best of 3")
        print(f"hall.statistics, everything             {min(ours):6.2f} s")
        print(
            f"pandas, the same figures                {min(theirs):6.2f} s: {min(theirs) / min(ours):.1f} times as long"
        )
        print(f"hall.statistics, a service, 30 days     {min(one):6.2f} s")
        print(f"memory that the first answer takes at most {(peak - before) / 1024:.0f} MB")
        hall.close()


if __name__ == "__main__":
    main()
