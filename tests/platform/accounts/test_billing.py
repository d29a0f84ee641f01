"""Billing runs.

R1  Every holder is charged what the fee sheet says, once, however often the run is repeated or killed.
R2  Who has too little is named and not charged, and stops nobody else.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import billing_writer
import pytest
from billing_writer import AT, meters, rooms, run

from banshi.platform.accounts import billing
from banshi.platform.errors import Declined, NotFound
from banshi.storage.accounts import TransactionFilter
from banshi.storage.sql import SqlStore

KEY = "meters:电费"
LATER = AT + timedelta(hours=3)


def due(kwh: int) -> int:
    """What a room owes for a month, in fen: computed beside the platform."""
    return int((Decimal(kwh) * Decimal("0.698")).quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)


def balances(store: SqlStore) -> dict[str, int]:
    rows, _ = store.balances(KEY, size=10_000)
    return {row.holder: row.available for row in rows}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(billing, "PARTITION", 5)
    opened = SqlStore(tmp_path / "banshi.sqlite")
    yield opened
    assert opened.wrong_balances() == []
    opened.close()


def test_each_is_charged_once_however_often_the_run_is_repeated(store):
    first = run(store, 12)
    assert (first.charged, first.before, first.total) == (12, 0, Decimal(sum(map(due, range(1, 13)))) / 100)
    again = run(store, 12, at=LATER)
    assert (again.charged, again.before, again.total) == (0, 12, 0)
    assert balances(store) == {f"R{n:04}": 5000 - due(n) for n in range(1, 13)}
    more = run(store, 14)  # two rooms that were forgotten
    assert (more.charged, more.before) == (2, 12)


def test_a_run_that_is_killed_goes_on_where_it_stopped(store, tmp_path):
    command = [sys.executable, billing_writer.__file__, str(tmp_path / "banshi.sqlite"), "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(3)][-1] == "15 60\n"
        os.kill(process.pid, signal.SIGKILL)
    there = len(balances(store))
    assert 15 <= there < 60
    rest = run(store, 60, at=LATER)
    assert (rest.charged, rest.before) == (60 - there, there)
    assert balances(store) == {f"R{n:04}": 5000 - due(n) for n in range(1, 61)}
    kinds = [one.kind for one in store.iter_transactions(TransactionFilter(account=KEY))]
    assert (kinds.count("billing"), kinds.count("opening")) == (60, 60)


def test_who_has_too_little_is_named_and_stops_nobody(store):
    done = run(store, 75)  # 72 kWh cost 50.26, more than the 50 that a room begins with
    poor = [f"R{n:04}" for n in range(1, 76) if due(n) > 5000]
    assert list(done.short) == poor == ["R0072", "R0073", "R0074", "R0075"]
    assert done.charged == 71
    assert run(store, 75, beyond_floor=True).charged == 4
    assert balances(store)["R0075"] == 5000 - due(75) < 0


def test_rows_that_cannot_be_billed_are_named(store):
    service = meters()
    frame = rooms(3)
    frame.loc[1, "用量"] = "很多"
    made = billing.Run(id="x", service=service, fees="月费", account="电费", holder="房间")
    done = billing.charge_run(store, made, frame, AT)
    assert (done.charged, list(done.wrong)) == (2, ["R0002"])
    for changed, error in (
        ({"account": "水费"}, NotFound),
        ({"fees": "年费"}, NotFound),
        ({"holder": "门牌"}, Declined),
    ):
        facts = {"id": "x", "service": service, "fees": "月费", "account": "电费", "holder": "房间", **changed}
        with pytest.raises(error):
            billing.charge_run(store, billing.Run(**facts), frame, AT)


def test_a_repeat_names_only_those_who_were_not_charged(store):
    """Who paid with the last of her balance is not among those who have too little."""
    run(store, 74)
    assert list(run(store, 75, at=LATER).short) == ["R0072", "R0073", "R0074", "R0075"]


def test_a_row_without_a_holder_is_told_and_charges_nobody(store):
    frame = rooms(4)
    frame.loc[[1, 3], "房间"] = ["", "  "]
    made = billing.Run(id="2026-11", service=meters(), fees="月费", account="电费", holder="房间")
    done = billing.charge_run(store, made, frame, AT)
    assert (done.charged, done.wrong) == (2, {"": "no holder in row 2, 4 of the data"})
    assert balances(store) == {"R0001": 5000 - due(1), "R0003": 5000 - due(3)}
