"""Half a year in a small hall."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from halls import BORROWING, ORGANISATION, write

from banshi.platform.demonstration import DAYS, demonstrate
from banshi.platform.errors import Declined
from banshi.platform.keeping import rebuild
from banshi.platform.stores import store_of_folder
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import CaseFilter, StoredCase

UNTIL = datetime(2026, 11, 20, 18, 0, tzinfo=CAMPUS_ZONE)


def cases_of(folder: Path) -> list[StoredCase]:
    store = store_of_folder(folder, "")
    try:
        return list(store.iter_cases(CaseFilter()))
    finally:
        store.close()


@pytest.fixture(scope="module")
def definitions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("definitions")
    write(folder, "organisation/organisation.xlsx", ORGANISATION)
    write(folder, "borrowing/borrowing.xlsx", BORROWING)
    return folder


def test_half_a_year_is_played(definitions, tmp_path):
    told: list[tuple[int, int]] = []
    data = tmp_path / "data"
    played = demonstrate(
        data=data, definitions=definitions, until=UNTIL, cases=25, seed=3, told=lambda *now: told.append(now)
    )
    cases = cases_of(data)
    assert played.sent == len(cases) == sum(played.states.values()) == 25
    assert told[-1] == (25, 25)
    assert all(UNTIL - timedelta(days=DAYS) <= case.submitted_at <= UNTIL for case in cases)
    assert len({case.submitted_at.date() for case in cases}) > 10
    assert {case.state for case in cases} > {"open", "approved"}
    assert len({case.applicant for case in cases}) > 1
    assert {case.snapshot["answers"]["天数"] for case in cases} > {7, 8}
    assert rebuild(f"sqlite:///{data / 'banshi.sqlite'}", lambda *_: None, dry_run=True) == []


def test_the_same_seed_is_the_same_half_year(definitions, tmp_path):
    seen = []
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        demonstrate(data=tmp_path / name, definitions=definitions, until=UNTIL, cases=8, seed=seed)
        seen.append([(c.submitted_at, c.applicant, c.number, c.state) for c in cases_of(tmp_path / name)])
    assert seen[0] == seen[1] != seen[2]


def test_a_folder_with_something_in_it_is_left_alone(definitions, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/banshi.sqlite").write_bytes(b"real")
    with pytest.raises(Declined, match="new folder"):
        demonstrate(data=tmp_path / "data", definitions=definitions, until=UNTIL)
    assert (tmp_path / "data/banshi.sqlite").read_bytes() == b"real"
