"""Dispatchers that are killed between sending and writing that down, before a receiver that also fails.

K1 every message arrives, and a receiver that keeps the keys has it exactly once · K2 two dispatchers at once never send beside one
another what one of them has.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from dispatchers import Nursery, check, dispatcher, run_with_kills, sqlite_of, write_orders
from postgres import cluster
from receivers import failing, receiver
from sqlalchemy import create_engine, make_url

from banshi.storage import new_id
from banshi.storage.sql import SqlStore

KILLS = int(os.environ.get("KILLS", "500"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with cluster() as url:
        yield url


def a_database(server: str) -> object:
    name = f"t{new_id().lower()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return make_url(server).set(database=name)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    if request.param == "sqlite":
        return sqlite_of(tmp_path)
    return a_database(request.getfixturevalue("server"))


def kill_and_count(where: object, kills: int) -> str:
    chance = random.Random(7)
    SqlStore(where).close()  # type: ignore[arg-type]  # its tables are there before anybody forks
    nursery = Nursery(where)
    with receiver(failing(chance)) as shop:
        keys, twice = run_with_kills(nursery, where, shop, kills=kills, orders=3, chance=chance)
        nursery.close()
        return f"{kills} kills, {len(keys)} orders, {len(shop.requests)} requests, {twice} arrived more than once, 0 lost, 0 doubled by key"


def test_k1_killed_dispatchers_lose_and_double_nothing(where: object) -> None:
    kill_and_count(where, 6)


@pytest.mark.soak
def test_k1_hundreds_of_kills(where: object) -> None:
    print(f"\n{type(where).__name__}: {kill_and_count(where, KILLS)}")


LONG = timedelta(minutes=2)
"""A lease that no slow machine outlives: here nobody dies."""


def test_k2_two_dispatchers_at_once_send_each_order_once(where: object) -> None:
    with receiver() as shop:
        stores = [SqlStore(where), SqlStore(where)]  # type: ignore[arg-type]
        keys = write_orders(stores[0], 0, 40)
        ours = [dispatcher(store, shop.port, LONG) for store in stores]
        start = threading.Barrier(2)

        def work(mine: object) -> None:
            start.wait()
            while mine.send_due():  # type: ignore[attr-defined]
                pass

        threads = [threading.Thread(target=work, args=(mine,)) for mine in ours]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check(stores[0], shop, keys)
        assert set(shop.arrivals.values()) == {1}
        for store in stores:
            store.close()
