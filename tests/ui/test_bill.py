"""`banshi bill`: tables by their ending, many rows, and a cluster whose worker dies.

T1 CSV, xlsx and Parquet in and out give the same bills; leading zeros and long digits stay
T2 what a run writes replaces the old file whole, or not at all
T3 more rows than one partition: every row once and in order, a bad row stops no other
T4 --dask gives the very bytes that this machine gives, with a worker killed on the way; done partitions are not repeated
T5 without the extras a clear sentence and exit code 2
T6 what the form computes of a row feeds the tariff, by columns and row by row
T7 what is left of a quota has its column
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client
from workbooks import workbook_from_text

from banshi.ui import cli, cli_bill, cli_dask

D = Decimal
RULES = """
    ## 收费-电费
    | 项目 | 计量   | 起  | 止  | 单价  | 方式 |
    | 电费 | 用电量 |     | 260 | 0.589 | 阶梯 |
    | 电费 |        | 260 | 600 | 0.639 | 阶梯 |
    | 电费 |        | 600 |     | 0.889 | 阶梯 |
    | 合计 |        |     |     |       | 合计 |
"""


class Ran:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.xlsx"
    path.write_bytes(workbook_from_text(RULES))
    return path


@pytest.fixture
def bill(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, rules: Path) -> Any:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def call(source: Path, target: Path, *more: str, fees: str = "电费", workbook: Path = rules) -> Ran:
        monkeypatch.setattr(
            sys, "argv",
            ["banshi", "bill", str(workbook), "--fees", fees, "--input", str(source), "--output", str(target), *more],
        )  # fmt: skip
        with pytest.raises(SystemExit) as left:
            cli.main()
        text = capsys.readouterr()
        return Ran(int(left.value.code or 0), text.out, text.err)

    return call


# 260 x 0.589 = 153.14; 601: 153.14 + 340 x 0.639 + 0.889 = 371.289, each slice to the fen
ROOMS = "学号,用电量\n007,260\n44030119900101123456,601\n008,六百\n009,0\n"
TOTALS = [D("153.14"), D("371.29"), None, D("0.00")]
IDS = ["007", "44030119900101123456", "008", "009"]


def write_csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_a_table_is_never_replaced_by_its_bills(bill: Any, tmp_path: Path) -> None:  # T1
    source = write_csv(tmp_path / "rooms.csv", ROOMS)
    (tmp_path / "link.csv").symlink_to(source)
    for target in (source, tmp_path / "link.csv", tmp_path / "." / "rooms.csv"):
        ran = bill(source, target)
        assert (ran.code, source.read_text(encoding="utf-8")) == (2, ROOMS)
        assert "--output" in ran.err


WORDS = """
## 收费-网
| 项目 | 计量 | 单价 | 方式 | 条件 | 折算 | 生效 |
| 网费 | 月数 | 20 | 单价 | | | |
| 减免 | 网费 | 50% | 减免 | 困难 = "是" | | |
| 押金 | 1 | 31 | 单价 | | 按天 起日..止日 | 2026-08-01 |
"""


def test_every_kind_of_table_is_read_alike(bill: Any, tmp_path: Path) -> None:  # T1
    """Blanks around a word, texts of days, errors of cells: from CSV, xlsx and Parquet; 16 of 31 days are 16 yuan."""
    workbook = tmp_path / "words.xlsx"
    workbook.write_bytes(workbook_from_text(WORDS))
    head = ["月数", "困难", "起日", "止日"]
    rows = [
        ["5", "是", "2026-07-17", "2026-08-16"],
        ["5", " 是\u3000", "2026/7/17", "2026-08-16"],
        ["5", "是\u00a0", "2026-07-17", "2026-08-16 "],
        ["5", "#N/A", "2026-07-17", "2026-08-16"],
        ["#REF!", "否", "2026-07-17", "2026-08-16"],
    ]
    write_csv(tmp_path / "a.csv", "\n".join(",".join(row) for row in [head, *rows]))
    pq.write_table(pa.table(dict(zip(head, map(list, zip(*rows, strict=True)), strict=True))), tmp_path / "a.parquet")
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    for cell in ("B5", "A6"):
        book.active[cell].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    for kind in ("csv", "xlsx", "parquet"):
        assert bill(tmp_path / f"a.{kind}", tmp_path / "o.csv", fees="网", workbook=workbook).code == 1
        found = read_csv(tmp_path / "o.csv")
        assert [row["total"] for row in found] == ["66.00", "66.00", "66.00", "", ""], kind
        assert ["困难" in found[3]["error"], "月数" in found[4]["error"]] == [True, True], kind
        assert [found[3]["困难"], found[4]["月数"]] == ["#N/A", "#REF!"], kind


def test_the_same_bills_from_and_to_every_kind_of_table(bill: Any, tmp_path: Path) -> None:  # T1
    source = write_csv(tmp_path / "rooms.csv", ROOMS)
    parquet = tmp_path / "rooms.parquet"
    pq.write_table(
        pa.table({"学号": IDS, "用电量": pa.array([D(260), D(601), None, D(0)], pa.decimal128(10, 2))}), parquet
    )
    for given in (source, parquet):
        ran = bill(given, tmp_path / "out.csv")
        assert ran.code == 1
        rows = read_csv(tmp_path / "out.csv")
        assert [row["total"] for row in rows] == ["153.14", "371.29", "", "0.00"]
        assert [row["学号"] for row in rows] == IDS
        assert [bool(row["error"]) for row in rows] == [False, False, True, False]

        assert bill(given, tmp_path / "out.parquet").code == 1
        table = pq.read_table(tmp_path / "out.parquet")
        assert table.column("total").to_pylist() == TOTALS
        assert table.column("学号").to_pylist() == IDS
        assert pa.types.is_decimal(table.schema.field("total").type)

        assert bill(given, tmp_path / "out.xlsx").code == 1
        header, *cells = openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(values_only=True)
        assert [row[header.index("学号")] for row in cells] == IDS
        assert [row[header.index("total")] for row in cells] == [153.14, 371.29, None, 0]
    assert bill(tmp_path / "out.xlsx", tmp_path / "again.csv").code == 1
    assert [row["电费.total"] for row in read_csv(tmp_path / "again.csv")] == ["153.14", "371.29", "", "0.00"]


def test_a_run_that_stops_leaves_the_old_file(bill: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # T2
    source = write_csv(tmp_path / "rooms.csv", ROOMS)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for ending in ("csv", "parquet", "xlsx"):
        target = tmp_path / f"out.{ending}"
        target.write_bytes(b"old")
        with monkeypatch.context() as patch:
            patch.setattr(cli_bill, "bill_rows", dies)
            bill(source, target)
        assert target.read_bytes() == b"old"
    assert not list(tmp_path.glob(".*"))


def many(path: Path, rows: int) -> Path:
    lines = (f"{i:06},{'坏' if i % 997 == 5 else i % 1000}" for i in range(rows))
    return write_csv(path, "房间,用电量\n" + "\n".join(lines) + "\n")


def cost(usage: int) -> Decimal:
    """By hand in whole thousandths of a yuan, each slice half up to the fen."""
    slices = (min(usage, 260) * 589, max(min(usage, 600) - 260, 0) * 639, max(usage - 600, 0) * 889)
    return sum((D((part + 5) // 10) for part in slices), D(0)) / 100


def test_many_rows_in_partitions(bill: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # T3
    monkeypatch.setattr(cli_bill, "PARTITION", 700)
    ran = bill(many(tmp_path / "rooms.csv", 3_000), tmp_path / "out.csv", "--json")
    told = json.loads(ran.out)
    assert (told["rows"], told["errors"], told["partitions"]) == (3_000, 4, 5)
    rows = read_csv(tmp_path / "out.csv")
    assert [row["房间"] for row in rows] == [f"{i:06}" for i in range(3_000)]
    for i, row in enumerate(rows):
        assert (row["total"] == "" and "坏" in row["error"]) if i % 997 == 5 else D(row["total"]) == cost(i % 1000)
    assert D(str(told["total"])) == sum(cost(i % 1000) for i in range(3_000) if i % 997 != 5)


# T4: a cluster of two workers, really processes


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    scheduler_file = tmp_path / "scheduler.json"
    log = (tmp_path / "cluster.log").open("wb")

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", *arguments, "--scheduler-file", str(scheduler_file)]
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)

    scheduler = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    workers: list[subprocess.Popen[bytes]] = []
    try:
        wait_for(scheduler_file.exists)
        workers += [
            start(
                "distributed.cli.dask_worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard"
            )
            for _ in range(2)
        ]
        address = json.loads(scheduler_file.read_text())["address"]
        with Client(address, timeout="30s") as client:
            client.wait_for_workers(2, timeout=60)
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()
        log.close()


def wait_for(happened: Any) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_cluster_gives_the_same_bills_with_a_worker_killed_midway(
    bill: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Any
) -> None:  # T4
    address, workers = cluster
    monkeypatch.setattr(cli_bill, "PARTITION", 500)
    monkeypatch.setattr(cli_dask, "PARTITION", 500)
    source = many(tmp_path / "rooms.csv", 20_000)
    assert bill(source, tmp_path / "here.csv").code == 1

    kept = tmp_path / "there.csv.parts"

    def kill_one() -> None:
        wait_for(lambda: len(list(kept.glob("*.json"))) >= 3)
        killed.append(len(list(kept.glob("*.json"))))
        workers[0].kill()

    killed: list[int] = []
    killer = threading.Thread(target=kill_one)
    killer.start()
    ran = bill(source, tmp_path / "there.csv", "--dask", address, "--json")
    killer.join()
    assert killed[0] < 40
    assert workers[0].wait(10) != 0
    told = json.loads(ran.out)
    assert (told["rows"], told["partitions"], told["repeated"]) == (20_000, 40, 0)
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()

    # Again: nothing is repeated but the partition whose answer is lost, the one that cannot be read, and the one changed.
    parts = sorted(kept.glob("*.json"))
    parts[0].unlink()
    parts[1].write_text("[[", encoding="utf-8")
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("\n000002,2\n", "\n000002,3\n"), encoding="utf-8")
    told = json.loads(bill(source, tmp_path / "there.csv", "--dask", address, "--json").out)
    assert told["repeated"] in (37, 38)  # the changed partition may be one of the two
    assert read_csv(tmp_path / "there.csv")[2]["total"] == "1.77"


def test_no_cluster_and_no_extras_are_a_wrong_call(
    bill: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # T5
    source = write_csv(tmp_path / "rooms.csv", ROOMS)
    monkeypatch.setattr(cli_dask, "_WAIT", "1s")
    ran = bill(source, tmp_path / "out.csv", "--dask", "tcp://127.0.0.1:9")
    assert ran.code == 2
    assert "127.0.0.1:9" in ran.err
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = bill(source, tmp_path / "out.csv", "--dask", "tcp://127.0.0.1:9")
    assert (ran.code, "banshi[bulk]" in ran.err) == (2, True)
    ran = bill(source, tmp_path / "out.parquet")
    assert (ran.code, "banshi[bulk]" in ran.err) == (2, True)
    assert bill(source, tmp_path / "out.csv").code == 1
    assert not (tmp_path / "out.parquet").exists()


FORM = """
    ## 表单
    | 类型 | 名称 | 标签 | 计算 | 显示条件 |
    | 小数 | 读数 | 读数 | | |
    | 整数 | 人数 | 人数 | | {shown} |
    | 计算 | 额度 | | 人数 * 10 | |
    | 计算 | 超额 | | 读数 - 额度 | |
    ## 规则-档次
    | 当 超额 | 则 加价 |
    | <=100   | 0.1 |
    | >100    | 0.2 |
    ## 收费-电费
    | item | quantity | method | rate |
    | 电费 | 超额 | flat | {rate} |
"""


@pytest.mark.parametrize(
    ("shown", "rate", "totals"),
    [
        # 95 - 40 = 55 and 900 - 10 = 890 beyond the quota
        ("", "0.698", ["38.39", "621.22", ""]),
        ("", "0.6 + 加价", ["38.50", "712.00", ""]),
        ("读数 > 100", "0.698", ["", "621.22", ""]),  # where 人数 is not shown it is empty
    ],
)
def test_what_the_form_computes_feeds_the_tariff(
    bill: Any, tmp_path: Path, shown: str, rate: str, totals: list[str]
) -> None:  # T6
    workbook = tmp_path / "form.xlsx"
    workbook.write_bytes(workbook_from_text(FORM.format(shown=shown, rate=rate)))
    source = write_csv(tmp_path / "rooms.csv", "房间,读数,人数\n301,95,4\n302,900,1\n303,,2\n")
    assert bill(source, tmp_path / "out.csv", workbook=workbook).code == 1
    assert [row["total"] for row in read_csv(tmp_path / "out.csv")] == totals


def test_an_answer_that_dies_with_its_worker_is_asked_for_again() -> None:  # T4
    from distributed.client import FutureCancelledError

    class Future:
        def __init__(self, lost: bool) -> None:
            self.lost = lost

        def result(self) -> list[Any]:
            if self.lost:
                raise FutureCancelledError("k", "worker gone")
            return [["1.00"]]

    class Cluster:
        def __init__(self, lost: int) -> None:
            self.lost, self.asked = lost, list[str]()

        def submit(self, *_: Any, key: str, **__: Any) -> Future:
            self.asked.append(key)
            return Future(lost=len(self.asked) <= self.lost)

    job: Any = None
    cluster = Cluster(lost=1)
    assert cli_dask._result(job, [], "p", Future(lost=True), cluster) == [["1.00"]]
    assert len(set(cluster.asked)) == 2
    with pytest.raises(cli_dask.WrongCall):
        cli_dask._result(job, [], "p", None, Cluster(lost=99))


def test_t1_cells_of_an_xlsx_are_what_excel_shows(bill: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["房间", "用电量", "抄表日期", "住满"])
    sheet.append(["007", 0.1 + 0.2 + 260, date(2026, 3, 31), True])
    sheet.cell(2, 9).font = openpyxl.styles.Font(bold=True)  # a blank that was formatted is no column
    book.save(tmp_path / "rooms.xlsx")
    ran = bill(tmp_path / "rooms.xlsx", tmp_path / "out.csv")
    assert ran.code == 0, ran.err
    ((header, row),) = [list(csv.reader((tmp_path / "out.csv").open(encoding="utf-8-sig")))]
    assert header == ["房间", "用电量", "抄表日期", "住满", "电费", "合计", "total", "error"]
    # 260 x 0.589 + 0.3 x 0.639 = 153.3317
    assert row == ["007", "260.3", "2026-03-31", "TRUE", "153.33", "153.33", "153.33", ""]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_t5_an_xlsx_that_is_none_is_told(bill: Any, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "rooms.xlsx").write_bytes(damage)
    ran = bill(tmp_path / "rooms.xlsx", tmp_path / "out.csv")
    assert ran.code == 2
    assert "rooms.xlsx" in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out.csv").exists()


CARRY = """
    ## 收费-电费
    | 项目 | 计量   | 起 | 止        | 单价  | 方式 | 结转     |
    | 电费 | 用电量 |    | 10 * 人数 | 0     | 阶梯 | 上月结余 |
    | 电费 |        | 10 * 人数 |    | 0.698 | 阶梯 |          |
"""


@pytest.mark.parametrize("more", [(), ("--explain",)])
def test_t7_what_is_left_of_a_quota_has_its_column(
    bill: Any, rules: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    rules.write_bytes(workbook_from_text(CARRY))
    source = tmp_path / "rooms.csv"
    source.write_text("人数,上月结余,用电量\n4,0,95\n4,15,30\n4,,30\n", encoding="utf-8")
    ran = bill(source, tmp_path / "out.csv", *more)
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8-sig")))
    # 4 people have 40 kWh free: 95 are 55 beyond them, 55 x 0.698 = 38.39; of 40 + 15, 30 leave 25.
    assert [(row["电费"], row["电费.carry"], row["total"]) for row in rows[:2]] == [
        ("38.39", "0.00", "38.39"),
        ("0.00", "25.00", "0.00"),
    ]
    assert rows[2]["error"]
    assert ran.code == 1


def test_t3_a_quote_that_is_never_closed_swallows_no_row_in_silence(bill: Any, tmp_path: Path) -> None:
    rows = "".join(f"{n},R{n}\n" for n in range(1, 50))
    source = write_csv(tmp_path / "rooms.csv", "用电量,房间\n" + rows.replace("6,R6\n", '6,"R6\n'))
    ran = bill(source, tmp_path / "out.csv")
    assert ran.code == 2
    assert "第 7 行" in ran.err
    assert not (tmp_path / "out.csv").exists()
    assert bill(write_csv(source, '用电量,备注\n1,"两行\n备注"\n'), tmp_path / "out.csv").code == 0


def rewritten(path: Path, change: Any) -> Path:
    """The workbook with its first sheet's XML changed."""
    import zipfile

    parts = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_t1_no_row_of_an_xlsx_is_dropped_whatever_its_range_says(bill: Any, tmp_path: Path) -> None:
    source = tmp_path / "rooms.xlsx"
    source.write_bytes(
        workbook_from_text("## 房间\n| 房间 | 用电量 |\n" + "".join(f"| R{n} | {n} |\n" for n in range(1, 6)))
    )
    rewritten(source, lambda xml: re.sub(r'<dimension ref="[^"]*"/>', '<dimension ref="A1:B3"/>', xml))
    assert bill(source, tmp_path / "out.csv").code == 0
    assert [row["房间"] for row in read_csv(tmp_path / "out.csv")] == ["R1", "R2", "R3", "R4", "R5"]


def test_t5_a_far_cell_and_a_bomb_neither_hang_nor_fill_the_memory(bill: Any, tmp_path: Path) -> None:
    source = tmp_path / "rooms.xlsx"
    source.write_bytes(workbook_from_text("## 房间\n| 房间 | 用电量 |\n| R1 | 261 |"))
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rewritten(source, lambda xml: xml.replace("</sheetData>", far))
    assert bill(source, tmp_path / "out.csv").code == 0
    assert [row["total"] for row in read_csv(tmp_path / "out.csv")] == ["153.78"]
    blown = '<row r="3"><c r="A3" t="inlineStr"><is><t>' + " " * 5_000_000 + "</t></is></c></row></sheetData>"
    rewritten(source, lambda xml: xml.replace("</sheetData>", blown))
    ran = bill(source, tmp_path / "again.csv")
    assert ran.code == 2
    assert "rooms.xlsx" in ran.err
    assert not (tmp_path / "again.csv").exists()


def test_numbers_are_read_as_people_write_them(bill: Any, tmp_path: Path) -> None:
    text = '学号,用电量\n１２,"1,200"\n44030119900101123456,２６０\n007,1 2\n'
    ran = bill(write_csv(tmp_path / "rooms.csv", text), tmp_path / "out.csv")
    rows = read_csv(tmp_path / "out.csv")
    # 1200: 153.14 + 340 x 0.639 = 217.26, + 600 x 0.889 = 533.40
    assert [row["total"] for row in rows] == ["903.80", "153.14", ""]
    assert [row["学号"] for row in rows] == ["１２", "44030119900101123456", "007"]
    assert ran.code == 1


WATER = """
## 收费-水费
| 项目 | 计量 | 单价 | 方式 | 生效 | 失效 | 折算 |
| 水费 | 用水量 | 1.88 | 单价 | | 2026-09-15 | 按天 上次抄表+1..本次抄表 |
| 水费 | 用水量 | 2.83 | 单价 | 2026-09-16 | | 按天 上次抄表+1..本次抄表 |
"""


@pytest.mark.parametrize("explain", [(), ("--explain",)])
def test_a_reading_at_a_time_of_day_is_a_reading_of_that_day(
    bill: Any, tmp_path: Path, explain: tuple[str, ...]
) -> None:
    water = tmp_path / "water.xlsx"
    water.write_bytes(workbook_from_text(WATER))
    readings = [
        "2026-08-31,2026-09-30",
        "2026-08-31 08:00:00,2026-09-30 18:00",
        "2026/8/31 8:00,2026年9月30日 18:00",
        "2026-08-30T20:00:00Z,2026-09-30T18:00:00.000+08:00",
    ]
    source = write_csv(tmp_path / "in.csv", "用水量,上次抄表,本次抄表\n" + "".join(f"30,{row}\n" for row in readings))
    ran = bill(source, tmp_path / "out.csv", *explain, fees="水费", workbook=water)
    rows = read_csv(tmp_path / "out.csv")
    # 15 of 30 days each: 15 x 1.88 + 15 x 2.83
    assert [(row["total"], row["error"]) for row in rows] == [("70.65", "")] * 4
    assert [f"{row['上次抄表']},{row['本次抄表']}" for row in rows] == readings
    assert ran.code == 0


PRICED = """
## 规则-水价
| 当 用水量 | 则 水价 |
| <=10 | 2 |
| >10 | 3 |
## 收费-水费
| 项目 | 计量 | 单价 | 方式 |
| 水费 | 用水量 | 水价 | 单价 |
"""


@pytest.mark.parametrize("explain", [(), ("--explain",)])
def test_a_table_may_read_nothing_but_what_the_tariff_reads_too(
    bill: Any, tmp_path: Path, explain: tuple[str, ...]
) -> None:
    priced = tmp_path / "priced.xlsx"
    priced.write_bytes(workbook_from_text(PRICED))
    source = write_csv(tmp_path / "in.csv", "用水量\n5\n20\n")
    ran = bill(source, tmp_path / "out.csv", *explain, fees="水费", workbook=priced)
    assert [(row["total"], row["error"]) for row in read_csv(tmp_path / "out.csv")] == [("10.00", ""), ("60.00", "")]
    assert ran.code == 0


SHARED = """
## 收费-电费
| 项目 | 计量 | 单价 | 方式 | 分摊 |
| 电费 | 用电量 | 0.698 | 单价 | 姓名{} |
"""


@pytest.mark.parametrize(
    ("by", "names", "days", "amounts"),
    [
        # 55 x 0.698 = 38.39; a third each is 12.79666…, and days 30, 20, 5 of 55 are 20.94, 13.96 and 3.49
        ("", "李雷、韩梅梅、张伟、", "", ["12.80", "12.80", "12.79"]),
        (" 按 天数", "李雷、韩梅梅、张伟", "30、20、5", ["20.94", "13.96", "3.49"]),
        (" 按 天数", "李雷；韩梅梅；张伟", "30, 20, 5", ["20.94", "13.96", "3.49"]),
        (" 按 天数", "李雷、韩梅梅、张伟", "30、20", None),
        (" 按 天数", "李雷、韩梅梅、张伟", "30、20、-5", None),
        (" 按 天数", "李雷、韩梅梅、张伟", "30、、5", None),
        (" 按 天数", "李雷、韩梅梅、张伟", "0、0、0", None),
    ],
)
def test_people_and_weights_may_be_listed_in_one_cell(
    bill: Any, tmp_path: Path, by: str, names: str, days: str, amounts: list[str] | None
) -> None:
    shared = tmp_path / "shared.xlsx"
    shared.write_bytes(workbook_from_text(SHARED.format(by)))
    source = write_csv(tmp_path / "in.csv", f'用电量,姓名,天数\n55,{names},"{days}"\n')
    bill(source, tmp_path / "out.csv", "--explain", workbook=shared)
    [row] = read_csv(tmp_path / "out.csv")
    shares = json.loads(row["shares"] or "[]", parse_float=Decimal)
    assert [str(share["amount"]) for share in shares] == (amounts or [])
    assert [share["label"] for share in shares] == (["李雷", "韩梅梅", "张伟"] if amounts else [])
    assert bool(row["error"]) is (amounts is None)


def test_a_column_that_is_not_there_is_told_before_the_rows(bill: Any, tmp_path: Path) -> None:
    ran = bill(write_csv(tmp_path / "rooms.csv", "学号,用电\n007,260\n"), tmp_path / "out.csv")
    assert "用电量" in ran.err.splitlines()[0]
    ran = bill(write_csv(tmp_path / "rooms.csv", "学号,用电量\n007,260\n"), tmp_path / "out.csv")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_items_that_are_called_like_other_columns_get_the_tariff_before(tmp_path: Path, suffix: str) -> None:
    text = "## fees.x\n| item | quantity | rate | method |\n| error | used | 2 | flat |\n| total | error | | total |"
    (tmp_path / "x.xlsx").write_bytes(workbook_from_text(text))
    (tmp_path / "in.csv").write_text("used\n5\n很多\n", encoding="utf-8")
    out = tmp_path / f"out.{suffix}"
    arguments = ["--fees", "x", "--input", str(tmp_path / "in.csv"), "--output", str(out)]
    assert cli.run(["bill", str(tmp_path / "x.xlsx"), *arguments]) == 1
    readers = {"csv": pd.read_csv, "xlsx": partial(pd.read_excel, engine="openpyxl"), "parquet": pd.read_parquet}
    frame = readers[suffix](out)
    assert list(frame.columns) == ["used", "x.error", "x.total", "total", "error"]
    assert [float(frame[name][0]) for name in ("x.error", "x.total", "total")] == [10, 10, 10]
    assert "很多" in frame["error"][1]


def test_amounts_with_limits_are_decimals_in_parquet(tmp_path: Path) -> None:
    head = "## fees.x\n| item | quantity | rate | method | round | minimum | maximum |\n"
    lines = "| 服务 | used | 0.3333 | flat | 0.1 | 1 | used / 3 |\n| 优惠 | used | 0.01 | credit | 1 | | |\n| 合计 | | | total | | | 500 |"
    (tmp_path / "x.xlsx").write_bytes(workbook_from_text(head + lines))
    (tmp_path / "in.csv").write_text("used\n100\n3000\n", encoding="utf-8")
    arguments = ["--fees", "x", "--input", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.parquet")]
    assert cli.run(["bill", str(tmp_path / "x.xlsx"), *arguments]) == 0
    table = pq.read_table(tmp_path / "out.parquet")
    assert all(pa.types.is_decimal(table.schema.field(name).type) for name in ("服务", "优惠", "合计", "total"))
    # 33.33 rounded to 33.3; 999.9 (not above 1000), less 30, and no more than 500 in all
    assert table.column("服务").to_pylist() == [D("33.30"), D("999.90")]
    assert table.column("total").to_pylist() == [D("32.30"), D("500.00")]
