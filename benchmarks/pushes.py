"""The timetable of the day for 40,000 people: pushed by a job, against the same rows inserted by SQLite alone.

    .venv/bin/python benchmarks/pushes.py [PEOPLE]

A hall with so many people and a job of every working day at 7:00 that tells each of them (`remind`). What the job adds to the peer's
bare inserts: who is meant, the text composed for each in two languages, one key a message, portions that are written down,
so that a server that is killed goes on. The same instant fired once more tells nobody.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

from banshi.platform.hall import Hall
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import MessageFilter
from banshi.storage.sql import SqlStore

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
SUNDAY = datetime(2026, 9, 6, 20, tzinfo=CAMPUS_ZONE)


def workbooks(folder: Path) -> None:
    """The people of a campus, and the service that tells them."""
    book = Workbook()
    people = book.active
    people.title = "people"
    people.append(["id", "name", "department", "roles", "kind"])
    people.append(["10001", "周倩", "教务处", "owner", ""])
    for n in range(PEOPLE):
        people.append([f"2023{n:06}", f"学生{n}", "教务处", "", "学生"])
    departments = book.create_sheet("departments")
    departments.append(["name", "head"])
    departments.append(["教务处", "10001"])
    save(book, folder / "organisation" / "organisation.xlsx")
    book = Workbook()
    sheets = {
        "settings": [["form_id", "form_title", "owner"], ["timetable", "课表推送", "教务处"]],
        "notices": [["name", "on", "text", "text::English (en)"], ["课表", "called", "${applicant.name}，今天第 1 节：有机化学", "${applicant.name}, period 1 today: organic chemistry"]],
        "schedule": [["job", "every", "for", "do"], ["每日课表", "每工作日 07:00", "people 学生", "remind:课表"]],
    }  # fmt: skip
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    save(book, folder / "timetable" / "timetable.xlsx")


def save(book: Workbook, path: Path) -> None:
    """A workbook in a folder of its own."""
    path.parent.mkdir(parents=True)
    book.save(path)


def main() -> int:
    """Push, push once more, and insert the same rows bare."""
    now = [SUNDAY]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbooks(folder / "definitions")
        store = SqlStore(folder / "banshi.sqlite")
        hall = Hall(
            store=store,
            attachments=AttachmentFolder(folder / "attachments"),
            definitions=folder / "definitions",
            engine=FixpointEngine(),
            clock=lambda: now[0],
        )
        with closing(hall):
            wrong = [str(item) for report in hall.scan() for item in report.diagnostics if item.severity == "error"]
            assert not wrong, wrong
            hall.jobs.fire_due()
            now[0] = SUNDAY + timedelta(hours=11)
            push = timed("pushed by the job", lambda: fire(hall))
            timed("fired once more", lambda: fire(hall))
            found, total = store.messages(MessageFilter(channel="inbox"), size=1)
            assert total == PEOPLE
            assert found[0].content
        bare = timed("the same rows, bare inserts, a commit a portion", lambda: copied(folder))
    print(f"{PEOPLE} people: {push[0] / bare[0]:.1f} times the bare inserts (CPU {push[1] / bare[1]:.1f} times)")
    return 0


def fire(hall: Hall) -> None:
    """Everything that is due."""
    while hall.jobs.fire_due():
        pass


def copied(folder: Path) -> None:
    """The rows of the outbox once more, into a table without anything else, 200 a commit as durable as the hall's."""
    with closing(sqlite3.connect(folder / "banshi.sqlite")) as old:
        rows = old.execute("SELECT * FROM outbox").fetchall()
    with closing(sqlite3.connect(folder / "bare.sqlite")) as new:
        new.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        columns = ", ".join(f"c{n}" for n in range(len(rows[0])))
        new.execute(f"CREATE TABLE outbox ({columns}, PRIMARY KEY (c0))")
        marks = ", ".join("?" * len(rows[0]))
        for start in range(0, len(rows), 200):
            new.executemany(f"INSERT INTO outbox VALUES ({marks})", rows[start : start + 200])
            new.commit()


def timed(what: str, deed: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock and of CPU, printed."""
    wall, cpu = time.perf_counter(), time.process_time()
    deed()
    took = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what}: {took[0]:.2f} s (CPU {took[1]:.2f} s)", flush=True)
    return took


if __name__ == "__main__":
    sys.exit(main())
