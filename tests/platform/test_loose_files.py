"""Attached files that nobody sends.

L1 after thirty days they go, row and file · L2 what a draft or a case has stays · L3 whoever sends at that very moment is told, and nothing
of hers is lost · L4 the files of a trial go with it · L5 after a crash the sweep takes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from halls import FILED, open_test_hall
from telling import Clock
from workbooks import workbook_from_text

from banshi.platform.errors import Declined
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.trial import Trial
from banshi.storage.contract import CaseFilter
from banshi.ui.trials import SECONDS, Trials

STUDENT, OWNER = "20001", "20005"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=clock, services={"borrowing": FILED})
    yield opened
    opened.close()


def who(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def attach(hall: Hall, person: str = STUDENT) -> dict[str, Any]:
    return hall.attach(who(hall, person), "借用合同.pdf", iter([b"%PDF-1.4 contract"]))


def answers(file: dict[str, Any]) -> dict[str, Any]:
    return {"用途": "测试", "天数": Decimal(7), "合同": [file]}


def files(folder: Path) -> int:
    return sum(path.is_file() for path in (folder / "attachments").rglob("*"))


def test_l1_after_thirty_days_a_file_that_nobody_sent_goes(hall: Hall, tmp_path: Path, clock: Clock) -> None:
    file = attach(hall)
    clock.go(days=29, hours=23)
    assert hall.sweep_files() == 0
    assert files(tmp_path) == 1
    clock.go(hours=2)
    assert hall.sweep_files() == 1
    assert files(tmp_path) == 0
    assert hall._store.attachment(file["id"]) is None
    assert hall.sweep_files() == 0


def test_l2_what_a_draft_or_a_case_has_stays(hall: Hall, tmp_path: Path, clock: Clock) -> None:
    sent, drafted = attach(hall), attach(hall)
    assert hall.submit(who(hall, STUDENT), "borrowing", answers(sent), command_id="s").done
    hall.save_draft(who(hall, STUDENT), "borrowing", answers(drafted), "")
    clock.go(days=400)
    assert hall.sweep_files() == 0
    assert files(tmp_path) == 2
    assert hall.submit(who(hall, STUDENT), "borrowing", answers(drafted), command_id="t").done
    theirs = attach(hall, OWNER)
    hall.save_draft(who(hall, STUDENT), "borrowing", answers(theirs), "")
    clock.go(days=31)
    assert hall.sweep_files() == 1, "a draft of somebody else holds nobody's file"


def test_l3_whoever_sends_at_that_moment_is_told(hall: Hall, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    file = attach(hall)
    clock.go(days=31)
    commit = hall._store.commit

    def swept_before(command: Any) -> Any:
        monkeypatch.undo()
        assert hall.sweep_files() == 1, "after it was looked at, before it is written"
        return commit(command)

    monkeypatch.setattr(hall._store, "commit", swept_before)
    with pytest.raises(Declined, match="attach it again"):
        hall.submit(who(hall, STUDENT), "borrowing", answers(file), command_id="s")
    assert hall._store.count_cases(CaseFilter()) == 0
    again = hall.submit(who(hall, STUDENT), "borrowing", answers(attach(hall)), command_id="s")
    assert again.number.endswith("0001"), "no number was lost"


def tried(hall: Hall, trial: Trial) -> dict[str, Any]:
    """A file that the owner attaches in a trial and sends there."""
    file = attach(hall, OWNER)
    trial.lend(who(hall, STUDENT), answers(file))
    assert trial.hall.submit(who(hall, STUDENT), "borrowing", answers(file), command_id="t").done
    return file


def begun(hall: Hall) -> Trial:
    return Trial(hall, who(hall, OWNER), "borrowing.xlsx", workbook_from_text(FILED))


def test_l4_the_files_of_a_trial_go_with_it(hall: Hall, tmp_path: Path) -> None:
    sent, drafted = attach(hall, OWNER), attach(hall, OWNER)
    assert hall.submit(who(hall, OWNER), "borrowing", answers(sent), command_id="s").done
    hall.save_draft(who(hall, OWNER), "borrowing", answers(drafted), "")
    theirs = attach(hall, STUDENT)
    trial = begun(hall)
    file = tried(hall, trial)
    trial.lend(who(hall, STUDENT), [sent["id"], drafted["id"], theirs["id"]])
    assert files(tmp_path) == 4
    trial.close()
    assert hall._store.attachment(file["id"]) is None
    assert files(tmp_path) == 3, "what is real stays"


def test_l4_a_trial_that_nobody_touches_ends_by_itself(hall: Hall, tmp_path: Path) -> None:
    now = [0.0]
    trials = Trials(lambda: now[0])
    for token in ("a", "b"):
        trial_id = trials.begin(who(hall, OWNER), hall, token, "borrowing.xlsx", workbook_from_text(FILED))
        trial = trials.get(token, trial_id)
        assert trial is not None
        tried(hall, trial)
        now[0] += 60
    assert trials.end_late() == 0
    now[0] = SECONDS + 30
    assert trials.end_late() == 1
    assert files(tmp_path) == 1
    trials.close()
    assert files(tmp_path) == 0


def test_l5_after_a_crash_the_sweep_takes_them(hall: Hall, tmp_path: Path, clock: Clock) -> None:
    trial = begun(hall)
    tried(hall, trial)
    trial._store.close()  # the process is gone, and the trial with it
    clock.go(days=31)
    assert hall.sweep_files() == 1
    assert files(tmp_path) == 0
