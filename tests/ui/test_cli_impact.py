"""`banshi impact`: a draft over the cases of a data folder, and over the rows of a table; both against figures by hand."""

from __future__ import annotations

import csv
import io
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from halls import open_test_hall
from openpyxl import load_workbook
from workbooks import workbook_from_text

from banshi.ui import cli

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))
from test_impact import METER, NOW, send, tier

DRAFT = METER.replace("| 0.50  |", "| 0.45  |").replace("| 0.80  |", "| 0.90  |")


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def banshi(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: object) -> Ran:
        capsys.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "old.xlsx").write_bytes(workbook_from_text(METER))
    (tmp_path / "new.xlsx").write_bytes(workbook_from_text(DRAFT))
    return tmp_path


def test_over_the_cases_of_a_hall(banshi: Any, files: Path) -> None:
    folder = files / "hall"
    hall = open_test_hall(folder, clock=lambda: NOW, services={"meter": METER})
    usages = [Decimal(100), Decimal(300), Decimal(900)]
    for usage in usages:
        send(hall, usage)
    hall.close()
    out = files / "impact.xlsx"
    call = ("impact", str(files / "new.xlsx"), "--data", str(folder))
    ran = banshi(*call, "--out", str(out), "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out, parse_float=Decimal)
    change = sum(tier(usage, "0.45", "0.90") - tier(usage, "0.50", "0.80") for usage in usages)
    assert (found["cases"], found["same"], found["difference"]) == (3, 1, change)
    assert {tuple(group["cells"]): group["cases"] for group in found["cells"]} == {("fees!F2",): 3, ("fees!F3",): 2}
    head, *rows = load_workbook(out).active.values
    assert sum(Decimal(str(row[head.index("差额")])) for row in rows) == change
    told = banshi(*call, "--since", "2026-11-02", "--until", "2026-11-02", "--lang", "en")
    assert "3 cases: 1 are the same" in told.out
    assert "fees!F3" in told.out
    assert "0 件" in banshi(*call, "--since", "2027-01-01").out
    for wrong in (("--since", "soon"), ("--out", "impact.txt"), ("--fees", "fees"), ("--data", str(files))):
        assert banshi(*call, *wrong).code == 2, wrong
    (files / "faulty.xlsx").write_bytes(workbook_from_text(METER.replace("| 0.80  |", "| 八角 |")))
    assert "有错误" in banshi("impact", str(files / "faulty.xlsx"), "--data", str(folder)).err


def test_over_the_rows_of_a_table(banshi: Any, files: Path) -> None:
    usages = ["0", "35.5", "300", "301.7", "999", "很多"]
    source, out = files / "usage.csv", files / "out.csv"
    source.write_text("房间,用电量,类别,old\n" + "".join(f"A{i},{usage},教学,x\n" for i, usage in enumerate(usages)))
    call = (
        "impact",
        str(files / "new.xlsx"),
        "--old",
        str(files / "old.xlsx"),
        "--fees",
        "fees",
        "--input",
        str(source),
    )
    ran = banshi(*call, "--out", str(out), "--json")
    assert ran.code == 1, "a row has an error"
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert list(rows[0]) == ["房间", "用电量", "类别", "old", "fees.old", "new", "difference", "error"]
    by_hand = [(tier(Decimal(u), "0.50", "0.80") + 5, tier(Decimal(u), "0.45", "0.90") + 5) for u in usages[:-1]]
    assert [(Decimal(row["fees.old"]), Decimal(row["new"])) for row in rows[:-1]] == by_hand
    assert [Decimal(row["difference"]) for row in rows[:-1]] == [new - old for old, new in by_hand]
    assert (rows[-1]["new"], rows[-1]["old"]) == ("", "x")
    assert "很多" in rows[-1]["error"]
    found = json.loads(ran.out, parse_float=Decimal)
    assert {key: found[key] for key in ("rows", "errors", "more", "less", "same")} == {
        "rows": 6, "errors": 1, "more": 2, "less": 1, "same": 2,
    }  # fmt: skip
    assert found["difference"] == sum(new - old for old, new in by_hand)
    assert found["items"]["固定费"] == {"old": 25, "new": 25}
    assert [one["cell"] for one in found["changes"]] == ["fees!F2", "fees!F3"]
    assert "fees!F3" in banshi(*call, "--out", str(out)).err
    for wrong in (("--out", str(source)), (), ("--out", str(out), "--since", "2026-01-01")):
        assert banshi(*call, *wrong).code == 2, wrong
    assert banshi(*call[:-3], "水费", "--input", str(source), "--out", str(out)).code == 2
